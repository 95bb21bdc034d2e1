"""Comparisons: values of unlike kinds, and values that cannot be equal.

Law: both sides must be known for certain before a word is said.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import nodes

from engine.core.finding import Span, Topic
from engine.lint import labels, logic, reach, takes
from engine.lint.forms import of_moments, of_shown, other_words
from engine.lint.narrow import called, path
from engine.lint.nulls import fails_on_null, is_nothing
from engine.lint.reader import Reader
from engine.lint.shapes import ANY, BOOLEAN, FREE, NUMERIC, Shape, is_decimal, told
from engine.project.borrowed import TRUTH
from engine.project.suggest import closest, did_you_mean, proposal

_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">=", "in": "in", "notin": "not in"}


def compared(reader: Reader, node: Any, guarded: int) -> Shape:
    """`a == b`, `a < b`, `a in b`, and chains of them."""
    left_node: nodes.Expr = node.expr
    left = reader.of(left_node, 1)
    for operand in node.ops:
        right = _right(reader, operand.expr, left)
        _one(reader, left_node, left, operand, right, guarded)
        left_node, left = operand.expr, right
    return BOOLEAN


def _right(reader: Reader, node: nodes.Expr, left: Shape) -> Shape:
    """`mood == good` without quotes: the name is unknown, and is a value of `mood`."""
    values = values_of(left)
    if isinstance(node, nodes.Name) and values and node.name in values and not reader.is_known(node.name):
        at = reader.source.word(node)
        help = f"A text stands in quotes: `'{node.name}'`."
        reader.report("unknown-name", "error", node.name, at, f"Nothing is called `{node.name}` here.", help)
        return ANY
    return reader.of(node, 1)


def _one(
    reader: Reader, left_node: nodes.Expr, left: Shape, operand: nodes.Operand, right: Shape, guarded: int
) -> None:
    operator = operand.op
    if of_moments(reader, left, operand.expr) or of_moments(reader, right, left_node):
        return
    filtered = type(left_node) is nodes.Filter or type(operand.expr) is nodes.Filter
    if filtered and of_shown(reader, left_node, operand.expr):
        return
    if operator in ("in", "notin"):
        _within(reader, left_node, left, operand, right)
        return
    reach.check(reader, left_node, left, operator, operand.expr)
    reach.check(reader, operand.expr, right, reach.TURNED.get(operator, ""), left_node)
    if operator in ("eq", "ne"):
        if isinstance(operand.expr, nodes.Const) and operand.expr.value is None:
            logic.never_null(reader, left_node, left)
        if not unlike(reader, left_node, left, operand.expr, right, operator):
            other_words(reader, left_node, operand.expr)
            other_words(reader, operand.expr, left_node)
            _never_equal(reader, left_node, left, operand.expr, right)
            _never_equal(reader, operand.expr, right, left_node, left)
        return
    if not unlike(reader, left_node, left, operand.expr, right, operator):
        for one, shape in ((left_node, left), (operand.expr, right)):
            if shape.empty:
                fails_on_null(reader, one, shape, f"`{_SIGNS[operator]}`", guarded)
            elif shape.kind == "null":
                is_nothing(reader, one, shape, f"`{_SIGNS[operator]}` fails on that")


def _within(reader: Reader, node: nodes.Expr, shape: Shape, operand: nodes.Operand, right: Shape) -> None:
    """Each literal of `x in ['a', 'b']` is a value that `x` can have; `'a' in x` is one that is among those of `x`."""
    if isinstance(operand.expr, (nodes.List, nodes.Tuple)):
        for item in operand.expr.items:
            other = reader.of(item)
            other_words(reader, node, item)
            if not of_moments(reader, shape, item) and not unlike(reader, node, shape, item, other, "eq"):
                _never_equal(reader, node, shape, item, other)
    elif kinds(right) == {"text"} and kinds(shape) & {"list", "map"} == kinds(shape) != set():
        message = f"{shown(node, shape)} is looked for in {shown(operand.expr, right)}, which fails."
        help = f"Turn it round: `{path(operand.expr) or '…'} in {path(node) or '…'}`."
        reader.report(
            "unlike-types",
            "error",
            message,
            place(reader, node, node),
            message[0].upper() + message[1:],
            help,
            topic=of_both(node, operand.expr),
        )
    elif takes.check(reader, _SIGNS[operand.op], operand.expr, right, takes.MANY) and right.kind == "list":
        inner = right.item or ANY
        if not unlike(reader, node, shape, operand.expr, inner, "eq", "an item of "):
            _never_equal(reader, operand.expr, inner, node, shape, "An item of ")
            if isinstance(node, nodes.Name) and inner.values:
                _one_is_never_in(reader, node, shape, operand.expr, inner)


def _one_is_never_in(reader: Reader, node: nodes.Expr, shape: Shape, right: nodes.Expr, inner: Shape) -> None:
    """`reason in item.does`, where `cleaning` is called `clean` in the rows."""
    mine, theirs = values_of(shape), values_of(inner)
    for missing in sorted(map(str, mine - theirs)) if mine & theirs else ():
        near = closest(missing, sorted(map(str, theirs - mine)))
        if near:
            message = f"`{path(right)}` never holds `{missing}`, which `{path(node)}` can be, and holds `{near}`."
            at, help = reader.source.place(node), f"Call both alike: `{missing}` or `{near}`."
            reader.report("never-equal", "warning", missing, at, message, help)


def kinds(shape: Shape) -> set[str]:
    """The families of value it can be; empty when that is not known."""
    found = set()
    for part in shape.parts():
        if part.kind == "any":
            return set()
        found.add("number" if part.kind in NUMERIC else part.kind)
    return found


def unlike(
    reader: Reader, one: nodes.Expr, left: Shape, other: nodes.Expr, right: Shape, operator: str, of: str = ""
) -> bool:
    """Whether values of these kinds are never alike, which is then reported: an error where one is to be the larger."""
    ordered = operator not in ("eq", "ne")
    kind = in_sums if ordered else kinds
    mine, theirs = kind(left), kind(right)
    severity = "error" if ordered and mine and theirs else "warning"
    if ordered and {"list"} in (mine, theirs):
        mine, theirs = mine or {"number"}, theirs or {"number"}  # such as an input
    if not mine or not theirs or mine & theirs:
        sides = (one, left, mine, theirs), (other, right, theirs, mine)
        return ordered and any(takes.either(reader, *side, _SIGNS[operator]) for side in sides)
    if {"boolean", "number"} >= mine | theirs:
        return False
    at = place(reader, one, other)
    help = _alike(one, other, {*mine, *theirs})
    typed = next((node for node, shape in ((one, left), (other, right)) if FREE in shape.all_marks()), None)
    if typed is not None and {*mine, *theirs} == {"text", "number"}:
        help = f"{'' if ordered else help} For a number write `answer: integer` (or `number`) at the question.".strip()
    elif ordered and {*mine, *theirs} == {"text", "number"} and not help.startswith("Without"):
        text = one if "text" in mine else other
        help = "" if isinstance(text, nodes.Const) else "`| int` makes a number of a text."
    what = f"cannot be compared by `{_SIGNS[operator]}`" if ordered else "are never alike"
    message = f"{shown(one, left)} and {of}{shown(other, right)} {what}."
    told_ = message[0].upper() + message[1:]
    reader.report("unlike-types", severity, message, at, told_, help, topic=of_both(one, other))
    return True


def of_both(*sides: nodes.Expr) -> Topic:
    """Of what stands by its name on either side."""
    return Topic(tuple(name for one in sides if (name := called(one))))


def _alike(one: nodes.Expr, other: nodes.Expr, both: set[str]) -> str:
    """What to write for a literal so that it is of the other side's kind."""
    literal = next((node for node in (other, one) if isinstance(node, nodes.Const)), None)
    if literal is None:
        return ""
    if any(isinstance(node, nodes.Filter) and node.name == "weekday" for node in (one, other)):
        return OF_THE_WEEK
    value = literal.value
    whole = path(one) or path(other)
    if isinstance(value, str) and whole and both == {"text", "list"}:
        return f"Whether it is one of them: `{value!r} in {whole}`."
    if isinstance(value, str) and whole and both == {"text", "map"}:
        return f"Name one of its fields: `{whole}.id == {value!r}`."
    if both == {"text", "boolean"} and isinstance(value, str) and value.lower() in TRUTH:
        return f"Write `{TRUTH[value.lower()]}`, without quotes."
    if both != {"text", "number"}:
        return ""
    if not isinstance(value, str):
        return f"As a text it stands in quotes: `'{value}'`."
    return f"Without quotes it is a number: `{value}`." if value.strip("-").replace(".", "", 1).isdigit() else ""


