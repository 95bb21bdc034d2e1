"""Whether every name that one file uses is there in the others: scenarios, prompts, collections, models, steps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from engine.core.builtin import BUILTIN
from engine.core.fields import NAME
from engine.core.finding import Finding, Span, Topic
from engine.core.project import Collection, Model, Prompt, Scenario
from engine.core.step import Reference
from engine.core.triggers import Trigger
from engine.project.borrowed import means
from engine.project.files import look
from engine.project.outcomes import OUTCOMES
from engine.project.prompts import as_prompt
from engine.project.scenario import ScenarioFile
from engine.project.suggest import did_you_mean, proposal
from engine.project.unread import UNREAD

OWN_MODEL = (
    "Leave `model` out: a prompt without it asks the model that the person chose, which is kept as `person.model` "
    "(`save: people`, `fields: {model: …}`)."
)


@dataclass
class Names:
    """Everything that a file may name, to check what others refer to."""

    scenarios: Mapping[str, Scenario]
    scenario_files: set[str]
    prompts: Mapping[str, Prompt]
    broken_prompts: set[str]  # whose file is there, and is wrong, or extends one that is: told already
    mute_prompts: Mapping[str, Finding]  # whose file is there, and has no `user` block
    collections: Mapping[str, Collection]
    models: Mapping[str, Model]
    root: Path

    def check(self, references: Iterable[Reference], scenarios: Iterable[Scenario]) -> list[Finding]:
        known: dict[str, Iterable[str]] = {
            "scenario": sorted(self.scenario_files),
            "prompt": self.prompts,
            "collection": self.collections,
            "model": self.models,
        }
        findings = [
            self.mute_prompts.get(reference.name if reference.kind == "prompt" else "")
            or self._unknown(reference, known[reference.kind])
            for reference in references
            if reference.kind in known
            and reference.name not in known[reference.kind]
            and not (reference.kind == "prompt" and reference.name in self.broken_prompts)
        ]
        for scenario in scenarios:
            for step in scenario.steps:
                for reference in step.references:
                    if reference.kind == "step":
                        findings += self._step(reference, scenario)
        return findings

    def _unknown(self, reference: Reference, known: Iterable[str]) -> Finding:
        where = {
            "scenario": "scenarios/{}.yaml",
            "prompt": "prompts/{}.md.j2 (with a `user` block)",
            "collection": "catalog/outcomes.yaml, key `{}`",
            "model": "catalog/models.yaml, key `{}`",
        }[reference.kind].format(reference.name)
        message = f"There is no {reference.kind} `{reference.name}`."
        if reference.kind == "prompt" and re.search(r"\s", reference.name):
            message = "A prompt stands in a file of its own, and here stands the file's name."
            help = "Put the text into prompts/name.md.j2, between `{% block user %}` and `{% endblock %}`."
            return Finding(reference.span, "unknown-prompt", "error", message, help)
        if reference.kind in ("prompt", "scenario") and "{{" in reference.name:
            message = f"A {reference.kind} is named as it is, and by no expression."
            help = "Where it depends on a value, write a `switch` with a step of its own in each case."
            return Finding(reference.span, f"unknown-{reference.kind}", "error", message, help)
        if reference.kind == "model" and "{{" in reference.name:
            message = "A prompt's model is a name of catalog/models.yaml, and no expression."
            return Finding(reference.span, "unknown-model", "error", message, OWN_MODEL)
        help = self._by_command(reference) or self._by_file(reference, known) or _help(reference.name, known, where)
        topic = Topic((reference.name,))
        return Finding(reference.span, f"unknown-{reference.kind}", "error", message, help, topic=topic)

    def _by_command(self, reference: Reference) -> str:
        if reference.kind != "scenario" or reference.name in self.scenario_files:
            return ""
        return by_command(reference.name, {name: one.triggers for name, one in self.scenarios.items()})

    def _by_file(self, reference: Reference, known: Iterable[str]) -> str:
        """What to do about a file's name that stands for the name, or about a file that is named otherwise."""
        if reference.kind not in ("prompt", "scenario"):
            return ""
        bare = as_prompt(reference.name)
        if bare in known:
            return f"{proposal(bare)} It is named without the file's ending."
        there = [file for file in self._others if as_prompt(file).split("/")[-1] == bare]
        better = f"prompts/{bare}.md.j2" if reference.kind == "prompt" else f"scenarios/{bare}.yaml"
        return f"There is a file {there[0]}: call it {better}." if there else ""

    @cached_property
    def _others(self) -> list[str]:
        """The files that are none of the bot's by their names."""
        return look(self.root).others

    def _step(self, reference: Reference, scenario: Scenario) -> list[Finding]:
        first = reference.name.split(".")[0]
        if first in scenario.by_name or any(step.verb == UNREAD and not step.named for step in scenario.steps):
            return []
        message = f"There is no step `{reference.name}` in this scenario."
        help = did_you_mean(reference.name, scenario.by_name)
        bare = reference.name.lstrip("/")
        if "{{" in reference.name:
            message = "A step is named as it stands in the file, and by no expression."
            help = "Where it depends on a value, write a `switch` with a `goto` in each case."
        elif bare in self.scenario_files and not help.startswith("Did you"):
            help = f"`- run: {bare}` runs the scenario of that name, and comes back."
        elif not help and NAME.match(reference.name):
            help = f"Write `name: {reference.name}` into the step that is meant."
        if first == "end" or (bare not in self.scenario_files and means(first.lower(), ("end",))):
            help = "`- end` ends the conversation; at a question it is `after_tries: end`."
        return [Finding(reference.span, "unknown-step", "error", message, help)]


