"""All talks of some paths, by the bot they belong to, played one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct, field

from engine.core.finding import Finding, Span
from engine.talks.cassette import asking
from engine.talks.coverage import Coverage
from engine.talks.file import TalkFile, read_talks
from engine.talks.player import Bot, Played, play
from engine.talks.touched import Walked, walked

ENDINGS = (".yaml", ".yml")


class Ran(Struct):
    """One bot's talks. `played` holds every talk that was played; `findings` what kept files from being used."""

    root: Path
    bot: Bot | None = None
    files: list[TalkFile] = field(default_factory=list)
    played: list[tuple[TalkFile, Played]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    coverage: Coverage = field(default_factory=Coverage)
    walked: dict[str, Walked] = field(default_factory=dict)  # by the talk's name
    whole: bool = True  # no talk was left out, so that a figure of coverage means something

    @property
    def failed(self) -> list[Played]:
        return [played for _, played in self.played if not played.right]


def talk_files(paths: Iterable[Path], root: Path) -> dict[Path, list[Path]]:
    """Talk files by the bot's folder they belong to. A bot's folder stands for its `tests/`; no path, for `root`."""
    found: dict[Path, list[Path]] = {}
    for path in [*paths] or [root]:
        home = root_of(path, root)
        folder = path
        if path.is_dir() and (path / "scenarios").is_dir():
            home = path
            folder = path / "tests" / "dialogues" if (path / "tests" / "dialogues").is_dir() else path / "tests"
        files = (
            sorted(one for one in folder.rglob("*") if one.suffix in ENDINGS)
            if folder.is_dir()
            else [folder]
            if folder is path
            else []
        )
        known = found.setdefault(home.resolve(), [])
        known += [one for one in files if one.resolve() not in known and (not folder.is_dir() or is_talk_file(one))]
    return found


def root_of(path: Path, otherwise: Path) -> Path:
    """The nearest folder above that holds scenarios/."""
    return next((one for one in path.resolve().parents if (one / "scenarios").is_dir()), otherwise)


def is_talk_file(path: Path) -> bool:
    """Whether it has a key `talks` at its left edge; other YAML files of a test folder are nobody's talks."""
    try:
        return any(line.startswith("talks:") for line in path.read_text(encoding="utf-8").splitlines())
    except (OSError, UnicodeDecodeError):
        return False


def run(
    root: Path,
    paths: Iterable[Path],
    like: str = "",
    to_the_end: bool = False,
    record: bool = False,
    only: Callable[[Path, str], bool] | None = None,
) -> Ran:
    """Load the bot, read the files, play every talk whose name holds `like` and which `only` (its file, its name) lets
    pass. `record`: a real model is asked for the replies that are missing, and they are kept."""
    ran = Ran(root)
    ran.bot, findings = Bot.load(root)
    if ran.bot is None:
        ran.findings = [one for one in findings if one.severity == "error"]
        return ran
    ran.coverage.watch(ran.bot.project)
    if record and ran.bot.cassette is not None:
        ran.bot.cassette.ask = asking(root, ran.bot.project)
    for path in paths:
        file = read_talks(path, shown_path(path, root))
        ran.files.append(file)
        ran.findings += file.findings
        if any(one.severity == "error" for one in file.findings):
            continue
        for talk in file.talks:
            if like.casefold() in talk.name.casefold() and (only is None or only(file.path, talk.name)):
                with ran.coverage.apart() as points:
                    ran.played.append((file, play(ran.bot, talk, ran.coverage, to_the_end)))
                ran.walked[talk.name] = walked(points, ran.played[-1][1].right)
            else:
                ran.whole = False
    if ran.bot.cassette is not None:
        ran.bot.cassette.save()
    if not ran.files:
        ran.findings.append(
            Finding(
                Span("tests"), "no-talks", "warning", "There is no talk test here.", "Write tests/dialogues/….yaml."
            )
        )
    return ran


def shown_path(path: Path, root: Path) -> str:
    resolved = path.resolve()
    return resolved.relative_to(root).as_posix() if resolved.is_relative_to(root) else str(path)
