"""The types a step's field can have. A field's type is enough for the loader to build it, for the schema to describe
it, and for lint, graph and rename to find every use: no step kind writes a walker of its own.
"""

from __future__ import annotations

import re
from typing import Any

from engine.core.field import Builder, FieldType, expected
from engine.core.node import Mapping as MapNode
from engine.core.node import Node, Scalar, Sequence
from engine.core.quick_expression import KEPT

NO_NAME = "A name is made of letters, digits and `_`."
NAME = re.compile(r"[^\W\d]\w*\Z")
ONE_EXPRESSION = re.compile(r"\s*\{\{(?:[^{}]++|\{(?!\{)|\}(?!\}))*+\}\}\s*\Z")


class TextType(FieldType, frozen=True):
    """A text for people: Markdown with `{{ }}`, or a map of languages."""

    word = "a text (Markdown, `{{ }}`), or one for each language"

    def build(self, node: Node, builder: Builder) -> Any:
        return builder.text(node)

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/text"}


class PlainType(FieldType, frozen=True):
    word = "a plain text with `{{ }}`"

    def build(self, node: Node, builder: Builder) -> Any:
        return builder.plain(node)

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/text"}


class ExpressionType(FieldType, frozen=True):
    word = "an expression, without `{{ }}`"

    def build(self, node: Node, builder: Builder) -> Any:
        return builder.expression(node)

    def schema(self) -> dict[str, Any]:
        return {"type": ["string", "boolean", "number"]}


class ValueType(FieldType, frozen=True):
    word = "a value; exactly one `{{ expression }}` keeps its type"

    def build(self, node: Node, builder: Builder) -> Any:
        return builder.value(node)


class NameType(FieldType, frozen=True):
    """A name that something is remembered by. `sentence`: the key beside it under which a text is written, not here."""

    sentence: str = ""
    word = "a name: letters, digits and `_`"

    def build(self, node: Node, builder: Builder) -> Any:
        if not isinstance(node, Scalar) or not NAME.match(node.text):
            better = re.sub(r"\W+", "_", node.text if isinstance(node, Scalar) else "").strip("_")
            better = f"answer_{better}" if better[:1].isdigit() else better
            builder.report("bad-name", node, NO_NAME, f"Try `{better}`." if better else "")
            return None
        return node.text if _free(node, builder) else None

    def misplaced(self, key: str, node: MapNode, builder: Builder) -> str:
        value = node.get(key)
        if not self.sentence or self.sentence in node or not isinstance(value, Scalar) or " " not in value.text.strip():
            return ""
        help = f"Write `{key}: name`, and under it `{self.sentence}: {value.text.strip()}`."
        builder.report("bad-name", value, NO_NAME, help)
        return self.sentence

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^[^\W\d]\w*$"}


def _free(name: Scalar, builder: Builder) -> bool:
    """Whether it is no word of expressions, which could never be read as a variable."""
    taken = name.text in KEPT or name.is_null
    if taken:
        message = f"`{name.text}` is a word of expressions and cannot be read as a name."
        builder.report("bad-name", name, message, f"Choose another name, such as `{name.text.lower()}_`.")
    return not taken


class RefType(FieldType, frozen=True):
    """A name that must exist elsewhere; `kind` as in `engine.core.step.Reference`."""

    kind: str

    @property
    def word(self) -> str:  # type: ignore[override] # computed from the kind
        return f"the name of a {self.kind}"

    def build(self, node: Node, builder: Builder) -> Any:
        if not isinstance(node, Scalar) or node.is_null or not node.text.strip():
            expected(builder, node, f"the name of a {self.kind}")
            return None
        builder.refer(self.kind, node.text, node)
        return node.text

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class FlagType(FieldType, frozen=True):
    word = "true or false"

    def build(self, node: Node, builder: Builder) -> Any:
        known = {"true": True, "false": False}
        if isinstance(node, Scalar) and node.text.lower() in known:
            return known[node.text.lower()]
        help = (
            "YAML's yes/no/on/off are texts here."
            if isinstance(node, Scalar) and node.text.lower() in ("yes", "no", "on", "off")
            else ""
        )
        expected(builder, node, "true or false", help)
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


