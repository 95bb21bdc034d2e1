"""How a memory says that it failed. Law: the sentence names the file and what to do, and holds no personal data."""

from __future__ import annotations

import sqlite3


class MemoryFailed(Exception):
    """Nothing of the group was written. `passing`: the same write may succeed later (full, locked, read-only); when
    false it never will (this write cannot be stored, or the file is damaged)."""

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class UnknownDatabase(MemoryFailed):
    """DATABASE_URL names something that this engine cannot use."""


# What to do, by the start of SQLite's result code (https://sqlite.org/rescode.html), and whether it may pass.
_SENTENCES = (
    ("SQLITE_FULL", True, "The disk that holds {path} is full: free some space; the bot then goes on by itself."),
    (
        "SQLITE_READONLY",
        True,
        "{path} cannot be written: let the user who runs the bot write to it and to its folder, and see that the disk "
        "is not mounted read-only.",
    ),
    (
        "SQLITE_BUSY",
        True,
        "Another program keeps {path} locked: close what has it open (a database viewer, a second bot); the bot then "
        "goes on by itself.",
    ),
    ("SQLITE_LOCKED", True, "Another program keeps {path} locked: close what has it open."),
    (
        "SQLITE_CANTOPEN",
        True,
        "{path} cannot be opened: see that its folder exists and that the user who runs the bot may read and write "
        "there.",
    ),
    (
        "SQLITE_PERM",
        True,
        "{path} may not be used: give the user who runs the bot the right to read and write it.",
    ),
    (
        "SQLITE_CORRUPT",
        False,
        "{path} is damaged: stop the bot, keep a copy of it, and put a backup in its place (dialogue restore); "
        "`sqlite3 {path} .recover` can save what is left.",
    ),
    (
        "SQLITE_NOTADB",
        False,
        "{path} is not a database, or is damaged: move it away and put a backup in its place (dialogue "
        "restore), or let DATABASE_URL name another file.",
    ),
    (
        "SQLITE_IOERR",
        True,
        "The disk failed under {path}: check the disk (space, quota, cables, network mount) and the system's log.",
    ),
)


def failed(error: BaseException, path: str) -> MemoryFailed:
    """The sentence for an error of SQLite, or for a value that it cannot take."""
    code = code_of(error)
    for start, passing, sentence in _SENTENCES:
        if code.startswith(start):
            return MemoryFailed(sentence.format(path=path) + f" ({code})", passing=passing)
    what = f"{type(error).__name__} ({code or error})"
    return MemoryFailed(f"This cannot be stored in {path}: {what}. Report it, please.")


def code_of(error: BaseException) -> str:
    """SQLite's name of the error (`SQLITE_FULL`, `SQLITE_BUSY_SNAPSHOT`), empty when it is not one of SQLite."""
    if isinstance(error, sqlite3.Error):
        return str(getattr(error, "sqlite_errorname", "") or "")
    return ""


def is_poison(error: BaseException) -> bool:
    """Whether one value is at fault and not the database: then the other turns of the group can be written."""
    poison = (sqlite3.IntegrityError, sqlite3.DataError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
    return isinstance(error, poison) or not isinstance(error, (sqlite3.Error, MemoryFailed))
