"""A filter behind a sum takes only what stands right before it: `total / count | round(1)` rounds the count."""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.lint.narrow import path
from engine.lint.reader import Reader

_OF_SUMS = ("round", "int", "float", "number", "abs")


def check(reader: Reader, node: nodes.BinExpr) -> bool:
    """Whether it was told: a number that stands there needs no filter, and a divisor is hardly ever rounded."""
    last = node.right
    if not isinstance(last, nodes.Filter) or last.name not in _OF_SUMS or last.node is None:
        return False
    if isinstance(last.node, nodes.Const):
        written = str(last.node.value)
    elif isinstance(node, nodes.Div) and last.name in ("round", "number") and path(last.node):
        written = path(last.node)
        if re.search(rf"\(\s*{re.escape(written)}\s*\|", reader.source.text):
            return False  # in brackets it is meant
    else:
        return False
    message = f"`{last.name}` takes only `{written}`, which stands right before it, and not the whole sum."
    whole = f"{path(node.left) or '…'} {_SIGNS.get(type(node), '+')} {written}"
    at = reader.source.word(last)
    help = f"Put the sum in brackets: `({whole}) | {last.name}`."
    reader.report("filter-of-part", "warning", last.name, at, message, help)
    return True


_SIGNS = {nodes.Add: "+", nodes.Sub: "-", nodes.Mul: "*", nodes.Div: "/", nodes.FloorDiv: "//"}
