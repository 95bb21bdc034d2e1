"""Limits of a question that its scenario is given: `with: {low: 10, high: 5}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.core.finding import Span
from engine.core.node import Mapping as Map
from engine.core.node import Node
from engine.lint.facts import Facts, Limit, number_of
from engine.lint.world import World


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        facts = world.facts[scenario.id]
        file = world.loaded.files.get(scenario.file) if facts.limits else None
        inputs = file.node.get("inputs") if file is not None and file.node is not None else None
        _tell(world, facts, {}, inputs, Span(scenario.file))
    for step in world.by_verb["run"]:
        callee = world.facts.get(step.run)
        if callee is not None and callee.limits and step.with_:
            _tell(world, callee, step.with_, step.node.get("with"), step.at("run"))


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
