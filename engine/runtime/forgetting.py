"""Removing a person, or records past their time, with the files that belong to them.

Law: memory first, in one transaction; a file goes when nothing that is kept speaks of it any more.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import orjson
from msgspec import Struct

from engine.core.project import Project
from engine.memory.port import Memory, Record
from engine.outputs.collections import remembered

log = logging.getLogger(__name__)
DAY = 86_400.0
BATCH = 200  # records emptied in one transaction


class Forgotten(Struct, frozen=True):
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
    async for record in _records(memory):
        if record.person == person:
            mine.update(paths(record.fields))
    withdrawn = await memory.forget(person)
    files = await _remove(memory, data_dir, mine)
    return Forgotten({name for name, _ in withdrawn}, len(withdrawn), files, known or bool(withdrawn))


async def expire(memory: Memory, project: Project, data_dir: Path) -> set[str]:
    """Empty the records whose `keep:` is over; the collections that changed. Raises MemoryFailed."""
    changed: set[str] = set()
    now = time.time()
    for name, collection in project.collections.items():
        if collection.retention_days is None:
            continue
        old: set[str] = set()
        total = 0
        while emptied := await memory.expire(name, now - collection.retention_days * DAY, BATCH):
            total += len(emptied)
            old.update(path for fields in emptied for path in paths(fields))
        if total:
            changed.add(name)
            files = await _remove(memory, data_dir, old)
            days = collection.retention_days
            log.info("%s: %d records past their %d days were removed, and %d files", name, total, days, files)
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


async def _records(memory: Memory) -> AsyncIterator[Record]:
    """All of them, giving way to turns now and then."""
    for name in remembered(memory):
        for number, record in enumerate(memory.records(name), 1):
            yield record
            if number % BATCH == 0:
                await asyncio.sleep(0)


async def _remove(memory: Memory, data_dir: Path, candidates: set[str]) -> int:
    """Delete these files, but for those that somebody else's records still bear."""
    if not candidates:
        return 0
    async for record in _records(memory):
        candidates.difference_update(paths(record.fields))
    media, removed = (data_dir / "media").resolve(), 0
    for path in candidates:
        place = (data_dir / path).resolve()
        if place.is_relative_to(media) and place != media:
            try:
                place.unlink(missing_ok=True)
                removed += 1
            except OSError as error:
                log.error("A file of a forgotten person could not be removed: %s", error.strerror)
    return removed
