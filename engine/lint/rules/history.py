"""What a conversation remembers of itself, round by round, and tells the model whole.

Law: only a list or a text that a circle makes from itself and never cuts; what a person is asked to gather, and no
prompt is given, may grow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from engine.core.project import Scenario
from engine.core.step import Step
from engine.core.template import Expression, Plain, Translated, Value
from engine.lint.circles import circles
from engine.lint.flow import Flow
from engine.lint.rules.names import names_at
from engine.lint.rules.ways import is_counted
from engine.lint.scope import shape_of
from engine.lint.world import World

Part = Expression | Plain | Translated
ENOUGH = frozenset(("length", "count", "first", "last", "truncate", "batch"))  # filters behind which little is left


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        flow = world.flows[scenario.id]
        grown = [*_grown(world, scenario, flow)] if scenario.loops else []
        for circle in circles(scenario, flow) if grown else ():
            _told_whole(world, flow, circle, [one for one in grown if one[0] in circle])


def _grown(world: World, scenario: Scenario, flow: Flow) -> Iterator[tuple[Step, str]]:
    """The `set` steps that make a list or a text longer, each with its name."""
    for step in scenario.steps:
        for name, value in (getattr(step, "set", None) or {}).items() if step.verb == "set" else ():
            if name in value.reads and flow.reached(step) and any(_adds(part, name) for part in value.parts()):
                shape = shape_of(names_at(world, scenario, flow, step), value)
                if {part.kind for part in shape.parts()} & {"list", "text"}:
                    yield step, name


def _told_whole(world: World, flow: Flow, circle: list[Step], grown: list[tuple[Step, str]]) -> None:
    inside = {step.index for step in circle}
    partings = [
        step for step in circle if any(to is None or to.index not in inside for _, to in flow.edges[step.index])
    ]
    for step, name in () if not grown or is_counted(circle, partings) else grown:
        asked = next((one for one in circle if one.verb == "llm" and _reads_whole(world, one, name)), None)
        if asked is None:
            continue
        values = step.node.get("set")
        at = values.get(name).span if values is not None and name in values else step.span
        message = f"`{name}` grows with every round, and the prompt `{getattr(asked, 'prompt', '')}` is told all of it."
        help = 'Keep the last few: `"{{ (…)[-6:] }}"`, with a list in the brackets.'
        world.report("unbounded-history", "warning", at, message, help)


def _adds(part: Part, name: str) -> bool:
    """`talk + [one]`, `talk ~ one`, `{{ talk }} … {{ one }}`; nothing that is cut, or that chooses."""
    if isinstance(part, Expression):
        return _joined(part.jinja.parsed(), name)
    return any(_is(one, name) for tree in _trees(part) for out in tree.find_all(nodes.Output) for one in out.nodes)


def _trees(part: Part) -> list[nodes.Node]:
    """Of a value in several languages, each."""
    parts = [*part.languages.values()] if isinstance(part, Translated) else [part]
    return [one.jinja.parsed() for one in parts if one.jinja is not None]


def _joined(node: nodes.Node, name: str) -> bool:
    if isinstance(node, nodes.Add):
        return any(_is(one, name) or _joined(one, name) for one in (node.left, node.right))
    return isinstance(node, nodes.Concat) and any(_is(one, name) for one in node.nodes)


def _is(node: nodes.Node | None, name: str) -> bool:
    """The name itself, or with a default."""
    while isinstance(node, nodes.Filter) and node.name in ("default", "d", "list"):
        node = node.node
    return isinstance(node, nodes.Name) and node.name == name


def _reads_whole(world: World, step: Any, name: str) -> bool:
    """Whether the step's prompt is given all of a variable: by its name, or by one that `with` gives."""
    given: dict[str, Value] = step.with_ or {}
    known = {name} - given.keys()
    for other, value in given.items():
        if any(_whole(tree, name) for part in value.parts() if name in part.reads for tree in _trees(part)):
            known.add(other)
    trees = [world.prompt_files.trees[template] for template in world.templates_of(step.prompt)]
    return any(_whole(tree, one) for tree in trees for one in known)


def _whole(node: nodes.Node, name: str) -> bool:
    if isinstance(node, nodes.Name):
        return node.name == name and node.ctx == "load"
    if isinstance(node, nodes.Filter) and node.name in ENOUGH:
        return False
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, (nodes.Slice, nodes.Const)):
        return False
    asked = node.test if isinstance(node, (nodes.If, nodes.CondExpr)) else None
    return any(
        child is not asked and not isinstance(child, nodes.Test) and _whole(child, name)
        for child in node.iter_child_nodes()
    )
