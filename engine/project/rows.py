"""Rows of a catalog file beside each other: a field that is misspelt in one, a number that is none; and texts that are
taken for templates.

Law: one row is told only where all the others agree against it; what may be meant is let be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from engine.core import node as nodes
from engine.core.filters import reckoned
from engine.core.finding import NO_TOPIC, Finding, Span, Topic
from engine.project import spoken
from engine.project.places import span_of
from engine.project.slips import is_slip
from engine.project.spoken import beside, every, is_spoken
from engine.project.suggest import proposal
from engine.project.values import plain

_NUMBER = re.compile(r"[₽$€£]?\s*-?\d[\d\s\u00a0.,]*\s*(?:[^\W\d]{1,12}\.?|[₽$€£%])?")

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OTHER_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


def check(node: nodes.Node, languages: tuple[str, ...]) -> list[Finding]:
    """Every table of a file: a list of maps, at the top also a map of maps."""
    findings: list[Finding] = []
    for rows, top in _tables(node, languages):
        findings += _table(rows, languages, top)
    for one in every(node):
        if isinstance(one, nodes.Scalar):
            if "{" in one.text:
                findings += _template(one)
            elif one.text[4:5] == "-" and _DAY.fullmatch(one.text):
                findings += _no_such_day(one)
    findings += spoken.check(node, languages)
    return findings


def misspelt(rows: Sequence[Iterable[str]]) -> dict[int, tuple[str, str]]:
    """{row: (its field, what the others call it)}: a field of one row alone that is a slip away from one that all the
    other rows have, and this one has not. Of two such rows the second."""
    keys = [frozenset(row) for row in rows]
    counts: dict[str, int] = {}
    for key in (key for row in keys for key in row):
        counts[key] = counts.get(key, 0) + 1
    found: dict[int, tuple[str, str]] = {}
    shared = [key for key, count in counts.items() if count == len(keys) - 1]
    for number, row in enumerate(keys) if len(keys) > 1 else ():
        for other in (one for one in shared if one not in row):
            mine = next((one for one in sorted(row) if counts[one] == 1 and is_slip(one, other)), None)
            if mine is not None:
                found[number] = (mine, other)
    if len(keys) == 2 and len(found) == 2:
        del found[0]
    return found


def tables(node: nodes.Node, languages: tuple[str, ...]) -> Iterator[list[nodes.Node]]:
    """The lists of rows in a file."""
    return (rows for rows, _ in _tables(node, languages))


def _tables(node: nodes.Node, languages: tuple[str, ...], top: bool = True) -> Iterator[tuple[list[nodes.Node], bool]]:
    if isinstance(node, nodes.Sequence):
        if sum(isinstance(item, nodes.Mapping) for item in node.items) > 1:
            yield node.items, top
            yield from _within(node.items)
        inner = node.items
    elif isinstance(node, nodes.Mapping):
        inner = [value for _, value in node.entries.values()]
        if (
            top
            and len(inner) > 1
            and all(isinstance(one, nodes.Mapping) and not is_spoken(one, languages) for one in inner)
        ):
            yield inner, top
            yield from _within(inner)
    else:
        return
    for one in inner:
        yield from _tables(one, languages, top=False)


def _within(rows: list[nodes.Node]) -> Iterator[tuple[list[nodes.Node], bool]]:
    """`prices: {adult: 500}` of each row is a table of its own."""
    maps = [row for row in rows if isinstance(row, nodes.Mapping)]
    for name in maps[0].entries if maps else ():
        inner: list[nodes.Node] = [value for row in maps if isinstance(value := row.get(name), nodes.Mapping)]
        if len(inner) == len(maps) > 1:
            yield inner, False


def _table(rows: list[nodes.Node], languages: tuple[str, ...], top: bool) -> Iterator[Finding]:
    maps = [row for row in rows if isinstance(row, nodes.Mapping) and not is_spoken(row, languages)]
    if len(maps) < 2:
        return
    with_ids = top and any("id" in row for row in maps)  # a row without one is told as that
    for row in rows if not with_ids else ():
        if not isinstance(row, nodes.Mapping):
            message = "This is no row: the others are maps with fields."
            yield _finding(
                row.span, message, "Write `field: value` lines, as in the other rows.", topic=Topic(kind="row")
            )
    for number, (mine, other) in misspelt(maps).items():
        message = f"`{mine}` stands in this row alone, and `{other}`, which all others have, is missing in it."
        topic = Topic(field=mine, kind="slip", instead=other)
        yield _finding(maps[number].key(mine).span, message, proposal(other), topic=topic)
    for name in dict.fromkeys(key for row in maps for key in row if key != "id"):
        values = [row.get(name) for row in maps]
        there = [one for one in values if one is not None]
        yield from _numbers(name, there)
        yield from _lists(name, there)
        yield from _days(there)
        yield from beside(maps, name, languages)


def _numbers(name: str, values: list[nodes.Node]) -> Iterator[Finding]:
    """Texts that look like numbers, where all others are numbers."""
    texts = [one for one in values if not _is_number(one)]
    if len(texts) == len(values):
        return
    numbers = [one for one in values if _is_number(one)]
    words = [one.text for one in texts if isinstance(one, nodes.Scalar) and not re.search(r"\d", one.text)]
    if len(numbers) == 1 and len(set(words)) < len(words) == len(texts):  # one of a few words
        message = f"`{getattr(numbers[0], 'text', '')}` is a number, and in all other rows there is a word."
        yield _finding(numbers[0].span, message, "Write one of those words.")
    alike = [one for one in texts if isinstance(one, nodes.Scalar) and _NUMBER.fullmatch(one.text.strip())]
    for one in alike if len(alike) == len(texts) else ():
        digits = re.sub(r"[^\d.,-]", "", one.text).strip(".,")
        better = digits.replace(",", ".") if digits.count(",") + digits.count(".") < 2 else re.sub(r"[.,]", "", digits)
        message = f"`{name}` is the text `{one.text}` here, and in other rows a number."
        yield _finding(one.span, message, f"Write `{better}`, without anything else.", topic=Topic(field=name))


def _lists(name: str, values: list[nodes.Node]) -> Iterator[Finding]:
    """A map, or a text with commas, where all others are lists."""
    single = [one for one in values if not isinstance(one, nodes.Sequence)]
    if len(single) == 1 < len(values):
        one = single[0]
        if isinstance(one, nodes.Mapping):
            message = f"`{name}` is a map here, and in other rows a list."
            yield _finding(one.span, message, "Put it in square brackets: `[{…}]`.", topic=Topic(field=name))
        elif isinstance(one, nodes.Scalar) and "," in one.text and not {"[", "]"} & {*one.text}:
            message = f"`{name}` is one text here, and in other rows a list."
            yield _finding(one.span, message, f"Put it in square brackets: `[{one.text}]`.", topic=Topic(field=name))


def _no_such_day(node: nodes.Scalar) -> Iterator[Finding]:
    try:
        date.fromisoformat(node.text)
    except ValueError:
        message = f"There is no day `{node.text}`."
        yield _finding(node.span, message, "Write the year, the month and the day: `2027-03-01`.", "bad-value")


def _days(values: list[nodes.Node]) -> Iterator[Finding]:
    """`15.05.2027`, where other rows have a day as `2027-05-15`."""
    texts = [one for one in values if isinstance(one, nodes.Scalar)]
    if any(_DAY.fullmatch(one.text) for one in texts):
        for one in texts:
            if (found := _OTHER_DAY.fullmatch(one.text)) is not None:
                day, month, year = found.groups()
                message = f"`{one.text}` is a day in another form than in other rows, and no filter reads it."
                yield _finding(one.span, message, f"Write `{year}-{month:0>2}-{day:0>2}`.")


def _is_number(node: nodes.Node) -> bool:
    value: Any = plain(node) if isinstance(node, nodes.Scalar) else None
    return isinstance(reckoned(value), (int, float)) and not isinstance(value, bool)


def _template(node: nodes.Scalar) -> Iterator[Finding]:
    found = re.search(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}", node.text)
    if found:
        message = f"Texts of the catalog are data: people read `{found[0]}` as it stands here."
        help = "Write the text into the scenario, or put the value in there: `{{ row.text | replace('NAME', name) }}`."
        yield _finding(span_of(node, *found.span()), message, help, "template-in-data")


def _finding(span: Span, message: str, help: str, code: str = "unlike-row", topic: Topic = NO_TOPIC) -> Finding:
    return Finding(span, code, "warning", message, help, topic=topic)
