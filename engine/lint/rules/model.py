"""Steps that ask the model: what happens when it fails, what it sees, and prompts that nobody uses."""

from __future__ import annotations

from typing import Any

from engine.core.filters import reckoned
from engine.core.finding import Kind, Span, Topic
from engine.core.node import Mapping, Node, Sequence
from engine.core.step import Step
from engine.core.template import Expression, Plain, Translated, Value
from engine.lint.compare import never
from engine.lint.missing import Missing
from engine.lint.shapes import ANY, NUMERIC, Shape
from engine.lint.texts import source_of_prompt
from engine.lint.world import World
from engine.project.prompts import as_prompt, name_of
from engine.project.suggest import closest, did_you_mean, meant_by

FREE = {"text"}  # answer types whose value is whatever the person wrote


def check(world: World) -> None:
    for step in world.by_verb["llm"]:
        _failing(world, step)
        _given(world, step)
        _system(world, step)
        _unsent(world, step)
    if world.leads:
        _eyes(world)
    _unused(world)


def _failing(world: World, step: Any) -> None:
    if step.if_fails is None:
        world.report(
            "no-if-fails",
            "warning",
            step.span,
            f"When the model cannot be reached, `{step.llm}` is null and nobody is told.",
            "Write `if_fails:` with a reply to use instead, or steps to take.",
        )
    elif isinstance(step.if_fails, Value):
        _instead(world, step)


def _instead(world: World, step: Any) -> None:
    """The reply that stands in has the fields that the prompt returns."""
    prompt, data = world.project.prompts.get(step.prompt), step.if_fails.data
    node = step.node.get("if_fails") if isinstance(step.node, Mapping) else None
    at = node.span if node is not None else step.span
    if prompt is None or world.unread_returns(prompt.span) or not isinstance(data, (dict, str, int, float)):
        return
    if prompt.returns is None or not isinstance(data, dict):
        if prompt.returns is not None:
            fields = _listed(prompt.returns["properties"])
            message = f"The prompt `{step.prompt}` returns {fields}, and this is a single value."
            help = "Write one value for each field."
            if len(prompt.returns["properties"]) == 1:
                help = f"Write it below, further right: `{next(iter(prompt.returns['properties']))}: {data}`."
            world.report("if-fails-differs", "error", at, message, help)
        elif isinstance(data, dict):
            world.report(
                "if-fails-differs",
                "error",
                _key(step),
                f"The prompt `{step.prompt}` returns a plain text, and this is a map.",
                "Write a text, or `returns:` in the prompt.",
            )
        return
    fields = prompt.returns["properties"]
    missing = [name for name in fields if name not in data]
    for name in data:
        if name not in fields and isinstance(node, Mapping) and name in node:
            strange = [one for one in data if one not in fields]
            meant = closest(name, missing) or (missing[0] if len(missing) == len(strange) == 1 else None)
            near = closest(name, fields)
            instead = did_you_mean(name, fields) if near or meant is None else f"Write `{meant}: …`, which is missing."
            missing = [one for one in missing if one != meant]
            world.report(
                "if-fails-differs",
                "error" if meant else "warning",
                node.key(name).span,
                f"The prompt `{step.prompt}` returns no `{name}`.",
                instead,
                Missing(f"what the prompt `{step.prompt}` returns", name),
            )
    if missing:
        message = f"When the model fails, {_listed(missing)} will be missing."
        world.report("if-fails-differs", "error", _key(step), message, f"Add `{missing[0]}: …`.")
    shape = world.returned(step.prompt)
    for name in sorted(fields.keys() & data.keys()):
        if isinstance(node, Mapping) and (entry := node.get(name)) is not None:
            _same(world, step, name, data[name], shape.fields[name], entry)
            _within(world, step, name, data[name], fields[name], entry)


def _within(world: World, step: Any, name: str, value: Any, schema: dict[str, Any], at: Node) -> None:
    """A number is within the limits that `returns` sets."""
    least, most = schema.get("minimum"), schema.get("maximum")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return
    if (least is not None and value < least) or (most is not None and value > most):
        message = f"The prompt `{step.prompt}` never returns `{value}` as `{name}`."
        bounds = [f"{word} {limit}" for word, limit in (("from", least), ("to", most)) if limit is not None]
        world.report(
            "if-fails-differs", "error", at.span, message, f"Its `returns` has the limits: {' '.join(bounds)}."
        )


def _same(world: World, step: Any, name: str, value: Any, wanted: Shape, at: Node) -> None:
    """What stands in for a field of the reply is of its kind, down to the items of lists and the fields of maps."""
    if isinstance(value, list) and wanted.kind == "list" and isinstance(at, Sequence):
        for one, item in zip(value, at.items, strict=False):
            _same(world, step, name, one, wanted.item or ANY, item)
        return
    if isinstance(value, dict) and wanted.kind == "map" and isinstance(at, Mapping):
        lacking = [one for one in wanted.fields if one not in value]
        if lacking:
            message = f"The prompt `{step.prompt}` returns `{name}` with {_listed(lacking)}, which is missing here."
            world.report("if-fails-differs", "error", at.span, message, f"Add `{lacking[0]}: …`.")
        for field, one in value.items():
            if field in wanted.fields and (entry := at.get(field)) is not None:
                _same(world, step, field, one, wanted.fields[field], entry)
        return
    if not _differs(value, wanted):
        return
    shown = "a list" if isinstance(value, list) else "a map" if isinstance(value, dict) else f"`{_as_written(value)}`"
    message = f"The prompt `{step.prompt}` never returns {shown} as `{name}`."
    help = f"It returns {EXAMPLES.get(wanted.kind, wanted.kind)}."
    if wanted.values and isinstance(value, str):
        help = did_you_mean(value, sorted(map(str, wanted.values)))
    elif value is None:
        help = f"Write {EXAMPLES.get(wanted.kind, 'a value')}; what may be left out is `{name}?` in its `returns`."
    kind: Kind = "map" if isinstance(value, dict) else ""
    topic = never(value, wanted.values or ()) if isinstance(value, str) else Topic(field=name, kind=kind)
    world.report("if-fails-differs", "error", at.span, message, help, topic=topic)


