"""switch: one of many ways, by a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.because import because
from engine.core.field import Field
from engine.core.fields import BLOCK, CASES, EXPRESSION
from engine.core.session import Entry
from engine.core.step import Step, Waiting, Way, first_of
from engine.core.template import Expression, shown
from engine.core.walk import Walk
from engine.steps.if_ import condition

_ALSO = {"true": "yes", "false": "no"}  # the ids of a yes_no's buttons


class Switch(Step):
    verb = "switch"
    doc = (
        "Take the way whose value the expression has; `else` when there is none. Values are compared as they are "
        "written; true and false also take `yes` and `no`."
    )
    example = """
- ask: mood
  question: Как ты?
  choices: {good: Хорошо, bad: Плохо}
- switch: mood
  cases:
    good:
      - say: Рад за тебя!
    bad:
      - say: Держись, я рядом.
"""
    FIELDS = {
        "switch": Field(EXPRESSION, "The expression.", required=True),
        "cases": Field(CASES, "Values, each with its steps.", required=True),
        "else": Field(BLOCK, "The steps when no value fits."),
    }

    switch: Expression
    cases: dict[str, tuple[Step, ...]]
    else_: tuple[Step, ...] | None

    def blocks(self) -> Any:
        yield from self.cases.items()
        if self.else_:
            yield "else", self.else_

    def outcomes(self) -> list[tuple[str, str]]:
        return [("branch", word) for word, _ in self.blocks()]

    def ways(self) -> list[Way]:
        return [
            *(Way(case, first_of(block, self.next)) for case, block in self.cases.items()),
            Way("else", first_of(self.else_ or (), self.next)),
        ]

    def fits(self, entry: Entry) -> bool:
        return "v" in entry and not isinstance(entry["v"], (dict, list))

    def enter(self, walk: Walk) -> Step | Waiting | None:
        case = case_for(condition(self, walk, self.switch), self.cases)
        why = because(walk.scope, self.switch)
        walk.ground.walked("branch", walk.conversation, self, "else" if case is None else case, why)
        return first_of((self.else_ or ()) if case is None else self.cases[case], self.next)


def case_for(value: Any, cases: Mapping[str, Any]) -> str | None:
    """The case that a value takes; None when it takes none."""
    written = as_written(value)
    if written in cases or not (value is None or isinstance(value, bool)):
        return written if written in cases else None
    return next((case for case in cases if case.lower() in (written, _ALSO.get(written))), None)


def as_written(value: Any) -> str:
    """How an author writes this value as a case: `true`, `null`, `3`, `good`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return shown(value)
