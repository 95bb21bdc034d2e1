"""Records on the way out: `find`, changes, exports. Law: what a turn has saved and not yet committed is seen as if it
were, laid over by the same rule as the commit does it.

SQL narrows (person, id, texts that are equal); `engine.core.records` decides. Only where SQL says all of it, order and
limit are its work too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec.structs import replace

from engine.core.effects import FindRecords, SaveRecord, WithdrawRecord
from engine.core.holders import released, taken
from engine.core.records import instant, is_ambiguous, matches, ordered
from engine.memory.database import Database
from engine.memory.fields import from_text
from engine.memory.port import Record
from engine.memory.saves import laid_over

_COLUMNS = "seq, collection, id, person, fields, created_at, updated_at, withdrawn, change, conversation"
_OWN = {"id", "created_at", "updated_at"}  # what a row has beside its fields
_PAGE = 500  # rows read at a time by what reads a whole collection

_Found = dict[str, Record]  # by id, in the order they were first saved


def find(
    database: Database,
    query: FindRecords,
    person: str,
    unsaved: Sequence[SaveRecord | WithdrawRecord],
    at: float,
) -> list[dict[str, Any]]:
    """As the port says. `at` is the turn's time, which its unsaved records bear."""
    where, values, all_said = _narrowed(query, person)
    sql = f"SELECT {_COLUMNS} FROM records WHERE {where}"  # noqa: S608 - made of fixed words, values are bound
    saves = [save for save in unsaved if save.collection == query.collection]
    if all_said and not saves and query.order in ("created_at", "-created_at"):
        way = "DESC" if query.order.startswith("-") else "ASC"
        sql += f" ORDER BY created_at {way}, seq {way} LIMIT ?"
        return [as_row(_record(row)) for row in database.rows(sql, [*values, query.limit])]
    found = {record.id: record for record in map(_record, database.rows(f"{sql} ORDER BY seq", values))}
    _lay_over(database, found, saves, person, at)
    mine = (record for record in found.values() if not record.withdrawn and (query.everyone or record.person == person))
    if _OWN.isdisjoint(query.where):  # judged by the fields alone: most rows are dropped before they are dressed
        rows = [as_row(record) for record in mine if matches(record.fields, query.where)]
    else:
        rows = [row for row in map(as_row, mine) if matches(row, query.where)]
    return ordered(rows, query.order, query.limit)


def _narrowed(query: FindRecords, person: str) -> tuple[str, list[Any], bool]:
    """Conditions for SQL, their values, and whether they say all of `where`."""
    said = ["collection = ?", "withdrawn = 0"]
    values: list[Any] = [query.collection]
    if not query.everyone:
        said.append("person = ?")
        values.append(person)
    all_said = True
    for name, wanted in query.where.items():
        if name == "id" and isinstance(wanted, str):
            said.append("id = ?")
            values.append(wanted)
            continue
        sayable = isinstance(wanted, str) and not is_ambiguous(wanted) and '"' not in name and wanted.isprintable()
        if sayable and name not in ("created_at", "updated_at") and not _looks_like_time(wanted):
            said.append("json_extract(fields, ?) = ?")
            values += [f'$."{name}"', wanted]
        else:
            all_said = False
    return " AND ".join(said), values, all_said


def _looks_like_time(text: str) -> bool:
    return len(text) > 10 and text[4] == "-"  # two such texts may be one instant


def _lay_over(
    database: Database, found: _Found, saves: Sequence[SaveRecord | WithdrawRecord], person: str, at: float
) -> None:
    for save in saves:
        old = found.get(save.id) or _one(database, save.collection, save.id)
        new = _after(old, save, person, at)
        if new is not None:
            found[save.id] = new


def _after(old: Record | None, save: SaveRecord | WithdrawRecord, person: str, at: float) -> Record | None:
    """What a record is once `save` is committed; the rule of engine/memory/saves.py."""
    absent = old is None or old.withdrawn
    if isinstance(save, WithdrawRecord):
        if old is None or absent:
            return None
        holders = released(old.holders, save.holder)
        return replace(old, holders=holders) if holders else replace(old, holders="", updated_at=at, withdrawn=True)
    if absent and save.only_existing:
        return None
    if old is None or not old.person:
        return Record(save.collection, save.id, person, dict(save.fields), at, at, holders=save.holder)
    holders = "" if old.withdrawn else old.holders
    fields = laid_over(old.fields, save.fields)
    updated = old.updated_at if fields == old.fields and not old.withdrawn else at
    return Record(
        old.collection, old.id, old.person, fields, old.created_at, updated, holders=taken(holders, save.holder)
    )


def _one(database: Database, collection: str, record: str) -> Record | None:
    rows = database.rows(f"SELECT {_COLUMNS} FROM records WHERE collection = ? AND id = ?", (collection, record))  # noqa: S608 - fixed words
    return _record(rows[0]) if rows else None


def changes(database: Database, collection: str, after: int, limit: int) -> list[Record]:
    sql = f"SELECT {_COLUMNS} FROM records WHERE collection = ? AND change > ? ORDER BY change LIMIT ?"  # noqa: S608 - fixed words
    return [_record(row) for row in database.rows(sql, (collection, after, limit))]


def every(database: Database, collection: str) -> Iterator[Record]:
    """In the order they were first saved; read page by page, so writers are never held up."""
    rows = database.rows("SELECT seq FROM records WHERE collection = ? ORDER BY seq", (collection,))
    numbers = [row[0] for row in rows]
    for start in range(0, len(numbers), _PAGE):
        page = numbers[start : start + _PAGE]
        marks = ", ".join("?" * len(page))
        sql = f"SELECT {_COLUMNS} FROM records WHERE seq IN ({marks}) AND withdrawn = 0 ORDER BY seq"  # noqa: S608 - question marks
        yield from map(_record, database.rows(sql, page))


def _record(row: Sequence[Any]) -> Record:
    _, collection, id_, person, fields, created, updated, withdrawn, change, holders = row
    return Record(collection, id_, person, from_text(fields), created, updated, bool(withdrawn), change, holders)


def as_row(record: Record) -> dict[str, Any]:
    """As expressions see it."""
    return record.fields | {
        "id": record.id,
        "created_at": instant(record.created_at),
        "updated_at": instant(record.updated_at),
    }
