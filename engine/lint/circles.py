"""Steps that lead to one another in a circle."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.flow import Flow


def circles(scenario: Scenario, flow: Flow, without: Callable[[Step], bool] = lambda _: False) -> list[list[Step]]:
    """The largest ones, each in the order of the file; `without` tells steps that no circle may go through. A loop over
    a list comes to its end by itself."""
    if not scenario.loops:
        return []
    leads = {
        step.index: [
            to.index
            for _, to in flow.edges[step.index]
            if to is not None and not without(to) and not (to.frames() and _stands_in(step, to))
        ]
        for step in scenario.steps
        if flow.reached(step) and not without(step)
    }
    return [[scenario.steps[one] for one in group] for group in sorted(_groups(leads))]


def _groups(leads: Mapping[int, list[int]]) -> list[list[int]]:
    """Those that lead to one another, by Tarjan's algorithm; one alone only when it leads to itself."""
    found: list[list[int]] = []
    number: dict[int, int] = {}  # in the order in which they are come to
    lowest: dict[int, int] = {}  # that can be come back to
    waiting: list[int] = []  # whose group is not known yet
    for start in leads:
        if start in number:
            continue
        path = [(start, iter(leads[start]))]
        number[start] = lowest[start] = len(number)
        waiting.append(start)
        while path:
            one, rest = path[-1]
            to = next(rest, None)
            if to is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[one])
                if lowest[one] == number[one]:
                    at = waiting.index(one)
                    group, waiting = waiting[at:], waiting[:at]
                    if len(group) > 1 or one in leads[one]:
                        found.append(sorted(group))
            elif to not in number:
                number[to] = lowest[to] = len(number)
                waiting.append(to)
                path.append((to, iter(leads.get(to, ()))))
            elif to in waiting:
                lowest[one] = min(lowest[one], number[to])
    return found


def _stands_in(step: Step, loop: Step) -> bool:
    parent = step.parent
    while parent is not None and parent is not loop:
        parent = parent.parent
    return parent is loop
