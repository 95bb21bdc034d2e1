"""Days in words, «через 3 дня», `in two weeks`, as dateparser reads them, less what it takes for something else.

Law: never a mere month or an hour, nor a stretch of time that may begin at any day.
"""

from __future__ import annotations

import re
from datetime import date, datetime

from engine.answers.days import ORDINAL

_CLOCK = r":|час|мин|сек|hour|minut|second|\bутр|вечер|\bноч|\b[ap]\.?m\b|noon|полдень|полноч"
_BARE_SPAN = (
    r"(?:(?!через\s|in\s)\S+\s)?(?:день|дн[яей]+|сут\w+|недел\w+|месяц\w*|год\w*|лет|"
    r"days?|weeks?|months?|years?|decades?)"
)
_VAGUE = r"\b(?:на|эт|следующ|прошл|next|this|last)\w*\s(?:\S+\s)?(?:недел|месяц|год|week|month|year)"
SPANS = {  # in months and days: what dateparser does not know or takes for another
    "полмесяца": (0, 15),
    "полтора месяца": (1, 15),
    "полгода": (6, 0),
    "пол года": (6, 0),
    "полтора года": (18, 0),
    "half a year": (6, 0),
}


def in_words(text: str, today: date, backwards: bool) -> date | None:
    """«через 3 дня», `in two weeks`, `3 days ago` and the like, by dateparser.

    `backwards`: what may be past or future is past.
    """
    if not any(sign.isalpha() for sign in text):
        return None
    if re.fullmatch(ORDINAL, text):  # «тридцать пятого» it takes for 30 May
        return None
    if text in SPANS or re.search(_CLOCK, text) or re.search(_VAGUE, text) or re.fullmatch(_BARE_SPAN, text):
        return None
    import dateparser  # late: it costs 40 ms, and 90 more on its first text

    settings = {
        "RELATIVE_BASE": _noon(today),
        "PREFER_DATES_FROM": "past" if backwards else "future",
        "DATE_ORDER": "DMY",
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": False,
        "PARSERS": ["relative-time", "absolute-time"],
        "REQUIRE_PARTS": ["day", "month"],
    }
    try:
        found = dateparser.parse(text, languages=["ru", "en"], settings=settings)
    except Exception:  # pragma: no cover  none known today; its readers have raised many kinds, and a talk goes on
        return None
    return found.date() if found else None


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12)  # noqa: DTZ001 RUF100  dateparser wants a base without a zone