def _never_equal(reader: Reader, one: nodes.Expr, left: Shape, other: nodes.Expr, right: Shape, of: str = "") -> None:
    """A literal that a choice, or what a prompt returns, can never be."""
    values = values_of(left)
    if not values or not isinstance(other, nodes.Const) or other.value is None or isinstance(one, nodes.Const):
        return
    if other.value in values or (kinds(left) and kinds(right) != kinds(left)):
        return
    at = reader.source.place(other) if isinstance(other.value, str) else place(reader, one, other)
    words = sorted(map(str, values))
    subject = f"{of}`{called(one)}`" if called(one) else "This"
    message = f"{subject} is never `{other.value}`"
    if button := labels.value_of(reader.names.steps(reader.source.file), str(other.value), words):
        help = proposal(f"'{button}'")
        message += f": that stands on the button of `{button}`."
        reader.report("never-equal", "warning", str(other.value), at, message, help)
        return
    near = closest(str(other.value), words)
    help = proposal(f"'{near}'") if near and isinstance(other.value, str) else did_you_mean(str(other.value), words)
    help = OF_THE_WEEK if isinstance(one, nodes.Filter) and one.name == "weekday" else help
    reader.report("never-equal", "warning", str(other.value), at, f"{message}.", help, topic=never(other.value, values))


def never(value: object, possible: Iterable[object]) -> Topic:
    """Of a value that is not met where these are."""
    return Topic((str(value), *sorted(map(str, possible))), kind="never")


def values_of(shape: Shape) -> set[Any]:
    """All values that are possible; empty when they are not known."""
    found: set[Any] = set()
    for part in shape.parts():
        if part.values is None:
            return set()
        found |= part.values
    return found


OF_THE_WEEK = "The days of the week are numbers here, from 1 for Monday to 7 for Sunday."


def in_sums(shape: Shape) -> set[str]:
    """As `kinds`; a text that is written as a decimal is a number there (`engine/core/filters.py`)."""
    found = kinds(shape)
    texts = [part for part in shape.parts() if part.kind == "text"]
    return found - {"text"} | {"number"} if found and texts and all(map(is_decimal, texts)) else found


def place(reader: Reader, one: nodes.Expr, other: nodes.Expr) -> Span:
    """The literal of the two, else the name."""
    for node in (one, other):
        if isinstance(node, nodes.Const) and isinstance(node.value, (str, int, float)):
            return reader.source.place(node)
    return reader.source.place(one if path(one) or not path(other) else other)


def shown(node: nodes.Expr, shape: Shape) -> str:
    name = called(node)
    if name:
        return f"`{name}` ({told(shape)})"
    return f"`{node.value}` ({told(shape)})" if isinstance(node, nodes.Const) else told(shape)
