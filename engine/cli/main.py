"""`dialogue`: the shell around the commands, one file a command in this folder.

A command's module holds `AREA` (one of `AREAS`), `HELP` (one line), `EXAMPLES` (command lines, each with what it does),
`add_arguments(parser)` and `run(args) -> int`; `args.root` is the project's folder. Law: only the chosen command's
module is imported, and a new command is a new file, no edit here.
Exit codes: the command's own; 1 a file or the memory that cannot be used, 2 wrong use or wrong settings, 3 a crash, 130
stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import atexit
import gc
import importlib
import io
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol, cast

import engine.cli
from engine.cli.arguments import WRONG_USE, Parser, columns

NOT_COMMANDS = {"main", "arguments"}
AREAS = {"write": "write a bot", "run": "run it", "people": "what people left", "editor": "for editors"}
# What others call it.
ALSO = {"new": "init create begin", "lint": "check validate", "run": "start serve", "graph": "draw picture"}
FAILED, CRASHED, INTERRUPTED, PIPE_CLOSED = 1, 3, 130, 141


class Command(Protocol):
    AREA: str
    HELP: str
    EXAMPLES: Sequence[tuple[str, str]]

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, args: argparse.Namespace) -> int: ...


class WrongUse(Exception):
    """A command may raise it: the text is printed, exit 2."""


def main(argv: Sequence[str] | None = None) -> int:
    """The entry point; returns the exit code. Never a traceback, unless DIALOGUE_DEBUG is set."""
    _speak_utf8()
    atexit.register(gc.freeze)  # what is left at the end goes with the process: a last look for circles takes longer
    try:
        code = _run(list(sys.argv[1:] if argv is None else argv))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read us is gone (`| head`). The interpreter flushes once more at its end: let that go nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return PIPE_CLOSED
    except Exception as error:
        return _told(error)
    return code


def commands() -> list[str]:
    """The names of all commands: the modules beside this one that hold one."""
    return sorted(name for _, name, _ in pkgutil.iter_modules(engine.cli.__path__) if name not in NOT_COMMANDS)


def _run(argv: list[str]) -> int:
    try:
        Path.cwd()
    except FileNotFoundError:
        raise WrongUse("the folder that this terminal stands in is gone: go to another one with cd") from None
    shell = Parser(prog="dialogue", add_help=False)
    shell.add_argument("--root", type=Path, metavar="DIR")
    shell.add_argument("--version", action="store_true")
    shell.add_argument("-h", "--help", action="store_true")
    before, name, rest = _split(argv)
    general = shell.parse_args(before)
    if general.version:
        from importlib.metadata import version

        print(f"dialogue {version('dialogue-engine')}")
        return 0
    asked = general.help or name == "help"
    if name == "help":
        name, rest = (rest[0], rest[1:]) if rest else (None, [])
    if name is None:
        (sys.stdout if asked else sys.stderr).write(_overview())
        return 0 if asked else WRONG_USE
    if name not in commands():
        raise WrongUse(_no_command(name))
    command = _import(name)
    parser = Parser(prog=f"dialogue {name}", description=f"{command.HELP[0].upper()}{command.HELP[1:]}.")
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="the folder of scenarios/, prompts/, catalog/ (default: here)"
    )
    command.add_arguments(parser)
    parser.show(command.EXAMPLES)
    root, rest = _root_in([*rest, "--help"] if asked else rest)
    args = parser.parse_args(rest)
    chosen = root or args.root or general.root or Path(os.environ.get("DIALOGUE_ROOT") or ".")
    args.named_root = chosen.expanduser().absolute()  # a link may be led elsewhere while the bot runs
    args.root = args.named_root.resolve()
    if not args.root.is_dir() and name != "new":  # which makes it
        raise WrongUse(f"--root: there is no folder {args.root}")
    return command.run(args)


def _split(argv: list[str]) -> tuple[list[str], str | None, list[str]]:
    """(options before the command, the command, what follows it)."""
    index = 0
    while index < len(argv) and argv[index].startswith("-"):
        index += 2 if argv[index] == "--root" else 1
    return argv[:index], argv[index] if index < len(argv) else None, argv[index + 1 :]


def _root_in(words: list[str]) -> tuple[Path | None, list[str]]:
    """`--root DIR`, wherever it stands: behind `outcomes list` argparse would refuse it. And what is left."""
    for at, word in enumerate(words[: words.index("--")] if "--" in words else words):
        if word == "--root" and at + 1 < len(words):
            return Path(words[at + 1]), [*words[:at], *words[at + 2 :]]
        if word.startswith("--root="):
            return Path(word.removeprefix("--root=")), [*words[:at], *words[at + 1 :]]
    return None, words


def _import(name: str) -> Command:
    return cast(Command, importlib.import_module(f"engine.cli.{name}"))


def _no_command(name: str) -> str:
    from engine.project.suggest import closest

    meant = next((one for one, names in ALSO.items() if name in names.split()), None) or closest(name, commands())
    return f"there is no command {name!r}; " + (f"did you mean {meant}?" if meant else "see --help")


def _overview() -> str:
    known = {name: _import(name) for name in commands()}
    lines = {area: columns((name, one.HELP) for name, one in known.items() if area == one.AREA) for area in AREAS}
    options = (
        ("--root DIR", "the folder of scenarios/, prompts/, catalog/ (default: DIALOGUE_ROOT, or here)"),
        ("--version", "what is installed"),
    )
    return (
        "usage: dialogue [--root DIR] COMMAND ...\n\n"
        "Conversations as YAML, prompts as Jinja, live in Telegram or in the terminal.\n\n"
        + "".join(f"{title}:\n{lines[area]}\n" for area, title in AREAS.items())
        + f"options:\n{columns(options)}\n"
        "To begin: `dialogue new bot my_bot`, and in its folder `dialogue chat`.\n"
        "`dialogue COMMAND --help` tells a command's own options.\n"
    )


def _told(error: Exception) -> int:
    """One clear message for an error; the exit code."""
    from engine.memory.errors import MemoryFailed
    from engine.settings import SettingsError

    if isinstance(error, (SettingsError, WrongUse)):
        sys.stderr.write(f"dialogue: {error}\n")
        return WRONG_USE
    if isinstance(error, MemoryFailed):
        sys.stderr.write(f"dialogue: {error}\n")
        return FAILED
    if isinstance(error, OSError) and error.filename and error.strerror:  # a folder that is not there, a full disk
        sys.stderr.write(f"dialogue: {error.filename}: {error.strerror}\n")
        return FAILED
    if os.environ.get("DIALOGUE_DEBUG"):
        import traceback

        from engine.logs import Redaction

        sys.stderr.write(Redaction()("".join(traceback.format_exception(error))))
        return CRASHED
    from engine.logs import Redaction

    reason = Redaction()(f"{type(error).__name__}: {error}")
    sys.stderr.write(f"dialogue crashed: {reason}\nDIALOGUE_DEBUG=1 shows where; please report it.\n")
    return CRASHED


def _speak_utf8() -> None:
    """A pipe on Windows, or LANG=C, must not turn «да» into an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")


if __name__ == "__main__":  # by its own name, so that there is one WrongUse, whoever raises it
    sys.exit(importlib.import_module("engine.cli.main").main())
