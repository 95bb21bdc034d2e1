"""`dialogue doctor`: look at everything a bot needs, say what is wrong and what to do, and mend what can be mended.

Exit code: 0 nothing wrong (or all of it mended), 1 something is. `--mend` rewrites damaged outputs from the memory.
"""

from __future__ import annotations

import argparse
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from engine.memory.port import Memory
    from engine.project.load import Loaded
    from engine.settings import Settings

AREA = "run"
HELP = "check settings, files, memory, outputs, Telegram, model and mail; say what to do, mend what can be mended"
EXAMPLES = (
    ("dialogue doctor", "all of it"),
    ("dialogue doctor --offline --mend", "without asking anybody; mend the outputs"),
)
LOW = 200_000_000  # bytes free on the disk


class Found(Struct, frozen=True):
    """`level`: ok, note, or wrong."""

    level: str
    what: str


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--mend", action="store_true", help="write damaged outcomes.json and CSV files anew")
    parser.add_argument("--offline", action="store_true", help="do not ask Telegram, the model and the mail server")


def run(args: argparse.Namespace) -> int:
    wrong = False
    for found in _examined(args.root, args.mend, args.offline):
        wrong = wrong or found.level == "wrong"
        print({"ok": "  ok    ", "note": "  note  ", "wrong": "  WRONG "}[found.level] + found.what)
    print("Something needs you." if wrong else "Nothing wrong.")
    return 1 if wrong else 0


def _examined(root: Path, mend: bool, offline: bool) -> Iterator[Found]:
    from engine.project.bot import wrong_settings
    from engine.project.load import Loader
    from engine.settings import Settings, SettingsError

    try:
        settings = Settings.load(root, declared=wrong_settings)
    except SettingsError as error:
        for name, problem in error.problems:
            yield Found("wrong", f"setting {name}: {problem}")
        return
    yield Found("ok", "settings")
    loaded = Loader(settings.root, settings.for_scenarios()).load()
    yield from _files(loaded)
    if not loaded.files and not settings.data_dir.exists():
        return  # a wrong folder, in which nothing is to be left
    yield from _disk(settings.data_dir)
    yield from _memory(settings, mend)
    if not offline:
        yield from _outside(settings, loaded)


def _files(loaded: Loaded) -> Iterator[Found]:
    from engine.core.filters import plural

    for finding in loaded.errors[:10]:
        yield Found("wrong", f"{finding.span.file}:{finding.span.line}: {finding.message}")
    if loaded.project is not None:
        scenarios = plural(len(loaded.project.scenarios), "scenario", "scenarios")
        yield Found("ok", f"files: {scenarios}; `dialogue lint` looks closer")


def _outside(settings: Settings, loaded: Loaded) -> Iterator[Found]:
    import asyncio

    from engine.runtime.outside import look_outside

    models = loaded.draft.models if loaded.draft is not None else {}
    yield from (Found(*found) for found in asyncio.run(look_outside(settings, models)))


def _disk(data: Path) -> Iterator[Found]:
    from engine.outputs.atomic import refused

    with contextlib.suppress(OSError):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    if reason := refused(data):
        yield Found("wrong", f"nothing can be written in {data}: {reason}")
        return
    free = shutil.disk_usage(data).free
    if free < LOW:
        yield Found("wrong", f"only {free / 1e6:.0f} MB are free on the disk of {data}")
    else:
        yield Found("ok", f"{data} can be written, {free / 1e9:.1f} GB are free")


