"""`each`: what it walks through is a list, and no longer than what is walked."""

from __future__ import annotations

from typing import Any

from engine.lint.constants import rounds
from engine.lint.filters import a_list
from engine.lint.flow import Flow
from engine.lint.narrow import path
from engine.lint.rules.names import names_at
from engine.lint.scope import condition_of, shape_of
from engine.lint.shapes import NO_ITEM, told
from engine.lint.world import World
from engine.steps.each import MOST


def check(world: World) -> None:
    for step in world.by_verb["each"]:
        _items(world, world.flows[step.scenario], step)


def _items(world: World, flow: Flow, step: Any) -> None:
    at, node = step.at("in"), condition_of(step.in_)
    if step.each in step.in_.reads:
        message = f"`{step.each}` is what one item is called, so there is no list of that name."
        world.report("not-a-list", "error", at, message, "Name the list here, and call the item something else.")
        return
    if node is None or not flow.reached(step):
        return
    shape = shape_of(names_at(world, flow.scenario, flow, step), step.in_)
    kinds = {part.kind for part in shape.parts()}
    if NO_ITEM in shape.marks:
        message = f"`{step.in_.source.strip()}` is empty here, by the condition that leads here: nothing is done."
        world.report("maybe-empty", "warning", at, message, "Turn the condition round.")
        return
    if kinds and kinds <= {"text", "integer", "number", "boolean"}:
        whole = step.in_.source.strip()
        help = (
            f"For so many rounds: `range({whole.lstrip('-')})`."
            if kinds <= {"integer", "number"}
            else a_list(path(node))
        )
        message = f"This is {told(shape)} and no list, so nothing is done."
        world.report("not-a-list", "error", at, message, help)
    elif shape.what and kinds == {"map"}:
        message = f"This is {told(shape)}, and no list of them."
        help = "Take `first: true` out of its `find`." if shape.what.startswith("a record of") else "Name a list."
        world.report("not-a-list", "error", at, message, help)
    elif rounds(node) > MOST:
        message = f"Only the first {MOST} of {rounds(node)} items are walked."
        world.report("not-a-list", "warning", at, message, "Take fewer, or ask for pages of them.")
