"""A filter behind a sum takes only what stands right before it: `total / count | round(1)` rounds the count."""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.lint.guards import NULL_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader

_OF_SUMS = ("round", "int", "float", "number", "abs")
_OF_WHOLE = ("round", "number")  # of a factor or a divisor these are hardly ever meant
_LAST = r"[\w.]+$"  # compiled when it is first asked for, as those of other files


def check(reader: Reader, node: nodes.BinExpr) -> bool:
    """Whether it was told: a number that stands there needs no filter, and a factor is hardly ever rounded."""
    filters = _filters(node.right)
    if not filters or (first := filters[0].node) is None:
        return False
    if isinstance(first, nodes.Const):
        written = str(first.value)
    elif isinstance(node, (nodes.Mul, nodes.Div)) and _is_of_all(reader, first, filters):
        before = reader.source.before(filters[0])
        start = _start(before)
        if before[:start].rstrip().endswith("("):
            return False  # in brackets it is meant
        written = before[start:]
    else:
        return False
    name = filters[0].name
    message = f"`{name}` takes only `{written}`, which stands right before it, and not the whole sum."
    whole = f"{path(node.left) or '…'} {_SIGNS.get(type(node), '+')} {written}"
    at = reader.source.word(filters[0])
    help = f"Put the sum in brackets: `({whole}) | {name}`."
    reader.report("filter-of-part", "warning", name, at, message, help)
    return True


def _filters(node: nodes.Expr | None) -> list[nodes.Filter]:
    """Those at the end that make a number of it or round it, as written."""
    found: list[nodes.Filter] = []
    while isinstance(node, nodes.Filter) and node.name in _OF_SUMS:
        found.insert(0, node)
        node = node.node
    return found


def _is_of_all(reader: Reader, first: nodes.Expr, filters: list[nodes.Filter]) -> bool:
    """`int` makes a number of a text; of a number it is as `round`."""
    if any(one.name in _OF_WHOLE for one in filters):
        return True
    return bool(path(first)) and filters[0].name == "int" and reader.of(first, NULL_FITS).kind == "number"


def _start(text: str) -> int:
    """Where the operand begins that ends with the text: a path or a bracket, with the filters within."""
    start = len(text)
    if text.endswith(")"):
        depth = 0
        for start in range(len(text) - 1, -1, -1):
            depth += {")": 1, "(": -1}.get(text[start], 0)
            if not depth:
                break
    if (last := re.search(_LAST, text[:start])) is not None:  # a path, or what is called
        start = last.start()
    before = text[:start].rstrip()
    return _start(before[:-1].rstrip()) if before.endswith("|") else start


_SIGNS = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//"}
