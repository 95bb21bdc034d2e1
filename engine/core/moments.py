"""Dates and times in expressions: ISO 8601 texts in, ISO 8601 texts or a person's words out.

Moments are kept as text because everything a conversation remembers is JSON. Nothing here asks the clock: `now` comes
in with the event, and what reads it is told by `CLOCK_NAMES`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from jinja2 import pass_context
from jinja2.runtime import Context

from engine.core.figures import locale_of

CLOCK_NAMES = frozenset({"now", "today", "random", "hours_since", "days_since", "hours_until", "days_until"})


@lru_cache(maxsize=64)
def zone(name: str) -> tzinfo:
    """The time zone of this IANA name; UTC when there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC


def local(at: float, timezone: str) -> datetime:
    return datetime.fromtimestamp(at, zone(timezone))


def iso(at: float, timezone: str = "UTC") -> str:
    """Seconds since 1970 as ISO 8601 with its offset, to the second, as outputs write them."""
    return local(at, timezone).isoformat(timespec="seconds")


def moment(value: Any) -> datetime | None:
    """A moment from an ISO text, a date or seconds; null, empty and unreadable give None."""
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return datetime.fromtimestamp(value, UTC)
    if isinstance(value, str) and value:
        try:
            found = datetime.fromisoformat(value)
        except ValueError:
            return None
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def functions(now: datetime) -> dict[str, Callable[[Any], float | None]]:
    """`hours_since(t)`, `days_since(t)`, `hours_until(t)`, `days_until(t)`: null when `t` is null. `now` is in the
    person's time zone."""

    def hours_since(value: Any) -> float | None:
        then = moment(value)
        return None if then is None else (now - then).total_seconds() / 3600

    def days_since(value: Any) -> float | None:
        hours = hours_since(value)
        return None if hours is None else hours / 24

    def hours_until(value: Any) -> float | None:
        hours = hours_since(value)
        return None if hours is None else -hours

    def days_until(value: Any) -> int | None:
        """By the calendar where the person lives: tomorrow is 1, whatever the hour."""
        then = moment(value)
        if then is None:
            return None
        dated = isinstance(value, date) or (isinstance(value, str) and len(value) == len("2026-11-21"))
        return ((then if dated else then.astimezone(now.tzinfo)).date() - now.date()).days

    return {
        "hours_since": hours_since,
        "days_since": days_since,
        "hours_until": hours_until,
        "days_until": days_until,
    }


def plus(value: Any, days: float = 0, hours: float = 0, minutes: float = 0) -> str | None:
    """Later (or, below zero, earlier) by so much; a date stays a date when only days are added."""
    then = moment(value)
    if then is None:
        return None
    try:
        then += timedelta(days=days, hours=hours, minutes=minutes)
    except OverflowError:
        return None
    if isinstance(value, str) and len(value) == 10 and not hours and not minutes:
        return then.date().isoformat()
    return then.isoformat(timespec="seconds")


@pass_context
def weekday(context: Context, value: Any) -> int | None:
    """1 for Monday to 7 for Sunday, where the person lives; null of what is no moment."""
    then = moment(value)
    if then is None:
        return None
    if not isinstance(value, str) or len(value) > len("2026-11-21"):
        then = then.astimezone(zone(str(context.resolve("_timezone") or "UTC")))
    return then.isoweekday()


def _formatted(context: Context, value: Any, kind: str) -> str:
    if kind == "time" and isinstance(value, str) and len(value) == 5:
        return value
    then = moment(value)
    if then is None:
        return ""
    from babel import dates  # late: 50 ms that few turns need

    language = str(context.resolve("_language") or "ru")
    timezone = str(context.resolve("_timezone") or "UTC")
    if isinstance(value, str) and len(value) > 10:
        then = then.astimezone(zone(timezone))
    if kind == "date":
        pattern = "d MMMM y"
    elif kind == "time":
        pattern = "HH:mm"
    else:
        pattern = "d MMMM, HH:mm"
    return dates.format_datetime(then, pattern, locale=locale_of(language), tzinfo=then.tzinfo)


@pass_context
def format_date(context: Context, value: Any) -> str:
    """«21 ноября 2026» in the person's language."""
    return _formatted(context, value, "date")


@pass_context
def format_time(context: Context, value: Any) -> str:
    """«14:05» in the person's time zone."""
    return _formatted(context, value, "time")


@pass_context
def format_date_time(context: Context, value: Any) -> str:
    """«21 ноября, 14:05» in the person's language and time zone."""
    return _formatted(context, value, "date_time")


FILTERS: dict[str, Callable[..., Any]] = {
    "date": format_date,
    "time": format_time,
    "date_time": format_date_time,
    "plus": plus,
    "weekday": weekday,
}
