"""Which collections there are, and how they are declared. Law: commands see what the bot last handed out by, so they
need no project files, and work when these have a mistake in them.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from engine.core.project import Collection, CollectionField, Project
from engine.memory.port import Memory

_MARK = "outputs:collections"


def known(memory: Memory, project: Project) -> list[str]:
    """The names, declared ones first, then what was saved without being declared."""
    return list(dict.fromkeys((*project.collections, *remembered(memory))))


def collection_of(project: Project, name: str) -> Collection:
    """As the project declares it; one that it does not declare goes to every output."""
    return project.collections.get(name) or Collection(name, declared=False, timezone=project.timezone)


def remember(memory: Memory, project: Project, names: Iterable[str]) -> None:
    """Note the declarations of these, for a later start and for the commands."""
    before = json.loads(memory.mark(_MARK) or "{}")
    after = {**before, **{name: _written(collection_of(project, name)) for name in names}}
    if after != before:
        memory.set_mark(_MARK, json.dumps(after))


def remembered(memory: Memory) -> dict[str, Collection]:
    """What `remember` noted, and any other collection that has records."""
    found = {name: _read(name, noted) for name, noted in json.loads(memory.mark(_MARK) or "{}").items()}
    # not in the port yet: a memory that can list its collections is asked, so that a crash before the note hides none
    listing: Any = getattr(memory, "collections", None)
    for name in sorted(listing()) if listing else ():
        found.setdefault(name, Collection(name, declared=False))
    return found


def timezone(memory: Memory) -> str:
    """The bot's, in which tables tell moments; UTC before anything was handed out."""
    return next((each.timezone for each in remembered(memory).values()), "UTC")


def _written(collection: Collection) -> dict[str, Any]:
    return {
        "declared": collection.declared,
        "fields": [[each.name, each.type] for each in collection.fields.values()],
        "outputs": list(collection.outputs),
        "csv": list(collection.csv_columns),
        "timezone": collection.timezone,
        **({"titles": dict(collection.titles)} if collection.titles else {}),
    }


def _read(name: str, noted: dict[str, Any]) -> Collection:
    return Collection(
        name,
        fields={field: CollectionField(field, kind) for field, kind in noted["fields"]},
        outputs=tuple(noted["outputs"]),
        csv_columns=tuple(noted["csv"]),
        declared=noted["declared"],
        timezone=noted.get("timezone", "UTC"),  # what an older version noted has none
        titles=noted.get("titles", {}),
    )
