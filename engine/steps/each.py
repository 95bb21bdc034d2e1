"""each: the same steps for every item of a list."""

from __future__ import annotations

from typing import Any

from engine.core.choices import identity_of
from engine.core.field import Field
from engine.core.fields import BLOCK, EXPRESSION, NAMED
from engine.core.frame import Frame
from engine.core.pins import pinned
from engine.core.session import Entry, FrameState
from engine.core.step import Step, Waiting, Way, first_of
from engine.core.template import Expression
from engine.core.values import jsonable
from engine.core.walk import Walk

MOST = 200  # items; more is the author's mistake, and each takes its share of the turn's bound


class Each(Step):
    verb = "each"
    remembers = "each"
    doc = (
        "Walk the steps once for every item; the item is called as the step says. Answers inside are kept by the "
        "item's `id`, so a list that changes its order loses none. What the steps ask is null again at the start of "
        "each round; what they `set` stays."
    )
    example = """
- set:
    exercises: [{id: squat, title: Присед}, {id: plank, title: Планка}]
- each: exercise
  in: exercises
  do:
    - ask: weight
      question: "{{ exercise.title }}: какой вес, кг?"
      answer: number
    - save: sets
      fields: {exercise: "{{ exercise.id }}", weight: "{{ weight }}"}
- say: Всё записал.
"""
    FIELDS = {
        "each": Field(NAMED, "What the item is called.", required=True),
        "in": Field(EXPRESSION, "The list.", required=True),
        "do": Field(BLOCK, "The steps for each item.", required=True),
    }

    each: str
    in_: Expression
    do: tuple[Step, ...]

    def writes(self) -> frozenset[str]:
        return frozenset({self.each})

    def blocks(self) -> Any:
        yield "each", self.do

    def frames(self) -> bool:
        return True

    def ways(self) -> list[Way]:
        return [Way("each", first_of(self.do, self.next)), Way("after", self.next)]

    def fits(self, entry: Entry) -> bool:
        return isinstance(entry.get("v"), list)

    def enter(self, walk: Walk) -> Step | Waiting | None:
        key = walk.visit(self)
        items = self._items(walk, key)
        return self._round(walk, items, 0)

    def _items(self, walk: Walk, key: str) -> list[Any]:
        return list(pinned(self, walk, key, self._found))

    def _found(self, walk: Walk) -> list[Any]:
        found = walk.evaluate(self.in_)
        if isinstance(found, dict):
            found = [
                {"id": name, **row} if isinstance(row, dict) else {"id": name, "value": row}
                for name, row in found.items()
            ]
        return list(jsonable(found[:MOST] if isinstance(found, (list, tuple)) else []))

    def _round(self, walk: Walk, items: list[Any], at: int) -> Step | Waiting | None:
        if at >= len(items) or not self.do:
            walk.ground.walked("item", walk.conversation, self, "done")
            return self.next
        names = [identity_of(item) for item in items]
        identity = names[at]
        repeat = names[:at].count(identity)
        mark = f"{identity}~{repeat + 1}" if repeat else identity
        path = f"{walk.frame.state.path}{self.name}[{mark.replace('[', '(').replace(']', ')')}]/"
        for step in self._inside():
            if step.verb != "set":
                for name in step.writes():
                    walk.assign(name, None)
        walk.assign(self.each, items[at])
        walk.ground.walked("item", walk.conversation, self, f"{at + 1}/{len(items)}")
        walk.push(FrameState(walk.frame.scenario.id, -1, path, self.index, None, items, at))
        return self.do[0]

    def _inside(self) -> list[Step]:
        found, queue = [], list(self.do)
        while queue:
            step = queue.pop()
            found.append(step)
            for _, block in step.blocks():
                queue.extend(block)
        return found

    def resume(self, walk: Walk, finished: Frame) -> Step | Waiting | None:
        return self._round(walk, finished.state.items or [], finished.state.at + 1)
