"""Records that are surely saved twice: again in each round with the same values, or again further on.

Law: saving anew in a loop, or each time the scenario is started, is what an author usually wants; only where the second
record can say nothing new is it told, and only as an info.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.project import Scenario
from engine.core.session import PEOPLE
from engine.core.step import Step
from engine.core.template import Expression, Plain, Value
from engine.lint.circles import circles
from engine.lint.flow import Flow
from engine.lint.rules.ways import reads_of
from engine.lint.sets import inside
from engine.lint.world import World


def check(world: World) -> None:
    for name, flow in world.flows.items():
        scenario = world.scenarios[name]
        saves = [step for step in scenario.steps if step.verb == "save" and flow.reached(step) and _makes_anew(step)]
        if saves:
            _each_round(world, saves, list(_loops(scenario, flow)))
            _again(world, flow, saves)


def _makes_anew(step: Any) -> bool:
    return step.save != PEOPLE and not step.once_per and bool(step.fields)


def _loops(scenario: Scenario, flow: Flow) -> Iterator[list[Step]]:
    yield from circles(scenario, flow)
    yield from ([step, *inside(step)] for step in scenario.steps if step.frames())


def _each_round(world: World, saves: list[Step], loops: list[list[Step]]) -> None:
    for step in saves:
        around = [loop for loop in loops if step in loop]
        if around and not any(_changes(step, loop) for loop in around):
            message = f"Every round saves the same record to `{_of(step)}` once more: nothing in it changes on the way."
            help = "Save it before or behind the loop, or write `once_per` with what there may be only one for."
            world.report("may-double", "info", step.span, message, help)


def _changes(step: Step, loop: list[Step]) -> bool:
    return step.clock or bool(reads_of(step) & frozenset().union(*(one.writes() for one in loop)))


def _again(world: World, flow: Flow, saves: list[Step]) -> None:
    """All that the first one saves is saved again further on, to the same collection, beside something new."""
    for later in saves:
        for first in saves:
            if first is later or _of(first) != _of(later) or not _written(first).items() <= _written(later).items():
                continue
            if _leads_to(flow, first, later) and not _leads_to(flow, later, first):
                message = f"A second record in `{_of(later)}`, with all that the one of line {first.span.line} has."
                help = "Name the first one (`as: …`) and `update` it; or write `once_per` at both."
                world.report("may-double", "info", later.span, message, help)
                break


def _of(step: Any) -> str:
    return str(step.save)


def _written(step: Any) -> dict[str, str]:
    """The fields as they stand in the file."""
    return {name: _source(value) for name, value in step.fields.items()}


def _source(value: Value) -> str:
    data = value.data
    return data.source.strip() if isinstance(data, (Expression, Plain)) else repr(data)


def _leads_to(flow: Flow, first: Step, later: Step) -> bool:
    seen, queue = set[int](), [first]
    while queue:
        for _, to in flow.edges[queue.pop().index]:
            if to is later:
                return True
            if to is not None and to.index not in seen:
                seen.add(to.index)
                queue.append(to)
    return False
