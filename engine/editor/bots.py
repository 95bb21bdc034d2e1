"""The bots whose files are open in the editor: the files on the disk, with the unsaved texts laid over them.

Law: what the editor shows is what `dialogue lint` would say once everything is saved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec.structs import replace

from engine.core.finding import Finding
from engine.core.project import Scenario
from engine.editor.survey import project_of, users
from engine.lint.facts import Facts
from engine.lint.run import checked_world, finished, lint
from engine.lint.world import World
from engine.project.files import FOLDERS
from engine.project.load import Loaded, Loader
from engine.project.scenario import ScenarioFile

MANY = 100  # scenarios
MEDIA = "media"  # the folder of what is not read, and may be missed


class Bot:
    """One bot. `unsaved` are the texts of its open files, by their path from the root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unsaved: dict[str, bytes] = {}
        self.published: set[str] = set()  # files that the editor shows findings of
        self.shown: dict[str, list[Finding]] = {}  # these findings
        self.good: dict[str, Loaded] = {}  # file -> the last state of all in which it could be read
        self._loader = Loader(root)
        self._built: tuple[dict[str, bytes], Loaded] | None = None
        self._facts: dict[str, tuple[Scenario, Facts]] = {}

    def loaded(self, instead: Mapping[str, bytes] | None = None) -> Loaded:
        """All files as they are now; `instead` are texts that nobody has written (a text mended at the cursor)."""
        sources, findings = self._loader.files.read()
        sources |= {file: text for file, text in self.unsaved.items() if known(file)}
        if instead:
            return self._loader.build({**sources, **instead})
        if self._built is None or self._built[0] != sources:
            loaded = self._loader.build(dict(sources))
            loaded.findings[:0] = [one for one in findings if one.span.file not in self.unsaved]
            self._built = (sources, loaded)
            self.good |= {file: loaded for file in self.unsaved if readable(loaded, file)}
        return self._built[1]

    @property
    def large(self) -> bool:
        """So many scenarios that looking at all of them would be felt while one types (about 2 ms each)."""
        return len(self.loaded().files) >= MANY

    def findings_of_open(self) -> dict[str, list[Finding]]:
        """What is wrong in the open files; the scenarios that are not open are only asked what others see of them."""
        loaded = self.loaded()
        draft = project_of(loaded)
        looked_at = {made.id for file in self.unsaved for made in self._touched(loaded, file)}
        scenarios = {name: one for name, one in draft.scenarios.items() if name in looked_at}
        facts = [self._facts_of(one) for name, one in draft.scenarios.items() if name not in looked_at]
        world = World.of(replace(loaded, draft=replace(draft, scenarios=scenarios)), facts)
        found = finished([*loaded.findings, *checked_world(world)], loaded.sources)
        return by_file(found, self.unsaved.keys() & loaded.sources.keys())

    def _touched(self, loaded: Loaded, file: str) -> list[ScenarioFile]:
        """An open scenario, or those that use an open prompt."""
        files = users(loaded, file) if file.startswith("prompts/") else [file]
        return [loaded.files[one] for one in files if one in loaded.files]

    def _facts_of(self, scenario: Scenario) -> Facts:
        kept = self._facts.get(scenario.id)
        if kept is None or kept[0] is not scenario:
            kept = self._facts[scenario.id] = (scenario, Facts.of(scenario))
        return kept[1]

    def text(self, file: str) -> str:
        """A file as the editor has it."""
        content = self.unsaved.get(file)
        if content is None:
            content = self.loaded().sources.get(file)
        if content is None:  # a talk test
            path = self.root / file
            content = path.read_bytes() if path.is_file() else b""
        return content.decode("utf-8", "replace")


def findings(loaded: Loaded) -> dict[str, list[Finding]]:
    """What is wrong in each file."""
    return by_file(lint(loaded), loaded.sources.keys())


def by_file(found: Iterable[Finding], files: Iterable[str]) -> dict[str, list[Finding]]:
    """The findings of these files; what belongs to no file cannot be shown."""
    sorted_: dict[str, list[Finding]] = {file: [] for file in files}
    for finding in found:
        if finding.span.file in sorted_:
            sorted_[finding.span.file].append(finding)
    return sorted_


class Bots:
    """Finds the bot of a file. `root` is the one that the command was started for."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.known: dict[Path, Bot] = {}

    def of(self, path: Path) -> tuple[Bot, str] | None:
        """The bot and the file's path from its root; None for a file that is none of a bot's."""
        for home in (self.root, *path.parents):
            if not path.is_relative_to(home):
                continue
            file = path.relative_to(home).as_posix()
            if known(file) and (home in self.known or (home / "scenarios").is_dir()):
                return self.known.setdefault(home, Bot(home)), file
        return None

    def with_media(self, path: Path) -> Bot | None:
        """The bot with open files whose texts may name this file."""
        return next((bot for home, bot in self.known.items() if path.is_relative_to(home / MEDIA)), None)


def readable(loaded: Loaded, file: str) -> bool:
    """Whether a scenario's steps, or a prompt's text, are free of mistakes of their own."""
    made = loaded.files.get(file)
    if made is not None:
        return made.scenario is not None
    return loaded.prompts is not None and file.removeprefix("prompts/") in loaded.prompts.trees


def known(file: str) -> bool:
    """Whether a file of this path from the root is read at all."""
    folder, _, name = file.partition("/")
    return bool(name) and name.endswith(FOLDERS.get(folder, ())) and not name.startswith(".")
