"""A label, what stood on the button, in the place of the answer itself: `labels.level == 'new'`, `prices[labels.size]`,
and the other way round, `level == 'Beginner'`.

Law: told only of choices of which none is called as its label is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from jinja2 import nodes

from engine.core.choices import Literal, Option
from engine.core.step import Step
from engine.lint.given import LABEL, LABELLED
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.shapes import TEXT, Shape
from engine.steps.switch import as_written


def of_choices(step: Any) -> Shape:
    """What `labels` has of a question."""
    options = _options(step)
    own = all(next(iter(one.label.languages.values())).source != one.id for one in options)
    return LABEL if options and own else TEXT


def value_of(steps: Iterable[Step], label: str, values: Collection[str]) -> str:
    """The one of these values on whose button this stands, by the questions among a scenario's steps; else empty."""
    meant = {
        written
        for step in steps
        for option in _options(step)
        if (written := as_written(option.value)) in values
        and any(one.source.strip().casefold() == label.strip().casefold() for one in option.label.languages.values())
    }
    return meant.pop() if len(meant) == 1 else ""


def _options(step: Step) -> Sequence[Option]:
    choices = getattr(step, "choices", None)
    return choices.options if isinstance(choices, Literal) else ()


def compared(reader: Reader, one: nodes.Expr, literal: object) -> None:
    """With a value that the answer has, and its label has not."""
    answer = _answer(one)
    if answer and LABELLED in reader.of(one).marks and literal in _values(reader, answer, one):
        message = f"`labels.{answer}` is what stood on the button, so never `{literal}`, which is the answer itself."
        help = f"Write `{answer}` in place of `labels.{answer}`."
        reader.report("never-equal", "warning", f"labels.{answer}", reader.source.place(one), message, help)


def is_key(reader: Reader, node: nodes.Getitem, tables: Sequence[Shape], index: Shape) -> bool:
    """Whether it was told that a table is asked for a label, which has entries for the answers."""
    answer = _answer(node.arg) if LABELLED in index.marks else ""
    known = frozenset[object]().union(*(one.fields for one in tables))
    if not answer or _values(reader, answer, node).isdisjoint(known):
        return False
    whole = path(node.node) or "…"
    message = f"`labels.{answer}` is what stood on the button, and no entry of `{whole}` is called so."
    at, help = reader.source.place(node.arg), f"Ask for the answer itself: `{whole}[{answer}]`."
    reader.report("unknown-attribute", "error", f"{whole}[labels.{answer}]", at, message, help)
    return True


def _answer(node: nodes.Node) -> str:
    whole = path(node)
    return whole.removeprefix("labels.") if whole.startswith("labels.") else ""


def _values(reader: Reader, answer: str, node: nodes.Node) -> frozenset[object]:
    parts = reader.of(nodes.Name(answer, "load", lineno=node.lineno)).parts()
    return frozenset(value for part in parts for value in part.values or ())
