"""set: remember values."""

from __future__ import annotations

from engine.core.basis import stands
from engine.core.field import Field
from engine.core.fields import VALUE, MapType
from engine.core.session import Entry
from engine.core.step import Step, Waiting
from engine.core.template import Value
from engine.core.values import jsonable
from engine.core.walk import Walk


class Set(Step):
    verb = "set"
    doc = (
        "Remember values under names. A value that is exactly one `{{ expression }}` keeps its type. The values are "
        "set from top to bottom, each may use those above it."
    )
    example = """
- set: {count: 0}
- set:
    count: "{{ count + 1 }}"
    greeting: "Шаг {{ count }}"
- say: "{{ greeting }}"
"""
    FIELDS = {"set": Field(MapType(VALUE, variables=True), "Names and their values.", required=True)}

    set: dict[str, Value]

    def writes(self) -> frozenset[str]:
        return frozenset(self.set or ())

    def fits(self, entry: Entry) -> bool:
        return "v" in entry and isinstance(entry["v"], dict)

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self) if self.pins or self.named else ""
        if not self.pins:
            self._assign(walk)
            return self.next
        values = walk.basis(self)
        entry = walk.entry(self, key)
        if entry is not None and stands(entry["h"], values) and entry["v"].keys() == self.set.keys():
            for name, value in entry["v"].items():
                walk.assign(name, value)
            return self.next
        self._assign(walk)
        walk.keep(key, {"v": {name: walk.scope.variables[name] for name in self.set}, "h": values})
        return self.next

    def _assign(self, walk: Walk) -> None:
        for name, value in self.set.items():
            walk.assign(name, jsonable(walk.evaluate(value)))
