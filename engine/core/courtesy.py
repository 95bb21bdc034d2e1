"""Words that want no more than a word: a greeting, thanks, a goodbye, a lone 👍.

Law: an author's trigger goes before, and so does a `fallback` that does more than say something, but to thanks and
goodbyes: a talk may begin with a greeting, and go on with an «ок». At a question only a greeting is no answer: where
the question does not take it, or where the person comes back after hours.
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
    reply = _reply(ground, text)
    return "" if fallback_talks(ground) and reply in ("greeted", "noted") else reply


def fallback_talks(ground: Ground) -> bool:
    """Whether the author's `fallback` does more than say something."""
    fallback = ground.project.scenarios.get("fallback")
    return fallback is not None and any(step.verb != "say" for step in fallback.steps)


def _reply(ground: Ground, text: str) -> str:
    words = re.sub(_SIGNS, " ", text)
    if words != text and not re.search(r"[\w?]", words):
        return "greeted" if "👋" in text else "noted"  # nothing but emoji
    parts = [part for part in re.split(r"[,.!;()\n]+", words) if part.strip()]
    said = {meant(ground, part, REPLIES) for part in parts}
    return "" if "" in said else next((reply for reply in REPLIES if reply in said), "")


def only_greets(ground: Ground, text: str) -> bool:
    return meant(ground, re.sub(_SIGNS, " ", text), {"greeted": REPLIES["greeted"]}) == "greeted"
