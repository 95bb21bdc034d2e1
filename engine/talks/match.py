"""Whether what the bot said or saved is what was expected: exact, with `*` for any stretch, or `/a pattern/`.

Law: an exact match always counts, whatever signs the text holds; `**bold**` is bold and no wildcard.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from engine.core.template import shown

ANY = "*"
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONE_STAR = re.compile(r"(?<!\*)\*(?!\*)")


def as_written(markdown: str) -> str:
    """The bot's Markdown as an author writes it: without the backslashes that protect people's values."""
    return _ESCAPED.sub(r"\1", markdown)


def text_matches(expected: str, actual: str) -> bool:
    """Spaces at the ends of lines do not count: no reader sees them."""
    wanted, found = _tidy(expected), _tidy(actual)
    return wanted == found or pattern(wanted)(found)


@lru_cache(maxsize=4096)
def pattern(expected: str) -> Callable[[str], bool]:
    """A test for texts. A pattern that cannot be read matches nothing."""
    if len(expected) > 2 and expected.startswith("/") and expected.endswith("/"):
        try:
            found = re.compile(expected[1:-1], re.DOTALL)
        except re.error:
            return lambda text: False
        return lambda text: found.search(text) is not None
    parts = _LONE_STAR.split(expected)
    if len(parts) == 1:
        return lambda text: False
    compiled = re.compile(".*".join(map(re.escape, parts)), re.DOTALL)
    return lambda text: compiled.fullmatch(text) is not None


def value_matches(expected: Any, actual: Any) -> bool:
    """Maps: every expected key is there and matches. Lists: as long, item by item. Else the value, or its text."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(value_matches(one, actual.get(key)) for key, one in expected.items())
    if isinstance(expected, list):
        return (
            isinstance(actual, list)
            and len(expected) == len(actual)
            and all(value_matches(one, other) for one, other in zip(expected, actual, strict=True))
        )
    if expected == ANY:
        return actual is not None
    if isinstance(expected, bool) or expected is None or isinstance(actual, bool) or actual is None:
        return expected is actual
    if expected == actual:
        return True
    return isinstance(expected, str) and text_matches(expected, shown(actual))


def _tidy(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))
