"""All that the checks look at: what the whole bot has, and what is known at each step of the scenarios to check."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from engine.lint.facts import Facts, is_broken
from engine.lint.flow import Flow
from engine.lint.known import Known
from engine.lint.scope import StepNames, shape_of
from engine.project.load import Loaded


@dataclass
class World(Known):
    """With the ways through its scenarios."""

    @classmethod
    def of(cls, loaded: Loaded, others: Iterable[Facts] = (), broken: bool = False, leads: bool = True) -> World:
        """`others` are the facts that are known already, of these scenarios or of further ones."""
        assert loaded.draft is not None  # noqa: S101 the loader always makes one
        scenarios = dict(loaded.draft.scenarios)
        told = {one.id: one for one in others}
        facts = {name: told.get(name) or Facts.of(scenario) for name, scenario in scenarios.items()} | told
        world = cls(loaded, loaded.draft, scenarios, facts, broken or is_broken(loaded), leads)
        world._results(told.keys())
        return world

    def _results(self, known: Container[str]) -> None:
        """The shapes of what scenarios give back. What such a scenario itself gets from a `run` counts as unknown, so
        that the answer is the same whichever scenarios this process reads."""
        found = {}
        for name, scenario in self.scenarios.items():
            if scenario.result is not None and name not in known:
                names = StepNames(self, scenario.writes, Flow(self, scenario).at_end)
                found[name] = shape_of(names, scenario.result)
        for name, shape in found.items():
            self.facts[name] = replace(self.facts[name], result=shape)

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """What is known at each step of the scenarios to check."""
        return {name: Flow(self, scenario) for name, scenario in self.scenarios.items()}
