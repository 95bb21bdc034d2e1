"""A filter behind a sum takes only what stands right before it: `total / count | round(1)` rounds the count. An `if`
behind it takes all of it."""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.lint.guards import NULL_FITS
from engine.lint.leaves import leaves
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


def of_branch(reader: Reader, node: nodes.CondExpr, sum_: nodes.Add) -> None:
    """`price + fee if fee else 0`: without a fee all is 0, the price too."""
    added, test, other = path(sum_.right), node.test, node.expr2
    asked = path(test.expr if isinstance(test, nodes.Compare) else test)
    if not added or asked != added or not isinstance(other, nodes.Const) or other.value != 0 or other.value is False:
        return
    left = [path(one) for one in leaves(sum_.left)]
    found = re.search(rf"\b{re.escape(added)}\s+if\b", reader.source.text)
    if found is None or not any(left) or added in left:
        return  # in brackets it is meant
    first = next(filter(None, left))
    message = f"`if` takes the whole sum: where it is not true, `{first}` is left out too, and all is 0."
    help = f"Put what alone may be left out in brackets: `… + ({added} if … else 0)`."
    reader.report("branch-of-sum", "warning", added, reader.source.place(sum_.right), message, help)


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
