"""Dates and times in expressions."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.core.moments import functions, local, moment, plus

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
    assert [made[name](None) for name in made] == [None, None, None]


def test_unknown_zone_is_utc() -> None:
    """A mistyped zone of a person breaks nothing."""
    assert local(0, "Nowhere/Else").isoformat() == "1970-01-01T00:00:00+00:00"


def test_plus() -> None:
    """A date stays a date when only days are added."""
    assert plus("2026-11-21", days=1) == "2026-11-22"
    assert plus("2026-11-21", hours=1) == "2026-11-21T01:00:00+00:00"
    assert plus("завтра", days=1) is None
