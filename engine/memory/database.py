"""One SQLite connection: opened, brought up to date, and speaking in sentences when it fails.

Law: only the owner of the event loop writes. Reads are short (no cursor is left open), and take the same lock as a
transaction, so that an output's worker thread may read too and never sees half of a group.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from engine.memory.errors import MemoryFailed, failed
from engine.memory.migrations import MIGRATIONS, statements

IN_MEMORY = ":memory:"
APPLICATION_ID = 0x444C4745  # "DLGE", in the file's header: this is a database of the engine
OPENING_PATIENCE = 5_000  # ms to wait for a lock while opening
PATIENCE = 5  # ms on the loop; a group that meets a lock is tried again later, the loop goes on
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -32000",  # 32 MB, so that the upper pages of 100,000 chats stay in memory
    "PRAGMA wal_autocheckpoint = 4000",  # pages: 16 MB of log; 1,000 and 16,000 cost the same within noise
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA secure_delete = ON",  # what was forgotten is overwritten, not only unlinked
    "PRAGMA temp_store = MEMORY",
)


class Database:
    """`path` is a file's path or `:memory:`. Raises MemoryFailed when it cannot be opened or is not ours."""

    def __init__(self, path: str | Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self.path = str(path)
        self.lock = threading.RLock()
        self._closed = False
        if self.path != IN_MEMORY:
            _make_private(Path(self.path))
        with self._sentences():
            self.connection = sqlite3.connect(
                self.path,
                isolation_level=None,  # transactions are begun and ended by us
                check_same_thread=False,  # see the law above
                cached_statements=200,
                timeout=OPENING_PATIENCE / 1000,
            )
        self._inode = _inode(self.path)
        try:
            with self._sentences():
                self._prepare(migrations)
        except BaseException:
            self.connection.close()
            raise

    def _prepare(self, migrations: Sequence[str]) -> None:
        self._refuse_strangers()
        for pragma in PRAGMAS:
            self.connection.execute(pragma).fetchall()
        while self._migrate_once(migrations):
            pass
        self.connection.execute(f"PRAGMA busy_timeout = {PATIENCE}")

    def _refuse_strangers(self) -> None:
        self.connection.execute("BEGIN")  # both in one snapshot: another process may be making the memory right now
        ours = self._pragma("application_id") == APPLICATION_ID
        tables = self.connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        self.connection.execute("COMMIT")
        if tables and not ours:
            raise MemoryFailed(f"{self.path} is the database of another program: let DATABASE_URL name another file.")

    def _migrate_once(self, migrations: Sequence[str]) -> bool:
        """One step in one transaction; true when there may be more. The version is read under the write lock: two
        processes that open a new file at once do each step once."""
        if self._pragma("user_version") == len(migrations):
            return False
        with self.transaction():
            version = self._pragma("user_version")
            if version > len(migrations):
                raise MemoryFailed(
                    f"{self.path} was written by a newer engine (its format is {version}, this engine knows "
                    f"{len(migrations)}): install that version again (pip install --upgrade dialogue-engine), or put "
                    "an older backup in its place."
                )
            if version < len(migrations):
                for statement in statements(migrations[version]):
                    self.connection.execute(statement)
                self.connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                self.connection.execute(f"PRAGMA user_version = {version + 1}")
        return True

    def _pragma(self, name: str) -> int:
        return int(self.connection.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing. Errors come out as SQLite raised them."""
        with self.lock:
            self._check_open()
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:  # a full disk may have rolled it back already
                    self.connection.execute("ROLLBACK")
                raise

    def rows(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a query. Raises MemoryFailed."""
        with self.lock:
            self._check_open()
            try:
                return self.connection.execute(sql, values).fetchall()
            except sqlite3.Error as error:  # not `_sentences`: every turn reads
                raise failed(error, self.path) from error

    def first(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row's first column, or None."""
        found = self.rows(sql, values)
        return found[0][0] if found else None

    def backup(self, target: Path) -> None:
        """A whole copy as of now, beside a running bot. Raises FileExistsError when `target` is there."""
        if target.exists():
            raise FileExistsError(f"{target} exists already: name a new file for the backup.")
        _make_private(target)
        with self.lock, self._sentences():
            self._check_open()
            copy = sqlite3.connect(target)
            try:
                self.connection.backup(copy)
            finally:
                copy.close()

    def lost(self) -> str:
        """What happened to the file since it was opened, in a sentence; nothing when it is there."""
        if self.path == IN_MEMORY or _inode(self.path) == self._inode:
            return ""
        return (
            f"{self.path} was removed or replaced while the bot runs: stop the bot in good order (not by a kill), and "
            "it puts its memory back where nothing stands by then."
        )

    def close(self) -> None:
        with self.lock:
            if not self._closed and self.lost():
                with suppress(OSError, MemoryFailed):  # something else stands there now, or the folder is gone too
                    self.backup(Path(self.path))
            self._closed = True
            self.connection.close()

    @property
    def closed(self) -> bool:
        return self._closed

    def _check_open(self) -> None:
        if self._closed:
            raise MemoryFailed(f"The memory {self.path} is closed.")

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise failed(error, self.path) from error


def _make_private(path: Path) -> None:
    """The folder 0700 and the file 0600 when they are new (SQLite gives its -wal and -shm the file's rights)."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise MemoryFailed(
            f"{path} cannot be opened ({error.strerror}): let the user who runs the bot read and write there, "
            "or let DATA_DIR or DATABASE_URL name another place.",
            passing=True,
        ) from error


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 `:memory:` is no path
    except OSError:
        return 0
