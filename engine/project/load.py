"""All files of a bot into one frozen Project, or findings that say why not (law 6).

Only what changed is read again: a `Loader` keeps what it made of each file until its content is another one. What one
snapshot uses is never changed for the next: a step that depends on a prompt is made anew when that reads other names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from typing import Any, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.finding import Finding, Span
from engine.core.lenient import Lenient
from engine.core.project import Collection, Model, Project, Prompt, Scenario
from engine.core.triggers import Triggers
from engine.project.bot import BOT, Bot, read_bot
from engine.project.catalog import read_catalog
from engine.project.elsewhere import no_scenario
from engine.project.files import Files
from engine.project.models import read_models
from engine.project.names import Names, by_id, with_implied
from engine.project.outcomes import OUTCOMES, read_outcomes
from engine.project.po import PoFile, read_po
from engine.project.prompts import PromptFiles, name_of
from engine.project.scenario import ScenarioFile, read_scenario
from engine.project.translations import FOLDER, Given, given_to
from engine.project.versions import callees_of, reached, version_of
from engine.project.words import Words, read_words

Made = TypeVar("Made")


class Loaded(Struct):
    """`project` is None when there is an error among the findings (each finding once, in the order of the files).
    `draft` is what could be read all the same, for lint; its steps are not settled when there is an error."""

    project: Project | None
    findings: list[Finding]
    sources: dict[str, bytes]
    files: dict[str, ScenarioFile] = field(default_factory=dict)
    prompts: PromptFiles | None = None
    draft: Project | None = None
    translations: dict[str, PoFile] = field(default_factory=dict)  # by their files

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.severity == "error"]


class Loader:
    """Loads a root again and again, reading only files whose content is new. `settings` is what expressions see."""

    def __init__(self, root: Path, settings: Mapping[str, Any] | None = None) -> None:
        self.root = root
        self.settings = settings or {}
        self.files = Files(root)
        self._once: dict[str, tuple[Any, Any]] = {}  # what was made -> (from what, the result)
        self._prompts: PromptFiles | None = None  # the last ones
        # file -> (as read, the prompts' names it was settled on)
        self._settled: dict[str, tuple[ScenarioFile, Any]] = {}

    def another(self) -> Loader:
        """One of the same settings that remembers nothing, for contents of another time."""
        return Loader(self.root, self.settings)

    def load(self) -> Loaded:
        sources, findings = self.files.read()
        loaded = self.build(sources)
        loaded.findings[:0] = findings
        if findings:
            loaded.project = None
        return loaded

    def build(self, sources: dict[str, bytes], elsewhere: frozenset[str] = frozenset()) -> Loaded:
        """The same from contents in memory. `elsewhere` are scenarios that exist and that another process reads."""
        bot, findings = read_bot(sources.get(BOT))
        languages = bot.languages
        translations = self._translations(sources)
        findings += [finding for one in translations.values() for finding in one.findings]
        given = partial(given_to, translations, languages)
        files = {
            file: self._scenario(file, content, languages, given(file))
            for file, content in sources.items()
            if file.startswith("scenarios/")
        }
        if not files and not elsewhere:
            findings.append(no_scenario(self.root))
        prompts, found, troubles = self._prompt_files(sources, languages)
        collections, models, words, catalog, wrong = self._catalogs(sources, bot)
        files = {
            file: self._unsettled(made, found, sources[file], languages, given(file)) for file, made in files.items()
        }
        for file in files.values():
            findings += file.findings
        findings += [*troubles, *wrong]
        scenarios, doubled = by_id(files.values())
        findings += doubled
        collections = with_implied(collections, files.values(), OUTCOMES in sources, wrong)
        ids = {file.id for file in files.values()} | elsewhere
        failed = any(one.severity == "error" for one in troubles)
        untold = {name_of(one) or "" for one in prompts.files} if failed else set()
        known = Names(scenarios, ids, found, untold, prompts.mute, collections, models, self.root)
        references = [reference for file in files.values() if file.read for reference in file.references]
        findings += known.check([*references, *prompts.references], [one.read for one in files.values() if one.read])
        findings += self._settings(bot)
        draft = self._project(bot, scenarios, found, collections, models, catalog, words, sources)
        loaded = Loaded(None, findings, sources, files, prompts, draft, translations)
        if not loaded.errors:
            loaded.project = draft
            self._settle(files.values(), draft)
        self._once = {
            name: kept for name, kept in self._once.items() if "/" not in name or name.split(":")[0] in sources
        }
        return loaded

    def read_ahead(self, sources: Mapping[str, bytes], scenarios: Iterable[str]) -> None:
        """Read these files of the sources, one after the other as they are named, so that `build` need not."""
        languages = read_bot(sources.get(BOT))[0].languages
        given = partial(given_to, self._translations(sources), languages)
        for file in scenarios:
            self._scenario(file, sources[file], languages, given(file))

    def _catalogs(self, sources: dict[str, bytes], bot: Bot) -> Any:
        """Collections, models, the engine's words, the other files' rows; and what is wrong in any of them."""
        made: list[Any] = []
        findings: list[Finding] = []
        words = partial(read_words, formal=bot.formal)
        for name, read in (("outcomes", read_outcomes), ("models", read_models), ("words", words)):
            made_from = sources.get(f"catalog/{name}.yaml"), bot
            found, wrong = self._kept(name, made_from, partial(read, made_from[0], languages=bot.languages))
            made.append(found)
            findings += wrong
        rows = {file: one for file, one in sources.items() if file.startswith("catalog/")}
        catalog, wrong = self._catalog(rows, bot.languages)
        return *made, catalog, [*findings, *wrong]

    # what was made before ---------------------------------------------------------------------------------------

    def _kept(self, name: str, made_from: Any, make: Callable[[], Made]) -> Made:
        """What was made of this before, if it was made from the same."""
        before = self._once.get(name)
        if before is None or before[0] != made_from:
            before = self._once[name] = (made_from, make())
        result: Made = before[1]
        return result

    def _scenario(self, file: str, content: bytes, languages: tuple[str, ...], given: Given) -> ScenarioFile:
        return self._kept(file, (content, languages, given), lambda: read_scenario(content, file, languages, given))

    def _translations(self, sources: Mapping[str, bytes]) -> dict[str, PoFile]:
        mine = {file: content for file, content in sources.items() if file.startswith(f"{FOLDER}/")}
        return {file: self._kept(file, content, partial(read_po, content, file)) for file, content in mine.items()}

    def _prompt_files(
        self, sources: Mapping[str, bytes], languages: tuple[str, ...]
    ) -> tuple[PromptFiles, dict[str, Prompt], list[Finding]]:
        mine = {file: content for file, content in sources.items() if file.startswith("prompts/")}

        def make() -> tuple[PromptFiles, dict[str, Prompt], list[Finding]]:
            self._prompts = files = PromptFiles(mine, languages, self._prompts)
            return files, files.prompts(), list(files.findings)

        return self._kept("prompts", (mine, languages), make)

    def _catalog(
        self, sources: Mapping[str, bytes], languages: tuple[str, ...]
    ) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
        """Each file alone, unless two bear the same name."""
        if len({PurePosixPath(file).stem for file in sources}) < len(sources):
            return read_catalog(sources, languages)
        catalog: dict[str, dict[str, Any]] = {language: {} for language in languages}
        findings: list[Finding] = []
        for file, content in sorted(sources.items()):
            make = partial(read_catalog, {file: content}, languages)
            rows, wrong = self._kept(f"{file}:rows", (content, languages), make)
            findings += wrong
            for language, named in rows.items():
                catalog[language].update(named)
        return catalog, findings

    def _unsettled(
        self,
        made: ScenarioFile,
        prompts: Mapping[str, Prompt],
        content: bytes,
        languages: tuple[str, ...],
        given: Given,
    ) -> ScenarioFile:
        """The file's steps, made anew when they were settled on prompts that read other names than today's."""
        before = self._settled.get(made.file)
        if before is None or before[0] is not made or before[1] == _reads(made, prompts):
            return made
        self._once.pop(made.file)
        return self._scenario(made.file, content, languages, given)

    def _settle(self, files: Iterable[ScenarioFile], project: Project) -> None:
        before, self._settled = self._settled, {}
        for made in files:
            kept = before.get(made.file)
            if kept is None or kept[0] is not made:
                for step in made.scenario.steps if made.scenario else ():
                    step.settle(project)
                kept = (made, _reads(made, project.prompts))
            self._settled[made.file] = kept

    # the whole --------------------------------------------------------------------------------------------------

    def _settings(self, bot: Bot) -> list[Finding]:
        findings = []
        for setting in bot.settings.values():
            value = self.settings.get(setting.name)
            if value is None:
                continue
            try:
                setting.read(str(value))
            except ValueError as error:
                findings.append(Finding(Span(BOT), "bad-setting", "error", str(error), "Mend it in .env."))
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
        return Project(
            scenarios=self._versioned(scenarios),
            prompts=prompts,
            collections={name: replace(one, timezone=bot.timezone) for name, one in collections.items()},
            models=models,
            catalog=catalog,
            words=words,
            settings=settings_of(bot, self.settings),
            languages=bot.languages,
            timezone=bot.timezone,
            version=whole.hexdigest(),
            root=str(self.root),
            triggers=Triggers.of({name: one.triggers for name, one in scenarios.items()}),
            bounds=bot.bounds,
            renames=any(one.renamed or one.was for one in scenarios.values()),
            formal=bot.formal,
            otherwise=self._otherwise(bot, scenarios, sources.get("catalog/words.yaml")),
            moved={old: one.id for one in scenarios.values() for old in one.was if old not in scenarios},
        )

    def _otherwise(self, bot: Bot, scenarios: Mapping[str, Scenario], words: bytes | None) -> Words:
        """The engine's words in the manner that the bot has not, when a scenario has it."""
        if all(one.formal in (None, bot.formal) for one in scenarios.values()):
            return {}
        make = partial(read_words, words, languages=bot.languages, formal=not bot.formal)
        return self._kept("otherwise", (words, bot), make)[0]

    def _versioned(self, scenarios: Mapping[str, Scenario]) -> dict[str, Scenario]:
        """Every scenario with its version; the very same object as before where nothing that it can run has changed."""
        callees = {one: callees_of(scenario) for one, scenario in scenarios.items()}
        made = {}
        for one, scenario in scenarios.items():
            parts = reached(one, scenarios, callees)
            make = partial(_with_version, scenario, parts)
            made[one] = self._kept(f"{scenario.file}:version", parts, make)
        return made


def _with_version(scenario: Scenario, parts: Mapping[str, Scenario]) -> Scenario:
    return replace(scenario, version=version_of(parts))


def _reads(made: ScenarioFile, prompts: Mapping[str, Prompt]) -> dict[str, frozenset[str] | None]:
    """What its steps are settled on: the names that the prompts it names read."""
    used = {reference.name for reference in made.references if reference.kind == "prompt"}
    return {name: prompts[name].reads if name in prompts else None for name in used}


def settings_of(bot: Bot, given: Mapping[str, Any]) -> dict[str, Any]:
    """What expressions see as `settings`: declared ones typed and with their defaults, others as they are given."""
    known = Lenient(given)  # none is required
    for setting in bot.settings.values():
        raw = given.get(setting.name)
        try:
            value = setting.default if raw is None else setting.read(str(raw))
        except ValueError:
            value = setting.default  # told as `bad-setting`, which keeps the project from being used
        known[setting.name] = known[setting.name.lower()] = value
    return known
