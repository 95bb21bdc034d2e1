"""A variable of the wrong kind makes many places wrong: told once, where it gets that kind.

Law: told at a step only where a mistake of its own is told already, or where exactly one step gives that kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from engine.core.finding import Finding, Span
from engine.core.project import Scenario
from engine.lint.flow import Flow
from engine.lint.rules.names import names_at
from engine.lint.scope import shape_of
from engine.lint.world import World

OF_KINDS = frozenset(("unlike-types", "wrong-field-type", "not-a-list"))
AT_STEPS = ("bad-default", "limit-without-meaning", "duplicate-step")  # what tells of a wrong kind at its step
_NAMES_KINDS = frozenset((*OF_KINDS, "unknown-attribute", "not-called", "whole-map"))


def check(world: World) -> None:
    """After all others: of what they found."""
    causes = [one for one in (*world.findings, *world.loaded.findings) if one.code in AT_STEPS]
    _several(world)
    mixed = [one for one in world.findings if one.topic.kind in ("items", "mixed") and one.topic.why]
    for scenario in world.scenarios.values() if causes or mixed else ():
        for one in causes:
            if one.span.file == scenario.file and (name := _asked(scenario, one.span)):
                _at_its_step(world, one, name)
        mine = (scenario.file, "prompts/")  # a prompt reads what its scenario has set
        _mixed(world, scenario, [one for one in mixed if one.span.file.startswith(mine)])


def _several(world: World) -> None:
    """`answer: choices` in the place of `choice`: the list is read as one choice wherever it is read."""
    unlike = [one for one in world.findings if one.code == "unlike-types"]
    for step in world.by_verb["ask"] if unlike else ():
        if [kind.name for kind in step.types] == ["choices"]:
            file = world.scenarios[step.scenario].file
            some = [one for one in unlike if one.span.file == file and step.ask in one.topic.names]
            places = sorted({one.span for one in some})
            as_list = rf"\b(?:not )?in {step.ask}\b|\bin: {step.ask}\b|\b{step.ask} *\| *(?:join|length|count|map)\b"
            if len(places) > 1 and not re.search(as_list, world.source(file).decode("utf-8", "replace")):
                message = f"`{step.ask}` is a list of what was chosen, and {len(places)} places read it as one choice."
                help = "For one choice write `answer: choice`."
                told = Finding(step.at("answer"), "unlike-types", some[0].severity, message, help)
                world.findings.append(replace(told, covers=(told.span, *places)))


def _asked(scenario: Scenario, at: Span) -> str:
    """The question in which that stands."""
    before = [step for step in scenario.steps if step.span[1:3] <= at[1:3]]
    step = max(before, key=lambda one: one.span[1:3], default=None)
    return getattr(step, step.remembers, None) or "" if step is not None and step.remembers else ""


def _at_its_step(world: World, cause: Finding, name: str) -> None:
    echoes = list(_of(world, cause.span.file, name))
    sure = cause.topic.kind == "text" and any(_names(one, name) for one in echoes)
    if cause.code == "limit-without-meaning" and not sure:
        return  # the question is no one for a text
    if echoes:
        world.findings.append(replace(cause, covers=(cause.span, *sorted({one.span for one in echoes}))))


def _of(world: World, file: str, name: str) -> Iterator[Finding]:
    """What is told of the kind of a variable."""
    lines = world.texts.get(file, b"").decode("utf-8", "replace").split("\n")
    word = re.compile(rf"(?<![\w.]){re.escape(name)}\b")
    for one in world.findings:
        if one.span.file == file and (one.code in OF_KINDS or _names(one, name)):
            line = lines[one.span.line - 1] if one.span.line <= len(lines) else ""
            if _names(one, name) or word.search(line[one.span.column - 1 : one.span.end_column - 1]):
                yield one


def _names(one: Finding, name: str) -> bool:
    """Whether it says of which kind the variable is."""
    return one.code in _NAMES_KINDS and name in one.topic.names and not one.topic.why


def _mixed(world: World, scenario: Scenario, findings: list[Finding]) -> None:
    """`set: {goal: "{{ picked.id }}"}` of what is a whole row elsewhere."""
    by_name: dict[str, list[Finding]] = {}
    for one in findings:
        if "." not in one.topic.names[0]:
            by_name.setdefault(one.topic.names[0], []).append(one)
    flow = world.flows[scenario.id]
    for name, some in by_name.items():
        at = list(_sets_single(world, flow, name))
        if len(at) == 1 and len(some) > 1:
            what, field = some[0].topic.why, some[0].topic.field
            message = f"`{name}` is {what} here, and {len(some)} places read fields of it, such as `{field}`."
            told = Finding(at[0], "unknown-attribute", some[0].severity, message, "Set it to the whole row or record.")
            world.findings.append(replace(told, covers=(at[0], *sorted({one.span for one in some}))))


def _sets_single(world: World, flow: Flow, name: str) -> Iterator[Span]:
    """The steps that set it to what has no fields."""
    for step in flow.scenario.steps:
        made: Any = getattr(step, "set", None) if step.verb == "set" and flow.reached(step) else None
        if made and name in made:
            shape = shape_of(names_at(world, flow.scenario, flow, step), made[name])
            node = step.node.get("set")
            if shape.parts() and all(part.kind in ("text", "integer", "number", "boolean") for part in shape.parts()):
                yield node.get(name).span if node is not None else step.span
