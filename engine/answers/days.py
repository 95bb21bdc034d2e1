"""Reckoning with days: the coming 25th, a day without its year, a month later.

Law: what lies beyond the years 1 to 9999, or in no calendar, is None.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta

from engine.answers.typed import words

MONTHS = (
    "январь января january|февраль февраля february|март марта march|апрель апреля april|май мая may|июнь июня june|"
    "июль июля july|август августа august|сентябрь сентября september|октябрь октября october|"
    "ноябрь ноября november|декабрь декабря december"
)

_ORDINALS = words(
    "перв втор трет четверт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат "
    "шестнадцат семнадцат восемнадцат девятнадцат двадцат"
)
ORDINAL = rf"(?:(двадцать|тридцать) )?({'|'.join(reversed(_ORDINALS))}|тридцат)(?:ого|ое|ьего|ье)(?: числа| число)?"


def day_of(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def month_of(word: str) -> int | None:
    """The month of a full name, of its first three letters and more (`sept`), or of a misspelt name («дикабря»)."""
    for number, names in enumerate(MONTHS.split("|"), 1):
        if len(word) >= 3 and any(name.startswith(word) for name in names.split()):
            return number
    if len(word) < 4:
        return None
    from difflib import get_close_matches

    months = {name: number for number, listed in enumerate(MONTHS.split("|"), 1) for name in listed.split()}
    close = {months[name] for name in get_close_matches(word, months, cutoff=0.75)}
    return close.pop() if len(close) == 1 else None


def day_in_words(text: str) -> int | None:
    """«пятого», «двадцать пятое число»: the number of a day, 1 to 31."""
    found = re.fullmatch(ORDINAL, text)
    if found is None:
        return None
    number = 30 if found[2] == "тридцат" else _ORDINALS.index(found[2]) + 1
    if found[1] is None:
        return number
    number += {"двадцать": 20, "тридцать": 30}[found[1]]
    return number if found[2] in _ORDINALS[:9] and number <= 31 else None


def with_year(day: str, month: str, year: str | None, today: date, backwards: bool) -> date | None:
    if year is None:
        # eight years hold a 29 February, whatever the century
        for offset in range(9):
            found = day_of(today.year + (-offset if backwards else offset), month, day)
            if found and (found <= today if backwards else found >= today):
                return found
        return None
    if len(year) == 4:
        return day_of(year, month, day)
    century = today.year - today.year % 100
    found = day_of(century + int(year), month, day)
    if found and (found > today if backwards else found.year > today.year + 50):
        return day_of(century + int(year) - 100, month, day)
    return found


def coming_weekday(weekday: int, today: date, *, backwards: bool, next_week: bool = False) -> date | None:
    """The next such weekday after today, or the last one before it. `next_week`: «в следующую пятницу», which on a
    Thursday is not tomorrow."""
    ahead = (weekday - today.weekday()) % 7
    if next_week and weekday > today.weekday() and not backwards:
        ahead += 7
    return shifted(today, (ahead or 7) - 7 if backwards and ahead else -7 if backwards else ahead or 7)


def coming_day(number: int, today: date, backwards: bool) -> date | None:
    """«25 числа»: the next such day, today included, or the last one."""
    for offset in range(13):
        total = today.year * 12 + today.month - 1 + (-offset if backwards else offset)
        found = day_of(total // 12, total % 12 + 1, number)
        if found and (found <= today if backwards else found >= today):
            return found
    return None


def later(day: date, months: int, days: int) -> date | None:
    try:
        return months_later(day, months) + timedelta(days=days)
    except (OverflowError, ValueError):
        return None


def shifted(day: date, days: int) -> date | None:
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return None


def months_later(day: date, months: int) -> date:
    """29 February less eighteen years is 28 February. Raises ValueError beyond the years 1-9999."""
    total = day.year * 12 + day.month - 1 + months
    year, month = total // 12, total % 12 + 1
    if not 1 <= year <= 9999:
        raise ValueError(f"no such year: {year}")
    return date(year, month, min(day.day, monthrange(year, month)[1]))
