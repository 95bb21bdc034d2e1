"""Go to definition: of steps, prompts, scenarios, collections, models, media files, and of variables in expressions."""

from __future__ import annotations

from pathlib import PurePosixPath

from engine.core.finding import Span
from engine.core.node import Mapping, Node, Scalar
from engine.core.step import Reference
from engine.editor.cursor import Cursor
from engine.editor.fields import of_attribute, of_key
from engine.editor.positions import unquoted
from engine.editor.survey import Survey, name_span, project_of, survey, users
from engine.editor.words import Use, use_at
from engine.project.load import Loaded
from engine.project.prompts import name_of


def definitions(cursor: Cursor) -> list[Span]:
    """Where that is defined which the cursor is on."""
    loaded = cursor.bot.loaded()
    reference = reference_at(cursor)
    if reference is not None:
        return of_reference(loaded, cursor.file, reference, _segment(cursor, reference))
    use = use_at(cursor)
    return of_use(loaded, cursor.file, use) if use else of_key(cursor)


def reference_at(cursor: Cursor) -> Reference | None:
    loaded = cursor.bot.loaded()
    found = survey(loaded, cursor.file).references
    if loaded.prompts is not None and cursor.in_prompt:
        found = loaded.prompts.references
    return next((one for one in found if one.span.file == cursor.file and cursor.on(one.span)), None)


def _segment(cursor: Cursor, reference: Reference) -> int:
    """Which part of `measure.weight` the cursor is on."""
    start = unquoted(reference.span, cursor.lines).column
    return reference.name[: max(cursor.column - start, 0)].count(".")


def of_reference(loaded: Loaded, file: str, reference: Reference, segment: int = 0) -> list[Span]:
    name = reference.name
    if reference.kind == "step":
        return _step(loaded, file, name.split("."), segment)
    if reference.kind == "prompt" and loaded.prompts is not None:
        return [Span(path) for template, path in loaded.prompts.files.items() if name_of(template) == name]
    if reference.kind == "scenario":
        return [_scenario(loaded, made.file) for made in loaded.files.values() if made.id == name]
    if reference.kind == "media":
        return [Span(name)]
    project = project_of(loaded)
    found = (project.collections if reference.kind == "collection" else project.models).get(name)
    return [found.span] if found is not None and found.span is not None else []


def _scenario(loaded: Loaded, file: str) -> Span:
    node = loaded.files[file].node
    found = node.get("scenario") if node is not None else None
    return found.span if found is not None else Span(file)


def _step(loaded: Loaded, file: str, parts: list[str], segment: int) -> list[Span]:
    """`measure.weight` is the step `weight` of the scenario that the step `measure` runs."""
    here: Survey = survey(loaded, file)
    for part in parts[:segment]:
        called = getattr(here.named.get(part), "run", None)
        here = survey(loaded, next((made.file for made in loaded.files.values() if made.id == called), ""))
    step = here.named.get(parts[segment])
    return [name_span(step)] if step is not None else []


def of_use(loaded: Loaded, file: str, use: Use) -> list[Span]:
    """Where a variable is set, a field of the model's reply declared; or the file behind `catalog.services` and
    `{% extends 'persona.md.j2' %}`."""
    if use.kind == "template" and loaded.prompts is not None:
        found = loaded.prompts.files.get(use.name)
        return [Span(found)] if found else []
    if use.kind == "catalog":
        files = [one for one in loaded.sources if one.startswith("catalog/")]
        return [Span(one) for one in files if PurePosixPath(one).stem == use.name]
    files = [file] if file.startswith("scenarios/") else users(loaded, file)
    if use.kind == "attribute":
        steps = [step for one in files for step in survey(loaded, one).steps if step.verb == "llm"]
        name, *inner = use.owner.split(".")
        asked = dict.fromkeys(str(getattr(step, "prompt", "")) for step in steps if name in step.writes())
        replies = [span for prompt in asked for span in _returned(loaded, prompt, [*inner, use.name])]
        return replies or of_attribute(loaded, file, use)
    return [span for one in files for span in setters(loaded, one, use.name)]


def _returned(loaded: Loaded, prompt: str, path: list[str]) -> list[Span]:
    """Where a prompt's `returns` names this field of its reply."""
    fronts = loaded.prompts.fronts if loaded.prompts is not None else {}
    heads = [front.node for template, front in fronts.items() if name_of(template) == prompt]
    node: Node | None = heads[0].get("returns") if heads and heads[0] is not None else None
    key: Scalar | None = None
    for part in path:
        entries = node.entries if isinstance(node, Mapping) else {}
        key, node = entries.get(part) or entries.get(f"{part}?") or (None, None)
    return [key.span] if key is not None else []


def setters(loaded: Loaded, file: str, name: str) -> list[Span]:
    """Every place of a scenario where a variable gets its value."""
    found = []
    for step in survey(loaded, file).steps:
        if name not in step.writes():
            continue
        keys = step.node.get("set") if step.verb == "set" else None
        if keys is not None:
            found.append(keys.key(name).span)
        else:
            written = (step.node.get(key) for key in (step.verb, "as"))
            found.append(next((one.span for one in written if isinstance(one, Scalar) and one.text == name), step.span))
    made = loaded.files.get(file)
    inputs = made.node.get("inputs") if made is not None and made.node is not None else None
    if inputs is not None and not found and name in (made.scenario.inputs if made and made.scenario else ()):
        found.append(inputs.span)
    return found
