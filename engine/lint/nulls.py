"""Null, and lists with no item, where they make a text fail."""

from __future__ import annotations

from jinja2 import nodes

from engine.core.finding import Topic
from engine.lint.found import NOT_FOUND
from engine.lint.guards import MISSING_FITS, NULL_FITS
from engine.lint.narrow import IS, NO, path
from engine.lint.reader import Reader
from engine.lint.results import FUNCTIONS
from engine.lint.shapes import ANY, MAYBE_NONE, NO_ITEM, Shape


def fails_on_null(
    reader: Reader, node: nodes.Node | None, shape: Shape, what: str, guarded: int, instead: str = "0"
) -> None:
    """A value that may be null where null is an error."""
    if isinstance(node, nodes.Call) and len(node.args) == 1 and path(node.node) in FUNCTIONS:
        node = node.args[0]  # null for null: `hours_since(last.created_at)`
    name = path(node)
    if isinstance(node, nodes.CondExpr) and node.expr2 is None:
        message = f"When the `if` is not true this is null, and {what} fails on null."
        at = reader.source.place(node.expr1)
        reader.report("maybe-empty", "warning", "else", at, message, f"Say what it is then: `else {instead}`.")
    if not name or (guarded and name in reader.full):
        return
    at = reader.source.place(node) if node is not None else reader.source.whole
    help = f"Ask first: `if {name}`, or give a value in its place: `({name} | default({instead}))`."
    message = f"`{name}` may be null here, and {what} fails on null: {shape.empty}."
    topic = Topic((name,), why=shape.empty, instead=instead)
    reader.report("maybe-empty", "warning", name, at, message, help, topic=topic)


def fails_on_none(reader: Reader, node: nodes.Node | None, what: str, guarded: int) -> None:
    """An item of a list that may have none."""
    while isinstance(node, nodes.Filter):
        node = node.node
    name = path(node)
    if node is None or not name or name in reader.full or guarded == MISSING_FITS:
        return
    at = reader.source.place(node)
    message = f"`{name}` may have no item, and {what} fails then: {NOT_FOUND}."
    help = f"Ask first: `if {name}`; for the newest one alone write `first: true` in the `find`."
    reader.report("maybe-empty", "warning", name, at, message, help, topic=Topic((name,), why=NOT_FOUND))


def is_nothing(reader: Reader, node: nodes.Node | None, shape: Shape, what: str) -> bool:
    """Whether it was told that a value is null, or a list empty, for the condition around or on the way here says so:
    `if: not mark`, and then the mark is shown."""
    while isinstance(node, nodes.Filter) and node.name not in ("default", "d", "length", "count"):
        node = node.node
        shape = reader.of(node, NULL_FITS) if node is not None else shape
    name = path(node)
    if node is None or not name or (shape.kind != "null" and NO_ITEM not in shape.marks):
        return False
    parts = name.split(".")
    above = [".".join(parts[:end]) for end in range(1, len(parts) + 1)]
    told = next((one for one in above if not {one + NO, f"{one}{IS}none"}.isdisjoint(reader.kinds)), None)
    if told is None:
        return False
    value = "empty" if shape.kind == "list" else "null"
    message = f"`{name}` is {value} here, by the condition that leads here: {what}."
    help = "Turn the condition round, or move this to where there is one."
    reader.report("maybe-empty", "warning", name, reader.source.place(node), message, help)
    return True


def by_nothing(reader: Reader, counted: nodes.Filter) -> None:
    """`total / (marks | length)` of no marks."""
    name, shape = path(counted.node), reader.of(counted.node, NULL_FITS) if counted.node is not None else ANY
    never = NO_ITEM in shape.marks and name + NO in reader.kinds
    if name and (never or (MAYBE_NONE in shape.marks and name not in reader.full)):
        sure = "is empty here, by the condition that leads here" if never else "may have no item"
        message = f"`{name}` {sure}, and nothing can be divided by 0."
        help = f"Ask first: `if {name}`."
        reader.report("maybe-empty", "warning", name, reader.source.place(counted), message, help)
