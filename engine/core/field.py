"""What a field of a step is: its type, its words for the reference, and how a map of fields is built."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from msgspec import Struct

from engine.core.finding import Span
from engine.core.node import Mapping as MapNode
from engine.core.node import Node, Scalar
from engine.core.template import Expression, Plain, Text, Translated, Value


class Builder(Protocol):
    """What a field type asks of the loader, which knows the file, the step being built and the project's languages."""

    languages: tuple[str, ...]

    def report(self, code: str, at: Node | Span, message: str, help: str = "", severity: str = "error") -> None: ...
    def refer(self, kind: str, name: str, at: Node) -> None: ...
    def text(self, node: Node) -> Text | None: ...
    def plain(self, node: Node) -> Plain | Translated | None: ...
    def expression(self, node: Node) -> Expression | None: ...
    def value(self, node: Node) -> Value | None: ...
    def steps(self, node: Node) -> tuple[Any, ...]: ...  # of Step, which is made of fields
    def data(self, node: Node) -> Any: ...
    def unknown(
        self, code: str, at: Node, what: str, word: str, known: Iterable[str], wanted: str = ""
    ) -> str | None: ...  # what was meant; `wanted`: the one that is missing, and so most likely it
    def remember(self, template: Any) -> None: ...


class FieldType(Struct, frozen=True):
    """`build` returns the Python value, or None after it has reported what is wrong."""

    word = ""  # for the reference: "a text", "a whole number"
    holds_names = False  # a map whose keys are an author's names
    only = ""  # the one word that may stand there

    def build(self, node: Node, builder: Builder) -> Any:
        raise NotImplementedError

    def schema(self) -> dict[str, Any]:
        return {}

    def misplaced(self, key: str, node: MapNode, builder: Builder) -> str:
        """The key of the map that the value under `key` is surely meant for, after it has reported so; else empty."""
        return ""


class Field(Struct, frozen=True):
    type: FieldType
    doc: str
    required: bool = False
    default: Any = None


def expected(builder: Builder, node: Node, what: str, help: str = "") -> None:
    """Report that something else stands here."""
    builder.report("wrong-type", node, f"Expected {what} here.", help)


def build_fields(node: MapNode, fields: Mapping[str, Field], builder: Builder, what: str) -> dict[str, Any]:
    """All declared fields of a map in their order, defaults filled in; unknown and missing keys are reported."""
    built = {name: field.default for name, field in fields.items()}
    built.update(build_written(node, fields, builder, what, node))
    return built


def build_written(node: MapNode, fields: Mapping[str, Field], builder: Builder, what: str, at: Node) -> dict[str, Any]:
    """The fields that are written, as far as nothing is wrong with them; the missing ones are reported as `at`."""
    built: dict[str, Any] = {}
    meant: set[str | None] = set()  # a misspelt key is told once, not as a missing one as well
    strange = [key for key in node if key not in fields]
    missing = [name for name, field in fields.items() if field.required and name not in node] if strange else []
    flat = _in_one_column(node, fields, strange)
    if flat:
        message = f"`{strange[0]}` stands beside `{flat}:`, and what belongs to it stands below it and further right."
        builder.report(
            "bad-indentation", node.key(strange[0]), message, f"Put two spaces more before what belongs to `{flat}`."
        )
        fields = {name: field for name, field in fields.items() if name != flat}
        node = MapNode({key: pair for key, pair in node.entries.items() if key in fields}, node.span)
        strange = []
    around = _left_out(node, fields, strange, missing)
    if around:
        message = f"Unknown key of {what}: `{strange[0]}`."
        help = f"Write `{around}:` above it, and what belongs to it further right."
        builder.report("unknown-key", node.key(strange[0]), message, help)
        meant.add(around)
    for key, (key_node, value_node) in node.entries.items():
        field = fields.get(key)
        if field is None:
            wanted = missing[0] if len(missing) == len(strange) == 1 else ""
            if not around:
                near = builder.unknown("unknown-key", key_node, f"key of {what}", key, fields, wanted)
                meant.add(near)
                if near is not None and near not in node and not isinstance(value_node, Scalar):
                    built[near] = fields[near].type.build(value_node, builder)  # so that it is not missing elsewhere
            continue
        if other := field.type.misplaced(key, node, builder):
            meant.add(other)
            continue
        value = field.type.build(value_node, builder)
        if value is not None:
            built[key] = value
    foreign = 0 < len(strange) == len(node.entries) < len(missing)  # `{More: https://…}`: told by its one key
    for name, field in fields.items() if not foreign else ():
        if field.required and name not in node.entries and name not in meant:
            builder.report(
                "missing-key", at, f"{what} needs `{name}`: {field.doc}", f"Add `{name}: {field.type.only or '…'}`."
            )
    return built


def _in_one_column(node: MapNode, fields: Mapping[str, Field], strange: list[str]) -> str:
    """The key with nothing behind it below which all unknown ones stand, in its own column; else empty."""
    written = list(node.entries)
    at = written.index(strange[0]) - 1 if len(strange) > 1 else -1
    before = written[at] if at >= 0 else ""
    if (
        before not in fields
        or not fields[before].type.holds_names
        or written[at + 1 : at + 1 + len(strange)] != strange
    ):
        return ""
    empty = node.entries[before][1]
    return before if isinstance(empty, Scalar) and empty.is_null else ""


def _left_out(node: MapNode, fields: Mapping[str, Field], strange: list[str], missing: list[str]) -> str:
    """`save: leads` with the fields themselves beneath it: the key around them was forgotten; else empty."""
    if len(missing) != 1 or not fields[missing[0]].type.holds_names or not strange:
        return ""
    return missing[0] if all(isinstance(node.entries[key][1], Scalar) for key in strange) else ""
