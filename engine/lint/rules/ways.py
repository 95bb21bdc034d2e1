"""Where steps lead: steps that no way leads to, ways that lead into a branch, circles without an end, runs."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from engine.core.finding import Topic
from engine.core.node import Mapping, Scalar, Sequence
from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.circles import circles
from engine.lint.facts import Facts
from engine.lint.flow import Flow
from engine.lint.kinds import waits_for_people
from engine.lint.rules.names import names_at
from engine.lint.scope import shape_of
from engine.lint.shapes import Shape, told
from engine.lint.world import World
from engine.project.suggest import closest, did_you_mean, proposal
from engine.project.unread import UNREAD


def check(world: World) -> None:
    for name, flow in world.flows.items():
        scenario = world.scenarios[name]
        if name in world.whole:
            _unreachable(world, scenario, flow)
            _circles(world, scenario, flow)
        _targets(world, scenario)
        _runs(world, scenario)
        _renamed(world, scenario)
        _was(world, scenario)
    for step in world.by_verb["goto"]:
        first, dot, _ = step.goto.partition(".")
        if dot and first in step.by_name:
            message = f"A step's name has no dot in it, so `{step.goto}` leads nowhere."
            world.report("unknown-step", "error", step.at("goto"), message, proposal(first))


def _unreachable(world: World, scenario: Scenario, flow: Flow) -> None:
    """The first of the steps of a list that nothing leads to. Where a name is misspelt, that way is only missing."""
    if len(flow.before) == len(scenario.steps):
        return
    leads = (one.name for step in scenario.steps for one in step.references if one.kind == "step")
    if any(name not in scenario.by_name for name in leads):
        return
    for block in lists(scenario):
        told = False
        for step in block:
            if flow.reached(step):
                told = False
            elif step is block[0] and step.parent is not None and step.parent.verb == "switch" and not told:
                told = True  # in a case that never comes, which is told of the case
            elif not told and (step.parent is None or flow.reached(step.parent)):
                told = True
                world.report(
                    "unreachable-step",
                    "warning",
                    step.span,
                    "No way leads to this step.",
                    "Something above it always leads elsewhere: an `end`, a `goto`, or an `if` whose ways both do.",
                )


def lists(scenario: Scenario) -> Iterator[tuple[Step, ...]]:
    """Every list of steps: the scenario's own, and each branch."""
    yield tuple(step for step in scenario.steps if step.parent is None)
    for step in scenario.steps:
        for _, block in step.blocks():
            yield block


def _targets(world: World, scenario: Scenario) -> None:
    """`goto`, a choice's `goto` and `after_tries` lead to a step of the same list or of one around it."""
    leads = [(step, one) for step in scenario.steps for one in step.references if one.kind == "step"]
    if not leads:
        return
    home = {step.index: number for number, block in enumerate(lists(scenario)) for step in block}
    for step, reference in leads:
        target = scenario.by_name.get(reference.name)
        if target is not None and step.verb != "confirm" and home.get(target.index) not in _around(step, home):
            where = f"stands in another branch (line {target.span.line})"
            message = f"`{reference.name}` {where}; one cannot jump into the middle of it."
            help = "Lead to a step of this list or of a list around it."
            world.report("goto-into-branch", "error", reference.span, message, help)


def _around(step: Step, home: dict[int, int]) -> set[int | None]:
    """The list a step stands in, and those around it."""
    found: set[int | None] = {home.get(step.index)}
    parent = step.parent
    while parent is not None:
        found.add(home.get(parent.index))
        parent = parent.parent
    return found


# circles --------------------------------------------------------------------------------------------------------


