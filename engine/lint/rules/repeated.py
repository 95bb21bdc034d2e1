"""Lists in which a word stands twice where once is enough. Choices, triggers and keys have rules of their own."""

from __future__ import annotations

from engine.core.node import Scalar, Sequence
from engine.lint.world import World

LISTS = {"answer", "formats", "lines", "once_per"}


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        for step in scenario.steps:
            for name in LISTS & step.node.entries.keys():
                written = step.node.get(name)
                if name == "formats" and not any(name in kind.limits for kind in getattr(step, "types", ())):
                    continue  # it means nothing there, which is told
                if isinstance(written, Sequence) and len(written.items) > 1:
                    _list(world, name, written)


def _list(world: World, name: str, written: Sequence) -> None:
    seen = set[str]()
    for item in written.items:
        if not isinstance(item, Scalar):
            continue
        if item.text in seen:
            message = f"`{item.text}` stands twice in `{name}`."
            world.report("duplicate-item", "warning", item.span, message, "Take one out, or write what is meant.")
        seen.add(item.text)
