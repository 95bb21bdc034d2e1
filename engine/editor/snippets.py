"""What is put in for a verb or a key: with its required keys, and places to fill in one after the other."""

from __future__ import annotations

from collections.abc import Iterable

from engine.core.field import Field, FieldType
from engine.core.fields import BlockType, CasesType, MapType
from engine.editor.language import step_fields
from engine.steps.confirm import LinesType

STOP = "\x00"  # a place to fill in


def of_verb(verb: str, pad: str, dash: bool) -> str:
    """A step with all its required keys. `pad` is put before each further line's key."""
    fields = step_fields(verb)
    if verb == "end":
        return "- end" if dash else "end"
    keys = [verb, *(name for name, field in fields.items() if field.required and name != verb)]
    inner = pad + ("  " if dash else "")
    lines = f"\n{inner}".join(_line(name, fields[name], inner) for name in keys if name in fields)
    return f"{'- ' if dash else ''}{lines}"


def of_key(name: str, kind: Field | None, pad: str, flow: bool) -> str:
    return f"{name}: {STOP}" if kind is None or flow else _line(name, kind, pad)


def _line(name: str, field: Field, pad: str) -> str:
    return f"{name}:{_below(field.type, pad)}"


def _below(kind: FieldType, pad: str) -> str:
    if isinstance(kind, BlockType):
        return f"\n{pad}  - {STOP}"
    if isinstance(kind, (CasesType, LinesType, MapType)):
        return f"\n{pad}  {STOP}"
    return f" {STOP}"


def written(text: str, snippets: bool) -> str:
    """As the editor wants it: with numbered stops, or plain and cut at the first place to fill in."""
    if not snippets:
        return text.split(STOP)[0]
    parts = text.replace("\\", "\\\\").replace("$", "\\$").replace("}", "\\}").split(STOP)
    stops: Iterable[str] = (f"${number}" for number in range(1, len(parts)))
    return "".join(f"{part}{stop}" for part, stop in zip(parts, [*stops, ""], strict=True))
