"""`where: {done: false}`, and no step of the bot ever saves `false` there: what is left out is null.

Law: every value that is saved there is written out. That nothing saves `true` is let pass: somebody may set it by hand.
"""

from __future__ import annotations

from typing import Any

from engine.core.node import Mapping
from engine.core.project import Collection
from engine.core.session import PEOPLE
from engine.lint.world import World


def check(world: World) -> None:
    if world.broken:
        return  # a step that saves it may stand in a file that cannot be read
    for step in (*world.by_verb["find"], *world.by_verb["update"]):
        for name, wanted in (step.where or {}).items():
            if wanted.constant and wanted.data is False:
                collection = world.project.collections.get(step.in_ if step.verb == "find" else step.update)
                if collection is not None and collection.declared and collection.name != PEOPLE:
                    _field(world, step, collection, name)


def _field(world: World, step: Any, collection: Collection, name: str) -> None:
    declared, saved = collection.fields.get(name), world.saved.get(collection.name, {})
    if declared is None or declared.type != "boolean" or not saved or saved.keys() - collection.fields.keys():
        return  # a field that is misspelt may be this one
    known = saved.get(name, frozenset())
    if known is None or False in known:
        return
    node = step.node.get("where") if isinstance(step.node, Mapping) else None
    at = node.get(name) if isinstance(node, Mapping) else None
    others = "`true` or null" if known else "null"
    message = f"No step saves `{name}` of `{collection.name}` as `false`, so nothing is ever found: it is {others}."
    help = f"Save `{name}: false` where the record is made, or write `{name}: {{not: true}}` here."
    world.report("never-equal", "warning", at.span if at is not None else step.at("where"), message, help)
