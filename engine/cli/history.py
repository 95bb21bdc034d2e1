"""`dialogue history export`: who said what and when, out of the engine's memory. Works beside a running bot."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.memory.port import Line, Memory
    from engine.outputs.sheet import Form

AREA = "people"
HELP = "export who said what and when"
EXAMPLES = (
    ("dialogue history export --output talks.csv", "everybody"),
    ("dialogue history export --person @anna", "one person, shown here"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="export")
    export = actions.add_parser("export", help="all messages, or those with one person")
    export.add_argument("--person", metavar="ID", help="such as telegram:123; an @name or a name will do")
    export.add_argument("--format", choices=("csv", "jsonl"), default="csv", help="default: csv")
    export.add_argument("--excel", action="store_true", help="CSV for a Russian Excel: BOM and `;`")
    export.add_argument("--output", metavar="FILE", help="write there, whole or not at all (default: standard output)")


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.cli.outcomes import opened, write_out
    from engine.outputs.collections import timezone
    from engine.outputs.sheet import EXCEL, PLAIN

    if args.excel and args.format == "jsonl":
        raise WrongUse("--excel is a form of CSV: leave out --format jsonl")
    with opened(args.root) as (memory, _data):
        lines = memory.history() if args.person is None else _with(memory, args.person)
        form = EXCEL if args.excel else PLAIN
        parts = map(_json, lines) if args.format == "jsonl" else _csv(lines, form, timezone(memory))
        return write_out(parts, args.output)


def _with(memory: Memory, person: str) -> Iterator[Line]:
    """The messages of everybody who is called so. Raises WrongUse when nobody is."""
    from engine.cli.main import WrongUse
    from engine.cli.trace import called

    chats = called(person, memory)
    if not chats:
        raise WrongUse(f"nobody known is {person!r}; `dialogue trace` lists everybody")
    return (line for chat in chats for line in memory.history(chat))


def _csv(lines: Iterable[Line], form: Form, zone: str) -> Iterator[bytes]:
    from engine.outputs.cells import cell
    from engine.outputs.sheet import line

    yield form.mark.encode() + line(("time", "person", "role", "text"), form)
    for each in lines:
        yield line([form.moment(each.at, zone), cell(each.chat), each.role, cell(each.text)], form)


def _json(each: Line) -> bytes:
    from engine.core.moments import iso
    from engine.outputs.cells import whole

    said = {"time": iso(each.at), "person": each.chat, "role": each.role, "text": each.text}
    return whole(json.dumps(said, ensure_ascii=False)).encode() + b"\n"
