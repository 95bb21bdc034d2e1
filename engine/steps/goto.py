"""goto: go on at a named step."""

from __future__ import annotations

from engine.core.field import Field
from engine.core.fields import RefType
from engine.core.step import Step, Waiting, Way
from engine.core.walk import Walk


class Goto(Step):
    verb = "goto"
    doc = (
        "Go on at a named step of the same list, or of a list around it. Leading back makes a loop: what was answered"
        " since that step is asked anew, while what was `set` and saved stays. /back leads into the round before, and"
        " from there to before the loop, which then begins as at first."
    )
    example = """
- ask: exercise
  question: Какое упражнение?
- save: exercises
  fields: {title: "{{ exercise }}"}
- ask: more
  question: Добавить ещё?
  answer: yes_no
- if: more
  then:
    - goto: exercise
- say: Всё записал.
"""
    FIELDS = {"goto": Field(RefType("step"), "The step's name.", required=True)}

    goto: str

    def ways(self) -> list[Way]:
        return [Way("", self.by_name.get(self.goto))]

    def enter(self, walk: Walk) -> Step | Waiting | None:
        if self.named:
            walk.visit(self)
        return walk.go(self.goto)
