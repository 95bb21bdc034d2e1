"""One running list of steps."""

from __future__ import annotations

from engine.core.project import Scenario
from engine.core.scope import Scope
from engine.core.session import FrameState
from engine.core.step import Step


class Frame:
    """A running list of steps: its state, its scenario of today, and what names mean in it."""

    __slots__ = ("scenario", "scope", "state", "wrote")

    def __init__(self, state: FrameState, scenario: Scenario, scope: Scope, wrote: dict[str, int] | None) -> None:
        self.state = state
        self.scenario = scenario
        self.scope = scope
        self.wrote = wrote  # see FrameState; that of the frame around it in the body of an `each`

    @property
    def step(self) -> Step | None:
        index = self.state.step
        return self.scenario.steps[index] if 0 <= index < len(self.scenario.steps) else None

    def holds(self, step: Step) -> bool:
        """Whether a step stands in the body of the loop that this frame runs."""
        parent = step.parent
        while parent is not None:
            if parent.index == self.state.caller:
                return True
            parent = parent.parent
        return False
