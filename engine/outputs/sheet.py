"""What the table of a collection looks like: its header and its rows. Law: header, order and bytes are functions of the
records alone, so a file that grew row by row equals one made anew.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.core.moments import iso
from engine.core.project import Collection
from engine.memory.port import Record
from engine.outputs.cells import cell

_OWN = ("id", "created_at", "updated_at", "person")  # stand before the fields when no header is declared


@dataclass(frozen=True, slots=True)
class Form:
    """How a table is written out. For a Russian Excel: a byte order mark (or it reads Cyrillic as Windows-1251), `;`
    between cells, a decimal comma (or it makes dates of 1.5) and CR LF."""

    delimiter: str = ","
    decimal: str = "."
    newline: str = "\n"
    mark: str = ""


PLAIN = Form()
EXCEL = Form(";", ",", "\r\n", "\ufeff")


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


def value(collection: Collection, record: Record, column: str) -> Any:
    """What stands in a column: a declared field, else one of the engine's own columns, else a field."""
    if column in collection.fields:
        return record.fields.get(column)
    match column:
        case "id":
            return record.id
        case "person":
            return record.person
        case "chat_id":
            return record.person.partition(":")[2] or record.person
        case "timestamp" | "created_at":
            return iso(record.created_at)
        case "updated_at":
            return iso(record.updated_at)
        case _:
            return record.fields.get(column)


def row(collection: Collection, record: Record, columns: Sequence[str], form: Form = PLAIN) -> list[str]:
    """The cells of one record."""
    fields = collection.fields
    return [
        cell(value(collection, record, name), fields[name].type if name in fields else "any", decimal=form.decimal)
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
    yield form.mark.encode() + line(columns, form)
    for record in rows:
        yield line(row(collection, record, columns, form), form)
