"""Why a way was taken: what the names in a condition stood for at that moment. For `dialogue trace`, not for a log."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import nodes

from engine.core.template import PLAIN, Expression, looked_at

if TYPE_CHECKING:
    from engine.core.scope import Scope

Values = tuple[tuple[str, Any], ...]


def because(scope: Scope, expression: Expression) -> Values:
    """`goal.kind == "weight" and not hurt` -> (("goal.kind", "weight"), ("hurt", None)). Functions are left out."""
    found = []
    for path in paths(expression.source):
        if path[0] not in scope:
            continue
        value = scope[path[0]]
        for part in path[1:]:
            value = value.get(part) if isinstance(value, Mapping) else None
        if not callable(value):
            found.append((".".join(path), value))
    return tuple(found)


@lru_cache(maxsize=4096)
def paths(source: str) -> tuple[tuple[str, ...], ...]:
    """The names that the expression looks at, each with its attributes; in the order they stand. The tree is that of
    the load; a reload asks ahead (`engine.runtime.warm`)."""
    tree = looked_at(PLAIN, source, bare=True)[0]
    inner: set[int] = set()
    found: dict[tuple[str, ...], None] = {}
    for node in _in_order(tree):
        if isinstance(node, (nodes.Name, nodes.Getattr)) and id(node) not in inner:
            path = _path(node, inner)
            if path:
                found[path] = None
    return tuple(found)


def _in_order(node: nodes.Node) -> list[nodes.Node]:
    return [node, *(below for child in node.iter_child_nodes() for below in _in_order(child))]


def _path(node: nodes.Node, inner: set[int]) -> tuple[str, ...]:
    attributes: list[str] = []
    while isinstance(node, nodes.Getattr):
        attributes.append(node.attr)
        node = node.node
        inner.add(id(node))
    return (node.name, *reversed(attributes)) if isinstance(node, nodes.Name) else ()
