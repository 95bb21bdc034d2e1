"""What the texts that a pattern takes have in them: enough to know that another pattern takes all of them too.

Law: only what is certain. What a pattern leaves open is a gap; of a pattern that cannot be followed nothing is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from re import _constants as sre  # type: ignore[attr-defined] # Python's own reader of patterns; no other gives a tree
from re import _parser as reader  # type: ignore[attr-defined] # as above
from typing import Any

from msgspec import Struct

from engine.core.triggers import searched

MOST = 64  # wordings of one pattern
FEW = 4  # letters of a class that are each followed: `[ёе]`
AROUND = ("", " ", "а", "x", "1", ".")  # what may stand beside a piece
LOOKS = re.compile(r"\(\?(?:[=!>(]|<[=!]|P=)|\\[1-9]")  # what stands further off decides too


class Wording(Struct, frozen=True):
    """Pieces that stand in a text in this order, with anything between them. `begins` and `ends`: the text does so with
    the first and the last of them."""

    pieces: tuple[str, ...] = ("",)
    begins: bool = False
    ends: bool = False

    @property
    def whole(self) -> str | None:
        """The only text of this wording; None when there are others."""
        return self.pieces[0] if self.begins and self.ends and len(self.pieces) == 1 else None

    @property
    def shown(self) -> str:
        return " … ".join(piece.strip() for piece in self.pieces if piece.strip())

    def then(self, other: Wording) -> Wording:
        joined = (*self.pieces[:-1], self.pieces[-1] + other.pieces[0], *other.pieces[1:])
        begins = self.begins or (other.begins and self.pieces == ("",))
        return Wording(joined, begins, other.ends or (self.ends and other.pieces == ("",)))


NOTHING, ANYTHING = Wording(), Wording(("", ""))


class _Unknown(Exception):
    """There are too many, or what stands further off decides."""


@lru_cache(maxsize=256)
def wordings(pattern: str) -> tuple[Wording, ...]:
    """Every text that the pattern is found in is of one of these. None at all: nothing is known."""
    if LOOKS.search(pattern):
        return ()
    try:
        found = _sequence(reader.parse(pattern))
    except (_Unknown, re.error, RecursionError, OverflowError):
        return ()
    return tuple(found) if all(one.shown for one in found) else ()


def takes(pattern: str, wording: Wording) -> bool:
    """Whether a pattern is found in every text of that wording."""
    if LOOKS.search(pattern):
        return False
    last = len(wording.pieces) - 1
    for place, piece in enumerate(wording.pieces):
        left = ("",) if wording.begins and place == 0 else AROUND
        right = ("",) if wording.ends and place == last else AROUND
        if piece.strip() and all(searched(pattern, f"{one}{piece}{other}") for one, other in product(left, right)):
            return True
    return False


def _sequence(items: Iterable[Any]) -> list[Wording]:
    found = [NOTHING]
    for item in items:
        next_ones = _one(*item)
        if len(found) * len(next_ones) > MOST:
            raise _Unknown
        found = [before.then(after) for before in found for after in next_ones]
    return found


def _one(kind: Any, given: Any) -> list[Wording]:
    if kind is sre.LITERAL:
        return [Wording((chr(given),))]
    if kind is sre.AT:
        starts = given in (sre.AT_BEGINNING, sre.AT_BEGINNING_STRING)
        return [Wording(begins=starts, ends=given in (sre.AT_END, sre.AT_END_STRING))]
    if kind is sre.IN and len(given) <= FEW and all(one is sre.LITERAL for one, _ in given):
        return [Wording((chr(letter),)) for _, letter in given]
    if kind is sre.BRANCH:
        return [wording for branch in given[1] for wording in _sequence(branch)]
    if kind is sre.SUBPATTERN:
        return _sequence(given[-1])
    if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return _repeated(*given)
    return [ANYTHING]


def _repeated(least: int, most: int, items: Iterable[Any]) -> list[Wording]:
    if least == 0:
        return [NOTHING, *_sequence(items)] if most == 1 else [ANYTHING]
    once = _sequence(items)
    return once if most == 1 else [one.then(ANYTHING) for one in once]
