"""DATA_DIR/<collection>.csv: a collection's rows as they now are. Law: a new record is appended, anything else writes
the file anew beside the old one; memory is the truth. What a person changed in the file by hand does not count, and is
kept aside (the last few times) when it is written over.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from engine.core.project import Collection
from engine.memory.port import Record
from engine.outputs import atomic
from engine.outputs.gently import gently
from engine.outputs.ledger import Ledger
from engine.outputs.port import Everything
from engine.outputs.sheet import header, line, open_ended, place, row


class _Sheet(Struct):
    """What we know to stand in a file: a line a record, in the order of the file. About 400 bytes a row."""

    columns: tuple[str, ...]
    kinds: tuple[Any, ...]
    print: atomic.Print | None = None
    lines: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, tuple[float, str]] = field(default_factory=dict)
    last: tuple[float, str] = (float("-inf"), "")

    def content(self) -> bytes:
        return b"".join((line(self.columns), *self.lines.values()))

    def put(self, record: Record, data: bytes) -> None:
        self.lines[record.id] = data
        self.places[record.id] = place(record)
        self.last = max(self.last, place(record))


def _kinds(collection: Collection) -> tuple[Any, ...]:
    """What of a collection's declaration the bytes depend on."""
    types = ((each.name, each.type) for each in collection.fields.values())
    return (collection.csv_columns, open_ended(collection), collection.timezone, *types)


class CsvOutput:
    """One file a collection, in `directory`. Not to be called by two threads at once; other processes may write too."""

    name = "csv"

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ledger = Ledger(directory / ".csv.prints")
        self._sheets: dict[str, _Sheet] = {}

    def path(self, collection: str) -> Path:
        return self._directory / f"{collection}.csv"

    def write(self, collection: Collection, changes: Sequence[Record], everything: Everything) -> None:
        with self._alone():
            before = sheet = self._sheets.pop(collection.name, None)  # put back only when all went well
            if (
                sheet is None
                or sheet.kinds != _kinds(collection)
                or sheet.print is None
                or sheet.print != atomic.fingerprint(self.path(collection.name))
                or not self._follow(collection, sheet, changes)
            ):
                sheet = self._read(collection, everything)
                self._make(collection, sheet, before)
            self._sheets[collection.name] = sheet

    def _keep_edited(self, path: Path, ours: Sequence[bytes]) -> None:
        """Somebody has written into the file since we did, with a bot or without: their version is about to be written
        over. What was only touched, copied, or cut short holds nothing of theirs."""
        if self._ledger.ours(path):
            return
        content = path.read_bytes()
        if any(known.startswith(content) for known in ours):
            return
        self._ledger.keep(path, content, path.stem)

    def claim(self, collections: Sequence[Collection]) -> list[Path]:
        found = []
        with self._alone():
            for path in (self.path(each.name) for each in collections):
                if path.is_file() and len(path.read_bytes().splitlines()) > 1:  # more than a header
                    aside = atomic.aside(path, "before")
                    path.rename(aside)
                    found.append(aside)
        return found

    def state(self, collections: Sequence[str]) -> str:
        return repr([atomic.fingerprint(self.path(name)) for name in collections])

    def check(self, collection: Collection, everything: Everything) -> bool:
        with self._alone():
            self._sheets.pop(collection.name, None)
            sheet = self._read(collection, everything)
            had_to = self._make(collection, sheet)
            self._sheets[collection.name] = sheet
            return had_to

    def _alone(self) -> Any:
        return atomic.exclusive(self._directory / ".csv.lock")

    def _follow(self, collection: Collection, sheet: _Sheet, changes: Sequence[Record]) -> bool:
        """Lay changes over what stands in the file; false when it must be made from all records."""
        new: dict[str, Record] = {}
        changed = False
        for record in changes:
            new.pop(record.id, None)
            if record.withdrawn or sheet.places.get(record.id, place(record)) != place(record):
                changed |= sheet.lines.pop(record.id, None) is not None
                sheet.places.pop(record.id, None)
            if record.withdrawn:
                continue
            if open_ended(collection) and not set(record.fields) <= set(sheet.columns):
                return False
            data = line(row(collection, record, sheet.columns))
            if record.id not in sheet.lines:
                new[record.id] = record
            elif open_ended(collection) or sheet.lines[record.id] != data:  # the same bytes may want fewer columns
                sheet.lines[record.id] = data
                changed = True
        fresh = sorted(new.values(), key=place)
        in_order = not fresh or place(fresh[0]) > sheet.last
        if open_ended(collection) and (changed or not in_order):
            return False  # which columns there are, and their order, may be another now
        added = [line(row(collection, record, sheet.columns)) for record in fresh]
        for record, data in zip(fresh, added, strict=True):
            sheet.put(record, data)
        path = self.path(collection.name)
        if changed or not in_order:
            if not in_order:
                sheet.lines = {key: sheet.lines[key] for key in sorted(sheet.lines, key=sheet.places.__getitem__)}
            atomic.replace(path, (line(sheet.columns), *sheet.lines.values()))
        elif added:
            atomic.append(path, b"".join(added))
        self._left(path, sheet)
        return True

    def _read(self, collection: Collection, everything: Everything) -> _Sheet:
        """The file as it should be."""
        records: dict[str, Record] = {record.id: record for record in gently(everything()) if not record.withdrawn}
        ordered = sorted(records.values(), key=place)
        sheet = _Sheet(header(collection, ordered), _kinds(collection))
        for record in gently(ordered):
            sheet.put(record, line(row(collection, record, sheet.columns)))
        return sheet

    def _make(self, collection: Collection, sheet: _Sheet, before: _Sheet | None = None) -> bool:
        """Write the whole file unless it is right already; `before` is what stood in it by our own hand."""
        path = self.path(collection.name)
        content = sheet.content()
        try:
            right = path.read_bytes() == content
        except FileNotFoundError:
            right = False
        if not right:
            self._keep_edited(path, [content, before.content()] if before else [content])
            atomic.replace(path, (content,))
        self._left(path, sheet)
        return not right

    def _left(self, path: Path, sheet: _Sheet) -> None:
        """So we leave the file."""
        sheet.print = atomic.fingerprint(path)
        self._ledger.wrote(path)
