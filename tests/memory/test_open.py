"""Opening: where, with which rights, which format, and what is said when it cannot be."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from engine.memory.database import Database
from engine.memory.errors import MemoryFailed, UnknownDatabase, failed
from engine.memory.migrations import MIGRATIONS
from engine.memory.open import database_path, open_memory
from engine.memory.port import TurnWrites
from engine.memory.sqlite import SqliteMemory


@pytest.mark.parametrize(
    ("url", "path"),
    [
        (None, "/data/engine.db"),
        ("", "/data/engine.db"),
        ("sqlite:///bot.db", "bot.db"),
        ("sqlite:////var/my%20bot.db", "/var/my bot.db"),
        ("SQLite:///bot.db", "bot.db"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_urls(url: str | None, path: str) -> None:
    """A URL names a file as it does elsewhere: three strokes from here, four from the root."""
    assert database_path(url, Path("/data")) == path


@pytest.mark.parametrize(
    "url",
    ["postgresql://bot:secret@host/db", "bot:secret@host", "engine.db", "sqlite://", "sqlite:///", "sqlite:///a?b=c"],
)
def test_other_urls(url: str) -> None:
    """What is not supported is told with what is, and without the password."""
    with pytest.raises(UnknownDatabase, match="DATABASE_URL=sqlite:///") as told:
        open_memory(url, Path("/data"))
    assert "secret" not in str(told.value)


async def test_a_new_memory_is_private(tmp_path: Path) -> None:
    """The folder and the files can be read by the bot's user only."""
    memory = open_memory(None, tmp_path / "data")
    await memory.commit(TurnWrites("telegram:1", 1.0, session=b"s"))
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
    files = sorted((tmp_path / "data").iterdir())
    assert [file.name for file in files] == ["engine.db", "engine.db-shm", "engine.db-wal"]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    memory.close()
    assert [file.name for file in (tmp_path / "data").iterdir()] == ["engine.db"]


def test_full_sync_and_log(tmp_path: Path) -> None:
    """What was acknowledged outlives a power cut: WAL with full sync."""
    database = Database(tmp_path / "engine.db")
    assert (database.first("PRAGMA journal_mode"), database.first("PRAGMA synchronous")) == ("wal", 2)
    database.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """Another kind of file is refused and left as it is."""
    path = tmp_path / "engine.db"
    path.write_text("notes of mine\n" * 100)
    with pytest.raises(MemoryFailed, match="is not a database, or is damaged: move it away"):
        SqliteMemory(path)
    assert path.read_text().startswith("notes of mine")


def test_the_database_of_another_program(tmp_path: Path) -> None:
    """A DATABASE_URL that points at something else's data does no harm to it."""
    path = tmp_path / "shop.db"
    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE orders (id INTEGER)")
    other.close()
    with pytest.raises(MemoryFailed, match="the database of another program"):
        SqliteMemory(path)
    assert tables(path) == ["orders"]


def test_a_place_that_cannot_be_used(tmp_path: Path) -> None:
    """A file where a folder should be, or a folder where the file should be, is told with the variables to change."""
    (tmp_path / "data").write_text("")
    with pytest.raises(MemoryFailed, match="DATA_DIR or DATABASE_URL"):
        open_memory(None, tmp_path / "data")
    with pytest.raises(MemoryFailed, match="DATA_DIR or DATABASE_URL"):
        SqliteMemory(tmp_path)


async def test_a_read_only_file(tmp_path: Path) -> None:
    """A memory that may not be written says whose right is missing."""
    memory = SqliteMemory(tmp_path / "engine.db")
    memory._database.rows("PRAGMA query_only = ON")  # rights do not bind root, who runs tests in a container
    with pytest.raises(MemoryFailed, match="cannot be written: let the user who runs the bot") as told:
        await memory.commit(TurnWrites("telegram:1", 1.0))
    assert told.value.passing
    memory._database.rows("PRAGMA query_only = OFF")
    await memory.commit(TurnWrites("telegram:1", 1.0))
    memory.close()


def test_a_newer_memory_is_refused(tmp_path: Path) -> None:
    """An older engine does not touch what a newer one wrote, and says which to install."""
    path = tmp_path / "engine.db"
    Database(path, [*MIGRATIONS, "CREATE TABLE later (x)"]).close()
    with pytest.raises(
        MemoryFailed,
        match=rf"newer engine \(its format is {len(MIGRATIONS) + 1}, this engine knows {len(MIGRATIONS)}\).*pip",
    ):
        Database(path, MIGRATIONS)
    assert "later" in tables(path)


async def test_an_older_memory_is_brought_up_to_date(tmp_path: Path) -> None:
    """Steps that are missing are done in order, once, and what was there stays."""
    path = tmp_path / "engine.db"
    memory = SqliteMemory(path)
    await memory.commit(TurnWrites("telegram:1", 1.0, session=b"s"))
    memory.close()
    steps = [*MIGRATIONS, "CREATE TABLE a (x);\nINSERT INTO a VALUES (1);\n", "INSERT INTO a SELECT x + 1 FROM a;\n"]
    for _ in range(2):
        database = Database(path, steps)
        assert database.rows("SELECT x FROM a") == [(1,), (2,)]
        assert database.first("SELECT session FROM chats") == b"s"
        database.close()


def test_a_step_that_fails_leaves_the_version_before_it(tmp_path: Path) -> None:
    """A migration is all or nothing."""
    path = tmp_path / "engine.db"
    Database(path).close()
    with pytest.raises(MemoryFailed):
        Database(path, [*MIGRATIONS, "CREATE TABLE a (x);\nINSERT INTO nowhere VALUES (1);\n"])
    assert "a" not in tables(path)
    Database(path).close()


SLOW = """CREATE TABLE big (x);
INSERT INTO big WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT {rows}) SELECT x FROM n;
CREATE TABLE after_big (x);
"""
OPENER = """
import sys
from engine.memory.database import Database
from engine.memory.migrations import MIGRATIONS
print("begun", flush=True)
Database(sys.argv[1], [*MIGRATIONS, sys.argv[2]]).close()
print("open", flush=True)
"""


def opener(path: Path, step: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", OPENER, str(path), step], stdout=subprocess.PIPE)


@pytest.mark.parametrize("delay", [0.05, 0.2])
def test_a_kill_in_the_middle_of_a_migration(tmp_path: Path, delay: float) -> None:
    """Killed while it migrates, the memory is whole: as before the step, and the next start does it."""
    path = tmp_path / "engine.db"
    Database(path).close()
    with opener(path, SLOW.format(rows=30_000_000)) as child:
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(delay)  # any instant will do
        os.kill(child.pid, signal.SIGKILL)
    assert "big" not in tables(path)
    database = Database(path, [*MIGRATIONS, SLOW.format(rows=10)])
    assert database.first("SELECT count(*) FROM big") == 10
    assert database.first("PRAGMA user_version") == len(MIGRATIONS) + 1
    database.close()


def test_many_processes_open_a_new_memory_at_once(tmp_path: Path) -> None:
    """A bot and commands that start together make one memory, each step done once."""
    path = tmp_path / "engine.db"
    children = [opener(path, "CREATE TABLE once (x);\n") for _ in range(4)]
    assert [child.communicate()[0] for child in children] == [b"begun\nopen\n"] * 4
    assert "once" in tables(path)


def test_errors_have_a_sentence() -> None:
    """Codes of SQLite that no test can cause here say what to do as well."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
    told = failed(error, "engine.db")
    assert "check the disk" in str(told)
    assert "SQLITE_IOERR_FSYNC" in str(told)


def tables(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    found = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    connection.close()
    return found
