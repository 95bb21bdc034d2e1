"""For the moment when files change: who is in the middle of a talk, and the old scenarios that some of them finish on.

And the bot's files as they were live last. Law: a content is there as long as one of these names it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from sqlite3 import Connection

from msgspec import Struct

from engine.memory.database import Database
from engine.memory.port import Snapshot

_STRETCH = 500  # chats


def sessions(database: Database, after: int, scenarios: Collection[str]) -> tuple[int, list[tuple[str, bytes]]]:
    """As the port says. By numbers and not by LIMIT: when few chats stand in a scenario, one look could take long."""
    last = database.first("SELECT max(seq) FROM chats") or 0
    among = f" AND scenario IN ({', '.join('?' * len(scenarios))})" if scenarios else ""
    rows = database.rows(
        f"SELECT chat, session FROM chats WHERE seq > ? AND seq <= ? AND session IS NOT NULL{among} ORDER BY seq",  # noqa: S608 - made of fixed words, values are bound
        (after, after + _STRETCH, *scenarios),
    )
    return (after + _STRETCH if after + _STRETCH < last else 0), rows


def snapshots(database: Database) -> list[Snapshot]:
    rows = database.rows("SELECT scenario, version, born, retired, files FROM snapshots ORDER BY scenario, version")
    return [
        Snapshot(scenario, version, born, retired, json.loads(files))
        for scenario, version, born, retired, files in rows
    ]


class Keep(Struct, frozen=True):
    snapshots: Sequence[Snapshot]
    sources: Mapping[str, bytes]

    def write(self, db: Connection) -> None:
        """Inside a transaction."""
        rows = [(one.scenario, one.version, one.born, one.retired, json.dumps(one.files)) for one in self.snapshots]
        db.executemany("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", rows)
        db.executemany("INSERT OR IGNORE INTO sources VALUES (?, ?)", self.sources.items())


class LetGo(Struct, frozen=True):
    snapshots: Sequence[tuple[str, str]]

    def write(self, db: Connection) -> None:
        """Inside a transaction."""
        db.executemany("DELETE FROM snapshots WHERE scenario = ? AND version = ?", self.snapshots)
        _sweep(db)


class KeepLive(Struct, frozen=True):
    files: Mapping[str, str]
    sources: Mapping[str, bytes]

    def write(self, db: Connection) -> None:
        """Inside a transaction. Of a thousand files a save changes one or two."""
        before = dict(db.execute("SELECT file, hash FROM live").fetchall())
        db.executemany("INSERT OR IGNORE INTO sources VALUES (?, ?)", self.sources.items())
        gone = [(file,) for file in before.keys() - self.files.keys()]
        changed = [(file, hashed) for file, hashed in self.files.items() if before.get(file) != hashed]
        db.executemany("DELETE FROM live WHERE file = ?", gone)
        db.executemany("INSERT OR REPLACE INTO live VALUES (?, ?)", changed)
        _sweep(db)


def _sweep(db: Connection) -> None:
    """Drop the contents that nothing names any more."""
    named = {hashed for (hashed,) in db.execute("SELECT hash FROM live").fetchall()}
    for (files,) in db.execute("SELECT files FROM snapshots").fetchall():
        named.update(json.loads(files).values())
    there = [hashed for (hashed,) in db.execute("SELECT hash FROM sources").fetchall()]
    db.executemany("DELETE FROM sources WHERE hash = ?", [(hashed,) for hashed in there if hashed not in named])
