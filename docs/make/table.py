"""Markdown tables and other small pieces that the generated pages share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.core.field import Field
from engine.core.fields import EXPRESSION, TEXT, VALUE

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


SHORTER = {
    TEXT.word: "a text",
    VALUE.word: "a value",
    EXPRESSION.word: "an expression",
    f"a list ({VALUE.word})": "a value, or a list of values",
    f"a list ({EXPRESSION.word})": "an expression, or a list of them",
}


def kind_of(field: Field) -> str:
    """What to write there, in the words that the page explains once."""
    word = field.type.word
    if "`yes_no`" in word:
        return "an [answer type](#answer-types), or a list of them"
    return SHORTER.get(word, word)


def fields_table(fields: Mapping[str, Field]) -> str:
    rows = [(code(name), field.doc, kind_of(field), default_of(field)) for name, field in fields.items()]
    return table(("key", "meaning", "what to write", "if left out"), rows)
