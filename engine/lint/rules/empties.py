"""Steps that tell or ask nothing, be it in one language, and scenarios for admins that anybody is led into."""

from __future__ import annotations

from typing import Any

from engine.core.media import MEDIA_FIELDS
from engine.core.node import Mapping, Sequence
from engine.core.project import Scenario
from engine.core.template import Text
from engine.lint.world import World


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        _no_steps(world, scenario)
    for verb, field in (("say", "say"), ("ask", "question")):
        for step in world.by_verb[verb]:
            _nothing_said(world, step, field)
    for step in world.by_verb["run"]:
        _admins(world, world.scenarios[step.scenario], step)


def _no_steps(world: World, scenario: Scenario) -> None:
    file = world.loaded.files.get(scenario.file)
    node = file.node.get("steps") if file is not None and file.node is not None else None
    if isinstance(node, Sequence) and not node.items:
        message = "This scenario has no steps, so nothing happens when it starts."
        world.report("empty-text", "error", node.span, message, "For example `- say: Hello!`")


def _nothing_said(world: World, step: Any, field: str) -> None:
    """An empty message cannot be sent."""
    text, node = getattr(step, field), step.node.get(field)
    if any(getattr(step, name, None) for name in MEDIA_FIELDS):
        return
    sources = text.languages if isinstance(text, Text) else {}
    empty = [language for language, one in sources.items() if not one.source.strip()]
    if len(empty) == len(sources):
        key = step.node.key(field).span if isinstance(step.node, Mapping) and field in step.node else step.span
        message = "There is no text here, so people get an empty message."
        world.report("empty-text", "error", key, message, "Write what is said, or add a `photo:` or another file.")
    for language in empty if len(empty) < len(sources) and isinstance(node, Mapping) else ():
        message = f"There is no text here in `{language}`, so people who speak it get an empty message."
        help = "Write what is said; or take the language out, so that they get it in the first one."
        world.report("empty-text", "error", node.key(language).span, message, help)


def _admins(world: World, scenario: Scenario, step: Any) -> None:
    callee = world.facts.get(step.run)
    if callee is not None and callee.only_admin and not scenario.only_admin:
        at = step.at("run")
        message = f"`{step.run}` is for admins only, and anybody who is here is led into it."
        world.report(
            "run-of-admins", "warning", at, message, "Write `only_admin: true` here too, or take it out there."
        )
