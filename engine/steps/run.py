"""run: another scenario, inside this one."""

from __future__ import annotations

from engine.core.fields import NAMED, VALUE, Field, MapType, RefType
from engine.core.project import REQUIRED
from engine.core.session import FrameState
from engine.core.step import Step, Waiting
from engine.core.template import Value
from engine.core.walk import Frame, Walk, jsonable


class Run(Step):
    verb = "run"
    remembers = "as_"
    doc = (
        "Run another scenario and come back. It sees only what `with` gives to its `inputs`; what it gives back is its `result`, remembered "
        "under `as`."
    )
    example = """
- run: measure
  with: {unit: кг}
  as: weight
- say: "Записал: {{ weight }}"
"""
    FIELDS = {
        "run": Field(RefType("scenario"), "The scenario's name.", required=True),
        "with": Field(MapType(VALUE), "Its inputs."),
        "as": Field(NAMED, "What its result is remembered as; also this step's name."),
    }

    run: str
    with_: dict[str, Value] | None
    as_: str | None

    def enter(self, walk: Walk) -> Step | Waiting | None:
        walk.visit(self)
        callee = walk.ground.project.scenarios[self.run]
        inputs = {name: None if value is REQUIRED else value for name, value in callee.inputs.items()}
        inputs.update({name: jsonable(walk.evaluate(value)) for name, value in (self.with_ or {}).items()})
        path = f"{walk.frame.state.path}{self.name}/"
        walk.push(FrameState(callee.id, -1, path, self.index, inputs))
        walk.ground.walked("ran", walk.conversation, self, callee.id)
        return callee.first

    def resume(self, walk: Walk, finished: Frame) -> Step | Waiting | None:
        result = finished.scenario.result
        if self.as_:
            walk.assign(self.as_, jsonable(result.evaluate(finished.scope)) if result is not None else None)
        return self.next
