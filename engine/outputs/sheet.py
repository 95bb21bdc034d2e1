"""What the table of a collection looks like: its header and its rows. Law: header, order and bytes are functions of the
records alone, so a file that grew row by row equals one made anew.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from msgspec import Struct

from engine.core.moments import iso, local, zone
from engine.core.project import Collection
from engine.memory.port import Record
from engine.outputs.cells import cell

_OWN = ("id", "created_at", "updated_at", "person")  # stand before the fields when no header is declared


class Form(Struct, frozen=True):
    """How a table is written out. For a Russian Excel: a byte order mark (or it reads Cyrillic as Windows-1251), `;`
    between cells, a decimal comma (or it makes dates of 1.5), CR LF, moments without their offset, which Excel takes
    for texts, phone numbers with spaces (or it makes 7,9E+10 of them), and the fields' titles above their columns."""

    delimiter: str = ","
    decimal: str = "."
    newline: str = "\n"
    mark: str = ""
    offset: bool = True
    spaced: bool = False  # phone numbers
    titles: bool = False

    def moment(self, at: float, timezone: str) -> str:
        """Seconds since 1970 as that zone's clocks show them."""
        return iso(at, timezone) if self.offset else _on_the_clock(local(at, timezone))

    def as_written(self, value: Any, timezone: str) -> Any:
        """A moment that a record holds; one that has no offset of its own is of no zone."""
        try:
            at = datetime.fromisoformat(value) if not self.offset and len(value) > len("2026-11-21") else None
            return value if at is None else _on_the_clock(at.astimezone(zone(timezone)) if at.tzinfo else at)
        except (TypeError, ValueError, OverflowError):  # no moment, or one at the end of time
            return value


def _on_the_clock(at: datetime) -> str:
    return at.isoformat(" ", "seconds")[: len("2026-11-21 15:05:00")]


PLAIN = Form()
EXCEL = Form(";", ",", "\r\n", "\ufeff", offset=False, spaced=True, titles=True)


def document(record: Record) -> dict[str, Any]:
    """A record as outputs and exports show it: its fields between id, person and times (ISO 8601, UTC)."""
    own = {
        "id": record.id,
        "person": record.person,
        "created_at": iso(record.created_at),
        "updated_at": iso(record.updated_at),
    }
    return {**own, **{name: value for name, value in record.fields.items() if name not in own}}


def place(record: Record) -> tuple[float, str]:
    """Rows stand in this order: as they were made."""
    return (record.created_at, record.id)


def open_ended(collection: Collection) -> bool:
    """Nothing says which columns there are: they follow from the records."""
    return not collection.csv_columns and not (collection.declared and collection.fields)


def header(collection: Collection, records: Iterable[Record] = ()) -> tuple[str, ...]:
    """The columns. `records`, in their order, are asked only when the collection is open-ended."""
    if collection.csv_columns:
        return collection.csv_columns
    names: Iterable[str] = collection.fields
    if open_ended(collection):
        names = (name for record in records for name in record.fields)
    return tuple(dict.fromkeys((*_OWN, *names)))


def value(collection: Collection, record: Record, column: str, form: Form = PLAIN) -> Any:
    """What stands in a column: a declared field, else one of the engine's own columns, else a field."""
    if column in collection.fields:
        found = record.fields.get(column)
        return form.as_written(found, collection.timezone) if collection.fields[column].type == "datetime" else found
    match column:
        case "id":
            return record.id
        case "person":
            return record.person
        case "chat_id":
            return record.person.partition(":")[2] or record.person
        case "timestamp" | "created_at":
            return form.moment(record.created_at, collection.timezone)
        case "updated_at":
            return form.moment(record.updated_at, collection.timezone)
        case _:
            return record.fields.get(column)


def row(collection: Collection, record: Record, columns: Sequence[str], form: Form = PLAIN) -> list[str]:
    """The cells of one record."""
    fields = collection.fields
    return [
        cell(
            value(collection, record, name, form),
            fields[name].type if name in fields else "any",
            decimal=form.decimal,
            spaced=form.spaced,
        )
        for name in columns
    ]


def line(cells: Sequence[str], form: Form = PLAIN) -> bytes:
    """Cells as one line of CSV in UTF-8, its end included."""
    made = io.StringIO(newline="")
    # CR LF here, whatever the form: Python's writer before 3.13 quotes a lone CR only then, and readers break on it
    csv.writer(made, delimiter=form.delimiter, lineterminator="\r\n").writerow(cells)
    return (made.getvalue()[:-2] + form.newline).encode("utf-8", "replace")


def table(collection: Collection, records: Iterable[Record], form: Form = PLAIN) -> Iterable[bytes]:
    """The whole table, line by line; an empty one is its header."""
    rows = sorted(records, key=place)
    columns = header(collection, rows)
    titles = collection.titles if form.titles else {}
    yield form.mark.encode() + line([cell(titles.get(name, name)) for name in columns], form)
    for record in rows:
        yield line(row(collection, record, columns, form), form)
