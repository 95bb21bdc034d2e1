"""Which collections there are: what the project declares, and what was saved without being declared."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from engine.core.project import Collection, Project
from engine.memory.port import Memory

_MARK = "outputs:collections"


def known(memory: Memory, project: Project) -> list[str]:
    """The names, declared ones first."""
    # not in the port yet: a memory that can list its collections is asked, so that none is missed after a crash
    listing: Any = getattr(memory, "collections", None)
    stored = sorted(listing()) if listing else []
    return list(dict.fromkeys((*project.collections, *json.loads(memory.mark(_MARK) or "[]"), *stored)))


def remember(memory: Memory, project: Project, names: Iterable[str]) -> None:
    """Note undeclared collections, so that a later start and the commands know of them."""
    before = json.loads(memory.mark(_MARK) or "[]")
    after = list(dict.fromkeys((*before, *(name for name in names if name not in project.collections))))
    if after != before:
        memory.set_mark(_MARK, json.dumps(after))


def collection_of(project: Project, name: str) -> Collection:
    """As the project declares it; one that it does not declare goes to every output."""
    return project.collections.get(name) or Collection(name, declared=False)