def by_command(name: str, triggers: Mapping[str, Iterable[Trigger]]) -> str:
    """Help for `run: start`: what `/start` does is meant. `triggers` are those of the scenarios, by their names."""
    command = name.lstrip("/")
    for scenario, own in triggers.items():
        if any(one.kind == "command" and one.value == command for one in own):
            return f"`/{command}` starts `{scenario}`: write `run: {scenario}`."
    if command not in ("start", *BUILTIN):
        return ""
    return f"No step can give a command as people do. Let a text name it, `say: … /{command}`, or run a scenario."


def by_id(files: Iterable[ScenarioFile]) -> tuple[dict[str, Scenario], list[Finding]]:
    scenarios: dict[str, Scenario] = {}
    findings = []
    for file in files:
        if file.scenario is None:
            continue
        if file.id in scenarios:
            message = f"The scenario `{file.id}` stands in {scenarios[file.id].file} too."
            findings.append(Finding(Span(file.file), "duplicate-scenario", "error", message, "Rename one of the two."))
        scenarios[file.id] = file.scenario
    return scenarios, findings


def with_implied(
    collections: dict[str, Collection], files: Iterable[ScenarioFile], declared: bool, wrong: Iterable[Finding] = ()
) -> dict[str, Collection]:
    """Without an outcomes.yaml whatever is saved is a collection, where anything goes. `wrong` is what was found in the
    catalog: with a mistake in that file, what it does not declare it may be meant to."""
    lines = [one.span.line for one in wrong if one.severity == "error" and one.span.file == OUTCOMES]
    if declared and not lines:
        return collections
    used = {reference.name for file in files for reference in file.references if reference.kind == "collection"}
    open_ones = {name: Collection(name, declared=False) for name in sorted(used)}
    return open_ones | {name: one for name, one in collections.items() if not _within(one, lines, collections)}


def _within(one: Collection, lines: list[int], all_of_them: Mapping[str, Collection]) -> bool:
    """Whether a mistake on one of these lines stands in what declares the collection."""
    following = (other.span.line for other in all_of_them.values() if other.span and one.span)
    end = min((line for line in following if one.span and line > one.span.line), default=1 << 60)
    return one.span is not None and any(one.span.line <= line < end for line in lines)


def _help(name: str, known: Iterable[str], where: str) -> str:
    """The name that is meant; where none is near, how to make it, and what there is."""
    meant = did_you_mean(name, known)
    return meant if meant.startswith("Did you") else f"Make it: {where}. {meant}".strip()
