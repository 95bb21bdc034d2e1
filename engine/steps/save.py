"""save: write an outcome."""

from __future__ import annotations

from typing import Any

from engine.core.basis import Basis
from engine.core.effects import SaveRecord
from engine.core.field import Field
from engine.core.fields import EXPRESSION, NAMED, VALUE, ListType, MapType, RefType
from engine.core.fitting import fit_all
from engine.core.holders import holder_of
from engine.core.moments import iso
from engine.core.session import PEOPLE, Entry, digest
from engine.core.step import Step, Waiting
from engine.core.template import Expression, Value
from engine.core.values import jsonable
from engine.core.walk import Walk


class Save(Step):
    verb = "save"
    remembers = "as_"
    doc = (
        "Write a record of this person into a collection (declared in `catalog/outcomes.yaml`). Correcting an answer "
        "later updates the record, walking a loop again makes a new one. `once_per` names what there may be only one "
        "record for: saved again, it is updated. A value is turned into its field's declared type where that loses "
        "nothing (the text `5` into the number); what does not fit is kept as it is, and the admin is told. A record "
        "in `people` is the person's own: its fields are `person.<field>` in every scenario."
    )
    example = """
- ask: report
  question: Как прошёл день?
- save: checkins
  fields: {report: "{{ report }}", day: "{{ today }}"}
  once_per: [today]
- say: Записал!
"""
    FIELDS = {
        "save": Field(RefType("collection"), "The collection.", required=True),
        "fields": Field(MapType(VALUE), "The record's fields.", required=True),
        "once_per": Field(ListType(EXPRESSION), "One record for each of these values (and this person)."),
        "as": Field(NAMED, "What the saved record is remembered as."),
    }

    save: str
    fields: dict[str, Value]
    once_per: tuple[Expression, ...] | None
    as_: str | None

    def fits(self, entry: Entry) -> bool:
        return "s" in entry and entry.get("k") == self.save

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        values = walk.basis(self)
        entry = walk.entry(self, key)
        if entry is None or entry["h"] != values or ("v" not in entry and self._remembered):
            entry = self._write(walk, key, values, entry)
        if self.as_:
            walk.assign(self.as_, entry["v"])
        if self.save == PEOPLE:
            walk.ground.learn({name: entry["v"].get(name) for name in self.fields})
        return self.next

    @property
    def _remembered(self) -> bool:
        return bool(self.as_) or self.save == PEOPLE

    def _write(self, walk: Walk, key: str, values: Basis, before: Entry | None) -> Entry:
        made = {name: jsonable(walk.evaluate(value)) for name, value in self.fields.items()}
        fields = fit_all(walk.ground, self, self.save, made)
        identity = before["s"] if before else self._identity(walk, key)
        entry: Entry = {"s": identity, "k": self.save, "h": values}
        if made_in := before.get("o") if before else walk.conversation.round:
            entry["o"] = made_in
        if self._remembered:
            now = iso(walk.ground.event.at)
            created = before["v"].get("created_at", now) if before and before.get("v") else now
            times: dict[str, Any] = {"id": identity, "created_at": created, "updated_at": now} if self.as_ else {}
            entry["v"] = {**fields, **times}
        walk.keep(key, entry)
        walk.effects.append(SaveRecord(self.save, identity, fields, holder_of(walk.conversation, entry)))
        walk.ground.walked("saved", walk.conversation, self, self.save)
        return entry

    def _identity(self, walk: Walk, key: str) -> str:
        person = walk.ground.session.person.get("id")
        if self.save == PEOPLE:
            return digest(PEOPLE, person, size=8)
        if self.once_per:
            return digest(self.save, person, [jsonable(walk.evaluate(one)) for one in self.once_per], size=8)
        return walk.record_id(key)
