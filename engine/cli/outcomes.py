"""`dialogue outcomes list|export|rebuild`: the records that people left, out of the engine's memory.

Law: reads and mends beside a running bot, and shows what memory holds, not how far an output has got.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.core.project import Collection
    from engine.memory.port import Memory, Record
    from engine.outputs.port import Everything, Output

_MOMENT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d[+-]\d\d:\d\d\Z")
AREA = "people"
HELP = "show, export or rebuild what people left: leads, goals, check-ins"
EXAMPLES = (
    ("dialogue outcomes list", "how many records there are"),
    ("dialogue outcomes list leads", "the records of one collection"),
    ("dialogue outcomes export leads --output leads.csv", "the same as a table"),
    ("dialogue outcomes rebuild", "the files anew, from the memory"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|export|rebuild")
    shown = actions.add_parser("list", help="the collections with their counts, or the rows of one")
    shown.add_argument("collection", nargs="?", metavar="COLLECTION", help="default: how many records each has")
    export = actions.add_parser("export", help="one collection as CSV or JSON")
    export.add_argument("collection", metavar="COLLECTION", help="such as leads")
    export.add_argument("--format", choices=("csv", "json"), default="csv", help="default: csv")
    export.add_argument(
        "--excel", action="store_true", help="CSV for a Russian Excel: BOM, `;`, decimal comma, plain moments, titles"
    )
    export.add_argument("--output", metavar="FILE", help="write there, whole or not at all (default: standard output)")
    rebuild = actions.add_parser("rebuild", help="compare outcomes.json and CSV files with memory, mend what differs")
    rebuild.add_argument("collection", nargs="?", metavar="COLLECTION", help="default: all")


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.outputs.collections import remembered

    if args.action == "export" and args.excel and args.format == "json":
        raise WrongUse("--excel is a form of CSV: leave out --format json")
    with opened(args.root) as (memory, data):
        collections = remembered(memory)
        if args.collection is not None and args.collection not in collections:
            there = f"there are: {', '.join(collections)}" if collections else "nothing was saved yet"
            raise WrongUse(f"there is no collection {args.collection!r}; {there}")
        return _do(args, memory, data, collections)


@contextlib.contextmanager
def opened(root: Path) -> Iterator[tuple[Memory, Path]]:
    """The memory that the settings name, and DATA_DIR. Raises SettingsError, MemoryFailed."""
    from engine.memory.errors import MemoryFailed
    from engine.memory.open import database_path, open_memory
    from engine.settings import Settings

    settings = Settings.load(root)
    path = database_path(settings.database_url, settings.data_dir)
    if not Path(path).exists():  # opening would make an empty one
        begin = "no bot has run here yet (`dialogue run` starts it), or DATA_DIR names another folder"
        raise MemoryFailed(f"There is no {path}: {begin}.")
    memory = open_memory(settings.database_url, settings.data_dir)
    try:
        yield memory, settings.data_dir
    finally:
        memory.close()


def write_out(parts: Iterable[bytes], target: str | None) -> int:
    """To a file, whole or not at all, or to standard output; the exit code."""
    from engine.outputs.atomic import replace

    if not target or target == "-":
        sys.stdout.buffer.writelines(parts)
        sys.stdout.buffer.flush()
        return 0
    try:
        replace(Path(target), parts)
    except OSError as problem:
        sys.stderr.write(f"dialogue: {target} was not written: {problem.strerror}\n")
        return 1
    sys.stderr.write(f"wrote {target}\n")
    return 0


def _do(args: argparse.Namespace, memory: Memory, data: Path, collections: Mapping[str, Collection]) -> int:
    if args.action == "rebuild":
        return rebuild(memory, data, collections, [args.collection] if args.collection else list(collections))
    if args.collection is None:
        return _show([["collection", "records", "last change"], *_overview(memory, collections)])
    collection = collections[args.collection]
    if args.action == "export":
        return _export(memory, collection, args)
    return _show(_rows(memory, collection))


def _live(memory: Memory, name: str) -> Iterator[Record]:
    return (record for record in memory.records(name) if not record.withdrawn)


def _overview(memory: Memory, collections: Mapping[str, Collection]) -> Iterator[list[str]]:
    from engine.core.moments import iso

    for name, collection in collections.items():
        changed = [record.updated_at for record in _live(memory, name)]
        yield [name, str(len(changed)), iso(max(changed), collection.timezone) if changed else ""]


def _rows(memory: Memory, collection: Collection) -> list[list[str]]:
    from engine.outputs.sheet import header, place, row

    records = sorted(_live(memory, collection.name), key=place)
    columns = header(collection, records)
    return [list(columns), *(row(collection, record, columns) for record in records)]


def _show(rows: Sequence[Sequence[str]]) -> int:
    """For people a table on a terminal, else tab-separated lines with all there is. Control characters, which steer a
    terminal, are escaped."""
    clean = [[_visible(text) for text in each] for each in rows]
    if not sys.stdout.isatty():
        return write_out(("\t".join(each).encode("utf-8", "replace") + b"\n" for each in clean), None)
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    drawn = Table(highlight=False)
    people = _for_people(clean)
    for name in people[0]:
        drawn.add_column(Text(name), overflow="fold")
    for each in people[1:]:
        drawn.add_row(*(Text(text) for text in each))  # Text: square brackets of people are no markup
    Console().print(drawn)
    return 0


def _for_people(rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """Less what only programs need, which takes the room of what was answered; moments to the minute."""
    shown = [at for at, name in enumerate(rows[0]) if name not in ("id", "updated_at")] or range(len(rows[0]))
    return [[_MOMENT.sub(r"\1 \2", each[at]) for at in shown] for each in rows]


def _visible(text: str) -> str:
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in text)


def _export(memory: Memory, collection: Collection, args: argparse.Namespace) -> int:
    from engine.outputs.sheet import EXCEL, PLAIN, document, place, table

    records = sorted(_live(memory, collection.name), key=place)
    if args.format == "json":
        return write_out(_json(map(document, records)), args.output)
    return write_out(table(collection, records, EXCEL if args.excel else PLAIN), args.output)


def _json(documents: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    """A list, one document a line."""
    from engine.outputs.cells import whole

    before = b"[\n"
    for each in documents:
        yield before + whole(json.dumps(each, ensure_ascii=False)).encode()
        before = b",\n"
    yield b"\n]\n" if before == b",\n" else b"[]\n"


def rebuild(
    memory: Memory, data: Path, collections: Mapping[str, Collection], names: Sequence[str], quiet: bool = False
) -> int:
    """Each file is compared and mended under its output's lock, which a running bot takes as well. The exit code."""
    from engine.outputs.known import known_outputs
    from engine.outputs.port import StartedAnew

    def everything(name: str) -> Everything:
        return lambda: memory.records(name)

    def checked(output: Output, wanted: Iterable[str]) -> Iterator[tuple[str, bool]]:
        for name in wanted:
            if output.name in collections[name].outputs:
                yield name, output.check(collections[name], everything(name))

    code = 0
    for output in known_outputs(data):
        try:
            try:
                results = list(checked(output, names))
            except StartedAnew:  # the store of all collections was lost
                results = list(checked(output, collections))
        except OSError as problem:
            sys.stderr.write(f"dialogue: {output.name}: {problem.strerror}: {problem.filename}\n")
            code = 1
            continue
        for name, mended in () if quiet else results:
            sys.stdout.write(f"{output.name}: {name}: {'written anew' if mended else 'was right'}\n")
    return code
