"""Second thoughts: «ой, не 34 а 35», «я ошиблась, вес 82», «рост не тот» said when the next question is already asked.

Law: nothing is changed by a guess. The earlier answer that fits is named together with the new one, and only a yes
corrects it; then what depended on it is asked anew, as after an edited message. Where no new answer was said, those are
named that may be meant, and the one that is chosen is opened again. Words that the standing question takes are its
answer, unless they say themselves that something earlier was wrong.
"""

from __future__ import annotations

import re
from itertools import islice
from operator import itemgetter

from engine.core.answer import Amended, Recalled
from engine.core.ground import Ground
from engine.core.meaning import at_an_end, said_wrong
from engine.core.rewalk import Before, answered_before, within_reach
from engine.core.session import Conversation
from engine.core.talk import Talk

LONGEST = 100  # characters; a longer text is a story
FEW = 3  # words
MOST = 20  # earlier answers that are looked at
OFFERED = 5  # of them to choose from
LISTS = itemgetter("greeting_words", "amend_words", "oops_words", "wrong_words")
_NOT = re.compile(r"\b(?:не|not)\s", re.IGNORECASE)
_CONTRAST = re.compile(
    r"\b(?:не|not)\s.+\s(?:а|но|but)\s\S|\S,?\s(?:а|and)\s(?:не|not)\s\S|[0-9],?\s(?:не|not)\s[0-9]", re.IGNORECASE
)


def may_go_astray(ground: Ground, text: str) -> bool:
    """Whether a text sounds like a second thought, or a greeting, at all: nearly none does, and each is asked this."""
    if len(text) > LONGEST:
        return False
    denies = _NOT.search(text) is not None and _CONTRAST.search(text) is not None
    return denies or at_an_end(text, *LISTS(ground.words))


def second_thought(talk: Talk, text: str) -> tuple[Before, Amended] | None:
    """The earlier answer that a text corrects, and to what. «Ой, 4» where any text would do is one of the
    answer just given, if that takes it."""
    said, certain = said_wrong(talk.ground, text)
    marked = said not in ("", text)
    if not marked and _CONTRAST.search(said) is None:
        return None
    most, alone, summary = MOST, marked, talk.corrects()
    if marked and not certain and not summary and talk.accepts(text):
        most, alone = 1, len(said.split()) <= FEW and not talk.names(text)
    found: list[tuple[Before, Amended]] = []
    for before in islice(within_reach(talk.conversation), most if alone else MOST):
        one = talk.amended(before, said, alone)
        if one is not None:
            found.append((before, one))
    best = max(found, key=lambda pair: pair[1].likely, default=None)
    return None if best is None or (summary and not best[1].likely) else best


def past_correcting(talk: Talk, text: str) -> bool:
    """Whether «ой, не 50, а 70» is about an answer of the round before, when this one has answers already that a
    correction there would undo. Who says it once more means the question that stands."""
    said, _ = said_wrong(talk.ground, text)
    pending = talk.conversation.pending
    if _CONTRAST.search(said) is None or pending is None or pending.state.get("past"):
        return False
    over = (before for before in islice(answered_before(talk.conversation), MOST) if before.over)
    return any(talk.amended(before, said, False) is not None for before in over)


def past_told(conversation: Conversation | None) -> None:
    """The person has heard of it at the question that stands."""
    if conversation is not None and conversation.pending is not None:
        conversation.pending.state["past"] = True


def wrong_ones(talk: Talk, text: str) -> list[tuple[Before, Recalled]]:
    """The earlier answers that «я ошиблась» or «рост не тот» may mean, the last one first: those that it speaks of, or
    else all. None where it may be an answer itself."""
    left, sure = _wrong(talk.ground, text)
    if not sure or len(left.split()) > FEW or talk.corrects():
        return []
    if talk.accepts(text) and (left or talk.names(text)):
        return []
    found: list[tuple[Before, Recalled]] = []
    for before in islice(within_reach(talk.conversation), MOST):
        one = talk.recalled(before, left)
        if one is not None:
            found.append((before, one))
    return ([pair for pair in found if pair[1].meant] or found)[:OFFERED]


def comes_late(ground: Ground, text: str) -> bool:
    """Whether a text says of a talk that is over that something in it was wrong, beyond doubt."""
    if not may_go_astray(ground, text):
        return False
    said, _ = said_wrong(ground, text)
    both = _CONTRAST.search(said) is not None
    return _wrong(ground, text)[1] or (both and (said != text or re.search("[0-9]", said) is not None))


def _wrong(ground: Ground, text: str) -> tuple[str, bool]:
    """What is left of a text that says that something was wrong, and whether it says so beyond doubt."""
    left, sure = said_wrong(ground, text)
    if not sure:
        left, sure = said_wrong(ground, left, "wrong_words", "oops_words")
    return left.strip(" .,!:;"), sure
