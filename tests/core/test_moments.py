"""Dates and times in expressions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from engine.core.moments import functions, local, moment, plus
from engine.core.template import PLAIN

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (NOON, NOON),
        (datetime(2026, 11, 21, 12), NOON),  # one without a zone counts as UTC: that is the case
        (date(2026, 11, 21), datetime(2026, 11, 21, tzinfo=UTC)),
        (NOON.timestamp(), NOON),
        ("2026-11-21T15:00:00+03:00", NOON),
        ("2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("завтра", None),
        ("", None),
        (None, None),
        (True, None),
    ],
)
def test_moment(value: Any, found: datetime | None) -> None:
    """A moment from whatever holds one; without a zone it is UTC."""
    assert moment(value) == found


def test_since_and_until() -> None:
    """Hours and days to and from a moment; null of null."""
    made = functions(NOON)
    assert made["hours_since"]("2026-11-21T10:00:00+00:00") == 2
    assert made["days_since"]("2026-11-19T12:00:00+00:00") == 2
    assert made["hours_until"]("2026-11-21T13:30:00+00:00") == 1.5
    assert [made[name](None) for name in made] == [None] * 4


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("2026-11-22", 1),
        ("2026-11-21", 0),
        ("2026-11-20", -1),
        ("2027-11-21", 365),
        ("2026-11-21T20:59:00+00:00", 0),  # 23:59 in Moscow
        ("2026-11-21T21:00:00+00:00", 1),
        ("завтра", None),
        (None, None),
    ],
)
def test_days_until(value: Any, days: int | None) -> None:
    """Late in the evening tomorrow is one day away still, by the calendar of the person's own zone."""
    late = datetime(2026, 11, 21, 20, 30, tzinfo=UTC).astimezone(ZoneInfo("Europe/Moscow"))
    assert functions(late)["days_until"](value) == days


def test_unknown_zone_is_utc() -> None:
    """A mistyped zone of a person breaks nothing."""
    assert local(0, "Nowhere/Else").isoformat() == "1970-01-01T00:00:00+00:00"


def test_plus() -> None:
    """A date stays a date when only days are added."""
    assert plus("2026-11-21", days=1) == "2026-11-22"
    assert plus("2026-11-21", hours=1) == "2026-11-21T01:00:00+00:00"
    assert plus("завтра", days=1) is None


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-11-21", 6),
        ("2026-11-22", 7),
        ("2026-11-21T22:30:00+00:00", 7),  # Sunday already in Moscow
        ("завтра", None),
        (None, None),
    ],
)
def test_weekday(value: Any, day: int | None) -> None:
    """By the calendar where the person lives."""
    shown = PLAIN.from_string("{{ value | weekday }}").render(value=value, _timezone="Europe/Moscow")
    assert shown == ("" if day is None else str(day))
