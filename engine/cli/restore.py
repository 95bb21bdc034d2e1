"""`dialogue restore FILE`: put a backup in place of the memory. What was there is moved aside, not deleted.

Law: never under a running bot; the archive is checked before anything is touched; nothing in it can be written outside
DATA_DIR. The outputs are made anew from the memory at once.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tarfile
import tempfile
import time
from pathlib import Path

from engine.cli.backup import DATABASE, MEDIA, people_in

AREA = "people"
HELP = "bring a backup back (the bot must not run)"
EXAMPLES = (("dialogue restore backup.tar.gz", "once the bot is stopped"),)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="what `dialogue backup` made")


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.memory.errors import MemoryFailed
    from engine.memory.open import database_path
    from engine.settings import Settings

    settings = Settings.load(args.root)
    database = Path(database_path(settings.database_url, settings.data_dir))
    if not args.file.is_file():
        raise WrongUse(f"there is no file {args.file}")
    if running := _running(database):
        sys.stderr.write(f"dialogue: a bot runs on this memory ({running}): stop it first\n")
        return 1
    try:
        settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=settings.data_dir) as folder:
            people = _unpack(args.file, Path(folder))
            aside = _swap(Path(folder), database, settings.data_dir)
    except (tarfile.TarError, EOFError) as problem:
        sys.stderr.write(f"dialogue: {args.file} is no backup that can be read: {problem}\n")
        return 1
    except MemoryFailed as problem:
        sys.stderr.write(f"dialogue: the memory in {args.file} cannot be used: {problem}\n")
        return 1
    except OSError as problem:
        sys.stderr.write(f"dialogue: not restored: {problem.strerror}: {problem.filename}\n")
        return 1
    print(f"Restored: {people} people." + (f" What was there is now {aside}." if aside else ""))
    return _outputs(args.root, settings.data_dir)


def _running(database: Path) -> str:
    """The channel of a bot that runs on this memory; empty when none does, or when the memory is past reading."""
    from engine.memory.errors import MemoryFailed
    from engine.memory.sqlite import SqliteMemory
    from engine.runtime.pulse import beats

    if not database.exists():
        return ""
    try:
        memory = SqliteMemory(database)
    except MemoryFailed:  # damaged: that may be why it is restored
        return ""
    try:
        return ", ".join(beat.channel for beat in beats(memory) if beat.runs)
    except MemoryFailed:
        return ""
    finally:
        memory.close()


def _unpack(archive: Path, folder: Path) -> int:
    """Into a folder aside, and look whether it is whole; how many people it knows."""
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")  # refuses links, devices and ways out of the folder
    if not (folder / DATABASE).is_file():
        raise tarfile.TarError(f"there is no {DATABASE} in it")
    return people_in(folder / DATABASE)


def _swap(folder: Path, database: Path, data: Path) -> Path | None:
    """The old memory (with its log) moves aside, the restored one takes its place; files of people are added."""
    aside = None
    if database.exists():
        aside = database.with_name(f"{database.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S')}")
        for ending in ("-wal", "-shm", ""):
            old = database.with_name(database.name + ending)
            if old.exists():
                old.replace(aside.with_name(aside.name + ending))
    database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.move(folder / DATABASE, database)
    (data / MEDIA).mkdir(mode=0o700, exist_ok=True)
    for path in (folder / MEDIA).glob("*") if (folder / MEDIA).is_dir() else ():
        path.replace(data / MEDIA / path.name)
    return aside


def _outputs(root: Path, data: Path) -> int:
    """Make the outputs anew; one that held anything else is kept aside: the backup may be older than it."""
    from engine.cli.outcomes import opened, rebuild
    from engine.outputs import atomic
    from engine.outputs.collections import remembered

    before = {path: path.read_bytes() for path in (*data.glob("*.csv"), *data.glob("outcomes.json"))}
    with opened(root) as (memory, _):
        collections = remembered(memory)
        code = rebuild(memory, data, collections, list(collections), quiet=True)
    for path, content in before.items():
        if path.read_bytes() != content:
            kept = atomic.aside(path, "before-restore")
            atomic.replace(kept, [content])
            print(f"{path.name} was another one; it is kept as {kept.name}.")
    return code
