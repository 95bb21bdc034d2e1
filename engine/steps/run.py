"""run: another scenario, inside this one."""

from __future__ import annotations

from typing import Any

from engine.core.basis import basis_of, stands
from engine.core.field import Field
from engine.core.fields import NAMED, VALUE, MapType, RefType
from engine.core.frame import Frame
from engine.core.pins import inputs_unless_given, pinned
from engine.core.session import Entry, FrameState
from engine.core.step import Step, Waiting
from engine.core.template import Value
from engine.core.values import jsonable
from engine.core.walk import Walk

RESULT = "="  # the key of a result within the frame that it is of; no step bears this name


class Run(Step):
    verb = "run"
    remembers = "as_"
    doc = (
        "Run another scenario and come back. It sees only what `with` gives to its `inputs`; what it gives back is "
        "its `result`, remembered under `as`."
    )
    example = """
- run: measure
  with: {unit: кг}
  as: weight
- say: "Записал: {{ weight }}"
"""
    FIELDS = {
        "run": Field(RefType("scenario"), "The scenario's name.", required=True),
        "with": Field(MapType(VALUE, variables=True), "Its inputs."),
        "as": Field(NAMED, "What its result is remembered as; also this step's name."),
    }

    run: str
    with_: dict[str, Value] | None
    as_: str | None

    def fits(self, entry: Entry) -> bool:
        return isinstance(entry.get("v"), dict)

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        callee = walk.ground.project.scenarios[self.run]
        inputs = inputs_unless_given(walk.ground, walk.conversation, callee)
        inputs.update(pinned(self, walk, key, self._given))
        path = f"{walk.frame.state.path}{self.name}/"
        walk.push(FrameState(callee.id, -1, path, self.index, inputs))
        walk.ground.walked("ran", walk.conversation, self, callee.id)
        return callee.first

    def _given(self, walk: Walk) -> dict[str, Any]:
        return {name: jsonable(walk.evaluate(value)) for name, value in (self.with_ or {}).items()}

    def resume(self, walk: Walk, finished: Frame) -> Step | Waiting | None:
        result = finished.scenario.result
        if self.as_:
            walk.assign(self.as_, self._result(walk, finished, result) if result is not None else None)
        return self.next

    def _result(self, walk: Walk, finished: Frame, result: Value) -> Any:
        """One that reads the clock is an entry of its own, `<run>/=`."""
        if not result.clock:
            return jsonable(result.evaluate(finished.scope))
        key = f"{finished.state.path}{RESULT}"
        walk.conversation.visited[key] = None
        values = basis_of(result.reads, finished.scope.variables)
        entry = walk.conversation.journal.get(key)
        if entry is None or not stands(entry["h"], values):
            entry = {"v": jsonable(result.evaluate(finished.scope)), "h": values}
            walk.keep(key, entry)
        return entry["v"]
