"""A YAML document as read: every scalar is still text, and everything knows where it stands.

`12:30`, `no`, `+7916…`, `1.10`, `010` stay what they look like until a field's type says what they are.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct, field

from engine.core.finding import Span


class Scalar(Struct):
    """`plain` is false for quoted and block scalars, which are never read as a number, a boolean or null.

    For a block or quoted scalar `offsets` maps a line of `text` (from 0) to its (line, column) in the file, so that a
    mistake inside a Jinja line can be shown exactly where it stands. `places` (offset in `text`, line, column) says it
    finer where a text is folded, escaped or runs over lines; `engine.project.yaml.position` reads both.
    """

    text: str
    span: Span
    plain: bool = True
    offsets: tuple[tuple[int, int], ...] = ()
    places: tuple[tuple[int, int, int], ...] = ()

    @property
    def is_null(self) -> bool:
        return self.plain and self.text in ("", "~", "null", "Null", "NULL")


class Sequence(Struct):
    items: list[Node]
    span: Span


class Mapping(Struct):
    """Keys in file order. `entries[key] = (key node, value node)`; duplicate keys were reported by the reader."""

    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    span: Span = field(default_factory=lambda: Span(""))

    def get(self, key: str) -> Node | None:
        found = self.entries.get(key)
        return found[1] if found else None

    def key(self, key: str) -> Scalar:
        return self.entries[key][0]

    def __iter__(self) -> Iterator[str]:
        return iter(self.entries)

    def __contains__(self, key: str) -> bool:
        return key in self.entries


Node = Scalar | Sequence | Mapping


def extent(node: Node) -> tuple[int, int]:
    """How many nodes there are in it, itself included, and how many collections stand inside each other."""
    if isinstance(node, Scalar):
        return 1, 0
    inner = node.items if isinstance(node, Sequence) else [one for pair in node.entries.values() for one in pair]
    extents = [extent(one) for one in inner]
    return 1 + sum(size for size, _ in extents), 1 + max((height for _, height in extents), default=0)
