"""An `if` that the branch in which it stands rules out: `task.status == 'new'` where `task.status == 'done'`.

Law: only what one name is compared with, or asked for, in words that stand there; and only while nothing between the
two can have changed it. What the values of a question rule out is told with the comparison itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import nodes

from engine.core.tree import names
from engine.lint import logic
from engine.lint.atoms import Atom, atoms, holds
from engine.lint.flow import Flow
from engine.lint.reach import bounds_of
from engine.lint.scope import condition_of
from engine.lint.shapes import UNBOUNDED
from engine.lint.state import State
from engine.lint.world import World

CHANGING = ("update", "save", "run")  # what a record is afterwards is not followed


def check(world: World) -> None:
    for step in world.by_verb["if"]:
        if step.parent is not None and not step.if_.clock:
            flow = world.flows[step.scenario]
            if flow.reached(step) and (condition := condition_of(step.if_)) is not None:
                _inner(world, flow, step, condition)


def _inner(world: World, flow: Flow, step: Any, condition: nodes.Node) -> None:
    state, around = flow.before[step.index], list(_around(step))
    if not around or not state.held:
        return
    parts = _parts(condition, positive=True)
    mine = [part for part in parts if _is_of_variables(part[0], state) and not _is_told(part[0], state)]
    for outer, positive in around if mine else ():
        between = flow.scenario.steps[outer.index + 1 : step.index]
        changed = any(one.verb in CHANGING for one in between)
        told = [one for one in _parts(condition_of(outer.if_), positive) if atoms(*one) <= state.held]
        if any(_never(part, one, changed) for part in mine for one in told):
            so = "true" if positive else "not true"
            where = f"it stands where `{outer.if_.source.strip()}` is {so} (line {outer.span.line})"
            help = "Ask for something else, or move it out of there."
            world.report("constant-condition", "warning", step.at("if"), f"This is never true here: {where}.", help)
            return


def _around(step: Any) -> Iterator[tuple[Any, bool]]:
    """Each `if` around that reads the same, from within, and whether it is true where the step stands."""
    inner = step
    while (outer := inner.parent) is not None:
        if outer.verb == "if" and not outer.if_.clock and not step.if_.reads.isdisjoint(outer.if_.reads):
            yield outer, any(inner is one for one in outer.then)
        inner = outer


def _parts(condition: nodes.Node | None, positive: bool) -> Iterator[tuple[nodes.Node, bool]]:
    """The single statements that all hold when the condition is true, or when it is not."""
    if isinstance(condition, nodes.Not):
        yield from _parts(condition.node, not positive)
    elif isinstance(condition, (nodes.And, nodes.Or)) and isinstance(condition, nodes.And) == positive:
        yield from _parts(condition.left, positive)
        yield from _parts(condition.right, positive)
    elif condition is not None:
        yield condition, positive


def _is_told(node: nodes.Node, state: State) -> bool:
    """Whether it compares a variable whose values, or limits, are known: those that are ruled out are gone from it."""
    sides = (node.expr, node.ops[0].expr) if isinstance(node, nodes.Compare) else ()
    shapes = (state.variables[one.name] for one in sides if isinstance(one, nodes.Name))
    return any(bounds_of(one) != UNBOUNDED or any(part.values is not None for part in one.parts()) for one in shapes)


def _never(mine: tuple[nodes.Node, bool], outer: tuple[nodes.Node, bool], changed: bool) -> bool:
    """Whether the one is never so where the other is."""
    for one in atoms(*mine):
        for other in atoms(*outer):
            if one.subject == other.subject and _is_own(one, changed) and holds(one.opposite(), (other,), {}):
                return True
    one_said, other_said = logic.said(*mine), logic.said(*outer)
    if one_said is None or other_said is None or one_said[0] != other_said[0] or (changed and "." in one_said[0]):
        return False
    return not (logic.together(one_said, other_said) and logic.together(other_said, one_said))


def _is_own(atom: Atom, changed: bool) -> bool:
    """Whether it is of a variable alone, or of a field that nothing can have changed."""
    return not (changed and "." in atom.subject)


def _is_of_variables(node: nodes.Node, state: State) -> bool:
    """What is known of the person may change while a question is open."""
    return names(node) <= state.variables.keys()
