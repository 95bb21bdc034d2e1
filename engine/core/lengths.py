"""Lengths of time as authors write them: `3h`, `2d`, `1d 2h`, `30 min`, `45 s`, `2 дня`, `3 часа`."""

from __future__ import annotations

import re

_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([^\W\d]+)\s*")
_UNITS = {
    ("s", "sec", "second", "seconds", "с", "сек"): 1,
    ("min", "m", "minute", "minutes", "мин", "минута", "минуты", "минут", "минуту"): 60,
    ("h", "hour", "hours", "ч", "час", "часа", "часов"): 3600,
    ("d", "day", "days", "д", "дн", "день", "дня", "дней"): 86400,
    ("w", "week", "weeks", "неделя", "недели", "недель", "неделю"): 604800,
}
_SECONDS = {word: size for words, size in _UNITS.items() for word in words}


class WrongTime(ValueError):
    """No length of time, or no moment; the text says so."""


def seconds(text: str) -> float:
    """Raises WrongTime."""
    total, place = 0.0, 0
    text = text.strip()
    while place < len(text):
        found = _PART.match(text, place)
        size = _SECONDS.get(found[2].casefold()) if found else None
        if found is None or size is None:
            raise WrongTime(f"`{text}` is no length of time.")
        total += float(found[1]) * size
        place = found.end()
    if not text:
        raise WrongTime("A length of time is missing.")
    return total
