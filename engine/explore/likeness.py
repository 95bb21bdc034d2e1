"""Which states are alike: nothing that a scenario can decide by differs in them."""

from __future__ import annotations

from typing import Any

from engine.core.choices import Literal
from engine.core.project import Project, Scenario
from engine.core.session import Session, digest
from engine.core.step import Step
from engine.core.template import Expression


class Likeness:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.deciding = {name: _deciding(scenario) for name, scenario in project.scenarios.items()}

    def signature(self, session: Session) -> str:
        """Equal for states in which nothing that can decide anything differs."""
        active = session.active
        frames = []
        for frame in active.frames if active else ():
            names = self.deciding.get(frame.scenario, frozenset())
            values = {name: value for name, value in (frame.variables or {}).items() if name in names}
            frames.append([frame.scenario, frame.step, values, frame.at])
        record = sorted(name for name, value in session.record.items() if value is not None)
        offer = session.offer["kind"] if session.offer else ""
        state = dict(active.pending.state) if active and active.pending else {}
        step = standing(self.project, session)
        for name in ("m", "p", "h", *(() if getattr(step, "tries", None) else ("tries",))):
            state.pop(name, None)
        reopened = bool(active and active.reopened)
        return digest(frames, record, offer, state, reopened, len(session.parked), size=10)


def standing(project: Project, session: Session) -> Step | None:
    """The step whose question waits."""
    active = session.active
    if active is None or not active.frames:
        return None
    steps = project.scenarios[active.frames[-1].scenario].steps
    index = active.frames[-1].step
    return steps[index] if 0 <= index < len(steps) else None


def place_of(session: Session) -> tuple[Any, ...]:
    active = session.active
    offer = session.offer["kind"] if session.offer else ""
    return (offer, *((frame.scenario, frame.step) for frame in active.frames)) if active else (offer,)


def _deciding(scenario: Scenario) -> frozenset[str]:
    """The variables that can decide a way, and those from which they are made."""
    names: set[str] = set()
    for step in scenario.steps:
        if step.outcomes() or any(True for _ in step.blocks()):
            names |= {name for part in step.templates if isinstance(part, Expression) for name in part.reads}
        choices = getattr(step, "choices", None)
        if isinstance(choices, Literal):
            names |= {name for one in choices.options if one.condition for name in one.condition.reads}
    for _ in scenario.steps:
        more = {name for step in scenario.steps if step.verb == "set" and step.writes() & names for name in step.reads}
        if more <= names:
            break
        names |= more
    return frozenset(names)
