"""Group commit: what is to be written in one tick of the loop shares one transaction, and so one fsync.

Law: a waiter is answered after COMMIT and never before; when the database fails, every waiter of the group gets the
same MemoryFailed and nothing of it was written. It runs inline on the loop: a thread hop would cost more than it saves.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import Any

from engine.memory.database import Database
from engine.memory.errors import MemoryFailed, code_of, failed, is_poison
from engine.memory.lazy import Lazy
from engine.memory.writes import Job, Written

log = logging.getLogger(__name__)

LAZY_WAIT = 0.02  # s that a mark nobody waits for may wait for company; a kill within it repeats a message
LOCK_RETRY = 0.02  # s between tries while another process writes; the loop goes on meanwhile
LOCK_PATIENCE = 5.0  # s until the waiters are told

Waiter = tuple[Job, "asyncio.Future[Any]"]
Write = Callable[[sqlite3.Connection, list[Job]], Written]


class GroupCommit:
    """`write` fills an open transaction with jobs and with what is in `lazy`."""

    def __init__(self, database: Database, lazy: Lazy, write: Write, lock_patience: float = LOCK_PATIENCE) -> None:
        self._database = database
        self._lazy = lazy
        self._write = write
        self._lock_patience = lock_patience
        self._waiters: list[Waiter] = []
        self._timer: asyncio.Handle | None = None
        self._soon = False
        self._locked_since: float | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def join(self, job: Job) -> Any:
        """Be written with this tick's group. Raises MemoryFailed."""
        if self._database.closed:
            raise MemoryFailed(f"The memory {self._database.path} is closed.")
        loop = self._running_loop()
        future = loop.create_future()
        self._waiters.append((job, future))
        if not self._soon and self._locked_since is None:
            self._plan(loop.call_soon(self._run))
            self._soon = True
        return await future

    def nudge(self, wait: float = LAZY_WAIT) -> None:
        """A lazy mark was left: see that it is written even if no turn comes by."""
        try:
            loop = self._running_loop()
        except RuntimeError:  # a command without a loop: `flush` or `close` writes it
            return
        if self._database.closed or (self._timer is not None and (wait > 0 or self._soon)):
            return  # a mark left after the end: what it tells of is done once more after the next start, at most
        if wait > 0:
            self._plan(loop.call_later(wait, self._run))
        else:
            self._plan(loop.call_soon(self._run))
            self._soon = True

    def run_now(self) -> None:
        """Write what waits, at once (while closing)."""
        if self._waiters or self._lazy:
            self._run(last=True)
        self._cancel_timer()

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        """What was planned on a loop that is no more (a command's `asyncio.run`, a test) is planned anew."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._cancel_timer()
            self._locked_since = None
            self._loop = loop
        return loop

    def _plan(self, handle: asyncio.Handle) -> None:
        self._cancel_timer()
        self._timer = handle

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._soon = False

    def _run(self, last: bool = False) -> None:
        self._cancel_timer()
        waiters, self._waiters = self._waiters, []
        try:
            written = self._transact([job for job, _ in waiters])
        except Exception as error:
            self._failed(waiters, error, last)
            return
        self._locked_since = None
        for (_, future), result in zip(waiters, written.results, strict=True):
            if not future.done():  # its task may have been cancelled; it is written all the same
                future.set_result(result)

    def _transact(self, jobs: list[Job]) -> Written:
        with self._database.transaction() as connection:
            written = self._write(connection, jobs)
        written.settle()
        return written

    def _failed(self, waiters: list[Waiter], error: Exception, last: bool) -> None:
        if code_of(error).startswith(("SQLITE_BUSY", "SQLITE_LOCKED")) and not last and self._wait_for_lock(waiters):
            return
        self._locked_since = None
        if is_poison(error):
            self._one_by_one(waiters)
            return
        self._tell(waiters, error)
        if self._lazy and not last and not self._database.closed:  # these are not lost: tried again with the next group
            self.nudge(1.0)

    def _wait_for_lock(self, waiters: list[Waiter]) -> bool:
        """Another process writes: keep the group, try again soon. False when patience is at its end."""
        now = time.monotonic()
        if self._locked_since is None:
            self._locked_since = now
        if now - self._locked_since >= self._lock_patience:
            return False
        self._waiters = waiters + self._waiters
        self._plan(asyncio.get_running_loop().call_later(LOCK_RETRY, self._run))
        return True

    def _one_by_one(self, waiters: list[Waiter]) -> None:
        """One value that cannot be stored must not cost the others their turn: each is written alone."""
        try:
            self._transact([])
        except Exception as error:
            if is_poison(error):
                log.exception("Marks that cannot be stored were dropped")
                self._lazy.clear()
        for job, future in waiters:
            try:
                result = self._transact([job]).results[0]
            except Exception as error:
                self._tell([(job, future)], error)
            else:
                if not future.done():
                    future.set_result(result)

    def _tell(self, waiters: list[Waiter], error: Exception) -> None:
        for _, future in waiters:
            if not future.done():
                told = failed(error, self._database.path)  # one each: tasks are not to share a traceback
                told.__cause__ = error
                future.set_exception(told)
        if not waiters:
            log.warning("Marks wait to be written: %s", failed(error, self._database.path))
