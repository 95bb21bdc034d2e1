"""Personal data that is kept, and nobody has said how long."""

from __future__ import annotations

from engine.core.session import PEOPLE
from engine.lint.world import World


def check(world: World) -> None:
    for collection in world.project.collections.values() if world.leads else ():
        personal = [name for name, field in collection.fields.items() if field.personal]
        if collection.declared and personal and not collection.keep_said and collection.name != PEOPLE:
            message = f"`{collection.name}` keeps personal data (`{personal[0]}`), and nothing says how long."
            help = "Write `keep: 365 days`, or `keep: forever` if that is meant."
            if collection.span is not None:
                world.report("no-retention", "info", collection.span, message, help)
