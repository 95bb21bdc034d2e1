"""`and` and `or` whose parts contradict each other, or take in everything: such a condition is always the same.

Law: only comparisons of one name with values that are written out are looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from engine.core.finding import Topic
from engine.lint.leaves import leaves
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.shapes import MAYBE_NONE, Shape

_TURNED = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq", "eq": "eq", "ne": "ne"}
_OPPOSITE = {"lt": "gteq", "gteq": "lt", "gt": "lteq", "lteq": "gt", "eq": "ne", "ne": "eq"}
Told = tuple[str, str, Any]  # path, operator, value


def never_null(reader: Reader, node: nodes.Expr | None, shape: Shape) -> None:
    """`goals is none` of what a `find` without `first` found."""
    if MAYBE_NONE in shape.marks and not shape.empty and isinstance(node, nodes.Name):
        message = f"`{node.name}` is a list, and never null: of nothing found it is an empty one."
        help = f"Write `not {node.name}`, or `{node.name}` where some must be there."
        at, topic = reader.source.word(node), Topic((node.name,), kind="list")
        reader.report("constant-condition", "warning", node.name, at, message, help, topic=topic)


def both(reader: Reader, node: nodes.And) -> None:
    """`n > 5 and n < 3`, `mood == 'good' and mood == 'bad'`."""
    told = list(_comparisons(node, nodes.And))
    for one in told:
        for other in told:
            if one[0] == other[0] and not together(one, other):
                shown = f"`{_shown(one)}` and `{_shown(other)}` are never true at once, so this is never true."
                help = (
                    "Either of the two is `or`." if one[1] == "eq" else "Look at the signs: `<` is less, `>` is more."
                )
                _tell(reader, node, one[0], shown, help)
                return


def either(reader: Reader, node: nodes.Or) -> None:
    """`mood == 'a' or 'b'`, `mood != 'a' or mood != 'b'`, `n < 5 or n > 3`."""
    if isinstance(node.left, nodes.Compare) and isinstance(node.right, nodes.Const) and node.right.value:
        name, value = path(node.left.expr), node.right.value
        help = f"Write `{name} in [{_first(node.left)!r}, {value!r}]`." if name else "Compare on both sides of `or`."
        _tell(reader, node, name, f"`or {value!r}` compares nothing: it is always true.", help)
        return
    told = [(name, _OPPOSITE[sign], value) for name, sign, value in _comparisons(node, nodes.Or)]
    for one in told:
        for other in told:
            if one[0] == other[0] and not together(one, other):
                sides = " or ".join(f"`{_shown((name, _OPPOSITE[sign], value))}`" for name, sign, value in (one, other))
                _tell(reader, node, one[0], f"{sides} is always true.", "If both must be so, write `and`.")
                return


def _first(node: nodes.Compare) -> Any:
    operand = node.ops[0].expr
    return operand.value if isinstance(operand, nodes.Const) else "…"


def _comparisons(node: nodes.Node, kind: type[nodes.BinExpr]) -> Iterator[Told]:
    if isinstance(node, kind):
        yield from _comparisons(node.left, kind)
        yield from _comparisons(node.right, kind)
    elif (told := said(node, positive=True)) is not None:
        yield told


def said(node: nodes.Node, positive: bool) -> Told | None:
    """What a comparison with a literal says when it is true, or when it is not."""
    if not isinstance(node, nodes.Compare) or len(node.ops) != 1 or node.ops[0].op not in _TURNED:
        return None
    left, sign, right = node.expr, node.ops[0].op, node.ops[0].expr
    if isinstance(left, nodes.Const):
        left, sign, right = right, _TURNED[sign], left
    name = path(left)
    if not name or not isinstance(right, nodes.Const) or right.value is None:
        return None
    return name, sign if positive else _OPPOSITE[sign], right.value


def together(one: Told, other: Told) -> bool:
    """Whether some value satisfies both."""
    (_, sign, value), (_, second, bound) = one, other
    numbers = all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (value, bound))
    if not numbers and type(value) is not type(bound):
        return True
    if sign == "eq" and second == "eq":
        return bool(value == bound)
    if sign == "eq" and second == "ne":
        return bool(value != bound)
    if not numbers:
        return True
    if sign == "eq":
        fits = {"lt": value < bound, "lteq": value <= bound, "gt": value > bound, "gteq": value >= bound}
        return bool(fits[second])
    if sign in ("gt", "gteq") and second in ("lt", "lteq"):
        return bool(value < bound or (value == bound and (sign, second) == ("gteq", "lteq")))
    return True


_SIGNS = {"eq": "==", "ne": "!=", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}


def _shown(told: Told) -> str:
    return f"{told[0]} {_SIGNS[told[1]]} {told[2]!r}"


def _tell(reader: Reader, node: nodes.BinExpr, name: str, message: str, help: str) -> None:
    first = next((one for one in leaves(node) if isinstance(one, nodes.Name) and name), None)
    at = reader.source.word(first) if first is not None else reader.source.line(node.lineno)
    at = reader.source.whole if reader.source.bare else at
    reader.report("constant-condition", "warning", name, at, message, help)
