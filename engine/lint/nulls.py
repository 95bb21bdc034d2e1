"""Null, and lists with no item, where they make a text fail."""

from __future__ import annotations

from jinja2 import nodes

from engine.lint.guards import MISSING_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import FUNCTIONS
from engine.lint.shapes import Shape


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
    reader.report(
        "maybe-empty", "warning", name, at, f"`{name}` may be null here, and {what} fails on null: {shape.empty}.", help
    )


def fails_on_none(reader: Reader, node: nodes.Node | None, what: str, guarded: int) -> None:
    """An item of a list that may have none."""
    while isinstance(node, nodes.Filter):
        node = node.node
    name = path(node)
    if node is None or not name or name in reader.full or guarded == MISSING_FITS:
        return
    at = reader.source.place(node)
    message = f"`{name}` may have no item, and {what} fails then: there may be no such record."
    help = f"Ask first: `if {name}`; for the newest one alone write `first: true` in the `find`."
    reader.report("maybe-empty", "warning", name, at, message, help)
