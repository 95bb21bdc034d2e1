"""Find references: every place that names what stands under the cursor.

Law: what refers to a thing is what `definitions` leads to it from, so that the two never disagree.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.finding import Span
from engine.editor.bots import Bot
from engine.editor.cursor import Cursor
from engine.editor.define import definitions, of_reference, of_use, reference_at
from engine.editor.fields import field, written
from engine.editor.moves import named_by
from engine.editor.positions import Lines, unquoted
from engine.editor.survey import name_span, survey
from engine.editor.words import use_at, uses
from engine.project.load import Loaded
from engine.project.prompts import name_of


def references(cursor: Cursor, declared: bool) -> list[Span]:
    """In all files, sorted. `declared`: the definition as well."""
    bot, loaded = cursor.bot, cursor.bot.loaded()
    name, wanted = _wanted(cursor)
    found = {span for one in _read(loaded) for span in _in_file(bot, loaded, one, name, wanted)} if wanted else set()
    found -= {span for span in wanted if span.line}
    return sorted(found | (wanted if declared else set()), key=lambda span: (span.file, span.line, span.column))


def _wanted(cursor: Cursor) -> tuple[str, set[Span]]:
    """The last part of the name under the cursor, and where it is defined."""
    spans = set(definitions(cursor)) or _defined_here(cursor)
    for span in spans:
        if span == Span(span.file):  # a whole file
            named = named_by(cursor.bot, span.file)
            return named.name if named is not None else _file_name(cursor), spans
        lines = Lines(cursor.bot.text(span.file))
        inner = unquoted(span, lines)
        return lines.line(inner.line)[inner.column - 1 : inner.end_column - 1].rstrip("?"), spans
    return "", set()


def _file_name(cursor: Cursor) -> str:
    """What a picture or a catalog file is called where the cursor stands."""
    reference, use = reference_at(cursor), use_at(cursor)
    return reference.name if reference is not None else use.name if use is not None else ""


def _defined_here(cursor: Cursor) -> set[Span]:
    """A step's own name, a scenario's head; a field where it is declared."""
    file, loaded = cursor.file, cursor.bot.loaded()
    steps = survey(loaded, file).named.values()
    found = {name_span(step) for step in steps if cursor.on(name_span(step))}
    made = loaded.files.get(file)
    own = made.node.get("scenario") if made is not None and made.node is not None else None
    if own is not None and cursor.on(own.span):
        found.add(own.span)
    if file == "catalog/outcomes.yaml" and loaded.draft is not None:
        for collection in loaded.draft.collections.values():
            if collection.span is not None and cursor.on(collection.span):
                found.add(collection.span)
            for name in collection.fields:
                found |= {span for span in field(loaded, collection.name, name) if cursor.on(span)}
    if cursor.in_prompt and not found and cursor.line == 1:
        found.add(Span(file))
    return found


def _read(loaded: Loaded) -> Iterator[str]:
    yield from loaded.files
    yield from loaded.prompts.files.values() if loaded.prompts is not None else ()


def _in_file(bot: Bot, loaded: Loaded, file: str, name: str, wanted: set[Span]) -> Iterator[Span]:
    lines = Lines(bot.text(file))
    made = survey(loaded, file).references
    if file.startswith("prompts/") and loaded.prompts is not None:
        made = [one for one in loaded.prompts.references if one.span.file == file]
    for one in made:
        parts = one.name.split(".") if one.kind == "step" else [one.name]
        start = unquoted(one.span, lines)
        for number, part in enumerate(parts):
            if part == name and wanted & set(of_reference(loaded, file, one, number)):
                at = start.column + len(".".join(parts[:number])) + (number > 0)
                yield Span(file, start.line, at, start.line, at + len(part))
    for use in uses(loaded, file):
        if name in (use.name, name_of(use.name)) and wanted & set(of_use(loaded, file, use)):
            yield use.span
    for collection, key, span in written(loaded, file):
        if key == name and wanted & set(field(loaded, collection, key)):
            yield span
