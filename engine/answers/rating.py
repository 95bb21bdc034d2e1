"""Marks on a scale: `4`, `4/5`, «4 из 5», ⭐⭐⭐. Law: a mark of another scale is not converted, it is asked again."""

from __future__ import annotations

import re

from engine.answers.bounds import count_limit
from engine.answers.number_words import number_in_words
from engine.answers.typed import ascii_digits, typed
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

STARS = "⭐★🌟"
_MARK = r"([0-9]{1,4})(?:[.,]0+)?(?:\s*[^\W\d_]{1,10})?(?:\s*(?:/|из|out of|of)\s*([0-9]{1,4}))?[.!]?"


class Rating(AnswerType):
    name = "rating"
    noun = ("оценка", "a mark")
    takes = frozenset({"text", "choice"})
    limits = frozenset({"min", "max"})
    doc = "A mark from `min` (1 unless set) to `max` (5 unless set), as a number, `4/5`, stars, or a button."
    value = "integer"
    examples = (("4", 4), ("5/5", 5), ("⭐️⭐️⭐️", 3), ("четыре", 4))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        low, high = count_limit(question.limits.get("min")), count_limit(question.limits.get("max"))
        low, high = 1 if low is None else low, 5 if high is None else high
        if isinstance(raw, dict):
            raw = raw.get("choice")
        text = typed(raw)
        mark = _read(text, high) if text and len(text) <= 64 else None
        if mark is None:
            return Rejected("wrong_rating", {"min": str(low), "max": str(high)})
        if not low <= mark <= high:
            return Rejected("wrong_out_of_range", {"min": str(low), "max": str(high)})
        return Accepted(mark, str(mark))


def _read(text: str, high: int) -> int | None:
    text = ascii_digits(text).casefold()
    stars = sum(text.count(star) for star in STARS)
    if stars:
        return stars if not text.strip(STARS + "☆\ufe0f\u200d ") else None
    found = re.fullmatch(_MARK, text.replace("\ufe0f", "").replace("\u20e3", ""))
    if found is None:
        return number_in_words(text.rstrip(".! "))
    return int(found[1]) if found[2] is None or int(found[2]) == high else None
