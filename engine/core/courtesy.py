"""Words that want no more than a word: a greeting, thanks, a goodbye, a lone 👍, while no conversation is under way.

Law: an author's trigger goes before, and so does a `fallback` that does more than say something: it may talk itself.
"""

from __future__ import annotations

import re

from engine.core.ground import Ground
from engine.core.meaning import meant

REPLIES = {  # the reply's key in engine/words/, and the list of what it replies to; of «ок, спасибо» the first here
    "thanked": ["thanks_words"],
    "seen_off": ["goodbye_words"],
    "greeted": ["greeting_words"],
    "noted": ["fine_words"],
}
_SIGNS = r"[^\w\s,.!?;()'-]"  # emoji and the like


def courteous(ground: Ground, text: str) -> str:
    """The key of the reply; empty when the text wants another one."""
    fallback = ground.project.scenarios.get("fallback")
    if fallback is not None and any(step.verb != "say" for step in fallback.steps):
        return ""
    words = re.sub(_SIGNS, " ", text)
    if words != text and not re.search(r"[\w?]", words):
        return "noted"  # nothing but emoji
    parts = [part for part in re.split(r"[,.!;()\n]+", words) if part.strip()]
    said = {meant(ground, part, REPLIES) for part in parts}
    return "" if "" in said else next((reply for reply in REPLIES if reply in said), "")
