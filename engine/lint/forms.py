"""Literals in another form than the engine has: a date as it is written in Russian, a number with a decimal comma.

Law: told only where such a literal can be nothing else.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import nodes

from engine.lint import labels
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.shapes import FREE, Shape

_DAY = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d\d)")
_YEAR_FIRST = re.compile(r"(\d{4})([./-])(\d{1,2})\2(\d{1,2})")
_TIME = re.compile(r"(\d{1,2})[:.](\d\d)")
DAYS = {"date", "datetime"}
_WORDS = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


def of_moments(reader: Reader, shape: Shape, other: nodes.Expr) -> bool:
    """`day < '01.01.2027'`: days and times are compared as they are kept, letter by letter. Whether it was told."""
    if not isinstance(other, nodes.Const) or not isinstance(other.value, str):
        return False
    parts, marks = shape.parts(), shape.all_marks()
    if not parts or any(part.kind != "text" or not part.marks & {"date", "datetime", "time"} for part in parts):
        return False
    written = other.value.strip()
    if marks & {"datetime"} and not marks & {"time", "date"} and _time(written):
        message = f"A moment is kept with its day before it, so `{written}` is compared with the year."
        help = "The time of day is `… | time`: `now | time > '22:00'`."
        reader.report("other-form", "warning", written, reader.source.literal(other.value, other.lineno), message, help)
        return True
    right = _time(written) if "time" in marks else _day(written)
    if right is None and FREE not in marks and _WORDS.fullmatch(written):
        return _in_words(reader, other, written, "time" in marks)
    if right is None or right == written:
        return False
    kind = "time" if "time" in marks else "date"
    at = reader.source.literal(other.value, other.lineno)
    message = f"A {kind} is kept as `{right}`, and `{written}` is compared with that letter by letter."
    reader.report("other-form", "warning", other.value, at, message, f"Write `'{right}'`.")
    return True


def of_shown(reader: Reader, left: nodes.Expr, right: nodes.Expr) -> bool:
    """`until > today | date`: days as people read them are no longer in order. Whether it was told."""
    shown = [one for one in (left, right) if isinstance(one, nodes.Filter) and one.name in ("date", "date_time")]
    if len(shown) != 1 or isinstance(left, nodes.Const) or isinstance(right, nodes.Const):
        return False
    name = shown[0].name
    message = f"`{name}` makes a text for people of it (`21 November 2026`), which is compared letter by letter."
    help = f"Compare what stands before it, without `| {name}`."
    reader.report("other-form", "warning", name, reader.source.word(shown[0]), message, help)
    return True


def _in_words(reader: Reader, other: nodes.Const, written: str, time: bool) -> bool:
    days = {"today": 0, "сегодня": 0, "tomorrow": 1, "завтра": 1, "yesterday": -1, "вчера": -1}
    kept, by = ("`09:00`", None) if time else ("`2026-12-31`", days.get(written.lower()))
    help = "Write `today`, without quotes." if by == 0 else f"Write `today | plus(days={by})`, without quotes."
    help = help if by is not None else f"Write it in that form: `'{kept[1:-1]}'`."
    message = (
        f"A {'time' if time else 'date'} is kept as {kept}, and `{written}` is compared with that letter by letter."
    )
    at = reader.source.literal(written, other.lineno)
    reader.report("other-form", "warning", written, at, message, help)
    return True


def _day(written: str) -> str | None:
    found = _YEAR_FIRST.fullmatch(written)
    year, month, day = (found[1], found[3], found[4]) if found else ("", "", "")
    found = None if found else _DAY.fullmatch(written)
    if found:
        year, month, day = found[4] if len(found[4]) == 4 else f"20{found[4]}", found[3], found[1]
    if found and found[2] == "/" and int(month) > 12:  # as Americans write it
        month, day = day, month
    return f"{year}-{int(month):02}-{int(day):02}" if year else None


def _time(written: str) -> str | None:
    found = _TIME.fullmatch(written)
    return f"{int(found[1]):02}:{found[2]}" if found else None


_COUNTED = re.compile(
    r"(?:today|сегодня)?\s*(?:\(\s*)?(?P<sign>[+-])?\s*(?P<count>\d+)\s*"
    r"(?P<unit>d|days?|дн\w*|день|дня|w|weeks?|недел\w*|m|months?|мес\w*|y|years?|год\w*|лет)?",
    re.IGNORECASE,
)
_IN_DAYS = {**dict.fromkeys(("tomorrow", "завтра"), "+1d"), **dict.fromkeys(("yesterday", "вчера"), "-1d")}
_IN_DAYS |= dict.fromkeys(("now", "сегодня"), "today")
_OF_UNITS = {"д": "d", "н": "w", "м": "m", "г": "y", "л": "y"}
_HOUR = re.compile(r"(\d{1,2})(?:[:.](\d\d))?\s*(am|pm|утра|вечера)?", re.IGNORECASE)


def as_moment(kind: str, written: Any) -> str:
    """What is meant by a limit that is no date and no time; empty when that is not known."""
    text = str(written).strip().lower()
    if kind == "time" and (found := _HOUR.fullmatch(text)):
        hour = int(found[1]) + (12 if found[3] in ("pm", "вечера") and int(found[1]) < 12 else 0)
        return "23:59" if hour == 24 else f"{hour:02}:{found[2] or '00'}" if hour < 24 else ""
    if kind != "date":
        return ""
    if found := _COUNTED.fullmatch(text):
        unit = (found["unit"] or "d")[0]
        return f"{found['sign'] or '+'}{found['count']}{_OF_UNITS.get(unit, unit)}"
    day = _day(text)
    return _IN_DAYS.get(text) or (day if day and _ISO.fullmatch(day) and day[5:7] <= "12" else "")


def decimal_comma(reader: Reader, node: nodes.Tuple) -> None:
    """`price * 1,5`: a comma outside of brackets makes a pair."""
    for one, other in zip(node.items, node.items[1:], strict=False):
        whole, rest = _last(one), _first(other)
        if whole is None or rest is None:
            continue
        written = f"{whole},{rest}"
        for found in re.finditer(rf"(?<![\w.]){written}(?!\w)", reader.source.text):
            before = reader.source.text[: found.start()].rpartition("{{")[2].rpartition("{%")[2]
            if sum(map(before.count, "([")) > sum(map(before.count, ")]")):
                continue
            message = f"`{written}` are two values; a comma is no decimal point here."
            at = reader.source.span(found.start(), len(written))
            reader.report("decimal-comma", "error", written, at, message, f"Write `{whole}.{rest}`.")


def side_by_side(reader: Reader, node: nodes.List) -> None:
    """`['tea' 'coffee']`: Jinja makes one text of the two."""
    texts = [one.value for one in node.items if isinstance(one, nodes.Const) and isinstance(one.value, str)]
    if all(text in reader.source.text for text in texts):
        return
    for word in reader.source.words:
        before = word.before[1]
        if word.kind == "text" and before[:1] in ("'", '"'):
            message = f"There is no comma before `{word.shown}`, so it is one text with the one before it."
            at = reader.source.span(word.offset, len(word.shown))
            reader.report("missing-comma", "warning", word.text, at, message, f"Write `{before}, {word.shown}`.")


def _last(node: nodes.Node) -> int | None:
    while isinstance(node, (nodes.BinExpr, nodes.Compare)):
        node = node.right if isinstance(node, nodes.BinExpr) else node.ops[-1].expr
    return node.value if isinstance(node, nodes.Const) and type(node.value) is int else None


def _first(node: nodes.Node) -> int | None:
    while isinstance(node, (nodes.BinExpr, nodes.Compare, nodes.Filter)):
        inner = (
            node.left
            if isinstance(node, nodes.BinExpr)
            else node.expr
            if isinstance(node, nodes.Compare)
            else node.node
        )
        if inner is None:
            return None
        node = inner
    return node.value if isinstance(node, nodes.Const) and type(node.value) is int else None


def of_days(node: nodes.BinExpr, left: Shape, right: Shape) -> str:
    """What to write where days are reckoned with as if they were numbers."""
    one, other = path(node.left), path(node.right)
    if not one or not DAYS & left.all_marks() or node.operator not in ("+", "-"):
        return ""
    if other and node.operator == "-" and DAYS & right.all_marks():
        if other in ("today", "now"):
            return f"The days until then are `days_until({one})`."
        since = f"days_since({other})"
        return f"The days between are `{since if one in ('today', 'now') else f'{since} - days_since({one})'}`."
    if isinstance(node.right, nodes.Const) and isinstance(node.right.value, int):
        return f"In days it is `{one} | plus(days={'-' if node.operator == '-' else ''}{node.right.value})`."
    return ""


def other_words(reader: Reader, one: nodes.Expr, other: nodes.Expr) -> None:
    """`name | lower == 'Anna'`, `labels.level == 'new'`."""
    if isinstance(other, nodes.Const):
        labels.compared(reader, one, other.value)
    call = one.node if isinstance(one, nodes.Call) else one
    name = call.attr if isinstance(call, nodes.Getattr) else call.name if isinstance(call, nodes.Filter) else ""
    if name not in ("lower", "upper") or not isinstance(other, nodes.Const) or not isinstance(other.value, str):
        return
    wanted = other.value.lower() if name == "lower" else other.value.upper()
    if wanted != other.value:
        what = "small" if name == "lower" else "capital"
        at, message = (
            reader.source.place(other),
            f"Behind `{name}` all letters are {what} ones, so never `{other.value}`.",
        )
        reader.report("never-equal", "warning", other.value, at, message, f"Write `{wanted!r}`.")
