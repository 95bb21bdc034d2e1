"""What the texts of one step can see: variables set so far, built-in names, and names of the step's own (`item`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

from engine.core.finding import Span
from engine.core.template import Expression, Plain, Translated, Value
from engine.lint.atoms import atoms
from engine.lint.guards import MISSING_FITS
from engine.lint.infer import Reader, Report
from engine.lint.narrow import values
from engine.lint.shapes import ANY, BOOLEAN, COMPOSED, NULL, TEXT, Shape, literal, union
from engine.lint.state import UNSET, State
from engine.lint.texts import Written, written
from engine.lint.world import World
from engine.project.suggest import did_you_mean

COMPOSED_TEXT = TEXT.marked(COMPOSED)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")


def has_words(source: str) -> bool:
    """Whether a template has letters of its own, outside of what Jinja puts in."""
    return _LETTER.search(_JINJA.sub("", source)) is not None


def silent(code: str, severity: str, at: Span, message: str, help: str) -> None:
    """For looking at a shape without reporting."""


class StepNames:
    """Names of a scenario at one step. `way` tells how one comes here without setting a variable."""

    def __init__(
        self,
        world: World,
        declared: frozenset[str],
        state: State,
        own: Mapping[str, Shape] | None = None,
        report: Report = silent,
        way: Callable[[str], str] = lambda name: "",
        where: str = "",
    ) -> None:
        self.world, self.declared, self.state = world, declared, state
        self.own, self.report, self.way, self.where = own or {}, report, way, where
        self.shown = False  # what the texts say is shown to the person
        self.subject = ""  # the text that is an e-mail's subject

    def knows(self, name: str) -> bool:
        return name in self.own or name in self.declared or name == "labels" or self.world.builtin(name) is not None

    def read(self, name: str, at: Callable[[], Span], guarded: int) -> Shape:
        if name in self.own:
            return self.own[name]
        shape = self.state.variables.get(name)
        if shape is not None:
            return shape if shape.empty != UNSET else shape.full().maybe(self._unset(name))
        if name in self.declared:
            if not guarded:
                message = f"`{name}` is read before any step sets it, so it is always null here{self.where}."
                self.report(
                    "read-before-set", "error", at(), message, "Move the step that sets it up, or take the name out."
                )
            return NULL
        known = self.world.builtin(name)
        if known is not None:
            return known
        message = f"Nothing is called `{name}` here{self.where}: no step sets it, and it is no name of the engine's."
        self.report("unknown-name", "warning" if guarded == MISSING_FITS else "error", at(), message, self._near(name))
        return ANY

    def implied(self, condition: nodes.Node, positive: bool) -> frozenset[str]:
        if not self.state.under:
            return frozenset()
        there = self.state.among(values(condition, positive)).holding(atoms(condition, positive))
        return frozenset(name for _, name in self.state.under if not there.variables[name].empty)

    def _unset(self, name: str) -> str:
        way = self.way(name)
        return f"it is not set {way}" if way else "it is not set on every way that leads here"

    def _near(self, name: str) -> str:
        candidates = [*self.own, *sorted(self.declared), *self.world.builtins, "catalog", "labels"]
        near = did_you_mean(name, [one for one in candidates if not one.startswith("_")])
        return (
            near if near.startswith("Did") else "A text stands in quotes: `'…'`. A variable is set by an earlier step."
        )


def reader_of(names: StepNames, text: Written, report: Report = silent) -> Reader:
    reader = Reader(names, text.source, text.environment, report)
    reader.full |= names.state.full
    return reader


def read(names: StepNames, text: Written, report: Report = silent, condition: bool = False) -> Shape:
    """Read one text and report what is wrong in it; the shape of what it gives."""
    reader = reader_of(names, text, report)
    if condition:
        reader.condition(text.tree)
        return BOOLEAN
    if text.bare:
        return reader.of(text.tree)
    reader.walk(text.tree)
    return TEXT


def shape_of(names: StepNames, value: Value | Expression | None) -> Shape:
    """What a value is, without reporting."""
    if value is None:
        return NULL
    return _shape(names, value if isinstance(value, Expression) else value._data)


def _shape(names: StepNames, data: Any) -> Shape:
    if isinstance(data, Expression):
        return next((read(names, text) for text in written(data)), ANY)
    if isinstance(data, Plain | Translated):
        languages = data.languages.values() if isinstance(data, Translated) else (data,)
        return COMPOSED_TEXT if all(has_words(one.source) for one in languages) else TEXT
    if isinstance(data, dict):
        return Shape("map", {name: _shape(names, one) for name, one in data.items()})
    if isinstance(data, list):
        return Shape("list", item=union([_shape(names, one) for one in data]) if data else NULL)
    return literal(data)


def condition_of(expression: Expression) -> nodes.Node | None:
    return next((text.tree for text in written(expression)), None)
