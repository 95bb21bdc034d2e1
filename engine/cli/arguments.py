"""What stands on a command line, read: one sentence for what is not understood, with the word that was surely meant.

Law: whoever mistypes sees the sentence first; the usage follows only where nothing near was found.
"""

from __future__ import annotations

import argparse
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any, NoReturn

WRONG_USE = 2
_MISSING = "the following arguments are required"


class Parser(argparse.ArgumentParser):
    """argparse, with our words for wrong use (exit 2). Its inner parsers are of this class too."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"allow_abbrev": False, **options})
        self._examples: Sequence[tuple[str, str]] = ()

    def show(self, examples: Sequence[tuple[str, str]]) -> None:
        """Put these (a command line, what it does) behind the help; a parser within this one shows those of its own."""
        self._examples = [row for row in examples if f"{self.prog} " in f"{row[0]} "]
        for action in self._subparsers._group_actions if self._subparsers is not None else ():
            for inner in action.choices.values() if isinstance(action.choices, dict) else ():
                inner.show(examples)

    def format_help(self) -> str:
        return super().format_help() + (f"\nexamples:\n{columns(self._examples)}" if self._examples else "")

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse's own, but nothing unknown is left over: the parser that met it knows what was meant."""
        if self._subparsers is None and args is not None:
            self._look_for_unknown(args)
        found, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f'{unknown[0]!r} is one word too many (what has spaces needs quotes: "my bot")')
        return found, unknown

    def _look_for_unknown(self, words: Sequence[str]) -> None:
        """Before argparse misses an argument that stands beside a mistyped option."""
        for word in words[: words.index("--")] if "--" in words else words:
            name = word.split("=")[0]
            if name.startswith("--") and name not in self._option_string_actions:
                self.error(f"there is no option {name}{_meant(name, self._option_string_actions)}")

    def error(self, message: str) -> NoReturn:
        more = f"`{self.prog} --help` tells what there is.\n"
        if "did you mean" not in message:
            bare = message.startswith(_MISSING) and self._subparsers is not None
            more = f"\n{self.format_help() if bare else self.format_usage()}"
        self.exit(WRONG_USE, f"{self.prog}: {message}\n{more}")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is None or value in action.choices:
            return
        known = list(map(str, action.choices))
        what = f"{action.option_strings[-1]} takes" if action.option_strings else "what comes next is"
        raise argparse.ArgumentError(None, f"{what} {_either(known)}, not {value!r}{_meant(str(value), known)}")


def _meant(word: str, known: Iterable[str]) -> str:
    from engine.project.suggest import closest  # only once something is wrong

    near = closest(word, known)
    return f"; did you mean {near}?" if near else ""


def _either(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


def columns(rows: Iterable[tuple[str, str]], indent: str = "  ") -> str:
    """Names, each with what it is beside it, as wide as the terminal (80 where there is none)."""
    rows = list(rows)
    beside = len(indent) + max(len(name) for name, _ in rows) + 2
    width = max(shutil.get_terminal_size().columns - 1, beside + 20)
    return "".join(
        textwrap.fill(what, width, initial_indent=f"{indent}{name}".ljust(beside), subsequent_indent=" " * beside)
        + "\n"
        for name, what in rows
    )
