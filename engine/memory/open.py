"""From a DATABASE_URL to a memory. Law: a URL's password is never repeated in a message."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

from engine.memory.database import IN_MEMORY
from engine.memory.errors import UnknownDatabase
from engine.memory.port import Memory
from engine.memory.sqlite import SqliteMemory

_SUPPORTED = (
    "Supported is SQLite: DATABASE_URL=sqlite:///data/engine.db (in the bot's folder), "
    "sqlite:////var/lib/bot/engine.db (anywhere else), or no DATABASE_URL for engine.db in DATA_DIR."
)


def open_memory(database_url: str | None, data_dir: Path) -> Memory:
    """The memory that DATABASE_URL names; none or empty: `engine.db` in `data_dir`; `sqlite:///:memory:`: kept nowhere.
    Raises UnknownDatabase for a URL that is not supported, MemoryFailed when the file cannot be used."""
    return SqliteMemory(database_path(database_url, data_dir))


def database_path(database_url: str | None, data_dir: Path) -> str:
    """Where the file of a DATABASE_URL stands, or `:memory:`. Raises UnknownDatabase."""
    if not database_url:
        return str(data_dir / "engine.db")
    scheme, separator, rest = database_url.partition(":")
    if not separator or scheme.lower() != "sqlite":
        said = f"begins with {scheme!r}, which this engine cannot use" if separator else "is no URL"
        raise UnknownDatabase(f"DATABASE_URL {said}. {_SUPPORTED}")
    if not rest.startswith("///") or len(rest) == 3 or "?" in rest:
        raise UnknownDatabase(f"DATABASE_URL names no file. {_SUPPORTED}")
    path = unquote(rest[3:])
    return path if path == IN_MEMORY else str(Path(path).expanduser())
