"""The names that the texts and expressions of a file use, each with its place: what rename changes and hover shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from engine.core.finding import Span
from engine.editor.cursor import Cursor
from engine.editor.survey import survey
from engine.lint.spot import Source, Word
from engine.lint.texts import all_written, source_of_prompt
from engine.lint.world import World
from engine.project.load import Loaded

Kind = Literal["variable", "label", "catalog", "template", "attribute"]


class Use(Struct, frozen=True):
    """A word. `variable`: a name; `label`: `labels.goal`; `catalog`: `catalog.services`; `template`: a prompt file;
    `attribute`: the `text` of `joke.text`, whose `owner` is `joke`."""

    kind: Kind
    name: str
    span: Span
    owner: str = ""


def uses(loaded: Loaded, file: str) -> Iterator[Use]:
    """All of a file, in no order. Texts that cannot be read are left out."""
    for source in _sources(loaded, file):
        path: list[str] = []
        for word in source.words:
            path = [*path, word.text] if word.before == (path[-1] if path else "", ".") else [word.text]
            kind = _kind(word) or ("attribute" if word.kind == "name" and len(path) > 1 else None)
            if kind is not None:
                quotes = 1 if word.kind == "text" else 0
                at = source.span(word.offset + quotes, len(word.text))
                yield Use(kind, word.text, at, ".".join(path[:-1]) if kind == "attribute" else "")


def use_at(cursor: Cursor) -> Use | None:
    return next((use for use in uses(cursor.bot.loaded(), cursor.file) if cursor.on(use.span)), None)


def _sources(loaded: Loaded, file: str) -> Iterator[Source]:
    if file.startswith("prompts/"):
        yield from _of_prompt(loaded, file)
        return
    templates = [template for step in survey(loaded, file).steps for template in step.templates]
    made = loaded.files.get(file)
    if made is not None and made.scenario is not None:
        whole = (made.scenario.title, made.scenario.description, made.scenario.result)
        templates += [one for one in whole if one is not None]
    for text in all_written(templates):
        yield text.source()


def _of_prompt(loaded: Loaded, file: str) -> Iterator[Source]:
    template = file.removeprefix("prompts/")
    world = World.of(loaded)
    if template not in world.prompt_files.trees:
        return
    yield source_of_prompt(world.prompt_files, template)
    for prompt in world.project.prompts.values():
        if prompt.span is not None and prompt.span.file == file:
            for text in all_written((*prompt.images, *prompt.audio)):
                yield text.source()


def _kind(word: Word) -> Kind | None:
    if word.kind == "text":
        if word.before == ("labels", "["):
            return "label"
        return "template" if word.before[1] in ("extends", "include", "import", "from") else None
    if word.kind != "name":
        return None
    if word.before[1] == ".":
        return {"labels": "label", "catalog": "catalog"}.get(word.before[0])  # type: ignore[return-value] # both are kinds
    if word.before[1] == "|" or (word.after == "=" and word.before[1] in ("(", ",")):
        return None
    return "variable"
