"""Where the fields of records are declared: in catalog/outcomes.yaml; else where a step saves them."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.finding import Span
from engine.core.node import Mapping
from engine.core.project import Collection
from engine.core.step import Step
from engine.editor.cursor import Cursor
from engine.editor.scope import scope_at
from engine.editor.survey import project_of, survey
from engine.editor.words import Use
from engine.project import file_schema
from engine.project.load import Loaded
from engine.project.outcomes import OUTCOMES

KEYS = {"save": ("fields",), "update": ("fields", "where"), "find": ("where",)}  # maps of fields to values


def of_attribute(loaded: Loaded, file: str, use: Use) -> list[Span]:
    """`total` of `order.total`, where `order` is a record."""
    shape = scope_at(loaded, file, use.span.line, use.span.column).shape(use.owner)
    collections = dict.fromkeys(one.of for one in (shape.parts() if shape is not None else ()) if one.of)
    return [span for name in collections for span in field(loaded, name, use.name)]


def of_key(cursor: Cursor) -> list[Span]:
    """A field under the cursor in `fields:` or `where:`."""
    loaded = cursor.bot.loaded()
    for collection, name, span in written(loaded, cursor.file):
        if cursor.on(span):
            return field(loaded, collection, name)
    return []


def written(loaded: Loaded, file: str) -> Iterator[tuple[str, str, Span]]:
    """Every key of a scenario's `fields:` and `where:`: collection, field, place."""
    for step in survey(loaded, file).steps:
        for name in KEYS.get(step.verb, ()):
            value = step.node.get(name)
            for key, (at, _) in value.entries.items() if isinstance(value, Mapping) else ():
                yield _collection(step), key, at.span


def field(loaded: Loaded, collection: str, name: str) -> list[Span]:
    """Where a collection declares the field, or where it is saved when nobody has declared the collection."""
    found = project_of(loaded).collections.get(collection)
    if found is not None and found.declared:
        return list(_declared(loaded, found, name))
    return [
        span
        for file, made in loaded.files.items()
        if made.node is not None
        for where, key, span in written(loaded, file)
        if (where, key) == (collection, name)
    ]


def _declared(loaded: Loaded, collection: Collection, name: str) -> Iterator[Span]:
    if name in collection.fields:
        node, _, _ = file_schema.load(loaded.sources.get(OUTCOMES), OUTCOMES, "outcomes")
        yield file_schema.key_at(node, [collection.name, "fields", name]).span


def _collection(step: Step) -> str:
    return next((one.name for one in step.references if one.kind == "collection"), "")
