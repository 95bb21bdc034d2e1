"""The pure rules of `where` and `order`."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.records import matches, ordered

MATCHES: list[tuple[Any, Any, bool]] = [
    # value, wanted, fits
    ("active", "active", True),
    ("active", "Active", False),
    ("active", ["done", "active"], True),
    ("active", [], False),
    (["a", "b"], ["a", "b"], True),
    (None, None, True),
    (None, "active", False),
    ("active", None, False),
    (5, 5.0, True),
    (5, "5", True),
    ("5", 5, True),
    ("05", "5", False),
    ("+7916", 7916, False),
    (True, True, True),
    (True, 1, False),
    (1, True, False),
    ("true", True, True),
    (False, "false", True),
    ("yes", True, False),
    ({"id": 1}, {"id": 1}, True),
    ({}, {}, True),
    ("2026-11-21T10:00:00+03:00", "2026-11-21T07:00:00+00:00", True),
    ("2026-11-21T10:00:00+03:00", "2026-11-21T10:00:00", False),
    ("active", {"not": "done"}, True),
    ("done", {"not": ["done", "old"]}, False),
    (None, {"not": "done"}, True),
    (None, {"not": None}, False),
    ("x", {"not": None}, True),
    (5, {"not": {"above": 3}}, False),
    (5, {"above": 3, "below": 6}, True),
    (5, {"above": 5}, False),
    (5, {"from": 5, "to": 5}, True),
    ("82.5", {"above": 9}, True),
    ("10", {"above": "9"}, True),
    (None, {"above": 3}, False),
    (5, {"above": None}, False),
    (True, {"above": 0}, False),
    ("слово", {"above": 3}, False),
    ("б", {"above": "А"}, True),
    ("09:30", {"below": "12:00"}, True),
    ("2026-11-21T23:30:00+00:00", {"below": "2026-11-22T02:00:00+03:00"}, False),
    ("2026-11-21T22:30:00+00:00", {"below": "2026-11-22T02:00:00+03:00"}, True),
    ("2026-11-21T22:30:00.000+00:00", {"to": "2026-11-21"}, True),
    ("2026-11-21T22:30:00.000+00:00", {"above": "2026-11-21"}, False),
    ("2026-11-21", {"from": "2026-11-21T22:30:00+00:00"}, True),
    ("2026-13-41T99:99", {"above": "2026"}, True),
    ("0001-01-01T00:00:00+10:00", {"below": "2026-01-01T00:00:00+00:00"}, True),
    ("Болит спина", {"contains": "СПИНА"}, True),
    ("Болит спина", {"contains": 5}, False),
    (["a", 5], {"contains": "5"}, True),
    (["a"], {"contains": "b"}, False),
    (None, {"contains": "b"}, False),
]


@pytest.mark.parametrize(("value", "wanted", "fits"), MATCHES)
def test_matches(value: Any, wanted: Any, fits: bool) -> None:
    """A field fits what an author would say it fits, and null never fails."""
    assert matches({"field": value}, {"field": wanted}) is fits


def test_all_of_where_must_fit() -> None:
    """Conditions add up; a missing field is null; no condition is everything."""
    fields = {"status": "active", "weight": 80}
    assert matches(fields, {})
    assert matches(fields, {"status": "active", "weight": {"above": 70}, "note": None})
    assert not matches(fields, {"status": "active", "weight": {"above": 90}})


ORDERS: list[tuple[str, list[Any], list[Any]]] = [
    ("n", [3, None, 1, 2.5], [1, 2.5, 3, None]),
    ("-n", [3, None, 1, 2.5], [3, 2.5, 1, None]),
    ("n", ["б", "А", "а"], ["А", "а", "б"]),
    ("-n", ["А", "а", "б"], ["б", "а", "А"]),
    ("n", ["10", 9, "9.5"], [9, "9.5", "10"]),
    ("n", ["x", 5, ["l"], True], [True, 5, "x", ["l"]]),
    ("n", ["2026-01-01T10:00:00+03:00", "2026-01-01T08:00:00Z"], ["2026-01-01T10:00:00+03:00", "2026-01-01T08:00:00Z"]),
    ("n", ["2026-01-01T10:00:00Z", "2026-01-01T12:00:00+03:00"], ["2026-01-01T12:00:00+03:00", "2026-01-01T10:00:00Z"]),
]


@pytest.mark.parametrize(("order", "values", "expected"), ORDERS)
def test_ordered(order: str, values: list[Any], expected: list[Any]) -> None:
    """Mixed types can be sorted, nulls come last, and equals keep their age."""
    assert [row["n"] for row in ordered([{"n": value} for value in values], order)] == expected


def test_ordered_stops_at_the_limit() -> None:
    """The limit counts after sorting."""
    assert ordered([{"n": 3}, {"n": 1}, {"n": 2}], "-n", 2) == [{"n": 3}, {"n": 2}]
