"""Steps that tell or ask nothing, be it in one language, and scenarios for admins that anybody is led into."""

from __future__ import annotations

import re
from typing import Any

from engine.core.media import MEDIA_FIELDS
from engine.core.node import Mapping, Scalar, Sequence
from engine.core.project import Scenario
from engine.core.template import Expression, Text
from engine.lint.kinds import SAID
from engine.lint.rules.names import names_at
from engine.lint.scope import shape_of
from engine.lint.shapes import Shape
from engine.lint.world import World
from engine.steps import KINDS

VALUE = re.compile(r"\{\{-?\s*([^\W\d]\w*(?:\.[^\W\d]\w*)*)\s*-?\}\}")
ONLY_VALUES = re.compile(rf"(?:\s*{VALUE.pattern})+\s*")
SILENT = ("nothing is said", "the person is not told what is asked")  # told, asked


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        _no_steps(world, scenario)
    for verb, field in SAID.items():
        for step in world.by_verb[verb] if KINDS[verb].FIELDS[field].required else ():
            _nothing_said(world, step, field)
    for step in world.by_verb["run"]:
        _admins(world, world.scenarios[step.scenario], step)


def _no_steps(world: World, scenario: Scenario) -> None:
    file = world.loaded.files.get(scenario.file)
    node = file.node.get("steps") if file is not None and file.node is not None else None
    if isinstance(node, Sequence) and not node.items:
        message = "This scenario has no steps, so nothing happens when it starts."
        world.report("empty-text", "error", node.span, message, "For example `- say: Hello!`")


def _nothing_said(world: World, step: Any, field: str) -> None:
    """An empty message cannot be sent."""
    text, node = getattr(step, field), step.node.get(field)
    if any(getattr(step, name, None) for name in MEDIA_FIELDS):
        return
    sources = text.languages if isinstance(text, Text) else {}
    empty = [language for language, one in sources.items() if not one.source.strip()]
    if len(empty) == len(sources):
        key = step.node.key(field).span if isinstance(step.node, Mapping) and field in step.node else step.span
        message = "There is no text here, so people get an empty message."
        world.report("empty-text", "error", key, message, "Write what is said, or add a `photo:` or another file.")
    for language in empty if len(empty) < len(sources) and isinstance(node, Mapping) else ():
        message = f"There is no text here in `{language}`, so people who speak it get an empty message."
        help = "Write what is said; or take the language out, so that they get it in the first one."
        world.report("empty-text", "error", node.key(language).span, message, help)
    for scalar in text.scalars.values() if sources else ():
        bare = scalar.text.startswith("{{") and ONLY_VALUES.fullmatch(scalar.text)
        nothing = _may_be_nothing(world, step, scalar) if bare else ""
        if nothing:
            message = f"`{nothing}` may be nothing here, and then {SILENT[step.takes_input()]}."
            help = f"Lead around it with `if: {nothing}`, or give it other words: `{nothing} | default('…')`."
            world.report("silent-text", "warning", scalar.span, message, help)
            return


def _may_be_nothing(world: World, step: Any, scalar: Scalar) -> str:
    """The value that is all of a text and may be null or empty; of several, if they are parts of one."""
    flow = world.flows[step.scenario]
    if not flow.reached(step):
        return ""
    paths = [*dict.fromkeys(VALUE.findall(scalar.text))]
    names = names_at(world, flow.scenario, flow, step)
    empty = []
    for path in paths:
        value = Expression(path)
        value.scalar = scalar
        empty += [path] if _empty(shape_of(names, value)) else []
    if {path.partition(".")[0] for path in paths} & _unhelped(flow.scenario):
        return ""  # told as `no-if-fails`
    alike = len({path.partition(".")[0] for path in paths}) == 1
    return paths[0] if alike and empty == paths else ""


def _unhelped(scenario: Scenario) -> frozenset[str]:
    """What the model's replies are called where nothing is said of its failing."""
    steps = (step for step in scenario.steps if step.verb == "llm" and getattr(step, "if_fails", None) is None)
    return frozenset().union(*(step.writes() for step in steps))


def _empty(shape: Shape) -> bool:
    return bool(shape.empty) or any(part.kind == "text" and "" in (part.values or ()) for part in shape.parts())


def _admins(world: World, scenario: Scenario, step: Any) -> None:
    callee = world.facts.get(step.run)
    if callee is not None and callee.only_admin and not scenario.only_admin:
        at = step.at("run")
        message = f"`{step.run}` is for admins only, and anybody who is here is led into it."
        world.report(
            "run-of-admins", "warning", at, message, "Write `only_admin: true` here too, or take it out there."
        )
