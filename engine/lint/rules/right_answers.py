"""Rows of the catalog that hold the choices of a question and the right one of them: `given == question.right`.

Law: only what is compared with the answer to a question that offers the row's own choices, or fixed ones, is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.core.choices import Literal, Made
from engine.core.finding import Span
from engine.core.node import Mapping, Sequence
from engine.core.project import Scenario
from engine.lint.world import World
from engine.project.suggest import did_you_mean
from engine.project.yaml import read

_FIELD = re.compile(r"\s*([^\W\d]\w*)\.([^\W\d]\w*)\s*")
_FILE = re.compile(r"\s*catalog\.([^\W\d]\w*)\s*")


def check(world: World) -> None:
    for step in world.by_verb["ask"]:
        rows = step.choices if isinstance(step.choices, Made) and step.choices.value is None else None
        own = _FIELD.fullmatch(rows.source.source) if rows is not None else None
        if own is not None or isinstance(step.choices, Literal):
            _asked(world, world.scenarios[step.scenario], step, own)


def _asked(world: World, scenario: Scenario, step: Any, own: re.Match[str] | None) -> None:
    """A question whose choices the row has in a field, or that are written out in the scenario."""
    each = step.parent
    while each is not None and each.verb != "each":
        each = each.parent
    file = _FILE.fullmatch(each.in_.source) if each is not None else None
    if each is None or file is None or (own is not None and own[1] != each.each):
        return
    text = world.source(scenario.file).decode("utf-8", "replace")
    rows = world.rows(f"catalog.{file[1]}")
    fixed = [option.value for option in step.choices.options] if own is None else None
    for field in set(_compared(text, step.ask, each.each)) if isinstance(rows, list) else ():
        for number, row in enumerate(rows):
            right = row.get(field) if isinstance(row, dict) else None
            known = fixed if own is None else row.get(own[2]) if isinstance(row, dict) else None
            if isinstance(right, (str, int, float)) and isinstance(known, list) and right not in known:
                where = "the choices of that question" if own is None else f"`{own[2]}` of this row"
                message = f"`{right}` is not among {where}, so `{step.ask} == {each.each}.{field}` is never true."
                at, words = _place(world, f"catalog/{file[1]}.yaml", number, field), list(map(str, known))
                quoted = isinstance(right, str) and right in words
                help = f"There it is a number: write `{right}`, without quotes." if quoted else ""
                world.report("never-equal", "warning", at, message, help or did_you_mean(str(right), words))


def _compared(text: str, answer: str, row: str) -> Iterator[str]:
    for one, other in re.findall(
        rf"\b{answer}\s*[=!]=\s*{row}\.(\w+)(?!\.)|\b{row}\.(\w+)\s*[=!]=\s*{answer}\b(?!\.)", text
    ):
        yield one or other


def _place(world: World, file: str, number: int, field: str) -> Span:
    node = read(world.texts[file].decode("utf-8", "replace"), file)[0] if file in world.texts else None
    row = node.items[number] if isinstance(node, Sequence) and number < len(node.items) else None
    value = row.get(field) if isinstance(row, Mapping) else None
    return value.span if value is not None else Span(file)
