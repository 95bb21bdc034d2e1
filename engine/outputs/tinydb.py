"""DATA_DIR/outcomes.json: a TinyDB, one table a collection. Law: the file on the disk is whole at every instant, and is
written once a batch, however many documents changed.

TinyDB's own JSONStorage cuts the file before it writes it: a crash in between loses everything. `WholeFile` writes
beside it and renames. Documents stand one a line, so that reading and writing never hold the interpreter for long
(100,000 documents in one `loads` would stop every chat for a third of a second).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from engine.core.project import Collection
from engine.memory.port import Record
from engine.outputs import atomic
from engine.outputs.gently import gently
from engine.outputs.ledger import Ledger
from engine.outputs.port import Everything, StartedAnew
from engine.outputs.sheet import document, place

log = logging.getLogger(__name__)
Tables = dict[str, dict[str, Any]]


class WholeFile(Storage):
    """The storage of one batch: reads the file once, keeps what TinyDB writes, and puts it on the disk in `save`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tables: Tables | None = None
        self._changed = False

    def read(self) -> Tables | None:
        """Raises FileNotFoundError, and ValueError when the file is no TinyDB."""
        if self._tables is None:
            self._tables = load(self._path)
        return self._tables

    def write(self, data: Tables) -> None:
        self._tables = data
        self._changed = True

    def save(self, ledger: Ledger) -> None:
        """What another hand has changed in the file since we wrote it is kept beside it."""
        if self._changed and self._tables is not None:
            if not ledger.ours(self._path):
                ledger.keep(self._path, self._path.read_bytes(), "COLLECTION")
            atomic.replace(self._path, _lines(self._tables))
            ledger.wrote(self._path)


def load(path: Path) -> Tables:
    """All tables of the file: {collection: {TinyDB's number: document}}. Raises OSError, ValueError."""
    try:
        with path.open("rb") as file:
            return _by_line(file)
    except (ValueError, IndexError):  # not in our own layout: another program wrote it, or it is damaged
        tables = json.loads(path.read_bytes())
    if not isinstance(tables, dict) or not all(_is_table(table) for table in tables.values()):
        raise ValueError("no tables of TinyDB in it")
    return tables


def _is_table(table: Any) -> bool:
    return isinstance(table, dict) and all(key.isdigit() and isinstance(row, dict) for key, row in table.items())


def _by_line(lines: Iterable[bytes]) -> Tables:
    """The layout of `_lines`. Raises ValueError or IndexError when it is another."""
    tables: Tables = {}
    table: dict[str, Any] | None = None
    rest = gently(lines)
    if next(rest, b"") != b"{\n":
        raise ValueError("another layout")
    for line in rest:
        if line == b"}\n" and table is None:
            if next(rest, None) is not None:
                raise ValueError("something follows the end")
            return tables
        if line in (b"}\n", b"},\n"):
            table = None
        elif table is None:
            if not line.endswith(b": {\n"):
                raise ValueError("another layout")
            table = tables.setdefault(orjson.loads(line[:-4]), {})
        else:
            key, _, text = line.partition(b": ")
            row = _decoded(text.rstrip(b",\n"))
            if not isinstance(row, dict):
                raise ValueError("another layout")
            table[key[1:-1].decode()] = row
    raise ValueError("the end is missing")


def _lines(tables: Tables) -> Iterator[bytes]:
    """JSON, one document a line."""
    yield b"{\n"
    for number, (name, table) in enumerate(tables.items()):
        yield (b",\n" if number else b"") + orjson.dumps(name) + b": {\n"
        before = b""
        for key, row in gently(table.items()):
            yield before + b'"' + key.encode() + b'": ' + _encoded(row)
            before = b",\n"
        yield (b"\n" if before else b"") + b"}"
    yield b"\n}\n" if tables else b"}\n"


