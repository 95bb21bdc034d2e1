"""Free text. Law: what the person wrote is kept as written, but for its outer spaces and what no store can hold."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from engine.answers.bounds import count_limit, outside
from engine.answers.typed import typed, whole
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

PATTERN_LENGTH = 4096  # characters: what is longer is never matched against an author's pattern
PATTERN_SECONDS = 0.25  # processor time a pattern may take; a catastrophic one then counts as "does not match"
LENGTH_WORDS = ("wrong_too_short", "wrong_too_long", "wrong_length")


class Text(AnswerType):
    name = "text"
    noun = ("текст", "a text")
    limits = frozenset({"min_length", "max_length", "pattern"})
    doc = "Any text. `pattern` is a regular expression that the whole text must match."
    examples = (("Хочу похудеть к лету", "Хочу похудеть к лету"), ("  two words ", "two words"))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        if not typed(raw):
            return Rejected("wrong_text")
        text = whole(raw)
        limits = question.limits
        if limits:
            low, high = count_limit(limits.get("min_length")), count_limit(limits.get("max_length"))
            wrong = outside(len(text), low, high, LENGTH_WORDS, str, length=len(text))
            if wrong:
                return wrong
            pattern = limits.get("pattern")
            if pattern is not None:
                if len(text) > PATTERN_LENGTH:
                    return Rejected("wrong_too_long", {"max": str(PATTERN_LENGTH), "length": len(text)})
                if not matches(str(pattern), text):
                    return Rejected("wrong_pattern")
        return Accepted(text, text)


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches. A pattern that does not compile, or takes too long, matches nothing."""
    compiled = _compiled(pattern)
    try:
        return compiled is not None and compiled.fullmatch(text, timeout=PATTERN_SECONDS) is not None
    except TimeoutError:
        return False


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> Any:
    # `regex`, not `re`: the same syntax, and it can be stopped in mid-match. Late: most talks need none.
    import regex  # type: ignore[import-untyped]  # it ships no types

    try:
        return regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError):
        return None
