"""end: the scenario is over."""

from __future__ import annotations

from typing import Any

from engine.core.field import Builder, Field, FieldType
from engine.core.node import Node, Scalar
from engine.core.step import Step, Waiting, Way
from engine.core.walk import Walk


class NothingType(FieldType, frozen=True):
    word = "nothing, or true"

    def build(self, node: Node, builder: Builder) -> Any:
        if not (isinstance(node, Scalar) and (node.is_null or node.text == "true")):
            builder.report("wrong-type", node, "`end` takes nothing.", "Write `- end`.")
        return True

    def schema(self) -> dict[str, Any]:
        return {"type": ["boolean", "null"]}


class End(Step):
    verb = "end"
    doc = "End the scenario here; one that was run by another goes back to it. The end of the list ends it too."
    example = """
- say: До встречи!
- end
"""
    FIELDS = {"end": Field(NothingType(), "Nothing.")}

    def ways(self) -> list[Way]:
        return []

    def enter(self, walk: Walk) -> Step | Waiting | None:
        if self.named:
            walk.visit(self)
        walk.end_scenario()
        return None
