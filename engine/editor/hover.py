"""What the word under the mouse means: a key or a verb by its declared doc, a name by what it stands for."""

from __future__ import annotations

from engine.answers.registry import TYPES
from engine.core.step import Reference
from engine.editor.bots import Bot
from engine.editor.define import of_reference, reference_at
from engine.editor.language import expected
from engine.editor.outline import in_front_matter, place_at
from engine.editor.positions import Lines
from engine.editor.scope import describe, scope_at
from engine.editor.survey import project_of
from engine.editor.words import use_at
from engine.steps import KINDS

OWNERS = {"attribute": "", "label": "labels", "catalog": "catalog"}


def told(bot: Bot, file: str, lines: Lines, line: int, column: int) -> str:
    """Markdown; empty when there is nothing to say."""
    key = _key(file, lines, line, column)
    if key:
        return key
    reference = reference_at(bot, file, line, column)
    if reference is not None:
        return _reference(bot, file, reference)
    use = use_at(bot.loaded(), file, line, column)
    if use is not None and use.kind == "variable":
        scope = scope_at(bot.loaded(), file, line, column)
        shape = scope.known.get(use.name, scope.engine.get(use.name))
        return f"`{use.name}`: {describe(shape)}" if shape is not None else ""
    if use is not None and use.kind in OWNERS:
        path = f"{OWNERS[use.kind] or use.owner}.{use.name}"
        shape = scope_at(bot.loaded(), file, line, column).shape(path)
        return f"`{path}`: {describe(shape)}" if shape is not None and shape.kind != "any" else ""
    return _word(lines, line, column)


def _key(file: str, lines: Lines, line: int, column: int) -> str:
    """The cursor is on a key: its place is where the key ends."""
    content = lines.line(line)
    end = column - 1
    while end < len(content) and (content[end].isalnum() or content[end] == "_"):
        end += 1
    prompt = file.startswith("prompts/")
    if content[end : end + 1] != ":":
        return "" if prompt else _end_step(content, column)
    place = (in_front_matter if prompt else place_at)(lines.lines, line, end + 1)
    if place is None or place.role != "key":
        return ""
    name = place.typed.strip()
    here = expected(place, prompt)
    field = here.fields.get(name)
    if field is None:
        return ""
    lines_ = [f"**{name}**: {field.doc}", f"{'Required. ' if field.required else ''}{field.type.word}"]
    if here.verb == name:
        kind = KINDS[name]
        lines_ = [f"**{name}**: {kind.doc}", f"```yaml\n{kind.example.strip()}\n```"]
    return "\n\n".join(lines_)


def _end_step(content: str, column: int) -> str:
    on_word = content.strip() in ("- end", "end") and column > content.index("end")
    return f"**end**: {KINDS['end'].doc}" if on_word else ""


def _word(lines: Lines, line: int, column: int) -> str:
    """A word out of a list of them, such as an answer's type."""
    place = place_at(lines.lines, line, column)
    content = lines.line(line)
    start = end = column - 1
    while start > 0 and (content[start - 1].isalnum() or content[start - 1] == "_"):
        start -= 1
    while end < len(content) and (content[end].isalnum() or content[end] == "_"):
        end += 1
    kind = TYPES.get(content[start:end])
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
