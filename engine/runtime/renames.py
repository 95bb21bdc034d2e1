"""Steps and scenarios that an edit has most likely given another name: without `renamed` and `was` they are new ones,
and people who have answered them are asked again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.project import Project, Scenario
from engine.core.step import Step
from engine.project.values import plain


def likely_renames(before: Project, after: Project) -> Iterator[str]:
    """A line for each scenario that seems to be renamed, or in which steps seem to be."""
    yield from _moved(before, after)
    for name, scenario in after.scenarios.items():
        was = before.scenarios.get(name)
        follows = was is not None and was is not scenario and scenario.mid_flow_edits == "follow"
        pairs = dict(_pairs(was, scenario)) if was is not None and follows else {}
        if pairs:
            old, new = next(iter(pairs.items()))
            listed = ", ".join(f"{one}: {other}" for one, other in pairs.items())
            yield (
                f"{name}: `{old}` is gone and `{new}` is new. If it is the same step under another name, write "
                f"`renamed: {{{listed}}}` into {scenario.file}, so that people keep their answers"
            )


def _moved(before: Project, after: Project) -> Iterator[str]:
    new = [one for name, one in after.scenarios.items() if name not in before.scenarios]
    for name, gone in before.scenarios.items():
        alike = [one for one in new if _steps(one) == _steps(gone)]
        if name not in after.scenarios and name not in after.moved and len(alike) == 1:
            yield (
                f"{name} is gone and {alike[0].id} is new. If it is the same scenario under another name, write "
                f"`was: {name}` into {alike[0].file}, so that people who are in the middle of it go on there"
            )


def _pairs(was: Scenario, now: Scenario) -> Iterator[tuple[str, str]]:
    """The same step under another name; or of one kind of step, one that is gone and one that is new."""
    gone = [step for step in _named(was) if step.name not in now.by_name and step.name not in now.renamed]
    new = [step for step in _named(now) if step.name not in was.by_name and step.name not in now.renamed.values()]
    for step in gone:
        alike = [one for one in new if one.verb == step.verb and _body(one) == _body(step)]
        only = [one for one in new if one.verb == step.verb]
        alone = len(only) == 1 and sum(one.verb == step.verb for one in gone) == 1
        found = alike if len(alike) == 1 else only if alone else []
        yield from ((step.name, one.name) for one in found)


def _named(scenario: Scenario) -> list[Step]:
    """Those that something is kept of under their name."""
    return [step for step in scenario.steps if step.named and step.named_by_verb()]


def _steps(scenario: Scenario) -> list[tuple[str, str]]:
    return [(step.verb, step.name) for step in scenario.steps]


def _body(step: Step) -> dict[str, Any]:
    """What is written in it beside its name."""
    return {key: plain(value) for key, (_, value) in step.node.entries.items() if key not in (step.verb, "name")}