def _circles(world: World, scenario: Scenario, flow: Flow) -> None:
    for circle in circles(scenario, flow, without=waits_for_people):
        inside = {step.index for step in circle}
        partings = [
            step for step in circle if any(to is None or to.index not in inside for _, to in flow.edges[step.index])
        ]
        back = next((step for step in circle if step.verb == "goto"), circle[0])
        changed = frozenset().union(*(step.writes() for step in circle))
        if not any(step.clock or reads_of(step) & changed for step in partings):
            message = (
                "These steps go round without an end: nothing in them waits for the person, or changes what leads out."
            )
            world.report(
                "endless-circle", "error", back.span, message, "Ask something in it, or lead out of it with an `if`."
            )
        elif any(step.verb == "llm" for step in circle) and not is_counted(circle, partings):
            message = "The model is asked again and again, and nothing counts how often."
            world.report(
                "unbounded-model-circle",
                "warning",
                back.span,
                message,
                'Count the rounds: `set: {rounds: "{{ rounds + 1 }}"}`, and stop at some number.',
            )


def reads_of(step: Step) -> set[str]:
    return {name for template in step.templates for name in template.reads}


def is_counted(circle: list[Step], partings: list[Step]) -> bool:
    """Whether what leads out of it depends on a variable that the circle makes from itself."""
    counters = {
        name
        for step in circle
        if step.verb == "set"
        for name, value in (getattr(step, "set", None) or {}).items()
        if name in value.reads
    }
    return any(reads_of(step) & counters for step in partings)


# other scenarios ------------------------------------------------------------------------------------------------


def _runs(world: World, scenario: Scenario) -> None:
    for step in scenario.steps if world.facts[scenario.id].names("scenario") else ():
        for reference in step.references:
            circles = reference.kind == "scenario" and _comes_back(world, reference.name, scenario.id)
            if circles and scenario.id <= reference.name:  # a mutual one is told once, at the first of the two
                message = f"`{reference.name}` runs `{scenario.id}` again, and neither comes to an end."
                world.report(
                    "recursive-run",
                    "warning",
                    reference.span,
                    message,
                    "Lead back with a `goto`, or let the person start it again.",
                )
        if step.verb == "run":
            _inputs(world, world.flows[scenario.id], step)


def _comes_back(world: World, start: str, wanted: str) -> bool:
    seen, queue = set[str](), [start]
    while queue:
        one = queue.pop()
        if one == wanted:
            return True
        if one not in seen and one in world.facts:
            seen.add(one)
            queue += world.facts[one].names("scenario")
    return False


def _of_its_kind(world: World, flow: Flow, step: Any, name: str, kind: str) -> None:
    """What is given is of the kind that the input's default is: the other scenario reckons with that."""
    names = names_at(world, flow.scenario, flow, step)
    shape = shape_of(names, step.with_[name])
    parts = shape.parts()
    fits = {"number": ("integer", "number"), "boolean": ("boolean",), "list": ("list",)}[kind]
    if not parts or any(part.kind in ("any", *fits) for part in parts) or _is_a_number(kind, parts):
        return
    message = f"`{step.run}` takes {_TAKEN[kind]} as `{name}`, as its default is, and this is {told(shape)}."
    help = {"number": "Give it a number.", "boolean": "Write true or false.", "list": "Give it a list."}[kind]
    at = step.node.get("with").get(name)
    bare = at.text.strip() if isinstance(at, Scalar) and at.plain else ""
    if bare in names.state.variables:
        return  # told as what lacks its braces
    world.report("unlike-types", "warning", at.span, message, help, topic=Topic((f"{step.run}.{name}",)))


_TAKEN = {"number": "a number", "boolean": "true or false", "list": "a list"}


def _is_a_number(kind: str, parts: Iterable[Shape]) -> bool:
    """`"8"`, and what one types where nothing says that it is none."""
    written = (str(value) for part in parts for value in part.values or ("",))
    return kind == "number" and all(re.fullmatch(r"\s*-?\d+([.,]\d+)?\s*", one) for one in written)


