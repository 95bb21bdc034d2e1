"""`dialogue lint`: every mistake in the files, each at its place.

Exit code: 0 nothing wrong (infos do not count), 1 errors or warnings, 2 wrong use, 3 a crash.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.core.finding import Finding
    from engine.lint.roots import Bot

AREA = "write"
HELP = "find every mistake in scenarios, prompts and catalog"
EXAMPLES = (
    ("dialogue lint", "the whole bot"),
    ("dialogue lint scenarios/start.yaml --fix", "mend what is surely meant in one file"),
    ("dialogue lint --format json", "for a program"),
)
FORMATS = ("text", "json", "github", "sarif")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="PATH", help="show these files or folders only; or another bot's folder"
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="how findings are printed (default: text)")
    parser.add_argument("--select", action="append", default=[], metavar="CODE,…", help="only findings of these codes")
    parser.add_argument("--ignore", action="append", default=[], metavar="CODE,…", help="no findings of these codes")
    parser.add_argument("--watch", action="store_true", help="print anew whenever a file changes")
    parser.add_argument("--fix", action="store_true", help="mend what is surely meant otherwise: typos, missing quotes")
    parser.add_argument("--diff", action="store_true", help="with --fix: only show what would be changed")
    parser.add_argument(
        "--stdin-filename", type=Path, metavar="FILE", help="read this file's content from standard input"
    )
    parser.add_argument("--no-cache", action="store_true", help="read everything anew")


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.lint.roots import NoSuchPath, bots

    chosen = args.root != Path.cwd().resolve() or bool(os.environ.get("DIALOGUE_ROOT"))
    if args.diff and not args.fix:
        raise WrongUse("--diff goes with --fix")
    if not args.watch:
        gc.disable()  # a short run: looking for circles of dead objects takes longer than it lasts
    if args.fix and (args.stdin_filename or args.watch):
        raise WrongUse("--fix mends files: it goes with neither --stdin-filename nor --watch")
    if args.watch and args.stdin_filename:
        raise WrongUse("--watch looks at files: it does not go with --stdin-filename")
    select, ignore = _codes(args.select), _codes(args.ignore)
    try:
        found = [_unsaved(args, chosen)] if args.stdin_filename else bots(args.paths, args.root, chosen)
    except NoSuchPath as error:
        raise WrongUse(_code_as_path(args) or str(error)) from None
    content = sys.stdin.buffer.read() if args.stdin_filename else None
    if args.fix:
        return _fix(found, args.diff, args.format, select, ignore)
    if args.watch:
        return _watch(found, args.format, select, ignore)
    return _print(_findings(found, content, not args.no_cache), args.format, select, ignore, content)


def _code_as_path(args: argparse.Namespace) -> str:
    """What to say to `--ignore A B`, where B was read as a path."""
    from engine.lint.explain import rules

    code = next((str(path) for path in args.paths if str(path) in rules()), "")
    option = "--ignore" if args.ignore else "--select"
    return f"{code} is a code and no file: write it behind a comma, {option} CODE,{code}" if code else ""


def _codes(given: list[str]) -> set[str]:
    """Raises WrongUse for a code that does not exist."""
    codes = {code.strip() for one in given for code in one.split(",") if code.strip()}
    if codes:
        from engine.cli.main import WrongUse
        from engine.lint.explain import rules
        from engine.project.suggest import did_you_mean

        for code in sorted(codes - rules().keys()):
            raise WrongUse(f"there is no code {code}. {did_you_mean(code, rules())}".strip())
    return codes


def _unsaved(args: argparse.Namespace, chosen: bool) -> Bot:
    """The bot of a file that need not be saved yet."""
    from engine.cli.main import WrongUse
    from engine.lint.roots import FOLDERS, Bot

    bases = [Path.cwd(), args.root] if chosen else [Path.cwd()]  # it may be named from there, as other paths
    paths = [Path(os.path.normpath(base / args.stdin_filename.expanduser())) for base in bases]
    paths = [one for one in paths if not chosen or one.is_relative_to(args.root)] or paths
    path = next((one for one in paths if one.exists()), next((one for one in paths if one.parent.exists()), paths[0]))
    homes = [args.root] if chosen else [args.root, *path.parents]
    for root in homes:
        if (
            path.is_relative_to(root)
            and path.relative_to(root).parts[:1]
            and path.relative_to(root).parts[0] in FOLDERS
        ):
            return Bot(root, [path.relative_to(root).as_posix()])
    if path.suffix not in (".yaml", ".yml") or chosen:
        raise WrongUse(f"--stdin-filename: {path} lies in no bot's {', '.join(f'{one}/' for one in FOLDERS)}")
    return Bot(path.parent, alone=path)


def _findings(found: list[Bot], content: bytes | None = None, cache: bool = True) -> list[Finding]:
    from engine.lint.folder import findings_of

    return [finding for bot in found for finding in findings_of(bot, content, cache)]


def _print(
    findings: list[Finding], format: str, select: set[str], ignore: set[str], content: bytes | None = None
) -> int:
    from engine.lint.folder import source_of
    from engine.lint.report import in_colour, render

    shown = [one for one in findings if (not select or one.code in select) and one.code not in ignore]
    summaries: dict[str, str] = {}
    if format == "sarif":
        from engine.lint.explain import rules

        summaries = {code: rule.what for code, rule in rules().items()}
    color = format == "text" and in_colour(sys.stdout)
    sys.stdout.write(render(shown, format, source_of(content), color, summaries))  # type: ignore[arg-type] # argparse held it to FORMATS
    return int(any(finding.severity != "info" for finding in shown))


def _fix(found: list[Bot], only_show: bool, format: str, select: set[str], ignore: set[str]) -> int:
    from engine.lint.fix import fixed

    changes = 0
    for bot in found:
        for change in fixed(bot, select, ignore):
            changes += 1
            if only_show:
                sys.stdout.write(change.diff())
            else:
                change.path.write_bytes(change.after)
                print(f"{change.path}: {change.count} mended", file=sys.stderr)
    if only_show:
        return int(changes > 0)
    return _print(_findings(found), format, select, ignore)


def _watch(found: list[Bot], format: str, select: set[str], ignore: set[str]) -> int:
    """Until Ctrl-C."""
    import time

    from engine.lint.watching import rounds

    for findings in rounds(found):
        if sys.stdout.isatty():
            sys.stdout.write("\x1b[H\x1b[2J\x1b[3J")  # home, the screen, and what has scrolled away
        _print(findings, format, select, ignore)
        if sys.stdout.isatty() and format == "text":
            print(f"{time.strftime('%H:%M:%S')} Watching; Ctrl-C stops.")
        sys.stdout.flush()
    return 0
