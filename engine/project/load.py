"""All files of a bot into one frozen Project, or findings that say why not (law 6).

Only what changed is read again: a `Loader` keeps each file's result by its content.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from engine.core.finding import Finding, Span
from engine.core.project import Collection, Model, Project, Prompt, Scenario
from engine.core.step import Reference
from engine.core.triggers import Triggers
from engine.project.bot import Bot, read_bot
from engine.project.catalog import read_catalog
from engine.project.models import read_models
from engine.project.outcomes import read_outcomes
from engine.project.prompts import PromptFiles
from engine.project.scenario import ScenarioFile, read_scenario
from engine.project.suggest import did_you_mean
from engine.project.words import read_words

FOLDERS = {"scenarios": (".yaml", ".yml"), "prompts": (".j2",), "catalog": (".yaml", ".yml")}
LARGEST = 2_000_000  # bytes of one file


@dataclass(slots=True)
class Loaded:
    """`project` is None when there is an error among the findings (each finding once, in the order of the files)."""

    project: Project | None
    findings: list[Finding]
    sources: dict[str, bytes]
    files: dict[str, ScenarioFile] = field(default_factory=dict)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


def read_files(root: Path) -> tuple[dict[str, bytes], list[Finding]]:
    """Every file that matters, by its path from the root, with `/`. Links that lead out of the root are refused."""
    sources: dict[str, bytes] = {}
    findings: list[Finding] = []
    real_root = root.resolve()
    for folder, endings in FOLDERS.items():
        for directory, inner, files in os.walk(root / folder, followlinks=True):
            inner[:] = sorted(one for one in inner if not one.startswith((".", "__")))
            if not Path(directory).resolve().is_relative_to(real_root):
                inner.clear()
                continue
            for name in sorted(files):
                if name.startswith(".") or not name.endswith(endings):
                    continue
                path = Path(directory) / name
                file = path.relative_to(root).as_posix()
                problem = _read(path, real_root, file, sources)
                if problem:
                    findings.append(Finding(Span(file), "unreadable", "error", *problem))
    return sources, findings


def _read(path: Path, root: Path, file: str, sources: dict[str, bytes]) -> tuple[str, str] | None:
    try:
        if not path.resolve().is_relative_to(root):
            return "This link leads out of the bot's folder.", "Put the file itself here."
        with path.open("rb") as opened:
            content = opened.read(LARGEST + 1)
    except OSError as error:
        return f"This file cannot be read: {error.strerror or error}.", "Check that it exists and that you may read it."
    if len(content) > LARGEST:
        return f"This file is larger than {LARGEST // 1_000_000} MB.", "Split it."
    sources[file] = content
    return None


class Loader:
    """Loads a root again and again, reading only files whose content is new. `settings` is what expressions see."""

    def __init__(self, root: Path, settings: Mapping[str, Any] | None = None) -> None:
        self.root = root
        self.settings = settings or {}
        self._scenarios: dict[tuple[str, bytes, tuple[str, ...]], ScenarioFile] = {}

    def load(self) -> Loaded:
        sources, findings = read_files(self.root)
        loaded = self.build(sources)
        loaded.findings[:0] = findings
        if findings:
            loaded.project = None
        return loaded

    def build(self, sources: dict[str, bytes]) -> Loaded:
        """The same from contents in memory."""
        bot, findings = read_bot(sources.get("catalog/bot.yaml"))
        languages = bot.languages
        files = {file: self._scenario(file, content, languages) for file, content in sources.items() if file.startswith("scenarios/")}
        if not files:
            where = Span("scenarios")
            findings.append(Finding(where, "no-scenarios", "error", "There is no scenario here.", "`dialogue new bot` makes a start; --root names the folder."))
        prompts = PromptFiles({file: content for file, content in sources.items() if file.startswith("prompts/")}, languages)
        collections, wrong = read_outcomes(sources.get("catalog/outcomes.yaml"), languages=languages)
        models, more = read_models(sources.get("catalog/models.yaml"), languages=languages)
        catalog, others = read_catalog({file: one for file, one in sources.items() if file.startswith("catalog/")}, languages)
        words, last = read_words(sources.get("catalog/words.yaml"), languages=languages)
        found = prompts.prompts()
        for file in files.values():
            findings += file.findings
        findings += [*prompts.findings, *wrong, *more, *others, *last]
        scenarios, doubled = _by_id(files.values())
        findings += doubled
        declared = "catalog/outcomes.yaml" in sources
        collections = _with_implied(collections, files.values(), declared)
        known = Names(scenarios, {file.id for file in files.values()}, found, set(prompts.files), collections, models, self.root)
        references = [reference for file in files.values() if file.scenario for reference in file.references]
        findings += known.check([*references, *prompts.references], scenarios)
        findings += self._settings(bot)
        loaded = Loaded(None, findings, sources, files)
        if not loaded.errors:
            loaded.project = self._project(bot, scenarios, found, collections, models, catalog, words, sources)
        return loaded

    def _scenario(self, file: str, content: bytes, languages: tuple[str, ...]) -> ScenarioFile:
        key = (file, content, languages)
        if key not in self._scenarios:
            self._scenarios = {one: kept for one, kept in self._scenarios.items() if one[0] != file}
            self._scenarios[key] = read_scenario(content, file, languages)
        return self._scenarios[key]

    def _settings(self, bot: Bot) -> list[Finding]:
        findings = []
        for setting in bot.settings.values():
            value = self.settings.get(setting.name)
            if value is None:
                continue
            try:
                setting.read(str(value))
            except ValueError as error:
                findings.append(Finding(Span("catalog/bot.yaml"), "bad-setting", "error", str(error), "Mend it in .env."))
        return findings

    def _project(
        self,
        bot: Bot,
        scenarios: dict[str, Scenario],
        prompts: dict[str, Prompt],
        collections: dict[str, Collection],
        models: dict[str, Model],
        catalog: dict[str, dict[str, Any]],
        words: Any,
        sources: dict[str, bytes],
    ) -> Project:
        whole = blake2b(digest_size=8)
        for file in sorted(sources):
            whole.update(file.encode() + b"\0" + sources[file] + b"\0")
        project = Project(
            scenarios={name: replace(one, version=version_of(one, scenarios)) for name, one in scenarios.items()},
            prompts=prompts,
            collections=collections,
            models=models,
            catalog=catalog,
            words=words,
            settings=settings_of(bot, self.settings),
            languages=bot.languages,
            timezone=bot.timezone,
            version=whole.hexdigest(),
            root=str(self.root),
            triggers=Triggers.of(scenarios.values()),
            bounds=bot.bounds,
        )
        for scenario in project.scenarios.values():
            for step in scenario.steps:
                step.settle(project)
        return project


def settings_of(bot: Bot, given: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions see as `settings`: declared ones typed and with their defaults, others as they are given."""
    known: dict[str, Any] = dict(given)
    for setting in bot.settings.values():
        raw = given.get(setting.name)
        value = setting.default if raw is None else setting.read(str(raw))
        known[setting.name] = known[setting.name.lower()] = value
    return known


