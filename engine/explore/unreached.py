"""What no walk came to: a mistake where it is sure that nobody can, else only something that was not tried.

Law: sure is what holds whatever people say, records hold and settings are. A condition is sure that reads nothing but
answers of which every possible value is known, and comes out the same for all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from math import prod
from typing import Any

from engine.core.choices import Literal
from engine.core.project import Project, Scenario
from engine.core.scope import Scope
from engine.core.step import Step
from engine.core.template import Expression, Value
from engine.talks.coverage import Coverage, Point

MOST = 3000  # values, of all names that a condition reads, for which it is evaluated


def unreached(project: Project, coverage: Coverage, only: str, whole: bool) -> Iterator[tuple[Step, bool]]:
    """Steps no walk came to, each with whether it is sure that nobody comes there. `whole`: no bound was reached."""
    for scenario in project.scenarios.values():
        if only not in ("", scenario.id):
            continue
        for step in scenario.steps:
            if not _seen(coverage, step):
                yield step, _sure(scenario, step, coverage, whole)


def _sure(scenario: Scenario, step: Step, coverage: Coverage, whole: bool) -> bool:
    above = step.parent
    while above is not None and not _seen(coverage, above):
        above = above.parent
    if above is not None:
        condition = getattr(above, "if_", None)
        return isinstance(condition, Expression) and _constant(scenario, condition)
    came = [one for one in scenario.steps if _seen(coverage, one)]
    return whole and bool(came) and not any(_open(one, coverage) for one in came)


def _open(step: Step, coverage: Coverage) -> bool:
    """Whether a way of it was not gone that may lead on."""
    ways = [(what, detail) for what, detail in step.outcomes() if what not in ("wrong", "explained")]
    waits = step.takes_input() and not ways and Point(step.scenario, step.index, "answered", "*") not in coverage.seen
    return (
        waits
        or any(Point(step.scenario, step.index, *way) not in coverage.seen for way in ways)
        or any(steps and not _seen(coverage, steps[0]) for _, steps in step.blocks())
    )


def _seen(coverage: Coverage, step: Step) -> bool:
    return Point(step.scenario, step.index) in coverage.seen


def _constant(scenario: Scenario, condition: Expression) -> bool:
    names = sorted(condition.reads)
    domains = [_domain(scenario, name) for name in names]
    if not names or not all(domains) or prod(map(len, domains)) > MOST:
        return False
    try:
        came = {
            bool(condition.evaluate(Scope(dict(zip(names, values, strict=True)), frozenset(names), {})))
            for values in product(*domains)
        }
    except Exception:  # whatever an author's condition does with a value: then it does not come out the same
        return False
    return len(came) == 1


def _domain(scenario: Scenario, name: str) -> list[Any]:
    """Every value that the name can have once it is asked; none when they cannot be told."""
    values: list[Any] = []
    for step in scenario.steps:
        if name in step.writes():
            own = list(_values(step))
            if not own:
                return []
            values += own
    return values if name not in scenario.inputs else []


def _values(step: Step) -> Iterable[Any]:
    if step.verb != "ask" or getattr(step, "skip", None) or getattr(step, "tries", None):
        return ()
    types = [kind.name for kind in getattr(step, "types", ())]
    choices = getattr(step, "choices", None)
    if types == ["choice"] and isinstance(choices, Literal):
        return [option.value for option in choices.options]
    if types == ["yes_no"]:
        return (True, False)
    low, high = (_whole(getattr(step, name, None)) for name in ("min", "max"))
    if types == ["integer"] and high is not None:
        low = high - MOST + 1 if low is None else low  # no condition is about less than that
        return range(low, high + 1) if high - low < MOST else ()
    return ()


def _whole(limit: Any) -> int | None:
    if isinstance(limit, Value) and limit.constant and isinstance(limit.data, int) and not isinstance(limit.data, bool):
        return limit.data
    return None
