"""The bots whose files are open in the editor: the files on the disk, with the unsaved texts laid over them.

Law: what the editor shows is what `dialogue lint` would say once everything is saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from engine.core.finding import Finding
from engine.lint.run import lint
from engine.project.files import FOLDERS
from engine.project.load import Loaded, Loader


class Bot:
    """One bot. `unsaved` are the texts of its open files, by their path from the root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.unsaved: dict[str, bytes] = {}
        self.published: set[str] = set()  # files that the editor shows findings of
        self.good: dict[str, Loaded] = {}  # file -> the last state of all in which it could be read
        self._loader = Loader(root)
        self._built: tuple[dict[str, bytes], Loaded] | None = None

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

    def findings(self) -> dict[str, list[Finding]]:
        """What is wrong in each file. What belongs to no file cannot be shown."""
        loaded = self.loaded()
        found: dict[str, list[Finding]] = {file: [] for file in loaded.sources}
        for finding in lint(loaded):
            if finding.span.file in found:
                found[finding.span.file].append(finding)
        return found

    def text(self, file: str) -> str:
        """A file as the editor has it."""
        content = self.unsaved.get(file)
        if content is None:
            content = self.loaded().sources.get(file, b"")
        return content.decode("utf-8", "replace")


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
            if known(file) and (home / "scenarios").is_dir():
                return self.known.setdefault(home, Bot(home)), file
        return None


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
