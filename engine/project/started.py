"""What a scenario starts on: commands, texts, patterns."""

from __future__ import annotations

import re
from typing import Any

from engine.core.field import Builder, FieldType
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.triggers import Trigger
from engine.project.latin import in_latin
from engine.steps import KINDS

COMMAND = re.compile(r"/([a-z0-9_]{1,32})(?:\s+(\S.*))?\Z")


def _as_command(written: str) -> str:
    """What to write for a command that is none: `/Check-In@my_bot`, `/start, /help`."""
    if re.fullmatch(r"/[a-z0-9_]{1,32}(\s*[,;]\s*/?\w+)+", written.strip()):
        return f"Several stand in brackets: `[{', '.join(re.split(r'[,; ]+', written.strip()))}]`."
    meant = re.sub(r"[- ]+", "_", written.strip().lower().partition("@")[0])
    if COMMAND.fullmatch(meant):
        return f"Write `{meant}`."
    spelled = in_latin(written)
    if spelled and re.fullmatch(r"/[^\W\d_]+", written.strip()):
        return f"Write `/{spelled}`; or `{written.strip()[1:]}`, which is heard as a word."
    return "For example `/check_in`, or `/start promo` for a link."


class TriggersType(FieldType, frozen=True):
    word = "a list of commands, texts and patterns"

    def build(self, node: Node, builder: Builder) -> tuple[Trigger, ...]:
        found = []
        for item in node.items if isinstance(node, Sequence) else [node]:
            trigger = self._trigger(item, builder)
            if trigger is not None:
                found.append(trigger)
        return tuple(found)

    def _trigger(self, node: Node, builder: Builder) -> Trigger | None:
        if isinstance(node, Scalar) and node.text.startswith("/"):
            command = COMMAND.match(node.text.strip())
            if command is None:
                message = "A command is `/` and up to 32 small Latin letters, digits and `_`."
                builder.report("bad-command", node, message, _as_command(node.text))
                return None
            return Trigger("command", command[1], command[2] or "", node.span)
        if isinstance(node, Scalar) and node.text.strip():
            return Trigger("text", node.text, span=node.span)
        if isinstance(node, Mapping) and list(node) == ["pattern"] and isinstance(node.get("pattern"), Scalar):
            return self._pattern(node, builder)
        if isinstance(node, Mapping) and list(node) == ["text"] and isinstance(node.get("text"), Scalar):
            return self._trigger(node.get("text"), builder)  # type: ignore[arg-type] # it is there
        help = "Each stands for itself in the list: `[/order, order, {pattern: …}]`."
        if isinstance(node, Mapping) and len(node.entries) == 1:
            (word, value), pattern = next((key, pair[1]) for key, pair in node.entries.items()), "`{pattern: …}`"
            text = value.text.lstrip("/") if isinstance(value, Scalar) else "…"
            told = {
                "regex": pattern,
                "regexp": pattern,
                "re": pattern,
                "match": pattern,
                "pattern": pattern,
                "command": f"`/{text}`",
            }
            help = f"Write {told.get(word, f'just `{text}`, in place of `{word}: …`')}."
            help = f"`{word}` begins a step: write `steps:` on a line of its own before it." if word in KINDS else help
        builder.report("wrong-type", node, "Expected `/command`, a text, or `{pattern: …}` here.", help)
        return None

    def _pattern(self, node: Mapping, builder: Builder) -> Trigger | None:
        scalar = node.get("pattern")
        assert isinstance(scalar, Scalar)  # noqa: S101 the caller looked
        try:
            re.compile(scalar.text)
        except re.error as error:
            help = "A sign such as ( [ + * ? that stands for itself is written with a `\\\\` before it."
            builder.report("bad-pattern", scalar, f"This pattern cannot be read: {error}.", help)
            return None
        return Trigger("pattern", scalar.text, span=scalar.span)

    def schema(self) -> dict[str, Any]:
        pattern = {"type": "object", "properties": {"pattern": {"type": "string"}}, "additionalProperties": False}
        return {"type": "array", "items": {"anyOf": [{"type": "string"}, pattern]}}