def version_of(scenario: Scenario, scenarios: Mapping[str, Scenario]) -> str:
    """A hash of the scenario's file and of all that it can run."""
    seen, queue = {}, [scenario.id]
    while queue:
        one = queue.pop()
        if one in seen or one not in scenarios:
            continue
        seen[one] = scenarios[one].version
        queue += [reference.name for step in scenarios[one].steps for reference in step.references if reference.kind == "scenario"]
    return blake2b(repr(sorted(seen.items())).encode(), digest_size=6).hexdigest()


def _by_id(files: Iterable[ScenarioFile]) -> tuple[dict[str, Scenario], list[Finding]]:
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


def _with_implied(
    collections: dict[str, Collection], files: Iterable[ScenarioFile], declared: bool
) -> dict[str, Collection]:
    """Without an outcomes.yaml whatever is saved is a collection, where anything goes."""
    if declared:
        return collections
    used = {reference.name for file in files for reference in file.references if reference.kind == "collection"}
    return {**{name: Collection(name, declared=False) for name in sorted(used)}, **collections}


@dataclass(slots=True)
class Names:
    """Everything that a file may name, to check what others refer to."""

    scenarios: Mapping[str, Scenario]
    scenario_files: set[str]
    prompts: Mapping[str, Prompt]
    prompt_files: set[str]
    collections: Mapping[str, Collection]
    models: Mapping[str, Model]
    root: Path

    def check(self, references: Iterable[Reference], scenarios: Mapping[str, Scenario]) -> list[Finding]:
        findings = []
        known: dict[str, Iterable[str]] = {
            "scenario": self.scenario_files,
            "prompt": self.prompts,
            "collection": self.collections,
            "model": self.models,
        }
        for reference in references:
            if reference.kind in known and reference.name not in known[reference.kind]:
                findings.append(self._unknown(reference, known[reference.kind]))
        for scenario in scenarios.values():
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
        return Finding(reference.span, f"unknown-{reference.kind}", "error", message, did_you_mean(reference.name, known) or f"Expected: {where}.")

    def _step(self, reference: Reference, scenario: Scenario) -> list[Finding]:
        first = reference.name.split(".")[0]
        if first in scenario.by_name:
            return []
        message = f"There is no step `{reference.name}` in this scenario."
        return [Finding(reference.span, "unknown-step", "error", message, did_you_mean(reference.name, scenario.by_name))]
