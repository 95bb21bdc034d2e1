"""Removing a person, or records past their time, with the files that belong to them.

Law: memory first, in one transaction; a file goes when nothing that is kept speaks of it any more.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from engine.core.project import Project
from engine.memory.port import Memory
from engine.outputs.collections import remembered

log = logging.getLogger(__name__)
DAY = 86_400.0
BATCH = 200  # records emptied in one transaction


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What went: collections whose outputs are to follow, how many records and files, whether there was anything."""

    collections: set[str]
    records: int
    files: int
    known: bool


async def forget(memory: Memory, data_dir: Path, person: str) -> Forgotten:
    """Remove everything of a person (`telegram:5`). Raises MemoryFailed; done again it finishes what was begun."""
    session = memory.session(person)
    known = session is not None or next(memory.history(person), None) is not None
    mine = set(paths(orjson.loads(session))) if session else set[str]()
    mine |= {path for record in _records(memory) if record.person == person for path in paths(record.fields)}
    withdrawn = await memory.forget(person)
    files = _remove(memory, data_dir, mine)
    return Forgotten({name for name, _ in withdrawn}, len(withdrawn), files, known or bool(withdrawn))


async def expire(memory: Memory, project: Project, data_dir: Path, now: float | None = None) -> set[str]:
    """Empty the records whose `keep:` is over; the collections that changed. Raises MemoryFailed."""
    changed: set[str] = set()
    at = time.time() if now is None else now
    for name, collection in project.collections.items():
        if collection.retention_days is None:
            continue
        before = at - collection.retention_days * DAY
        old = {
            path
            for record in memory.records(name)
            if record.updated_at < before and not record.withdrawn
            for path in paths(record.fields)
        }
        total = 0
        while emptied := await memory.expire(name, before, BATCH):
            total += emptied
        if total:
            changed.add(name)
            files = _remove(memory, data_dir, old)
            log.info("%s: %d records are past their %d days and were removed", name, total, collection.retention_days)
            log.debug("%s: %d files went with them", name, files)
    return changed


def paths(value: Any) -> Iterator[str]:
    """The places of people's files (`media/…`) in anything that is kept as JSON."""
    if isinstance(value, dict):
        path = value.get("path")
        if isinstance(path, str) and path.startswith("media/") and "kind" in value:
            yield path
        for inner in value.values():
            yield from paths(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from paths(inner)


def _records(memory: Memory) -> Iterator[Any]:
    for name in remembered(memory):
        yield from memory.records(name)


def _remove(memory: Memory, data_dir: Path, candidates: set[str]) -> int:
    """Delete these files, but for those that somebody else's records still bear."""
    if not candidates:
        return 0
    kept = {path for record in _records(memory) for path in paths(record.fields)}
    media, removed = (data_dir / "media").resolve(), 0
    for path in candidates - kept:
        place = (data_dir / path).resolve()
        if place.is_relative_to(media) and place != media:
            try:
                place.unlink(missing_ok=True)
                removed += 1
            except OSError as error:
                log.error("A file of a forgotten person could not be removed: %s", error.strerror)
    return removed
