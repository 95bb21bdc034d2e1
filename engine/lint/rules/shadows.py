"""Triggers that another scenario's always hear first, as engine/core/triggers.py decides: texts go before patterns, and
of patterns the first goes, in the order of the files."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from engine.core.finding import Span
from engine.core.triggers import folded, searched
from engine.lint.rules.starts import takes_everything
from engine.lint.wordings import Wording, takes, wordings
from engine.lint.world import World

BESIDE_EACH_OTHER = True
MOST = 200  # patterns of one bot that are compared with each other


class _Pattern(Struct, frozen=True):
    scenario: str
    value: str
    span: Span


def check(world: World) -> None:
    every = sorted(world.facts.values(), key=lambda facts: facts.file)
    texts = {
        folded(trigger.value): facts.id
        for facts in reversed(every)
        for trigger in facts.triggers
        if trigger.kind == "text"
    }
    patterns = [
        _Pattern(facts.id, trigger.value, trigger.span)
        for facts in every
        for trigger in facts.triggers
        if trigger.kind == "pattern" and trigger.span is not None and not takes_everything(trigger.value)
    ][:MOST]
    for place, pattern in enumerate(patterns):
        if pattern.scenario in world.scenarios:
            _hidden(world, pattern, patterns[:place], texts)
    for scenario, value, span in _texts(world):
        _also_a_pattern(world, scenario, value, span, patterns)


def _hidden(world: World, pattern: _Pattern, before: list[_Pattern], texts: dict[str, str]) -> None:
    """Of the wordings of a pattern, those that never come to it."""
    own = wordings(pattern.value)
    heard = {wording: _hearer(pattern, wording, before, texts) for wording in own}
    taken = [wording for wording in own if heard[wording]]
    if not taken:
        return
    hearer = heard[taken[0]]
    if len(taken) == len(own):
        message = f"What this pattern takes is always heard by {hearer}."
        help = "Take one of the two out, or make the other one narrower."
    else:
        message = f"`{taken[0].shown}` never comes to this pattern: it is heard by {hearer}."
        help = "Take it out here, or make the other one narrower."
    world.report("shadowed-trigger", "warning", pattern.span, message, help)


def _hearer(pattern: _Pattern, wording: Wording, before: list[_Pattern], texts: dict[str, str]) -> str:
    """Who hears all texts of a wording in place of the pattern; nobody: empty."""
    exact = texts.get(folded(wording.whole)) if wording.whole is not None else None
    if exact is not None and exact != pattern.scenario:
        return f"the text `{wording.whole}` of `{exact}`, for exact texts go first"
    for other in before:
        if other.scenario != pattern.scenario and other.value != pattern.value and takes(other.value, wording):
            return f"the pattern `{other.value}` of `{other.scenario}`, whose file comes first"
    return ""


def _texts(world: World) -> Iterator[tuple[str, str, Span]]:
    for name in world.scenarios:
        for trigger in world.facts[name].triggers:
            if trigger.kind == "text" and trigger.span is not None:
                yield name, trigger.value, trigger.span


def _also_a_pattern(world: World, scenario: str, value: str, span: Span, patterns: list[_Pattern]) -> None:
    """A text that another scenario's pattern would take as well, unless that whole pattern is told already."""
    for other in patterns:
        if other.scenario == scenario or not searched(other.value, value):
            continue
        if any(
            wording.whole is not None and folded(wording.whole) == folded(value) for wording in wordings(other.value)
        ):
            continue
        message = f"The pattern `{other.value}` of `{other.scenario}` takes this text too; it starts this scenario."
        world.report(
            "shadowed-trigger",
            "info",
            span,
            message,
            "Exact texts go before patterns: nothing is to be done if that is meant.",
        )
        return
