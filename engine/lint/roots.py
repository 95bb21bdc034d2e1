"""Which bot a path belongs to, and which of its files are asked for.

Law: the whole bot is always read, for a file is only right or wrong beside the others; paths choose what is shown.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct, field

FOLDERS = ("scenarios", "prompts", "catalog", "translations")


class NoSuchPath(Exception):
    """`str()` tells the person who typed it what is wrong."""


class Bot(Struct):
    """`only` are the files and folders to show, from the root with `/`; none: all. `alone`: a single scenario file that
    belongs to no bot."""

    root: Path
    only: list[str] = field(default_factory=list)
    alone: Path | None = None

    def shows(self, file: str) -> bool:
        return not self.only or any(file == one or file.startswith(f"{one}/") for one in self.only)

    @property
    def only_scenarios(self) -> bool:
        """What is wrong in a scenario is found by looking at it; what is wrong in a prompt, a catalog or a translation
        may be found by looking at any scenario."""
        return bool(self.only) and all(one.startswith("scenarios/") for one in self.only)


def bots(paths: list[Path], root: Path, chosen: bool) -> list[Bot]:
    """The bots that the paths belong to. `chosen`: the root was named, so every path must lie in it.

    Raises NoSuchPath for a path that is not there, lies outside, or is no file of a bot.
    """
    if not paths:
        return [Bot(root)]
    found: dict[Path, Bot] = {}
    whole: set[Path] = set()
    for path in paths:
        there = next((one for one in (path, root / path) if one.exists()), None)
        if there is None:
            raise NoSuchPath(f"there is no file or folder {path}" + (f", here or in {root}" if chosen else ""))
        bot = _bot(there.resolve(), root, chosen)
        if bot.alone is None and not bot.only:
            whole.add(bot.root)
        known = found.setdefault(bot.alone or bot.root, bot)
        if known is not bot:
            known.only += bot.only
    for one in whole:
        found[one].only.clear()
    return list(found.values())


def _bot(path: Path, root: Path, chosen: bool) -> Bot:
    if path.is_dir() and (path / "scenarios").is_dir() and not chosen:
        return Bot(path)
    home = root if chosen else next((one for one in (root, *path.parents) if _holds(one, path)), None)
    if home is None and path.is_file() and path.suffix in (".yaml", ".yml") and not chosen:
        return Bot(path.parent, alone=path)
    if home is None or not path.is_relative_to(home):
        raise NoSuchPath(
            f"{path} lies outside of {root}" if chosen else f"{path} belongs to no bot: there is no scenarios/ above it"
        )
    inner = path.relative_to(home).as_posix()
    if inner == ".":
        return Bot(home)
    if inner.split("/")[0] not in FOLDERS:
        if path.is_file() and path.suffix in (".yaml", ".yml"):
            return Bot(path.parent, alone=path)
        raise NoSuchPath(
            f"{path} is no file of the bot in {home}: those stand in {', '.join(one + '/' for one in FOLDERS)}"
        )
    return Bot(home, [inner])


def _holds(root: Path, path: Path) -> bool:
    """Whether this is the bot of a path: it has scenarios/, and the path lies in one of its folders."""
    if not path.is_relative_to(root) or not (root / "scenarios").is_dir():
        return False
    inner = path.relative_to(root).parts
    return not inner or inner[0] in FOLDERS
