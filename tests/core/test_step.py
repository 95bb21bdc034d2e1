"""What a step kind inherits when it declares nothing of its own."""

from __future__ import annotations

from typing import Any

from engine.core.events import Event
from engine.core.ground import Ground
from engine.core.session import Conversation, Session
from engine.core.step import WAIT, Step
from engine.steps.goto import Goto
from tests.driver import START, build


def test_a_bare_kind() -> None:
    """It takes no input and no reply, writes and fits nothing, and goes on to the next step."""
    step, nobody = Goto(), Any
    assert step.writes() == frozenset()
    assert list(step.blocks()) == []
    assert not step.frames()
    assert step.receive(nobody, "x") is WAIT  # type: ignore[arg-type] # it looks at nothing
    assert step.returned(nobody, None, "") is WAIT  # type: ignore[arg-type] # as above
    assert step.accepts(nobody, "x") is None  # type: ignore[arg-type] # as above
    assert step.resume(nobody, nobody) is None  # type: ignore[arg-type] # as above
    assert not step.fits({"a": 1})
    assert Step().outcomes() == []


def test_built_in_names_are_a_mapping() -> None:
    """Every name that is told is there."""
    names = Ground(build("  - say: x\n"), Session(), Event(id="1", at=START)).builtins(Conversation("c", "talk", 0, {}))
    assert len(names) == len(list(names))
    assert {"now", "person", "start", "conversation", "range"} <= set(names)
    assert all(names[name] is not None for name in names)