EXAMPLES = {
    "list": "a list, be it empty: `[]`",
    "map": "a map",
    "text": "a text",
    "integer": "a number",
    "number": "a number",
    "boolean": "true or false",
}


def _as_written(value: Any) -> str:
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _differs(value: Any, wanted: Shape) -> bool:
    """Whether a value that stands in the file is surely of another kind; a template may be of any."""
    if wanted.kind in ("any", "union") or isinstance(value, (Expression, Plain, Translated)):
        return False
    if value is None:
        return not wanted.empty
    if isinstance(value, (list, dict)):
        return wanted.kind != ("list" if isinstance(value, list) else "map")
    if isinstance(value, str):
        fits = wanted.kind == "text" and (wanted.values is None or value in wanted.values)
        return not fits and not (wanted.kind in NUMERIC and reckoned(value) is not value)
    return wanted.kind in ("text", "list", "map") or isinstance(value, bool) != (wanted.kind == "boolean")


def _key(step: Any) -> Span:
    span: Span = (
        step.node.key("if_fails").span if isinstance(step.node, Mapping) and "if_fails" in step.node else step.span
    )
    return span


def _listed(names: Any) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _given(world: World, step: Any) -> None:
    """`with` gives names that the prompt reads."""
    prompt = world.project.prompts.get(step.prompt)
    node = step.node.get("with") if isinstance(step.node, Mapping) else None
    if prompt is None or not isinstance(node, Mapping):
        return
    for name, (key, _) in node.entries.items():
        if name not in prompt.reads:
            world.report(
                "unused-input",
                "warning",
                key.span,
                f"The prompt `{step.prompt}` does not read `{name}`.",
                did_you_mean(name, sorted(prompt.reads)),
            )


def _system(world: World, step: Step) -> None:
    """What a person wrote must not speak with the author's voice."""
    templates = [
        template for template in sorted(world.templates_of(getattr(step, "prompt", ""))) if template in world.speaking
    ]
    if not templates:
        return
    asked = {one.name for one in world.scenarios[step.scenario].steps if one.verb == "ask" and FREE & _types(one)}
    for template in templates:
        for file, name in world.speaking[template]:
            if name.name in asked:
                at = source_of_prompt(world.prompt_files, file).name(name.name, name.lineno)
                message = (
                    f"`{name.name}` is what a person wrote; in the system block the model takes it for your orders."
                )
                world.report("user-text-in-system", "warning", at, message, "Move it into the `user` block.")


def _types(step: Any) -> set[str]:
    return set(step.answer or (("choice",) if step.choices is not None else ("text",)))


_SENT = {"photo": "images", "voice": "audio"}


def _unsent(world: World, step: Any) -> None:
    """The prompt names an answer that is a photo, and the model is not shown it."""
    prompt = world.project.prompts.get(step.prompt)
    if prompt is None or prompt.images or prompt.audio:
        return
    model = world.project.models.get(prompt.model or "default")
    for name in sorted(prompt.reads & world.scenarios[step.scenario].writes):
        asked = step.by_name.get(name)
        types = _types(asked) if asked is not None and asked.verb == "ask" else set()
        kind = next((one for one in _SENT if one in types), "")
        if not kind or (kind == "photo" and model is not None and not model.vision):
            continue
        only = types <= {"photo", "voice", "document"}
        message = f"The prompt `{step.prompt}` reads `{name}`, and the model is sent no {_KIND[kind]}."
        help = f'At the top of the prompt: `{_SENT[kind]}: ["{{{{ {name} }}}}"]`.'
        world.report("unsent-file", "warning" if only else "info", step.at("prompt"), message, help)


_KIND = {"photo": "photo", "voice": "voice message"}


def _eyes(world: World) -> None:
    """A photo for a model that cannot look at it."""
    for prompt in world.project.prompts.values():
        model = world.project.models.get(prompt.model or "default")
        if prompt.images and model is not None and not model.vision:
            at = getattr(prompt.images[0], "span", None) or prompt.span
            if at is not None:
                world.report(
                    "no-vision",
                    "warning",
                    at,
                    f"The model `{model.name}` cannot look at photos (`vision: false`).",
                    "Name another `model`, or take `images` out.",
                )


def _unused(world: World) -> None:
    if world.broken or not world.leads:
        return
    used = {name for facts in world.facts.values() for name in facts.names("prompt")}
    made_of = {template for name in used for template in world.templates_of(name)}
    files = world.prompt_files
    if any(not closest(as_prompt(name), world.project.prompts) for name in used - world.project.prompts.keys()):
        return  # one that is not there may be meant for any of them: it is told where it is named
    misspelt = meant_by(map(as_prompt, used), world.project.prompts) | set(map(as_prompt, used))
    for template, file in files.files.items():
        if name_of(template) in misspelt:
            continue
        if template in files.trees and template not in made_of and not template.split("/")[-1].startswith("_"):
            first = Span(file, 1, 1, 1, max(len(_first_line(world, file)), 1) + 1)
            world.report(
                "unused-prompt",
                "warning",
                first,
                "No scenario uses this prompt.",
                "Delete the file, or name it in an `llm` step.",
            )


def _first_line(world: World, file: str) -> str:
    return world.source(file).decode("utf-8", "replace").split("\n", 1)[0].rstrip()
