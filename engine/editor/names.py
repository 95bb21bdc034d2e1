"""The names of a bot that may be written at a place: of steps, prompts, scenarios, collections, fields, inputs."""

from __future__ import annotations

import os
from collections.abc import Iterable

from engine.editor.bots import Bot, readable
from engine.editor.cursor import Cursor
from engine.editor.language import Expected
from engine.editor.scope import scope_at
from engine.editor.survey import project_of, survey
from engine.steps.switch import as_written


def names_of(cursor: Cursor, kind: str) -> list[tuple[str, str]]:
    """Names of this kind of reference, each with a few words on what it is."""
    bot, file = cursor.bot, cursor.file
    loaded = bot.loaded()
    project = project_of(loaded)
    if kind == "step":
        steps = survey(loaded, file).named or survey(bot.good.get(file, loaded), file).named
        return [(name, f"{step.verb}, line {step.span.line}") for name, step in steps.items()]
    if kind == "scenario":
        return sorted((made.id, made.file) for made in loaded.files.values())
    if kind == "prompt":
        return sorted((name, one.span.file if one.span else "") for name, one in project.prompts.items())
    if kind == "collection":
        return sorted((name, one.title) for name, one in project.collections.items())
    if kind == "model":
        return sorted((name, one.title or one.model) for name, one in project.models.items())
    return [(path, "") for path in _media(bot)] if kind == "media" else []


def keys_of(cursor: Cursor, here: Expected) -> Iterable[str]:
    """Keys of a map whose names are free as far as the language goes, but not as far as the bot does."""
    bot, file = cursor.bot, cursor.file
    loaded = bot.loaded()
    project = project_of(loaded)
    if here.languages:
        return project.languages
    keys = here.steps[-1][1] if here.steps else {}
    if here.owner in ("fields", "where"):
        name = next((keys[key] for key in ("save", "update", "in") if key in keys), "")
        collection = project.collections.get(name)
        return collection.fields if collection else ()
    if here.owner == "with" and here.verb == "run":
        scenario = project.scenarios.get(keys["run"])
        return scenario.inputs if scenario else ()
    if here.owner == "with" and here.verb == "llm":
        prompt = project.prompts.get(keys.get("prompt", ""))
        return sorted(prompt.reads) if prompt else ()
    if here.owner == "if_fails" and here.verb == "llm":
        prompt = project.prompts.get(keys.get("prompt", ""))
        return prompt.returns["properties"] if prompt and prompt.returns else ()
    if here.owner == "cases" and here.verb == "switch":
        if not readable(loaded, file):
            loaded = bot.good.get(file, loaded)
        shape = scope_at(loaded, file, cursor.line, cursor.column).shape(keys["switch"])
        values = {value for part in shape.parts() for value in part.values or ()} if shape else set()
        return sorted(as_written(value) for value in values)
    return [name for name, _ in names_of(cursor, "step")] if here.names is not None else ()


def _media(bot: Bot) -> list[str]:
    found = []
    for folder, inner, files in os.walk(bot.root / "media"):
        inner.sort()
        found += [f"{os.path.relpath(folder, bot.root)}/{name}".replace(os.sep, "/") for name in sorted(files)]
    return found[:500]
