"""Values that a walk makes once and a re-walk takes over: defaults of inputs, and what read the clock or chance."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.basis import stands
from engine.core.ground import Ground
from engine.core.project import REQUIRED, Scenario
from engine.core.scope import Scope
from engine.core.session import Conversation
from engine.core.step import Step
from engine.core.values import jsonable
from engine.core.walk import Walk


def inputs_unless_given(ground: Ground, conversation: Conversation, scenario: Scenario) -> dict[str, Any]:
    """The defaults of a scenario's inputs; null for one that must be given."""
    scope = Scope({}, frozenset(), ground.builtins(conversation))
    return {
        name: None if default is REQUIRED else jsonable(default.evaluate(scope))
        for name, default in scenario.inputs.items()
    }


def pinned(step: Step, walk: Walk, key: str, make: Callable[[Walk], Any]) -> Any:
    """What `make` gives. When the step reads what may be another thing later it is an entry: a re-walk goes the same
    way."""
    if not step.pins:
        return make(walk)
    values = walk.basis(step)
    entry = walk.entry(step, key)
    if entry is None or not stands(entry["h"], values):
        entry = {"v": make(walk), "h": values}
        walk.keep(key, entry)
    return entry["v"]
