"""Which variables are set, and as what, before each step: followed along every way that the steps can lead.

Law: a variable that one way to a step leaves unset may be null there; one that no way has set is always null.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from functools import cached_property
from heapq import heappop, heappush

from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.known import Known
from engine.lint.sets import after
from engine.lint.shapes import ANY
from engine.lint.state import NO_LABELS, State

MOST_VISITS = 8  # of one step, until its variables count as of unknown kind


class Flow:
    """One scenario. `before[index]` is what is known before a step; a step without an entry cannot be reached."""

    def __init__(self, world: Known, scenario: Scenario) -> None:
        self.world, self.scenario = world, scenario
        self.before: dict[int, State] = {}
        if scenario.first is not None:
            self._follow(scenario.first)

    @cached_property
    def edges(self) -> dict[int, list[tuple[str, Step | None]]]:
        """Where each step leads; None is the end of the scenario."""
        return {
            step.index: [(way.label, way.to or self._past_the_end(step)) for way in step.ways()]
            for step in self.scenario.steps
        }

    def _past_the_end(self, step: Step) -> Step | None:
        """Past the end of a loop's body the loop itself goes on."""
        parent = step.parent if step.verb != "goto" else None
        while parent is not None and not parent.frames():
            parent = parent.parent
        return parent

    def reached(self, step: Step) -> bool:
        return step.index in self.before

    @cached_property
    def at_end(self) -> State:
        """What is known when the scenario is over."""
        ends = [
            self.before[step.index]
            for step in self.scenario.steps
            if step.index in self.before and not self.edges[step.index]
        ]
        for step in self.scenario.steps:
            if step.index in self.before and any(to is None for _, to in self.edges[step.index]):
                past = after(self.world, self.scenario, step, self.before[step.index])
                left = (past(label) for label, to in self.edges[step.index] if to is None)
                ends += [state for state in left if state is not None]
        state = ends[0] if ends else State()
        for other in ends[1:]:
            state = state.joined(other, worn=False)
        return state

    def _follow(self, first: Step) -> None:
        self.before[first.index] = State(
            {**dict.fromkeys(self.scenario.inputs, ANY), "labels": NO_LABELS, **self.world.started(self.scenario)}
        )
        visits: dict[int, int] = {}
        # In sweeps from top to bottom: ways that meet again have met by then, and what leads back waits for the next.
        sweep, later = [first.index], set[int]()
        while sweep:
            step = self.scenario.steps[heappop(sweep)]
            visits[step.index] = visits.get(step.index, 0) + 1
            past = after(self.world, self.scenario, step, self.before[step.index])
            for label, to in self.edges[step.index]:
                state = past(label) if to is not None else None
                if to is None or state is None:
                    continue
                if self._arrive(to, state, visits.get(to.index, 0) >= MOST_VISITS):
                    if to.index <= step.index:
                        later.add(to.index)
                    elif to.index not in sweep:
                        heappush(sweep, to.index)
            if not sweep:
                sweep, later = sorted(later), set()

    def _arrive(self, to: Step, state: State, worn: bool) -> bool:
        """Whether coming by this way told anything new."""
        known = self.before.get(to.index)
        joined = state if known is None else known.joined(state, worn)
        self.before[to.index] = joined
        return joined != known

    # explaining -------------------------------------------------------------------------------------------------

    def way_without(self, name: str, target: Step) -> str:
        """How one comes to a step without setting a variable: «when `mood` is good»."""
        first = self.scenario.first
        if first is None:
            return ""
        came: dict[int, tuple[Step, str] | None] = {first.index: None}
        queue = deque([first])
        while queue and target.index not in came:
            step = queue.popleft()
            for label, to in self.edges[step.index]:
                sets = name in step.writes() and not (step.verb == "llm" and label == "fails")
                if to is not None and not sets and to.index not in came:
                    came[to.index] = (step, label)
                    queue.append(to)
        if target.index not in came:
            return ""
        return next(
            (word for step, label in self._back(came, target) if (word := self._parting(step, label, name))), ""
        )

    def _back(self, came: dict[int, tuple[Step, str] | None], target: Step) -> Iterator[tuple[Step, str]]:
        at = came[target.index]
        while at is not None:
            yield at
            at = came[at[0].index]

    def _parting(self, step: Step, label: str, name: str) -> str:
        """The words for a branch, when another way out of it does set the variable."""
        others = [to for other, to in self.edges[step.index] if other != label and to is not None]
        if len(self.edges[step.index]) < 2 or not any(self._sets_later(to, name) for to in others):
            return ""
        return self.taken(step, label)

    def taken(self, step: Step, label: str) -> str:
        """The words for a way out of a step: «when `mood` is good»; none for the plain way on."""
        source = getattr(step, "if_", None) or getattr(step, "switch", None)
        shown = f"`{source.source.strip()}`" if source is not None else ""
        words = {
            "if": {"yes": f"when {shown} is true", "no": f"when {shown} is not true"},
            "llm": {"fails": "when the model fails"},
        }
        found = words.get(step.verb, {}).get(label)
        if found or step.verb == "if":
            return found or ""
        if step.verb == "switch":
            return f"when {shown} is none of the cases" if label == "else" else f"when {shown} is `{label}`"
        if step.verb == "each":
            return "when the list is empty"
        if label == "after tries":
            return f"after the last of the tries for `{step.name}`"
        return f"when `{step.name}` is `{label}`" if label else ""

    def _sets_later(self, step: Step, name: str) -> bool:
        seen, queue = {step.index}, [step]
        while queue:
            one = queue.pop()
            if name in one.writes():
                return True
            for _, to in self.edges[one.index]:
                if to is not None and to.index not in seen:
                    seen.add(to.index)
                    queue.append(to)
        return False
