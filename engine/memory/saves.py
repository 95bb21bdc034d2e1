"""Records on the way in. Law: idempotent by id, so the same save twice is one record and one change.

Whose a record is stays as it was first saved: an `update` by somebody else changes its fields only. Saving a withdrawn
record brings it back. The column `conversation` names all who saved it (`engine.core.holders`): it is withdrawn when
nobody holds it any more, and stays as it was last written while somebody does.
"""

from __future__ import annotations

from sqlite3 import Connection
from typing import Any

from engine.core.effects import SaveRecord, WithdrawRecord
from engine.core.holders import released, taken
from engine.memory.fields import from_text, to_text


def write_save(db: Connection, save: SaveRecord | WithdrawRecord, person: str, at: float, change: int) -> bool:
    """Inside a transaction; `change` is the number that it gets. False when there was nothing to change."""
    old = db.execute(
        "SELECT seq, fields, withdrawn, conversation FROM records WHERE collection = ? AND id = ?",
        (save.collection, save.id),
    ).fetchone()
    if isinstance(save, WithdrawRecord):
        return old is not None and not old[2] and _withdraw(db, old[0], released(old[3], save.holder), at, change)
    if old is None or (save.only_existing and old[2]):
        if save.only_existing:
            return False
        db.execute(
            "INSERT INTO records"
            " (collection, id, person, conversation, created_at, updated_at, withdrawn, change, fields)"
            " VALUES (?, ?, ?, ?, ?, ?, 0, ?, ?)",
            (save.collection, save.id, person, save.holder, at, at, change, to_text(save.fields)),
        )
        return True
    seq, before, withdrawn, holders = old
    held = taken("" if withdrawn else holders, save.holder)
    if held != holders:
        db.execute("UPDATE records SET conversation = ? WHERE seq = ?", (held, seq))
    after = to_text(laid_over(from_text(before), save.fields))
    if after == before and not withdrawn:
        return False
    db.execute(
        "UPDATE records SET fields = ?, updated_at = ?, withdrawn = 0, change = ?,"
        # a person who was forgotten and came back: the record is theirs anew
        " created_at = iif(person = '', ?, created_at), person = iif(person = '', ?, person) WHERE seq = ?",
        (after, at, change, at, person, seq),
    )
    return True


def _withdraw(db: Connection, seq: int, holders: str, at: float, change: int) -> bool:
    """Somebody takes their save back; the record goes when they were the last."""
    db.execute("UPDATE records SET conversation = ? WHERE seq = ?", (holders, seq))
    if holders:
        return False
    db.execute("UPDATE records SET withdrawn = 1, updated_at = ?, change = ? WHERE seq = ?", (at, change, seq))
    return True


def laid_over(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**old, **new}
