"""What the rules ask of a verb, told by what its own file declares: a new kind needs no row in any rule (law 8)."""

from __future__ import annotations

from engine.core.fields import TextType
from engine.core.step import Step
from engine.steps import KINDS

# The field that holds what a verb says to people: the first text of it.
SAID: dict[str, str] = {
    verb: said
    for verb, kind in KINDS.items()
    if (said := next((name for name, field in kind.FIELDS.items() if isinstance(field.type, TextType)), ""))
}


def speaks(step: Step) -> bool:
    """Whether people see something when the step is come to. What a run scenario does is not followed: it may speak."""
    return step.verb == "run" or step.verb in SAID


def waits_for_people(step: Step) -> bool:
    """Whether it waits for an answer. What a run scenario does is not followed: it may ask."""
    return step.verb == "run" or step.takes_input()
