"""What an answer type must do. The types themselves stand in `engine/answers/`, one file a family."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar

from msgspec import Struct, field

# A raw answer is plain JSON and is what the journal keeps: a text (str), or one of
#   {"choice": id}   {"choices": [id, ...]}   {"files": [file, ...], "caption": str}
#   {"contact": {"phone", "name", "own": bool}}   {"location": {"latitude", "longitude"}}   {"other": what}
Raw = Any


class Choice(Struct, frozen=True):
    """One of the things to choose from. `id` is its identity as text (the map's key, the row's id); `value` is what
    the variable becomes; `goto` is the step that the choice leads to, empty for the next one; `also` are other words
    that mean it."""

    id: str
    value: Any
    label: str
    goto: str = ""
    also: tuple[str, ...] = ()


class Question(Struct, frozen=True):
    """All an answer type may look at. `limits` holds the options that the author wrote (`min`, `max`, `min_length`,
    `max_length`, `pattern`, `min_size`..., computed values), `now` is in the person's time zone."""

    now: datetime
    language: str = "ru"
    limits: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    region: str = "RU"  # for phone numbers without a country code
    username: str = ""  # the person's own, without its @: «пишите сюда»


class Accepted(Struct, frozen=True):
    """`value` is JSON-able and is what expressions see. `raw` gives the same value again when parsed at any later
    time («завтра» becomes the date, a typed label the choice's id)."""

    value: Any
    raw: Raw


class Rejected(Struct, frozen=True):
    """`word` names a sentence in engine/words/answers.<language>.yaml (`wrong_number`), `values` fill it. `offer`
    is the raw answer that a yes to that sentence stands for («Похоже на «Кофе»»); None when it offers nothing."""

    word: str
    values: Mapping[str, Any] = field(default_factory=dict)
    offer: Raw = None


class Amended(Struct, frozen=True):
    """Another answer in place of one given before: the new raw answer, the question, both answers as they are shown,
    and how likely it is the one that is meant (2: the old answer was named, 1: the question was, 0)."""

    raw: Raw
    question: str
    old: str
    new: str
    likely: int


class Recalled(Struct, frozen=True):
    """An answer given before: its question, the answer as it is shown, and whether a text speaks of it."""

    question: str
    old: str
    meant: bool


class AnswerType:
    """A type is one stateless object. Nothing in it asks the clock, the network or chance."""

    name: ClassVar[str]
    noun: ClassVar[tuple[str, str]]  # what is asked for, in Russian and in English: «число», `a number`
    takes: ClassVar[frozenset[str]] = frozenset({"text"})  # out of text, choice, files, contact, location
    limits: ClassVar[frozenset[str]] = frozenset()  # the options of `ask` that mean something to it
    doc: ClassVar[str] = ""  # one sentence for the reference
    examples: ClassVar[tuple[tuple[str, Any], ...]] = ()  # (typed, value): shown in the reference, run by a test
    value: ClassVar[str] = (
        "text"  # what expressions see: text, integer, number, boolean, date, time, file, list, map, any
    )

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        raise NotImplementedError

    def show(self, value: Any, question: Question) -> str:
        """The value as a person would write it: for summaries, and beneath an answered question; nothing for null."""
        return "" if value is None else str(value)