class WordType(FieldType, frozen=True):
    words: tuple[str, ...]

    @property
    def word(self) -> str:  # type: ignore[override] # computed from its words
        return "one of " + ", ".join(f"`{one}`" for one in self.words)

    @property
    def only(self) -> str:  # type: ignore[override] # computed from its words
        return self.words[0] if len(self.words) == 1 else ""

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Scalar) and node.text in self.words:
            return node.text
        if isinstance(node, Scalar) and node.text.strip() and not node.is_null:
            several = re.split(r"[,/|]\s*|\s+(?:or|and|или|и)\s+", node.text.strip())
            if len(several) > 1 and all(one in self.words for one in several):
                message = f"Unknown value: `{node.text}`."
                builder.report("unknown-value", node, message, f"Several stand in brackets: `[{', '.join(several)}]`.")
            else:
                builder.unknown("unknown-value", node, "value", node.text, self.words)
        else:
            word = node.get("type") if isinstance(node, MapNode) else None
            named = isinstance(word, Scalar) and word.text in self.words
            help = f"Write `{word.text}`, and what else stands here beside it as keys of the step." if named else ""  # type: ignore[union-attr] # a Scalar
            expected(builder, node, self.word, help)
        return None

    def schema(self) -> dict[str, Any]:
        return {"enum": list(self.words)}


class ListType(FieldType, frozen=True):
    """A list; one item may stand without the list's dash."""

    item: FieldType

    @property
    def word(self) -> str:  # type: ignore[override] # computed from its item
        return f"a list ({self.item.word})"

    def build(self, node: Node, builder: Builder) -> Any:
        nodes = node.items if isinstance(node, Sequence) else [node]
        built = [self.item.build(one, builder) for one in nodes]
        return tuple(one for one in built if one is not None)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "array", "items": self.item.schema()}, self.item.schema()]}


class MapType(FieldType, frozen=True):
    """Names to values of one type."""

    holds_names = True
    item: FieldType
    of: str = "names to values"
    free: bool = False  # keys may be any text, not only names
    variables: bool = False  # keys are read as variables

    @property
    def word(self) -> str:  # type: ignore[override] # computed from what it maps
        return f"a map of {self.of}"

    def build(self, node: Node, builder: Builder) -> Any:
        if not isinstance(node, MapNode):
            set_ = re.fullmatch(r"([^\W\d]\w*)\s*=\s*(.+)", node.text.strip()) if isinstance(node, Scalar) else None
            written = f"`{set_[1]}: {set_[2]}`" if set_ else "`name: value` lines"
            expected(builder, node, self.word, f"Write {written} under it.")
            return None
        built = {}
        for key, (key_node, value_node) in node.entries.items():
            if not self.free and not NAME.match(key):
                builder.report("bad-name", key_node, NO_NAME)
                continue
            if self.variables and not _free(key_node, builder):
                continue
            value = self.item.build(value_node, builder)
            if value is not None:
                built[key] = value
        return built

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": self.item.schema()}


class BlockType(FieldType, frozen=True):
    """Steps inside a step."""

    word = "a list of steps"

    def build(self, node: Node, builder: Builder) -> Any:
        return builder.steps(node)

    def schema(self) -> dict[str, Any]:
        return {"$ref": "#/$defs/steps"}


class CasesType(FieldType, frozen=True):
    """Values to lists of steps."""

    word = "a map of values to lists of steps"

    def build(self, node: Node, builder: Builder) -> Any:
        if not isinstance(node, MapNode):
            expected(builder, node, self.word, "Write `value: [steps]` lines under it.")
            return None
        return {key: builder.steps(value) for key, (_, value) in node.entries.items()}

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"$ref": "#/$defs/steps"}}


class MediaType(FieldType, frozen=True):
    """A path inside the bot's folder, an address, or `{{ a person's file }}`."""

    word = "a path, an https address, or `{{ a photo }}`"

    def build(self, node: Node, builder: Builder) -> Any:
        if not isinstance(node, Scalar) or node.is_null or not node.text.strip():
            expected(builder, node, self.word, "For example `media/hello.jpg`.")
            return None
        value = builder.value(node)
        if "{{" not in node.text and "://" not in node.text:
            builder.refer("media", node.text, node)
        return value

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


TEXT, PLAIN, EXPRESSION, VALUE, NAMED, FLAG, BLOCK, CASES, MEDIA = (
    TextType(),
    PlainType(),
    ExpressionType(),
    ValueType(),
    NameType(),
    FlagType(),
    BlockType(),
    CasesType(),
    MediaType(),
)
