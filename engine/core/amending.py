"""Second thoughts: «ой, не 34 а 35», «я ошиблась, вес 82» said when the next question is already asked.

Law: nothing is changed by a guess. The earlier answer that fits is named together with the new one, and only a yes
corrects it; then what depended on it is asked anew, as after an edited message. Words that the standing question takes
are its answer, unless they say themselves that something earlier was wrong.
"""

from __future__ import annotations

import re
from itertools import islice

from engine.core.answer import Amended
from engine.core.ground import Ground
from engine.core.meaning import said_wrong
from engine.core.rewalk import answered_before
from engine.core.talk import Talk

LONGEST = 100  # characters; a longer text is a story
MOST = 20  # earlier answers that are looked at
_CONTRAST = re.compile(r"\b(?:не|not)\s", re.IGNORECASE)


def may_amend(ground: Ground, text: str) -> bool:
    """Whether a text sounds like a second thought at all."""
    return len(text) <= LONGEST and (_CONTRAST.search(text) is not None or said_wrong(ground, text)[0] != text)


def second_thought(talk: Talk, text: str, taken: bool) -> tuple[str, Amended] | None:
    """The key of the earlier answer that a text corrects, and to what. `taken`: the standing question takes it too."""
    said, certain = said_wrong(talk.ground, text)
    alone = said not in ("", text) and (certain or not taken)
    if not alone and _CONTRAST.search(said) is None:
        return None
    found: list[tuple[str, Amended]] = []
    for before in islice(answered_before(talk.conversation), MOST):
        if before.begun or before.over:
            break  # a round that is over stays as it is
        one = talk.amended(before.key, said, alone)
        if one is not None:
            found.append((before.key, one))
    return max(found, key=lambda pair: pair[1].likely, default=None)
