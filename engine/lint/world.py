"""All that the checks look at: what the whole bot has, and what is known at each step of the scenarios to check."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from msgspec.structs import replace

from engine.core.project import Scenario
from engine.core.template import Text
from engine.lint.bare import Bare, bare_result, bare_values
from engine.lint.facts import Facts, is_broken
from engine.lint.flow import Flow
from engine.lint.known import Known
from engine.lint.scope import StepNames, shape_of
from engine.lint.sets import flags_of
from engine.lint.shapes import ANY
from engine.project.load import Loaded

AT_ONCE = 32  # scenarios
OF_SCENARIOS = ("whole", "by_verb", "said", "reads", "bare", "flows")


@dataclass
class World(Known):
    """With the ways through its scenarios."""

    _flows: dict[str, Flow] = field(default_factory=dict)

    @classmethod
    def of(cls, loaded: Loaded, others: Iterable[Facts] = (), broken: bool = False) -> World:
        """`others` are the facts that are known already, of these scenarios or of further ones."""
        assert loaded.draft is not None  # noqa: S101 the loader always makes one
        sketches = {file.id: file.sketch for file in loaded.files.values() if file.sketch}
        scenarios = {**sketches, **loaded.draft.scenarios}
        told = {one.id: one for one in others}
        facts = {name: told.get(name) or Facts.of(scenario) for name, scenario in scenarios.items()} | told
        facts = dict(sorted(facts.items(), key=lambda one: one[1].file))  # as one process has them that reads all
        world = cls(loaded, loaded.draft, scenarios, facts, broken or is_broken(loaded))
        world._results(told.keys())
        world.complete = True
        return world

    def _results(self, known: Container[str]) -> None:
        """The shapes of what scenarios give back. What such a scenario itself gets from a `run` counts as unknown, and
        so does what is saved elsewhere, so that the answer is the same whichever scenarios this process reads."""
        found = {}
        for name, scenario in self.scenarios.items():
            if scenario.result is not None and name not in known:
                names = StepNames(self, scenario.writes, Flow(self, scenario).at_end)
                shape = shape_of(names, scenario.result) if bare_result(scenario) is None else ANY
                found[name] = shape, flags_of(names, scenario.result) if shape.kind == "map" else {}
        for name, (shape, flags) in found.items():
            self.facts[name] = replace(self.facts[name], result=shape, flags=flags)

    def parts(self, leads: Callable[[], bool]) -> Iterator[World]:
        """The same for some scenarios at a time, until each was in one: checks look at all again and again, which is
        quick as long as it is near the processor. Then one without scenarios, for what is none, where this process is
        to look at that too. They share what is found, and what is known of the whole bot."""
        part, left, sources = self, list(self.scenarios.items()), self.loaded.sources
        own = {one.file for one in self.scenarios.values()}
        others = {file: text for file, text in sources.items() if file not in own}
        while left:
            some, left = dict(left[:AT_ONCE]), left[AT_ONCE:]
            mine = {one.file: sources[one.file] for one in some.values() if one.file in sources}
            part = part._with(some, others | mine)
            yield part
            others = {file: text for file, text in others.items() if not file.startswith("scenarios/")}
        if leads():
            part = part._with({}, others)
            part.leads = True
            yield part

    def _with(self, scenarios: dict[str, Scenario], sources: dict[str, bytes]) -> World:
        """These to look at; what was found out of all others is kept."""
        part = copy(self)
        for name in OF_SCENARIOS:
            part.__dict__.pop(name, None)
        part.loaded, part.texts, part.scenarios = replace(self.loaded, sources=sources), self.texts, scenarios
        return part

    @cached_property
    def whole(self) -> Mapping[str, Flow]:
        """The ways through scenarios without a mistake in their form: what is not in these is nowhere."""
        sketches = {file.id for file in self.loaded.files.values() if file.sketch}
        return {name: flow for name, flow in self.flows.items() if name not in sketches}

    @cached_property
    def by_verb(self) -> Mapping[str, list[Any]]:
        """The steps to check, in the order of the files."""
        found = defaultdict[str, list[Any]](list)
        for scenario in self.scenarios.values():
            for step in scenario.steps:
                found[step.verb].append(step)
        return found

    @cached_property
    def said(self) -> list[tuple[Scenario, Text]]:
        """The texts for people in the steps to check."""
        return [
            (scenario, template)
            for scenario in self.scenarios.values()
            for step in scenario.steps
            for template in step.templates
            if isinstance(template, Text)
        ]

    @cached_property
    def reads(self) -> Mapping[str, list[frozenset[str]]]:
        """The names that each step of a scenario reads, by the step's index."""
        return {
            scenario.id: [self._read_by(scenario, step) for step in scenario.steps]
            for scenario in self.scenarios.values()
        }

    def _read_by(self, scenario: Scenario, step: Any) -> frozenset[str]:
        """In texts, prompts and summaries; every one, when that is not known."""
        found = frozenset[str]().union(*[template.reads for template in step.templates])
        if step.verb == "llm":
            prompt = self.project.prompts.get(step.prompt)
            return found | (prompt.reads if prompt is not None else scenario.writes)
        if step.verb == "confirm":
            return found | {line.split(".")[0] for line in step.lines or ()}
        return found

    @cached_property
    def bare(self) -> Mapping[str, list[Bare]]:
        """Names of each scenario that stand without braces where a value is meant, or a text."""
        return {
            name: list(bare_values(scenario, self.flows[name], self.builtins))
            for name, scenario in self.scenarios.items()
        }

    @cached_property
    def flows(self) -> dict[str, Flow]:
        """What is known at each step of the scenarios to check."""
        for name, scenario in self.scenarios.items():
            if name not in self._flows:
                self._flows[name] = Flow(self, scenario)
        return {name: self._flows[name] for name in self.scenarios}
