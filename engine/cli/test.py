"""`dialogue test`: plays the talk tests and shows what differs, and what nobody tried."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.outputs.atomic import Print
    from engine.talks.coverage import Missed
    from engine.talks.suite import Ran
    from engine.talks.touched import Walked

AREA = "write"
HELP = "play the talk tests; shows what differs and which ways nobody tried"
EXAMPLES = (
    ("dialogue test", "all talks"),
    ("dialogue test -k booking", "only those called so"),
    ("dialogue test --update", "the bot is right: write what it says now"),
)
MISSED = 12  # lines and ways never reached that are named per scenario, unless --missed


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        type=Path,
        metavar="PATH",
        help="talk files, their folders, or a bot's folder (default: tests/dialogues)",
    )
    parser.add_argument(
        "-k", dest="like", default="", metavar="WORDS", help="only talks whose file or title holds this"
    )
    parser.add_argument("--update", action="store_true", help="write what the bot says now into the talk files")
    parser.add_argument(
        "--fail-under", type=float, default=0, metavar="N", help="fail when a scenario's coverage is below N %%"
    )
    parser.add_argument("--record", action="store_true", help="ask a real model for missing replies, and keep them")
    parser.add_argument(
        "--watch", action="store_true", help="play again, whenever a file changes, the talks that it touches"
    )
    parser.add_argument("--missed", action="store_true", help="list every line never reached")


def run(args: argparse.Namespace) -> int:
    for path in args.paths:
        if not path.exists():
            from engine.cli.main import WrongUse

            raise WrongUse(f"there is no {path}")
    if args.watch:
        return _watch(args)
    return _play(args)


def _play(args: argparse.Namespace, watched: Watched | None = None) -> int:
    from engine.talks import suite

    codes = []
    for root, paths in suite.talk_files(args.paths, args.root).items():
        began = time.perf_counter()
        only = watched.only(root) if watched is not None else None
        ran = suite.run(root, paths, args.like, to_the_end=args.update, record=args.record, only=only)
        if args.update and ran.bot is not None and _update(ran):
            ran = suite.run(root, paths, args.like)
        if watched is not None:
            watched.talks.setdefault(root, {}).update(ran.walked)
        codes.append(_report(ran, args, time.perf_counter() - began))
    return max(codes, default=2)


class Watched:
    """What `--watch` knows of the talks it played, and the files that changed since."""

    def __init__(self) -> None:
        self.talks: dict[Path, dict[str, Walked]] = {}
        self.files: dict[Path, Print | None] = {}
        self.changed: set[Path] = set()

    def look(self, folders: Iterable[Path]) -> bool:
        """Whether a file came, went or changed. Files are looked at, not waited for: that works everywhere."""
        from engine.outputs.atomic import fingerprint

        files = {one for folder in folders for one in [folder, *folder.rglob("*")] if one.is_file()}
        found = {file: fingerprint(file) for file in files}
        self.changed = {file for file in found.keys() | self.files.keys() if found.get(file) != self.files.get(file)}
        self.files = found
        return bool(self.changed)

    def only(self, root: Path) -> Callable[[Path, str], bool] | None:
        from engine.talks.touched import touched

        before = self.talks.get(root)
        return touched(root, self.changed, before) if before else None


def _watch(args: argparse.Namespace) -> int:
    """Until Ctrl-C: at first all talks, then those that an edit touches."""
    watched = Watched()
    folders = [
        *(args.root / name for name in ("scenarios", "prompts", "catalog", "translations", "tests")),
        *args.paths,
    ]
    while True:
        if watched.look(folders):
            if sys.stdout.isatty():
                sys.stdout.write("\x1b[2J\x1b[H")
            _play(args, watched)
            sys.stdout.flush()
        time.sleep(0.5)


def _update(ran: Ran) -> bool:
    """Write the files anew; true when one was changed."""
    from engine.talks.update import CannotUpdate, updated

    changed = False
    for file in ran.files:
        played = [one for of, one in ran.played if of is file]
        try:
            text = updated(file, played)
        except CannotUpdate as error:
            print(f"{error}\n", file=sys.stderr)
            continue
        if text != file.text:
            file.path.write_text(text, encoding="utf-8", newline="\n")
            print(f"wrote {file.path}")
            changed = True
    return changed


def _report(ran: Ran, args: argparse.Namespace, took: float) -> int:
    from engine.lint.report import in_colour, render
    from engine.talks.report import shown_talk

    color = in_colour(sys.stdout)
    if ran.findings:
        print(render(ran.findings, sources=lambda file: _text(ran.root / file), color=color))
    for played in ran.failed:
        print(shown_talk(played, color) + "\n")
    if ran.bot is None or not ran.played:
        print("no talk is touched by this" if args.watch and ran.bot is not None else "no talk was played")
        return 2
    under = _coverage(ran, args) if (ran.whole and not args.paths) or args.missed or args.fail_under else []
    failed, all_of_them = len(ran.failed), len(ran.played)
    broken = any(one.severity == "error" for one in ran.findings)
    print(
        f"{all_of_them - failed} of {all_of_them} talks passed"
        + (f", {failed} failed" if failed else "")
        + (", and not all could be read" if broken else "")
        + f"; {took:.1f} s"
    )
    for name, share in under:
        print(f"{name}: {share:.1f} % is below {args.fail_under:g} %")
    if broken:
        return 2
    return 1 if failed or under else 0


def _coverage(ran: Ran, args: argparse.Namespace) -> list[tuple[str, float]]:
    """Print the figures; returns the scenarios that are below the bound."""
    assert ran.bot is not None  # noqa: S101 the caller looked
    project, under = ran.bot.project, []
    width = max(len(name) for name in project.scenarios)
    print("coverage of steps, choices, conditions and failures")
    for name in sorted(project.scenarios):
        share = 100 * ran.coverage.share(project, name)
        missed = ran.coverage.missed(project, name)
        print(
            f"  {name:<{width}}  {share:5.1f} %"
            + (f"  never: {_briefly(missed)}" if missed and not args.missed else "")
        )
        for one in missed if args.missed else ():
            print(f"    {one.file}:{one.line}: {one.text}")
        if share < args.fail_under:
            under.append((name, share))
    print(f"  {'all':<{width}}  {100 * ran.coverage.whole(project):5.1f} %\n")
    return under


def _briefly(missed: list[Missed]) -> str:
    """Lines never reached, and ways never gone from lines that were."""
    lines = [str(one.line) for one in missed if not one.way]
    ways = [f"{one.line} ({one.text})" for one in missed if one.way and str(one.line) not in lines]
    shown = (
        [f"line{'s' * (len(lines) > 1)} {', '.join(lines[:MISSED])}{' …' * (len(lines) > MISSED)}"] if lines else []
    ) + ways[:MISSED]
    return ", ".join(shown) + (" …" if len(ways) > MISSED else "")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
