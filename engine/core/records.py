"""Which records a `find` means, and in which order: pure, so memory, tests and step kinds agree on it.

Law: nothing here fails on what people typed. Null matches only null, and what cannot be compared does not match.
A number and its text are the same (`5` and `"5"`): an author need not know which of them was saved. ISO date-times
are compared as instants, whatever their offset; one without an offset counts as UTC. Beside a bare date only the (UTC)
day counts.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

_NUMERAL = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*")


def instant(at: float) -> str:
    """Seconds since 1970 as a found record bears them (`created_at`): ISO 8601 in UTC, to the millisecond."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")


def matches(fields: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether a record fits all of `where`: {field: value}, {field: [any, of, these]}, or {field: {comparison: value}}
    with the comparisons not, above, below, from, to, contains. A missing field counts as null."""
    return all(_fits(fields.get(name), wanted) for name, wanted in where.items())


def ordered(rows: Iterable[dict[str, Any]], order: str, limit: int | None = None) -> list[dict[str, Any]]:
    """Sorted by a field (`-field`: descending), at most `limit`. Nulls come last either way. Rows that are equal keep
    the order they came in, which is turned round when descending: newest first is newest first within one instant."""
    descending = order.startswith("-")
    name = order.removeprefix("-")
    present: list[dict[str, Any]] = []
    absent: list[dict[str, Any]] = []
    for row in rows:
        (absent if row.get(name) is None else present).append(row)
    if descending:
        present.reverse()
        absent.reverse()
    present.sort(key=lambda row: sort_key(row[name]), reverse=descending)
    return (present + absent)[:limit]


def sort_key(value: Any) -> tuple[int, Any]:
    """A key under which values of any types can stand in one list: numbers, then texts, then the rest."""
    number = int(value) if isinstance(value, bool) else _number(value)
    if number is not None:
        return (0, number)
    if isinstance(value, str):
        return (1, _instant(value) or value.casefold())
    return (2, str(value))


def is_record(value: Mapping[str, Any]) -> bool:
    """As memory gives it. A field that it lacks is null: it was saved before there was such a field, or without it."""
    return "created_at" in value and "updated_at" in value


def is_comparison(wanted: Any) -> bool:
    """Whether a value of `where` holds comparisons, and is not a map to be equal to."""
    return isinstance(wanted, dict) and bool(wanted) and wanted.keys() <= COMPARISONS.keys()


def is_ambiguous(text: str) -> bool:
    """Whether a text also equals a value of another type (`"5"`, `"true"`)."""
    return _number(text) is not None or text in ("true", "false")


def _fits(value: Any, wanted: Any) -> bool:
    if is_comparison(wanted):
        return all(COMPARISONS[name](value, bound) for name, bound in wanted.items())
    if isinstance(wanted, (list, tuple)):
        return any(_same(value, one) for one in wanted) or value == wanted
    return _same(value, wanted)


def _same(value: Any, wanted: Any) -> bool:
    if isinstance(value, bool) or isinstance(wanted, bool):
        return _truth(value) is not None and _truth(value) is _truth(wanted)
    if value == wanted:
        return True
    if isinstance(value, str) and isinstance(wanted, str):
        instant = _instant(value)
        return instant is not None and instant == _instant(wanted)
    number = _number(value)
    return number is not None and number == _number(wanted)


def _truth(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(value) if isinstance(value, str) else None


def _number(value: Any) -> float | int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return value
    return float(value) if isinstance(value, str) and _NUMERAL.fullmatch(value) else None


def _instant(text: str) -> str | None:
    """An ISO date-time as UTC text, which sorts as time does; None for any other text."""
    if not _DATE_TIME.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    try:
        return moment.astimezone(UTC).isoformat(timespec="microseconds")
    except OverflowError:  # the years 1 and 9999
        return None


def _pair(value: Any, bound: Any) -> tuple[Any, Any] | None:
    """Both sides in a form that can be compared, or None."""
    left, right = _number(value), _number(bound)
    if left is not None and right is not None:
        return left, right
    if not isinstance(value, str) or not isinstance(bound, str):
        return None
    first, second = _instant(value), _instant(bound)
    if first and _DATE.fullmatch(bound):
        return first[:10], bound
    if second and _DATE.fullmatch(value):
        return value, second[:10]
    return (first, second) if first and second else (value.casefold(), bound.casefold())


def _compare(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compare(value: Any, bound: Any) -> bool:
        pair = _pair(value, bound)
        return pair is not None and test(*pair)

    return compare


def _contains(value: Any, part: Any) -> bool:
    if isinstance(value, str) and isinstance(part, str):
        return part.casefold() in value.casefold()
    return isinstance(value, (list, tuple)) and any(_same(item, part) for item in value)


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "not": lambda value, bound: not _fits(value, bound),
    "above": _compare(lambda value, bound: value > bound),
    "below": _compare(lambda value, bound: value < bound),
    "from": _compare(lambda value, bound: value >= bound),
    "to": _compare(lambda value, bound: value <= bound),
    "contains": _contains,
}
