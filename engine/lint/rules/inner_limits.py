"""Limits of a question that are not written out: what its scenario is given (`with: {low: 10, high: 5}`), and values of
another kind than its answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.finding import Span
from engine.core.node import Mapping as Map
from engine.core.node import Node
from engine.core.template import Expression, Value
from engine.lint.facts import Facts, Limit, number_of
from engine.lint.fitting import what_it_is
from engine.lint.rules.names import names_at
from engine.lint.scope import shape_of
from engine.lint.shapes import FORMS, FREE, NAMED, NUMERIC, Shape
from engine.lint.world import World


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        facts = world.facts[scenario.id]
        file = world.loaded.files.get(scenario.file) if facts.limits else None
        inputs = file.node.get("inputs") if file is not None and file.node is not None else None
        _tell(world, facts, {}, inputs, Span(scenario.file))
    for step in world.by_verb["ask"]:
        kind = step.types[0].name if len(step.types) == 1 else ""
        for name in ("min", "max") if kind in _TAKEN else ():
            value = getattr(step, name, None)
            if isinstance(value, Value) and isinstance(value.data, Expression):
                _of_its_kind(world, step, name, kind)
    for step in world.by_verb["run"]:
        callee = world.facts.get(step.run)
        if callee is not None and callee.limits and step.with_:
            _tell(world, callee, step.with_, step.node.get("with"), step.at("run"))


def _of_its_kind(world: World, step: Any, name: str, kind: str) -> None:
    """`max: "{{ room.price }}"` of a day."""
    flow = world.flows[step.scenario]
    if not flow.reached(step):
        return
    shape = shape_of(names_at(world, flow.scenario, flow, step), getattr(step, name))
    parts = shape.parts()
    wrong = [part for part in parts if part.kind in _NEVER or not _fits(part, _TAKEN[kind])]
    if parts and (len(wrong) == len(parts) or any(part.kind in NUMERIC for part in wrong)):
        what = f"{what_it_is(shape, wrong[0])[len('this ') :]}, which is no limit of a {kind}"
        message = f"This {what}, so `{name}` is not looked at."
        help = _MEANT.get(kind, "Name a field with a number.")
        world.report("bad-limit", "error", step.at(name), message, help)


def _fits(part: Shape, taken: frozenset[str]) -> bool:
    """Of a text nothing is known but its marks, and a number may be written as one."""
    if part.kind == "any":
        return True
    if part.kind == "text":
        return not part.marks & (FORMS | {FREE, NAMED}) - taken
    return "number" in taken and part.kind in NUMERIC


_MEANT = {"date": "Name a field with a day.", "time": "A time stands in quotes: `'09:00'`."}
_NEVER = ("map", "list", "boolean")
_DAYS, _NUMBERS = frozenset(("date", "datetime")), frozenset(("number",))
_TAKEN = {"date": _DAYS, "time": frozenset(("time",)), **dict.fromkeys(("number", "integer", "rating"), _NUMBERS)}


def _tell(world: World, callee: Facts, given: Mapping[str, Any], node: Node | None, at: Span) -> None:
    """Of the defaults only where nothing is given: told once, where they stand."""
    for least, most in callee.limits:
        low, high = _number(callee, given, least), _number(callee, given, most)
        known = given or callee.numbers
        names = [one for one in (most, least) if isinstance(one, str) and one in known]
        if low is None or high is None or low <= high or not names:
            continue
        where = node.get(names[0]) if isinstance(node, Map) else None
        fits = f"Give a {'smaller' if names[0] == least else 'larger'} `{names[0]}`."
        help = "Swap them." if len(names) > 1 else fits
        message = f"`{callee.id}` asks for at least {low:g} and at most {high:g} then, so no answer fits."
        world.report("min-above-max", "error", where.span if where is not None else at, message, help)


def _number(callee: Facts, given: Mapping[str, Any], limit: Limit) -> float | None:
    if not isinstance(limit, str):
        return limit
    return number_of(given[limit]) if limit in given else callee.numbers.get(limit)
