"""The leaves of a syntax tree in the order in which they are written, so that each is found again among the
words of its text: Jinja's nodes know their line only.

Law: a leaf is only found where as many of its kind stand in the text as in the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jinja2 import nodes

from engine.core.tree import children

Key = tuple[str, str]  # kind (name, attribute, literal, filter, test), and the word


def key_of(node: nodes.Node) -> Key | None:
    """What a leaf is to be found by; None for what has no word of its own."""
    if isinstance(node, nodes.Name):
        return "name", node.name
    if isinstance(node, nodes.Getattr):
        return "attribute", node.attr
    if isinstance(node, nodes.Const) and type(node.value) in (str, int, float):
        return "literal", str(node.value)
    if isinstance(node, nodes.Filter):
        return "filter", node.name
    return ("test", node.name) if isinstance(node, nodes.Test) else None


def leaves(node: nodes.Node | None) -> Iterator[nodes.Node]:
    """All that has a word of its own, as written."""
    if node is None:
        return
    if isinstance(node, (nodes.Getattr, nodes.Filter, nodes.Test)):
        yield from leaves(node.node)
        yield node
        if not isinstance(node, nodes.Getattr):
            yield from _all((*node.args, *node.kwargs))
    elif key_of(node) is not None:
        yield node
    else:
        yield from _all(_written(node))


def _all(some: Iterable[Any]) -> Iterator[nodes.Node]:
    for one in some:
        yield from leaves(one)


def _written(node: nodes.Node) -> Sequence[nodes.Node | None]:
    """What stands inside, where Jinja keeps it in another order."""
    if isinstance(node, nodes.CondExpr):
        return node.expr1, node.test, node.expr2
    if isinstance(node, nodes.For):
        return node.target, node.iter, node.test, *node.body, *node.else_
    if isinstance(node, nodes.With):
        return [*(one for pair in zip(node.targets, node.values, strict=True) for one in pair), *node.body]
    return children(node)
