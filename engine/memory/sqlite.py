"""The engine's own memory in one SQLite file (WAL, full sync). Law: `engine/memory/port.py`, whose words stand here.

Where things are: `database` the connection, `migrations` the tables, `group` when it is written, `writes` and `saves`
what is written, `lazy` what may wait, `lookup` how records are read.
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.core.effects import FindRecords, SaveRecord, WithdrawRecord
from engine.memory import lookup
from engine.memory.database import IN_MEMORY, Database
from engine.memory.group import LOCK_PATIENCE, GroupCommit
from engine.memory.lazy import Lazy, in_list
from engine.memory.move import Move
from engine.memory.port import Asked, Counts, Incoming, Line, Outgoing, Record, Snapshot, Trod, TurnWrites
from engine.memory.snapshots import Keep, KeepLive, LetGo, sessions, snapshots
from engine.memory.writes import (
    DAY,
    Accept,
    Expire,
    Flush,
    Forget,
    Job,
    Quarantine,
    Sending,
    SweepHistory,
    Written,
    write_group,
)

TRAIL_DAYS = 90  # how long it is kept which ways people went
SEEN_DAYS = 3  # a channel offers an update again for a day at most (Telegram: 24 h)
_PRUNE_EVERY = 1_000  # accepted updates
_PRUNE_LOOK = 4_000  # ids looked at each time: four times as fast as they come
_HISTORY_PAGE = 20_000


class SqliteMemory:
    """A `Memory`. `path` is a file, or `:memory:` for one that is kept nowhere. Raises MemoryFailed."""

    def __init__(
        self,
        path: str | Path = IN_MEMORY,
        lock_patience: float = LOCK_PATIENCE,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._clock = clock
        self._database = Database(path)
        self._lazy = Lazy()
        self._group = GroupCommit(self._database, self._lazy, self._write, lock_patience)
        self._places: dict[str, int] = {}  # update -> its number in the inbox
        self._to_prune = 0  # accepted since the last look at old ids; the first accept looks as well
        self._pruned_upto = ""

    # the way in
    async def accept(self, updates: Sequence[Incoming]) -> list[Incoming]:
        new: list[Incoming] = await self._group.join(Accept(updates))
        return new

    def waiting(self) -> list[Incoming]:
        rows = self._database.rows("SELECT id, chat, body, at, seq FROM inbox ORDER BY seq")
        found = [Incoming(*row) for row in rows]
        self._places.update({update.id: update.seq for update in found})
        return found

    async def quarantine(self, update: str, reason: str) -> None:
        await self._group.join(Quarantine(update, reason))

    # a turn
    def session(self, chat: str) -> bytes | None:
        found: bytes | None = self._database.first("SELECT session FROM chats WHERE chat = ?", (chat,))
        return found

    def find(
        self,
        query: FindRecords,
        person: str,
        unsaved: Sequence[SaveRecord | WithdrawRecord] = (),
        at: float | None = None,
    ) -> list[dict[str, Any]]:
        return lookup.find(self._database, query, person, unsaved, self._clock() if at is None else at)

    async def commit(self, turn: TurnWrites) -> None:
        await self._group.join(turn)

    # the way out
    async def sending(self, item: Outgoing) -> bool:
        self._lazy.later.pop(item.seq, None)  # the new attempt says more than the mark that still waits
        there: bool = await self._group.join(Sending(item))
        return there

    def done(self, item: Outgoing) -> None:
        self._lazy.later.pop(item.seq, None)
        self._lazy.done.add(item.seq)
        self._group.nudge()

    def later(self, item: Outgoing, not_before: float) -> None:
        item.attempts = max(0, item.attempts - 1)
        item.not_before = not_before
        self._lazy.later[item.seq] = (item.attempts, not_before)
        self._group.nudge(0)  # at once: lost, it would count as an attempt that may have arrived

    def outgoing(self) -> list[Outgoing]:
        rows = self._database.rows("SELECT lane, body, seq, attempts, not_before FROM outbox ORDER BY seq")
        items = [Outgoing(*row) for row in rows]
        for item in items:
            item.attempts, item.not_before = self._lazy.later.get(item.seq, (item.attempts, item.not_before))
        return [item for item in items if item.seq not in self._lazy.done]

    def delivered(self, chat: str, question: str, message: str) -> None:
        messages = self._lazy.delivered.setdefault(chat, {})
        messages.pop(question, None)  # so that the newest stands last
        messages[question] = message
        self._group.nudge()

    def message_of(self, chat: str, question: str) -> str | None:
        fresh = self._lazy.delivered.get(chat, {}).get(question)
        if fresh is not None:
            return fresh
        messages = self._database.first("SELECT messages FROM questions WHERE chat = ?", (chat,))
        return in_list(messages, question) if messages else None

    def asked(self) -> list[Asked]:
        return [Asked(*row) for row in self._database.rows("SELECT chat, request, body, at FROM asked ORDER BY seq")]

    # outputs and commands
    def changes(self, collection: str, after: int, limit: int = 1000) -> list[Record]:
        return lookup.changes(self._database, collection, after, limit)

    def records(self, collection: str) -> Iterator[Record]:
        return lookup.every(self._database, collection)

    def mark(self, name: str) -> str | None:
        fresh = self._lazy.marks.get(name)
        if fresh is not None:
            return fresh
        found: str | None = self._database.first("SELECT value FROM marks WHERE name = ?", (name,))
        return found

    def set_mark(self, name: str, value: str) -> None:
        self._lazy.marks[name] = value
        self._group.nudge()

    def history(self, chat: str | None = None) -> Iterator[Line]:
        return (Line(*row) for row in self._paged("chat, at, role, text", "history", chat))

    def trail(self, chat: str | None = None) -> Iterator[Trod]:
        return (Trod(*row) for row in self._paged("chat, at, ways", "trail", chat))

    def _paged(self, columns: str, table: str, chat: str | None) -> Iterator[tuple[Any, ...]]:
        """All rows, or a chat's; read page by page, so writers are never held up."""
        after, last = 0, self._last(table)
        while after < last:
            yield from self._database.rows(
                f"SELECT {columns} FROM {table}"  # noqa: S608 - fixed words
                " WHERE seq > ?1 AND seq <= ?2 AND (?3 IS NULL OR chat = ?3) ORDER BY seq",
                (after, after + _HISTORY_PAGE, chat),
            )
            after += _HISTORY_PAGE

    def count(self) -> Counts:
        [(waiting, oldest)] = self._database.rows("SELECT count(*), min(at) FROM outbox")
        standing = self._database.rows(
            "SELECT scenario, step, count(*), sum(at < ?) FROM chats WHERE scenario <> '' GROUP BY scenario, step",
            (self._clock() - DAY,),
        )
        return Counts(
            inbox=self._database.first("SELECT count(*) FROM inbox"),
            outbox=waiting,
            oldest_outgoing=max(0.0, self._clock() - oldest) if waiting else 0.0,
            asked=self._database.first("SELECT count(*) FROM asked"),
            set_aside=self._database.first("SELECT count(*) FROM quarantine"),
            chats=self._database.first("SELECT count(*) FROM chats"),
            standing={(scenario, step): people for scenario, step, people, _ in standing},
            silent={(scenario, step): silent for scenario, step, _, silent in standing if silent},
        )

    # people in the middle of a talk, when the files change
    def sessions(self, after: int = 0, scenarios: Collection[str] = ()) -> tuple[int, list[tuple[str, bytes]]]:
        return sessions(self._database, after, scenarios)

    def snapshots(self) -> list[Snapshot]:
        return snapshots(self._database)

    def live(self) -> dict[str, str]:
        return dict(self._database.rows("SELECT file, hash FROM live"))

    async def keep_live(self, files: Mapping[str, str], sources: Mapping[str, bytes]) -> None:
        await self._group.join(KeepLive(files, sources))

    def source(self, hashed: str) -> bytes | None:
        found: bytes | None = self._database.first("SELECT content FROM sources WHERE hash = ?", (hashed,))
        return found

    async def keep(self, snapshots: Sequence[Snapshot], sources: Mapping[str, bytes]) -> None:
        await self._group.join(Keep(snapshots, sources))

    async def let_go(self, snapshots: Sequence[tuple[str, str]]) -> None:
        await self._group.join(LetGo(snapshots))

    async def forget(self, chat: str) -> list[tuple[str, str]]:
        """Stopped half-way (a crash while a long history is swept) it is to be called again."""
        last = max(self._last("history"), self._last("trail"))
        for after in range(0, last, _HISTORY_PAGE):
            await self._group.join(SweepHistory(chat, after, after + _HISTORY_PAGE))
            await asyncio.sleep(0)  # others have their turn between two stretches
        await self._group.join(SweepHistory(chat, last, None))
        self._lazy.forget(chat)
        withdrawn: list[tuple[str, str]] = await self._group.join(Forget(chat))
        self._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")  # the log holds old pages; another reader may hinder it
        return withdrawn

    async def move(self, chat: str, to: str) -> None:
        if fresh := self._lazy.delivered.pop(chat, None):
            self._lazy.delivered[to] = {**fresh, **self._lazy.delivered.get(to, {})}
        await self._group.join(Move(chat, to))

    async def expire(self, collection: str, before: float, limit: int = 200) -> list[dict[str, Any]]:
        emptied: list[str] = await self._group.join(Expire(collection, before, limit))
        return [json.loads(fields) for fields in emptied]

    async def flush(self) -> None:
        if self._lazy:
            await self._group.join(Flush())

    def problems(self) -> list[str]:
        found = [str(row[0]) for row in self._database.rows("PRAGMA integrity_check(10)")]
        return [] if found == ["ok"] else found

    def lost(self) -> str:
        return self._database.lost()

    def backup(self, target: Path) -> None:
        """A whole copy as of now, beside a running bot. Raises FileExistsError when `target` is there."""
        self._database.backup(target)

    def close(self) -> None:
        """Write what waits, and close. Closing twice is once."""
        if not self._database.closed:
            self._group.run_now()
            self._database.close()

    def _last(self, table: str) -> int:
        return self._database.first(f"SELECT max(seq) FROM {table}") or 0  # noqa: S608 - a name of ours

    def _write(self, connection: sqlite3.Connection, jobs: list[Job]) -> Written:
        written = write_group(connection, jobs, self._lazy, self._places, self._clock())
        accepted = sum(len(job.updates) for job in jobs if isinstance(job, Accept))
        if accepted:
            self._to_prune -= accepted
            if self._to_prune < 0:
                self._to_prune = _PRUNE_EVERY
                self._prune(connection)
        return written

    def _prune(self, connection: sqlite3.Connection) -> None:
        """Look at a stretch of the ids of handled updates, drop the old ones; next time at the stretch after it. And
        at the beginning of the trail."""
        stretch = connection.execute(
            "SELECT id, day FROM seen WHERE id > ? ORDER BY id LIMIT ?", (self._pruned_upto, _PRUNE_LOOK)
        ).fetchall()
        self._pruned_upto = stretch[-1][0] if len(stretch) == _PRUNE_LOOK else ""
        oldest = int(self._clock() // DAY) - SEEN_DAYS
        connection.executemany("DELETE FROM seen WHERE id = ?", [(update,) for update, day in stretch if day < oldest])
        connection.execute(
            "DELETE FROM trail WHERE seq < (SELECT min(seq) FROM trail) + ? AND at < ?",
            (_PRUNE_LOOK, self._clock() - TRAIL_DAYS * DAY),
        )