def _encoded(row: Any) -> bytes:
    try:
        return orjson.dumps(row)
    except TypeError:  # half a surrogate pair, a number beyond 64 bits: Python's own writer knows them
        return json.dumps(row).encode()


def _decoded(text: bytes) -> Any:
    try:
        return orjson.loads(text)
    except ValueError:
        return json.loads(text)


class TinyDbOutput:
    """The one file of all collections. What can not be read, or was changed by hand, is kept aside, never lost."""

    name = "tinydb"

    def __init__(self, directory: Path) -> None:
        self.path = directory / "outcomes.json"
        self._ledger = Ledger(directory / ".tinydb.prints")

    def write(self, collection: Collection, changes: Sequence[Record], everything: Everything) -> None:
        with atomic.exclusive(self.path.with_name(".tinydb.lock")):
            storage = self._open()
            database = TinyDB(storage=lambda: storage)
            if collection.name in database.tables():
                _lay_over(database.table(collection.name), {record.id: record for record in changes})
            else:
                _fill(database, collection.name, {record.id: record for record in everything()})
            storage.save(self._ledger)

    def claim(self, collections: Sequence[Collection]) -> list[Path]:
        with atomic.exclusive(self.path.with_name(".tinydb.lock")):
            try:
                tables = load(self.path)
            except (FileNotFoundError, ValueError):  # a damaged one is set aside by whoever writes next
                return []
            if not any(tables.get(each.name) for each in collections):
                return []
            aside = atomic.aside(self.path, "before")
            atomic.replace(aside, [self.path.read_bytes()])  # a copy: tables that are not claimed stay where they are
            return [aside]

    def state(self, collections: Sequence[str]) -> str:
        return repr(atomic.fingerprint(self.path))

    def check(self, collection: Collection, everything: Everything) -> bool:
        with atomic.exclusive(self.path.with_name(".tinydb.lock")):
            storage = self._open()
            database = TinyDB(storage=lambda: storage)
            records = {record.id: record for record in gently(everything())}
            should = {key: document(record) for key, record in records.items() if not record.withdrawn}
            rows = list(database.table(collection.name))
            if len(rows) == len(should) and all(should.get(str(row.get("id"))) == row for row in rows):
                return False
            database.drop_table(collection.name)
            _fill(database, collection.name, records)
            storage.save(self._ledger)
            return True

    def _open(self) -> WholeFile:
        storage = WholeFile(self.path)
        try:
            storage.read()
        except FileNotFoundError:
            pass
        except ValueError as problem:
            aside = atomic.aside(self.path, "damaged")
            self.path.rename(aside)
            log.warning("%s is damaged (%s): set aside as %s, made anew", self.path, type(problem).__name__, aside.name)
        else:
            return storage
        storage.write({})
        storage.save(self._ledger)
        raise StartedAnew(str(self.path))


def _lay_over(table: Table, changes: dict[str, Record]) -> None:
    """At most four passes over the table, whatever the number of changes (each call of TinyDB is one)."""
    known = {row["id"]: row.doc_id for row in gently(table) if str(row.get("id")) in changes}
    gone = [known[key] for key, record in changes.items() if record.withdrawn and key in known]
    kept = {key: document(record) for key, record in changes.items() if not record.withdrawn}

    def renew(row: Any) -> None:
        fresh = kept[row["id"]]
        row.clear()
        row.update(fresh)

    if gone:
        table.remove(doc_ids=gone)
    if changed := [known[key] for key in kept if key in known]:
        table.update(renew, doc_ids=changed)
    if new := [kept[key] for key in kept if key not in known]:
        table.insert_multiple(new)


def _fill(database: TinyDB, name: str, records: dict[str, Record]) -> None:
    """Make a table from all records, in the order in which they were made."""
    table = database.table(name, persist_empty=True)
    rows = sorted((record for record in records.values() if not record.withdrawn), key=place)
    table.insert_multiple(Document(document(record), doc_id=number) for number, record in enumerate(gently(rows), 1))
