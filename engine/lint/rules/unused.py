"""Variables that nobody reads, names that hide the engine's, and collections that nobody fills."""

from __future__ import annotations

from typing import Any

from engine.core.choices import Literal
from engine.core.finding import Span
from engine.core.node import Mapping, Scalar, Sequence
from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.bare import bare_result
from engine.lint.results import FUNCTIONS
from engine.lint.world import World
from engine.project.builder import BUILTIN_NAMES, JINJA_NAMES
from engine.project.suggest import closest, is_typo, meant_by, proposal

HIDDEN = BUILTIN_NAMES | JINJA_NAMES | {"labels"}


def check(world: World) -> None:
    for name in world.whole:
        scenario = world.scenarios[name]
        read = names_read(world, scenario)
        for step in scenario.steps:
            for variable in sorted(one for one in step.writes() if one in HIDDEN or one not in read):
                at = place_of(step, variable)
                if variable in HIDDEN:
                    message = (
                        f"`{variable}` is a name of the templates' own and cannot be read as a variable."
                        if variable in JINJA_NAMES
                        else f"`{variable}` is a name of the engine's, which nobody could read any more."
                    )
                    world.report("hides-a-name", "error", at, message, f"Choose another name, such as `my_{variable}`.")
                elif not variable.startswith("_") and counts(step) and not _meant(world, scenario, read, variable):
                    message = f"`{variable}` is set here, and nothing reads it."
                    help = _other_name(scenario, variable) or f"Take it out, or call it `_{variable}` if that is meant."
                    world.report("never-read", "warning", at, message, help)
        _inputs(world, scenario, read)


def names_read(world: World, scenario: Scenario) -> frozenset[str]:
    """All names that the scenario reads, in texts, prompts and summaries; and what only lacks its braces, which is told
    there."""
    own = scenario.result.reads if scenario.result is not None else ()
    found = frozenset(own).union(*world.reads[scenario.id], *(one.names for one in world.bare[scenario.id]))
    if (bare := bare_result(scenario)) is not None:
        found |= {bare.text.strip()}
    return found | {step.name for step in scenario.steps} if "labels" in found else found


def _meant(world: World, scenario: Scenario, read: frozenset[str], name: str) -> bool:
    """A name that nothing sets is read, and is most likely this one misspelt: that is told there."""
    known = scenario.writes | scenario.inputs.keys() | world.builtins.keys() | FUNCTIONS.keys()
    return name in meant_by(read, [*known, *HIDDEN])


def _other_name(scenario: Scenario, name: str) -> str:
    """`prise` beside `price`, which is set elsewhere."""
    near = closest(name, sorted(scenario.writes - {name}))
    return proposal(near) if near and is_typo(name, near) else ""


def counts(step: Any) -> bool:
    """A question may be asked for its own sake: to wait, to thank, or for the way that a choice leads."""
    if step.verb == "ask":
        literal = step.choices if isinstance(step.choices, Literal) else None
        return literal is None or (len(literal.options) > 1 and not any(option.goto for option in literal.options))
    return not step.takes_input() and not step.frames()


def place_of(step: Step, name: str) -> Span:
    if step.verb == "set" and isinstance(step.node, Mapping):
        values = step.node.get("set")
        if isinstance(values, Mapping) and name in values:
            return values.key(name).span
    return step.at("as" if step.remembers == "as_" else step.remembers or step.verb)


def input_places(world: World, scenario: Scenario) -> dict[str, Span]:
    """Where each of its inputs stands."""
    file = world.loaded.files.get(scenario.file) if scenario.inputs else None
    node = file.node.get("inputs") if file is not None and file.node is not None else None
    if isinstance(node, Sequence):
        return {item.text: item.span for item in node.items if isinstance(item, Scalar)}
    return {name: key.span for name, (key, _) in node.entries.items()} if isinstance(node, Mapping) else {}


def _inputs(world: World, scenario: Scenario, read: frozenset[str]) -> None:
    for name, at in input_places(world, scenario).items():
        if name not in read and not name.startswith("_"):
            world.report("never-read", "warning", at, f"The input `{name}` is not read by any step.", "Take it out.")
