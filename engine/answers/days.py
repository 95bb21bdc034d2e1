"""Reckoning with days: the coming 25th, a day without its year, a month later.

Law: what lies beyond the years 1 to 9999, or in no calendar, is None.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

MONTHS = (
    "январь января january|февраль февраля february|март марта march|апрель апреля april|май мая may|июнь июня june|"
    "июль июля july|август августа august|сентябрь сентября september|октябрь октября october|"
    "ноябрь ноября november|декабрь декабря december"
)


def day_of(year: str | int, month: str | int, day: str | int) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def month_of(word: str) -> int | None:
    """The month of a full name or of its first three letters and more (`sept`)."""
    for number, names in enumerate(MONTHS.split("|"), 1):
        if len(word) >= 3 and any(name.startswith(word) for name in names.split()):
            return number
    return None


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
