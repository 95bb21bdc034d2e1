"""What there is to translate in a bot, in the order of its files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.core.finding import Finding
from engine.project.load import Loaded, Loader
from engine.project.scenario import ScenarioFile
from engine.project.translations import FOLDER, Place


class CannotRead(Exception):
    """Some file has mistakes, so that texts would seem to be gone. `findings` say which; `loaded` has the sources."""

    def __init__(self, findings: list[Finding], sources: dict[str, bytes]) -> None:
        super().__init__(findings[0].message)
        self.findings = findings
        self.sources = sources


def load_scenarios(root: Path) -> Loaded:
    """The bot without its translations. Raises CannotRead."""
    sources, findings = Loader(root).files.read()
    if findings:
        raise CannotRead(findings, sources)
    return scenarios_in(root, sources)


def scenarios_in(root: Path, sources: dict[str, bytes]) -> Loaded:
    """The same from contents in memory; `sources` of what is returned are all of them. Raises CannotRead."""
    mine = {file: content for file, content in sources.items() if not file.startswith(f"{FOLDER}/")}
    loaded = Loader(root).build(mine)
    if loaded.errors:
        raise CannotRead(loaded.errors, mine)
    loaded.sources = sources
    return loaded


def scenarios_of(loaded: Loaded) -> Iterator[tuple[ScenarioFile, list[Place]]]:
    """Each scenario with its texts."""
    for file in sorted(loaded.files):
        yield loaded.files[file], loaded.files[file].places()
