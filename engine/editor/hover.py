"""What the word under the mouse means: a key or a verb by its declared doc, a name by what it stands for."""

from __future__ import annotations

from engine.answers.registry import TYPES
from engine.core.step import Reference
from engine.editor.bots import Bot
from engine.editor.cursor import Cursor
from engine.editor.define import of_reference, reference_at
from engine.editor.language import expected
from engine.editor.outline import in_front_matter, place_at
from engine.editor.scope import Scope, describe, scope_at
from engine.editor.survey import project_of
from engine.editor.words import use_at
from engine.steps import KINDS

OWNERS = {"attribute": "", "label": "labels", "catalog": "catalog"}


def told(cursor: Cursor) -> str:
    """Markdown; empty when there is nothing to say."""
    key = _key(cursor)
    if key:
        return key
    reference = reference_at(cursor)
    if reference is not None:
        return _reference(cursor.bot, cursor.file, reference)
    use = use_at(cursor)
    if use is not None and use.kind == "variable":
        scope = _scope(cursor)
        shape = scope.known.get(use.name, scope.engine.get(use.name))
        return f"`{use.name}`: {describe(shape)}" if shape is not None else ""
    if use is not None and use.kind in OWNERS:
        path = f"{OWNERS[use.kind] or use.owner}.{use.name}"
        shape = _scope(cursor).shape(path)
        return f"`{path}`: {describe(shape)}" if shape is not None and shape.kind != "any" else ""
    return _word(cursor)


def _scope(cursor: Cursor) -> Scope:
    return scope_at(cursor.bot.loaded(), cursor.file, cursor.line, cursor.column)


def _key(cursor: Cursor) -> str:
    """The cursor is on a key: its place is where the key ends."""
    content, prompt = cursor.content, cursor.in_prompt
    _, end = cursor.word
    if content[end : end + 1] != ":":
        return "" if prompt else _end_step(content, cursor.column)
    place = (in_front_matter if prompt else place_at)(cursor.lines.lines, cursor.line, end + 1)
    if place is None or place.role != "key":
        return ""
    name = place.typed.strip()
    here = expected(place, prompt)
    field = here.fields.get(name)
    if field is None:
        return ""
    if here.verb == name:
        kind = KINDS[name]
        return f"**{name}**: {kind.doc}\n\n```yaml\n{kind.example.strip()}\n```"
    return f"**{name}**: {field.doc}\n\n{'Required. ' if field.required else ''}{field.type.word}"


def _end_step(content: str, column: int) -> str:
    on_word = content.strip() in ("- end", "end") and column > content.index("end")
    return f"**end**: {KINDS['end'].doc}" if on_word else ""


def _word(cursor: Cursor) -> str:
    """A word out of a list of them, such as an answer's type."""
    place = place_at(cursor.lines.lines, cursor.line, cursor.column)
    start, end = cursor.word
    kind = TYPES.get(cursor.content[start:end])
    is_answer = any(level.at == "answer" for level in place.levels[-2:])
    return f"**{kind.name}**: {kind.doc}" if kind is not None and is_answer else ""


def _reference(bot: Bot, file: str, reference: Reference) -> str:
    loaded = bot.loaded()
    project = project_of(loaded)
    spans = of_reference(loaded, file, reference)
    where = f"{spans[0].file}, line {spans[0].line}" if spans else "not there"
    more = ""
    if reference.kind == "prompt" and reference.name in project.prompts:
        returns = project.prompts[reference.name].returns
        more = "returns " + (", ".join(f"`{one}`" for one in returns["properties"]) if returns else "a plain text")
    if reference.kind == "collection" and reference.name in project.collections:
        more = "fields: " + ", ".join(f"`{one}`" for one in project.collections[reference.name].fields)
    return f"{reference.kind} **{reference.name}** ({where})" + (f"\n\n{more}" if more else "")
