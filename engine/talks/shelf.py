"""The records of a talk, kept in memory; found and changed by the rules of `engine/memory`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from engine.core.effects import FindRecords, SaveRecord, WithdrawRecord
from engine.core.holders import released, taken
from engine.core.project import Project
from engine.core.records import instant, matches, ordered
from engine.project.suggest import did_you_mean


class Kept(Struct):
    person: str
    fields: dict[str, Any]
    created_at: float
    updated_at: float
    withdrawn: bool = False
    holders: str = ""

    def row(self, identity: str) -> dict[str, Any]:
        return {
            **self.fields,
            "id": identity,
            "created_at": instant(self.created_at),
            "updated_at": instant(self.updated_at),
        }


class Shelf:
    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Kept]] = {}  # collection -> id -> record, in the order first saved

    def save(self, effect: SaveRecord | WithdrawRecord, person: str, at: float) -> None:
        """Idempotent by id; a record stays its first person's."""
        collection = self._kept.setdefault(effect.collection, {})
        old = collection.get(effect.id)
        if isinstance(effect, WithdrawRecord):
            if old is not None and not old.withdrawn:
                old.holders = released(old.holders, effect.holder)
                old.withdrawn = not old.holders
            return
        if old is None or (old.withdrawn and effect.only_existing):
            if not effect.only_existing:
                collection[effect.id] = Kept(person, dict(effect.fields), at, at, holders=effect.holder)
            return
        old.holders = taken("" if old.withdrawn else old.holders, effect.holder)
        fields = {**old.fields, **effect.fields}
        if fields != old.fields or old.withdrawn:
            old.fields, old.updated_at, old.withdrawn = fields, at, False

    def find(self, query: FindRecords, person: str) -> list[dict[str, Any]]:
        rows = (row for owner, row in self.rows(query.collection) if query.everyone or owner == person)
        return ordered((row for row in rows if matches(row, query.where)), query.order, query.limit)

    def rows(self, collection: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """(whose it is, the record) in the order first saved; withdrawn ones are left out."""
        for identity, kept in self._kept.get(collection, {}).items():
            if not kept.withdrawn:
                yield kept.person, kept.row(identity)

    @property
    def collections(self) -> list[str]:
        return [name for name in self._kept if any(True for _ in self.rows(name))]


def unknown_field(project: Project, collection: str, fields: Iterable[str]) -> str:
    """The first field that outcomes.yaml does not declare of this collection, in words; empty when all are known."""
    declared = project.collections.get(collection)
    if declared is None or not declared.declared:
        return ""
    name = next((name for name in fields if name not in declared.fields and name != "id"), None)
    if name is None:
        return ""
    return f"a record of `{collection}` has no field `{name}`. {did_you_mean(name, declared.fields)}".strip()
