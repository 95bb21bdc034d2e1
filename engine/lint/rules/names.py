"""What texts read: names, attributes, filters, in scenarios and in the prompts that they use."""

from __future__ import annotations

from functools import partial
from typing import Any

from jinja2 import nodes

from engine.core.choices import Made
from engine.core.finding import Finding, Span
from engine.core.media import KINDS
from engine.core.project import Prompt, Scenario
from engine.core.step import Step
from engine.core.template import Text, Value
from engine.lint.answered import made_names
from engine.lint.compare import kinds
from engine.lint.flow import Flow
from engine.lint.given import FILE
from engine.lint.guards import UNGUARDED
from engine.lint.includes import macros_of
from engine.lint.infer import TextReader
from engine.lint.kinds import SAID
from engine.lint.scope import NO_NAMES, StepNames, read, read_condition, shape_of
from engine.lint.sets import having_set
from engine.lint.shapes import ANY, FREE, Shape, told
from engine.lint.texts import all_written, source_of_prompt, written
from engine.lint.world import World

OF_FILES = frozenset((*KINDS, "pic", "picture", "image", "cover", "file"))


def check(world: World) -> None:
    for name, flow in world.flows.items():
        scenario = world.scenarios[name]
        for step in scenario.steps:
            if flow.reached(step):
                told, unsure = _step(world, scenario, flow, step)
                if told and unsure:  # the ways here are only looked for where a message may speak of them
                    told, _ = _step(world, scenario, flow, step, explained=True)
                _tell(world, name, told)
        if scenario.result is not None:
            names = StepNames(world, scenario.writes, flow.at_end)
            for text in written(scenario.result):
                read(names, text)
            _tell(world, name, names.told)


def _tell(world: World, scenario: str, told: list[Finding]) -> None:
    for finding in told:
        missing = world.strange.get(finding)
        if missing is not None and not missing.owner:  # read before for another check, which is of no one scenario
            world.strange[finding] = missing._replace(owner=scenario)
    world.findings += told


def names_at(world: World, scenario: Scenario, flow: Flow, step: Step) -> StepNames:
    return StepNames(
        world, scenario.writes, flow.before[step.index], NO_NAMES, lambda name: flow.way_without(name, step)
    )


def _step(
    world: World, scenario: Scenario, flow: Flow, step: Any, explained: bool = False
) -> tuple[list[Finding], int]:
    """What is found in the texts of a step, and how many names it reads that some way here does not set."""
    names = names_at(world, scenario, flow, step)
    names.way = names.way if explained else None
    names.shown = step.verb in SAID and not scenario.only_admin
    names.subject = getattr(getattr(step, "subject", None), "source", "")
    if step.verb == "set":
        _set(names, step)
    else:
        _texts(names, step)
    if step.verb == "confirm":
        for reference in step.references:
            asked = step.by_name.get(reference.name)
            if reference.kind == "step" and asked is not None and asked.verb == "ask" and not asked.parent:
                names.read(reference.name, partial(_itself, reference.span), UNGUARDED)
    elif step.verb == "llm" and step.prompt in world.project.prompts:
        given = {name: shape_of(names, value) for name, value in (step.with_ or {}).items()}
        inner = StepNames(world, scenario.writes, names.state, given, names.way)
        inner.user = scenario.id
        _prompt(world, inner, world.project.prompts[step.prompt])
        return [*names.told, *inner.told], names.unsure + inner.unsure
    return names.told, names.unsure


def _texts(names: StepNames, step: Any) -> None:
    choices = getattr(step, "choices", None)
    of_items = (choices.label, choices.value, choices.condition, choices.also) if isinstance(choices, Made) else ()
    condition = getattr(step, "if_", None)
    for template in step.templates:
        if template is condition:
            for text in written(template):
                read_condition(names, text)
        elif not of_items or not any(template is one for one in of_items):
            for text in written(template):
                read(names, text)
    for kind in KINDS if step.verb in ("say", "ask") else ():
        _media(names, getattr(step, kind, None))
    if isinstance(choices, Made):
        names.own = made_names(names, choices)
        for text in all_written(one for one in of_items if one is not None):
            read(names, text)
        names.own = NO_NAMES


def _media(names: StepNames, value: Value | None) -> None:
    """What a person wrote names no file of the author's."""
    for text in written(value) if value is not None else ():
        shape = shape_of(names, value) if text.bare else ANY
        may_be = [part for part in shape.parts() if part.kind == "text" or (part.kind == "map" and _file_like(part))]
        if kinds(shape) and (FREE in shape.all_marks() or not may_be):
            message = f"This is {told(shape)} and no file, so nothing goes with the text."
            help = "Ask for a photo or another file: `answer: photo`; or name a file of media/."
            fields = {name: one for part in shape.parts() for name, one in part.fields.items()}
            inner = [name for name, one in fields.items() if one.what == FILE.what or name in OF_FILES]
            help = f"Name the one in it: `{{{{ {text.part.source.strip()}.{inner[0]} }}}}`." if inner else help
            names.report("not-a-file", "warning", text.source().whole, message, help)


def _file_like(part: Shape) -> bool:
    return part.open or not part.fields or part.fields.keys() >= {"kind", "path"}


def _itself(at: Span) -> Span:
    return at


def _set(names: StepNames, step: Any) -> None:
    """Each value sees those above it."""
    values = [*(step.set or {}).items()]
    for place, (name, value) in enumerate(values, 1):
        for text in written(value):
            read(names, text)
        if place < len(values):
            names.go_on(having_set(names, name, value, shape_of(names, value)))


def _prompt(world: World, names: StepNames, prompt: Prompt) -> None:
    """A prompt file as a step uses it: it sees the variables, and what `with` gives."""
    files = world.prompt_files
    for text in all_written(value for value in (*prompt.images, *prompt.audio) if isinstance(value, (Value, Text))):
        shape = read(names, text)
        if text.bare and kinds(shape) and kinds(shape) <= {"text", "number", "boolean"}:
            message = f"This is {told(shape)} and no file that a person sent, so nothing goes to the model."
            help = "Ask for a photo or a voice message: `answer: photo`."
            names.report("not-a-file", "warning", text.source().whole, message, help)
    for value in (*prompt.images, *prompt.audio):
        if isinstance(value, Value) and value.constant and value.node is not None and value.data not in (None, {}):
            message = "This is no file that a person sent, so nothing goes to the model."
            names.report("not-a-file", "warning", value.node.span, message, 'Name the answer: `"{{ photo }}"`.')
    outside: dict[str, Shape] = {}  # what the files before set outside of their blocks
    for template in prompt.user.chain:
        seen = names.seen(world.read_in(template))
        if template in files.trees and (outside or seen not in world.clean[template]):
            before = len(names.told)
            reader = TextReader(names, partial(source_of_prompt, files, template), files.environment)
            reader.macros = macros_of(files.trees[template])
            outside.update(dict.fromkeys(reader.macros, ANY))
            reader.locals.append(outside)
            for part in sorted(files.trees[template].body, key=lambda one: isinstance(one, nodes.Block)):
                reader.walk(part)  # what stands outside of blocks is run first
            if len(names.told) == before and not outside:
                world.clean[template].append(seen)
