"""A step with a mistake in it, as far as lint follows ways past it: all mistakes of a file are told at once.

Law: it may set whatever its lines name, and lead on; nothing is told of what may only seem to be missing beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import MappingProxyType
from typing import ClassVar

from engine.core.fields import NAME
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.step import Step

UNREAD = "unread"


class Unread(Step):
    verb = UNREAD
    FIELDS: ClassVar = MappingProxyType({})
    was: Step | None = None  # as far as it could be made

    @classmethod
    def of(cls, step: Step, node: Node) -> Unread:
        made = cls()
        made.was = step
        made.index, made.span, made.parent, made.node = step.index, step.span, step.parent, node
        made.name, made.named, made.references = step.name, bool(NAME.match(step.name)), step.references
        return made

    @classmethod
    def without_verb(cls, node: Mapping, first: str, named: Node | None) -> Unread:
        """Of no known verb; `named` is what would name it."""
        made = cls()
        made.span, made.node = node.key(first).span, node
        name = node.get("name") or named
        made.name = name.text if isinstance(name, Scalar) else ""
        made.named = bool(NAME.match(made.name))
        return made

    def writes(self) -> frozenset[str]:
        return frozenset(_names(self.node)) | {"labels"}


def _names(node: Node) -> Iterator[str]:
    """Every word that could be the name of a variable."""
    if isinstance(node, Mapping):
        for key, (_, value) in node.entries.items():
            if NAME.match(key):
                yield key
            yield from _names(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from _names(item)
    elif isinstance(node, Scalar) and NAME.match(node.text):
        yield node.text
