"""`min` and `max`: one way to say that an answer lies outside them.

Law: bounds are inclusive; one that cannot be read is as if not set (lint tells the author); when both are set, the
sentence names both.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from engine.answers.typed import is_russian
from engine.core.answer import Rejected

T = TypeVar("T", int, float, str)

NUMBER_WORDS = ("wrong_too_small", "wrong_too_big", "wrong_out_of_range")
MOMENT_WORDS = ("wrong_too_early", "wrong_too_late", "wrong_not_between")


def number_limit(limit: Any) -> int | float | None:
    """A bound as a number; it may have been computed as a text (`"30"`)."""
    if type(limit) is int:  # as nearly all are; True and False are of another type
        return limit
    if isinstance(limit, bool) or limit is None:
        return None
    if isinstance(limit, str):
        try:
            limit = float(limit.replace(",", "."))
        except ValueError:
            return None
    if not isinstance(limit, (int, float)) or limit != limit or limit in (float("inf"), float("-inf")):
        return None
    return int(limit) if limit == int(limit) else limit


def count_limit(limit: Any) -> int | None:
    """A bound on how many, or how long: a whole number, 0 or more."""
    number = number_limit(limit)
    return int(number) if number is not None and number >= 0 else None


def outside(
    value: T, low: T | None, high: T | None, words: tuple[str, str, str], show: Callable[[T], str], **more: Any
) -> Rejected | None:
    """None when `value` is within; else the sentence out of `words` (too low, too high, both bounds are set)."""
    if (low is None or value >= low) and (high is None or value <= high):
        return None
    if low is not None and high is not None:
        return Rejected(words[2], {"min": show(low), "max": show(high), **more})
    if low is not None:
        return Rejected(words[0], {"min": show(low), **more})
    assert high is not None  # noqa: S101  follows from the lines above, said for the type checker
    return Rejected(words[1], {"max": show(high), **more})


def show_number(value: Any, language: str) -> str:
    """82.5 as `82,5` in Russian and `82.5` elsewhere; never with an exponent."""
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            return str(value)
        text = repr(value)
        if "e" in text:
            text = f"{value:.20f}".rstrip("0").rstrip(".")
        return text.replace(".", ",") if is_russian(language) else text
    return "" if value is None else str(value)
