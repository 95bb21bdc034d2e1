"""if: take one way or the other."""

from __future__ import annotations

from typing import Any

from engine.core.because import because
from engine.core.field import Field
from engine.core.fields import BLOCK, EXPRESSION
from engine.core.pins import pinned
from engine.core.session import Entry
from engine.core.step import Step, Waiting, Way, first_of
from engine.core.template import Expression
from engine.core.walk import Walk


class If(Step):
    verb = "if"
    doc = (
        "Go one way when the condition is true, the other when it is not. The condition is a bare expression, without"
        " `{{ }}`."
    )
    example = """
- ask: age
  question: Сколько тебе лет?
  answer: integer
- if: age < 18
  then:
    - say: Приходи с родителями!
    - end
  else:
    - say: Отлично, начнём.
"""
    FIELDS = {
        "if": Field(EXPRESSION, "The condition.", required=True),
        "then": Field(BLOCK, "The steps when it is true.", required=True),
        "else": Field(BLOCK, "The steps when it is not."),
    }

    if_: Expression
    then: tuple[Step, ...]
    else_: tuple[Step, ...] | None

    def blocks(self) -> Any:
        yield "yes", self.then
        if self.else_:
            yield "no", self.else_

    def outcomes(self) -> list[tuple[str, str]]:
        return [("branch", "yes"), ("branch", "no")]

    def ways(self) -> list[Way]:
        return [Way("yes", first_of(self.then, self.next)), Way("no", first_of(self.else_ or (), self.next))]

    def fits(self, entry: Entry) -> bool:
        return "v" in entry and not isinstance(entry["v"], (dict, list))

    def enter(self, walk: Walk) -> Step | Waiting | None:
        true = bool(condition(self, walk, self.if_))
        why = because(walk.scope, self.if_)
        walk.ground.walked("branch", walk.conversation, self, "yes" if true else "no", why)
        return first_of(self.then if true else self.else_ or (), self.next)


def condition(step: Step, walk: Walk, expression: Expression) -> Any:
    """The value that decides the way; a list or a map is only true or false."""

    def make(walk: Walk) -> Any:
        value = walk.evaluate(expression)
        return value if value is None or isinstance(value, (str, int, float, bool)) else bool(value)

    return pinned(step, walk, walk.visit(step) if step.pins or step.named else "", make)
