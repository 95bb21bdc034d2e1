"""Records on the way in. Law: idempotent by id, so the same save twice is one record and one change.

Who saved a record, and in which conversation, stays as it was first saved: an `update` by somebody else changes its
fields only. Saving a withdrawn record brings it back.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any

from engine.core.effects import SaveRecord, WithdrawRecord
from engine.memory.fields import from_text, to_text


def write_save(db: Connection, save: SaveRecord | WithdrawRecord, person: str, at: float, change: int) -> bool:
    """Inside a transaction; `change` is the number that it gets. False when there was nothing to change."""
    if isinstance(save, WithdrawRecord):
        return withdraw(db, save.collection, save.id, at, change)
    old = db.execute(
        "SELECT seq, fields, withdrawn FROM records WHERE collection = ? AND id = ?", (save.collection, save.id)
    ).fetchone()
    if old is None or (save.only_existing and old[2]):
        if save.only_existing:
            return False
        db.execute(
            "INSERT INTO records"
            " (collection, id, person, conversation, created_at, updated_at, withdrawn, change, fields)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
            (save.collection, save.id, person, save.conversation, at, at, change, to_text(save.fields)),
        )
        return True
    seq, before, withdrawn = old
    after = to_text(laid_over(from_text(before), save.fields))
    if after == before and not withdrawn:
        return False
    db.execute(
        "UPDATE records SET fields = ?, updated_at = ?, withdrawn = 0, change = ?,"
        # a person who was forgotten and came back: the record is theirs anew
        " conversation = iif(person = '', ?, conversation), created_at = iif(person = '', ?, created_at),"
        " person = iif(person = '', ?, person) WHERE seq = ?",
        (after, at, change, save.conversation, at, person, seq),
    )
    return True


def withdraw(db: Connection, collection: str, record: str, at: float, change: int) -> bool:
    done = db.execute(
        "UPDATE records SET withdrawn = 1, updated_at = ?, change = ?"
        " WHERE collection = ? AND id = ? AND withdrawn = 0",
        (at, change, collection, record),
    )
    return done.rowcount > 0


def laid_over(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**old, **new}
