"""find: look records up."""

from __future__ import annotations

from typing import Any

from engine.core.amounts import NumberType
from engine.core.basis import stands
from engine.core.effects import FindRecords
from engine.core.field import Builder, Field, FieldType
from engine.core.fields import FLAG, NAMED, VALUE, MapType, RefType
from engine.core.node import Node, Scalar
from engine.core.session import Entry
from engine.core.step import WAIT, Step, Waiting
from engine.core.template import Value
from engine.core.values import jsonable
from engine.core.walk import Walk


class OrderType(FieldType, frozen=True):
    word = "a field, or `-field` for the last first"

    def build(self, node: Node, builder: Builder) -> Any:
        if isinstance(node, Scalar) and node.text.strip("-"):
            return node.text
        builder.report("wrong-type", node, f"Expected {self.word}.")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class Find(Step):
    verb = "find"
    remembers = "find"
    doc = (
        "Look up records that were saved: this person's own, unless `everyone` is true. The variable becomes a list "
        "(or, with `first`, one record or null); each record has its fields, `id`, `created_at` and `updated_at`, and "
        "one that it was saved without is null. A value in `where` is compared for equality; a list means any of its "
        "values; `{above: 5}`, `below`, `from`, `to`, `not`, `contains` compare."
    )
    example = """
- find: last_workout
  in: workouts
  where: {status: [planned, completed]}
  first: true
- if: last_workout and hours_since(last_workout.created_at) < 12
  then:
    - say: Сначала отдохни.
    - end
- say: Можно начинать.
"""
    FIELDS = {
        "find": Field(NAMED, "What is found is remembered as this.", required=True),
        "in": Field(RefType("collection"), "The collection.", required=True),
        "where": Field(MapType(VALUE), "Fields and the values they must have."),
        "order": Field(OrderType(), "By which field; newest first when left out.", default="-created_at"),
        "limit": Field(NumberType(least=1, most=1000), "How many at the most.", default=100),
        "first": Field(FLAG, "One record, or null, in place of a list."),
        "everyone": Field(FLAG, "Records of everybody, not only of this person."),
    }

    find: str
    in_: str
    where: dict[str, Value] | None
    order: str
    limit: int
    first: bool | None
    everyone: bool | None

    def writes(self) -> frozenset[str]:
        return frozenset({self.find})

    def fits(self, entry: Entry) -> bool:
        return "f" in entry

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        values = walk.basis(self)
        entry = walk.entry(self, key)
        if entry is not None and stands(entry["h"], values):
            walk.assign(self.find, entry["f"])
            return self.next
        request = walk.request_id(key, values)
        where = {name: jsonable(walk.evaluate(value)) for name, value in (self.where or {}).items()}
        walk.wait_for("records", key, request)
        walk.standing.state["h"] = values
        limit = 1 if self.first else self.limit
        walk.effects.append(FindRecords(request, self.in_, where, bool(self.everyone), self.order, limit))
        return WAIT

    def returned(self, walk: Walk, result: Any, failure: str) -> Step | Waiting | None:
        pending = walk.standing
        records = list(result or ())
        value = (records[0] if records else None) if self.first else records
        walk.keep(pending.key, {"f": value, "h": pending.state.get("h")})
        walk.assign(self.find, value)
        walk.ground.walked("found", walk.conversation, self, str(len(records)))
        walk.conversation.pending = None
        return self.next
