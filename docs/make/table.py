"""Markdown tables and other small pieces that the generated pages share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.core.fields import Field

NOTICE = "<!-- Made by `python -m docs.make` from the engine's own declarations: edit those, not this file. -->"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    head = list(head)
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(one) for one in line) + " |" for line in lines)


def cell(text: str) -> str:
    """`|` would end the cell; a line break would end the table."""
    return " ".join(str(text).split()).replace("|", "\\|")


def code(text: Any) -> str:
    return f"`{text}`"


def fence(text: str, info: str = "yaml") -> str:
    return f"```{info}\n{text.strip(chr(10))}\n```"


def default_of(field: Field) -> str:
    """What a field is when it is left out, as it would be written."""
    if field.required:
        return "**needed**"
    if field.default in (None, (), 0):
        return ""
    return code("true" if field.default is True else field.default)


def fields_table(fields: Mapping[str, Field]) -> str:
    rows = [(code(name), field.doc, field.type.word, default_of(field)) for name, field in fields.items()]
    return table(("key", "meaning", "what to write", "if left out"), rows)
