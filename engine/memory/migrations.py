"""The tables, as an ordered list of steps. Law: a step that was released is never changed; a new one is added below.

`PRAGMA user_version` counts the steps done. Each is one transaction, so a kill at any instant leaves a whole one. Rows
are kept small, and what every turn writes has no second index: that is most of what a turn costs.
"""

from __future__ import annotations

from collections.abc import Iterator

MIGRATIONS: tuple[str, ...] = (
    """
    -- The last numbers given out; one row. Read and written under the write lock, so none comes twice.
    CREATE TABLE numbers (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
        inbox INTEGER NOT NULL, outbox INTEGER NOT NULL, change INTEGER NOT NULL
    );
    INSERT INTO numbers VALUES (1, 0, 0, 0);

    -- Updates accepted and not handled: always few. Handled ones leave their id in `seen` for some days.
    CREATE TABLE inbox (
        seq INTEGER PRIMARY KEY, id TEXT NOT NULL, chat TEXT NOT NULL, at REAL NOT NULL, body BLOB NOT NULL
    );
    CREATE TABLE seen (id TEXT PRIMARY KEY, day INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE quarantine (
        id TEXT PRIMARY KEY, chat TEXT NOT NULL, at REAL NOT NULL, reason TEXT NOT NULL, body BLOB NOT NULL
    );

    -- With a rowid: without one a session of 1 kB takes pages of its own (3 times the disk, 1.5 times the time).
    CREATE TABLE chats (
        seq INTEGER PRIMARY KEY, chat TEXT NOT NULL UNIQUE, at REAL NOT NULL, scenario TEXT, step TEXT, session BLOB
    );
    CREATE TABLE history (
        seq INTEGER PRIMARY KEY, chat TEXT NOT NULL, at REAL NOT NULL, role TEXT NOT NULL, text TEXT NOT NULL
    );
    CREATE TABLE outbox (
        seq INTEGER PRIMARY KEY, lane TEXT NOT NULL, at REAL NOT NULL,
        attempts INTEGER NOT NULL, not_before REAL NOT NULL, body BLOB NOT NULL
    );
    CREATE TABLE asked (
        seq INTEGER PRIMARY KEY, request TEXT NOT NULL UNIQUE, chat TEXT NOT NULL, at REAL NOT NULL, body BLOB NOT NULL
    );

    CREATE TABLE records (
        seq INTEGER PRIMARY KEY, collection TEXT NOT NULL, id TEXT NOT NULL,
        person TEXT NOT NULL, conversation TEXT NOT NULL, created_at REAL NOT NULL, updated_at REAL NOT NULL,
        withdrawn INTEGER NOT NULL, change INTEGER NOT NULL, fields TEXT NOT NULL,
        UNIQUE (collection, id)
    );
    CREATE INDEX records_of_person ON records (person, collection);
    CREATE INDEX records_by_change ON records (collection, change);

    -- The channel's message ids of a chat's questions, newest first: `question TAB message LF` again and again.
    CREATE TABLE questions (chat TEXT PRIMARY KEY, messages TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE marks (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    """,
    """
    -- Scenarios as they were, for people who finish on them; `files` is JSON: path -> hash of a source.
    CREATE TABLE snapshots (
        scenario TEXT NOT NULL, version TEXT NOT NULL, born REAL NOT NULL, retired REAL NOT NULL, files TEXT NOT NULL,
        PRIMARY KEY (scenario, version)
    ) WITHOUT ROWID;
    CREATE TABLE sources (hash TEXT PRIMARY KEY, content BLOB NOT NULL);
    """,
    """
    -- Which ways people went, a row a turn, as `engine.core.trail` writes it; let go after some months.
    CREATE TABLE trail (seq INTEGER PRIMARY KEY, chat TEXT NOT NULL, at REAL NOT NULL, ways BLOB NOT NULL);
    """,
    """
    -- The bot's files as they were live last, for a start on broken ones; `hash` is that of a source.
    CREATE TABLE live (file TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID;
    """,
)


def statements(step: str) -> Iterator[str]:
    """The statements of a step; each ends with `;` at the end of a line (sqlite3's own executescript would commit)."""
    for statement in step.split(";\n"):
        if statement.strip():
            yield statement
