"""A name that is used and given nowhere, for those who look where it may have been meant to be given."""

from __future__ import annotations

from typing import Any, NamedTuple

from engine.core.choices import Literal
from engine.core.node import Mapping, Scalar, Sequence


class Missing(NamedTuple):
    """`owner` is a scenario's id, or what should have the name, as messages call it: «a record of `goals`». It is empty
    until it is known which scenario tells it."""

    owner: str
    name: str


def unlike(given: str, used: str, count: int) -> str:
    """What to say of a variable that is read in `count` places by another name."""
    places = "one place reads" if count == 1 else f"{count} places read"
    return f"`{given}` is set here, and nothing reads it; {places} `{used}`, which nothing sets."


def choices_of(step: Any) -> str:
    """An owner: a question with its choices."""
    return f"{CHOICES} `{step.ask}` in {step.scenario}"


CHOICES = "the choices of"
A_MAP = "a map"
"""An owner: whatever scenario makes it"""


def written_choices(step: Any) -> dict[str, Scalar]:
    """The choices that are written out at a question, each with what it is called there."""
    node = step.node.get("choices") if isinstance(getattr(step, "choices", None), Literal) else None
    if isinstance(node, Sequence):
        return {item.text: item for item in node.items if isinstance(item, Scalar)}
    return {name: key for name, (key, _) in node.entries.items()} if isinstance(node, Mapping) else {}
