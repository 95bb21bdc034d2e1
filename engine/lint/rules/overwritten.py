"""A value that is set and, on every way from there, set anew by one step before anything reads it.

Law: a scenario that never reads a name at all is `never-read`'s; this looks only at names that some step reads.
"""

from __future__ import annotations

from typing import Any

from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.flow import Flow
from engine.lint.rules.unused import place_of
from engine.lint.world import World

SETTING = ("set", "find", "llm", "run")  # a question may be asked for its own sake


def check(world: World) -> None:
    for name, flow in world.whole.items():
        scenario = world.scenarios[name]
        reads = world.reads[name]
        every = frozenset().union(*reads, scenario.result.reads if scenario.result is not None else ())
        for step in scenario.steps:
            for variable in sorted(step.writes() & every) if step.verb in SETTING and flow.reached(step) else ():
                again = _next_writer(flow, scenario, step, variable, reads)
                if again is not None and not variable.startswith("_"):
                    message = f"`{variable}` is set anew in line {again.span.line} before anything reads it."
                    at = place_of(step, variable)
                    world.report("overwritten", "warning", at, message, "Take one of the two out.")


def _next_writer(flow: Flow, scenario: Scenario, step: Step, variable: str, reads: list[frozenset[str]]) -> Step | None:
    """The one step that sets it anew, on every way from here that does not end; None when some way reads it."""
    values = getattr(step, "set", None) or {}
    below = list(values)[list(values).index(variable) + 1 :] if variable in values else []
    if any(variable in values[name].reads for name in below):
        return None
    last: Step | None = None
    seen, queue = set[int](), [step]
    while queue:
        one = queue.pop()
        for _, to in flow.edges[one.index]:
            if to is None and (scenario.result is not None and variable in scenario.result.reads):
                return None
            if to is None or to.index in seen:
                continue
            seen.add(to.index)
            if variable in reads[to.index] or _may_leave(to, variable):
                return None
            if variable in to.writes():
                if last not in (None, to):
                    return None  # two branches set it anew: this was the value beforehand, and is no mistake
                last = to
            else:
                queue.append(to)
    return last


def _may_leave(step: Any, variable: str) -> bool:
    """A writer that may pass by without setting it, or that reads it through what is not seen here."""
    return variable in step.writes() and step.verb not in (*SETTING, "ask")
