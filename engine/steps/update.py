"""update: change records that were saved before."""

from __future__ import annotations

from typing import Any

from engine.core.basis import Basis
from engine.core.effects import FindRecords, SaveRecord
from engine.core.field import Field
from engine.core.fields import EXPRESSION, VALUE, MapType, RefType
from engine.core.fitting import fit_all
from engine.core.session import PEOPLE, Entry, digest
from engine.core.step import WAIT, Step, Waiting
from engine.core.template import Expression, Value
from engine.core.values import jsonable
from engine.core.walk import Walk


class Update(Step):
    verb = "update"
    doc = (
        "Change fields of a record that was found or saved (`record`), or of all records of this person that match "
        "`where`, of 1,000 at the most. Fields not named stay as they are."
    )
    example = """
- find: workout
  in: workouts
  where: {status: planned}
  first: true
- update: workouts
  record: workout
  fields: {status: completed}
"""
    FIELDS = {
        "update": Field(RefType("collection"), "The collection.", required=True),
        "record": Field(EXPRESSION, "The record, or its id."),
        "where": Field(MapType(VALUE), "In place of `record`: fields and the values they must have."),
        "fields": Field(MapType(VALUE), "The new values.", required=True),
    }

    update: str
    record: Expression | None
    where: dict[str, Value] | None
    fields: dict[str, Value]

    def fits(self, entry: Entry) -> bool:
        return "u" in entry

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        values = walk.basis(self)
        entry = walk.entry(self, key)
        if entry is not None and entry["h"] == values:
            return self.next
        if self.record is None:
            request = walk.request_id(key, values)
            where = {name: jsonable(walk.evaluate(value)) for name, value in (self.where or {}).items()}
            walk.wait_for("records", key, request)
            walk.standing.state["h"] = values
            walk.effects.append(FindRecords(request, self.update, where, limit=1000))
            return WAIT
        record = walk.evaluate(self.record)
        identity = record.get("id") if isinstance(record, dict) else record
        if identity:
            self._write(walk, key, values, [str(identity)])
        return self.next

    def _write(self, walk: Walk, key: str, values: Basis, identities: list[str]) -> None:
        made = {name: jsonable(walk.evaluate(value)) for name, value in self.fields.items()}
        fields = fit_all(walk.ground, self, self.update, made)
        walk.keep(key, {"u": identities, "h": values})
        ground = walk.ground
        if self.update == PEOPLE and digest(PEOPLE, ground.session.person.get("id"), size=8) in identities:
            ground.learn(fields)
        for identity in identities:
            walk.effects.append(SaveRecord(self.update, identity, fields, only_existing=True))
        if identities:
            walk.ground.walked("saved", walk.conversation, self, self.update)

    def returned(self, walk: Walk, result: Any, failure: str) -> Step | Waiting | None:
        pending = walk.standing
        self._write(walk, pending.key, pending.state.get("h", {}), [str(record["id"]) for record in result or ()])
        walk.conversation.pending = None
        return self.next