def _memory(settings: Settings, mend: bool) -> Iterator[Found]:
    from engine.memory.errors import MemoryFailed
    from engine.memory.open import database_path, open_memory

    path = database_path(settings.database_url, settings.data_dir)
    if not Path(path).exists():
        yield Found("note", f"there is no {path} yet: no bot has run here")
        for left in _filled(settings.data_dir):
            yield Found(
                "wrong",
                f"{left.name} holds records of a memory that is not here: bring a backup back (dialogue restore FILE), "
                "or the next bot begins with nothing and sets it aside",
            )
        return
    try:
        memory = open_memory(settings.database_url, settings.data_dir)
    except MemoryFailed as problem:
        yield Found("wrong", str(problem))
        return
    try:
        problems = memory.problems()
        yield from (Found("wrong", f"the memory is damaged: {problem}") for problem in problems)
        if problems:
            yield Found("wrong", "stop the bot and bring a backup back: dialogue restore FILE")
            return
        yield Found("ok", f"the memory {path} is whole")
        yield from _waiting(memory, settings.data_dir)
        yield from _outputs(memory, settings.data_dir, mend)
        yield from _aside(settings.data_dir)
    except MemoryFailed as problem:
        yield Found("wrong", str(problem))
    finally:
        memory.close()


def _waiting(memory: Memory, data: Path) -> Iterator[Found]:
    from engine.runtime.pulse import beats

    counts = memory.count()
    alive = [beat for beat in beats(memory, data) if beat.runs]
    for beat in alive:
        yield Found("ok", f"a bot runs ({beat.channel}, pid {beat.pid})")
        if beat.unread:
            yield Found("note", f".env has changed: start the bot again to take up {', '.join(beat.unread)}")
        for part, reason in beat.troubles.items():
            yield Found("wrong", f"{part} fails: {reason}")
    if counts.set_aside:
        yield Found("note", f"set aside, because nobody could read them: {counts.set_aside}")
    if counts.outbox and not alive:
        yield Found("note", f"messages and e-mails that wait for the bot to run: {counts.outbox}")
    elif counts.oldest_outgoing > 600:
        yield Found("wrong", f"a message has been waiting to leave for {counts.oldest_outgoing / 60:.0f} minutes")


def _outputs(memory: Memory, data: Path, mend: bool) -> Iterator[Found]:
    from engine.cli.outcomes import rebuild
    from engine.core.filters import plural
    from engine.outputs.collections import remembered

    collections = remembered(memory)
    damaged = list(_unreadable(data))
    yield from (Found("note" if mend else "wrong", f"{path.name} cannot be read: {reason}") for path, reason in damaged)
    if mend and collections:
        code = rebuild(memory, data, collections, list(collections), quiet=True)
        yield Found("wrong" if code else "ok", "the outputs were written anew where they differed from the memory")
    elif damaged:
        yield Found("wrong", "`dialogue doctor --mend` writes it anew, and so does the bot at its next start")
    else:
        yield Found("ok", f"outputs of {plural(len(collections), 'collection', 'collections')}")


def _filled(data: Path) -> Iterator[Path]:
    """Outputs that hold records."""
    from engine.outputs.tinydb import load

    with contextlib.suppress(OSError, ValueError):
        if any(load(data / "outcomes.json").values()):
            yield data / "outcomes.json"
    for sheet in sorted(data.glob("*.csv")):
        with contextlib.suppress(OSError):
            if len(sheet.read_bytes().splitlines()) > 1:
                yield sheet


def _aside(data: Path) -> Iterator[Found]:
    from engine.outputs.atomic import kept_aside

    for path in kept_aside(data):
        yield Found("note", f"{path.name} was kept aside and may hold what people said: delete it when nobody needs it")


def _unreadable(data: Path) -> Iterator[tuple[Path, str]]:
    from engine.outputs.tinydb import load

    path = data / "outcomes.json"
    try:
        if path.exists() and path.stat().st_size:
            load(path)
    except ValueError as error:
        yield path, str(error)
    except OSError as error:
        yield path, str(error.strerror)
    for sheet in sorted(data.glob("*.csv")):
        try:
            sheet.read_bytes().decode("utf-8")
        except ValueError:
            yield sheet, "it is not UTF-8"
        except OSError as error:
            yield sheet, str(error.strerror)