def _inputs(world: World, flow: Flow, step: Any) -> None:
    callee = world.facts.get(step.run)
    if callee is None:
        return
    given = step.node.get("with") if isinstance(step.node, Mapping) else None
    names = dict(given.entries) if isinstance(given, Mapping) else {}
    if len(names) > 1 and callee.inputs.keys().isdisjoint(names) and _of_another(world, step, callee, names):
        return
    meant: set[str | None] = set()
    for name, (key, _) in names.items():
        if name not in callee.inputs:
            message = f"`{step.run}` has no input `{name}`."
            help = did_you_mean(name, callee.inputs) or f"Declare it there: `inputs: {{{name}: …}}`."
            meant.add(closest(name, callee.inputs))
            world.report("unknown-input", "error", key.span, message, help, topic=Topic((step.run,), name))
        elif name in callee.kinds and flow.reached(step):
            _of_its_kind(world, flow, step, name, callee.kinds[name])
    for name, must in callee.inputs.items():
        if must and name not in names and name not in meant:
            message = f"`{step.run}` needs the input `{name}`."
            world.report("missing-input", "error", step.at("run"), message, f"Add `with: {{{name}: …}}`.")
    if step.as_ and callee.result is None:
        message = f"`{step.run}` gives nothing back, so `{step.as_}` is always null."
        help = f"Write `result:` in {callee.file}, or take `as` out."
        world.report("no-result", "error", step.at("as"), message, help, topic=Topic((step.run,)))


def _of_another(world: World, step: Any, callee: Facts, names: Collection[str]) -> bool:
    """Whether it was told that all that is given is for another scenario, which ran here before."""
    if any(closest(name, callee.inputs) for name in names):
        return False
    others = [one for one in world.facts.values() if one.inputs.keys() >= {*names}]
    listed = ", ".join(f"`{name}`" for name in names)
    if len(others) != 1 or any(must and name not in names for name, must in others[0].inputs.items()):
        return False
    message = f"`{step.run}` has none of the inputs {listed}, which are those of `{others[0].id}`."
    world.report("unknown-input", "error", step.at("run"), message, proposal(others[0].id), topic=Topic((step.run,)))
    return True


def _renamed(world: World, scenario: Scenario) -> None:
    """`renamed: {old: new}`: a step or a variable of the new name exists, of the old one does no more."""
    file = world.loaded.files.get(scenario.file)
    node = file.node.get("renamed") if file is not None and file.node is not None else None
    if not isinstance(node, Mapping):
        return
    written = frozenset[str]().union(*(step.writes() for step in scenario.steps if step.verb != UNREAD))
    for old, (key, value) in node.entries.items():
        new = value.text if isinstance(value, Scalar) else None
        if new and new not in scenario.by_name.keys() | scenario.writes and not _into_another(scenario, new):
            world.report(
                "unknown-step",
                "error",
                value.span,
                f"There is no step `{new}` in this scenario.",
                did_you_mean(new, scenario.by_name),
            )
        if old in scenario.by_name or old in written:
            what = "step" if old in scenario.by_name else "variable"
            message = f"A {what} called `{old}` still stands in this scenario."
            help = f"Delete this line, or rename that {what}."
            world.report("renamed-still-there", "warning", key.span, message, help)


def _was(world: World, scenario: Scenario) -> None:
    """What a scenario was called is no scenario's name any more."""
    file = world.loaded.files.get(scenario.file)
    node = file.node.get("was") if file is not None and file.node is not None else None
    for one in node.items if isinstance(node, Sequence) else [node]:
        if isinstance(one, Scalar) and one.text in world.facts:
            message = f"There is a scenario called `{one.text}`, so people who are mid-way stay in that one."
            world.report("renamed-still-there", "warning", one.span, message, "Take the name out, or rename that one.")


def _into_another(scenario: Scenario, new: str) -> bool:
    """`measure.weight`: a step of a scenario that a step of this one runs."""
    way, dot, _ = new.partition(".")
    return bool(dot) and any(step.name == way and step.verb == "run" for step in scenario.steps)
