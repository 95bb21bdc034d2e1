"""`dialogue backup FILE`: everything that cannot be made anew, in one tar archive: the memory and people's files.

Law: a whole copy as of one instant, taken beside a running bot; the target appears whole or not at all. outcomes.json
and the CSV files are not in it: they are made from the memory.
"""

from __future__ import annotations

import argparse
import os
import sys
import tarfile
import tempfile
from pathlib import Path

AREA = "people"
HELP = "copy the memory and people's files into one archive, while the bot runs"
EXAMPLES = (("dialogue backup backup.tar.gz", "beside a running bot"),)
DATABASE, MEDIA = "engine.db", "media"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE", type=Path, help="the new archive, such as backup.tar or backup.tar.gz")


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.cli.outcomes import opened

    if args.file.exists():
        raise WrongUse(f"{args.file} exists already: name a new file for the backup")
    try:
        with opened(args.root) as (memory, data), tempfile.TemporaryDirectory(dir=_folder(args.file)) as folder:
            copy = Path(folder) / DATABASE
            memory.backup(copy)
            people_in(copy)  # a backup that cannot be brought back is none
            files = _pack(args.file, copy, data / MEDIA, Path(folder) / "archive")
            size = copy.stat().st_size
    except OSError as problem:
        sys.stderr.write(f"dialogue: the backup was not written: {problem.strerror}: {problem.filename}\n")
        return 1
    print(f"{args.file}: the memory ({size / 1e6:.1f} MB) and people's files ({files}).")
    print(f"`dialogue restore {args.file}` brings it back.")
    return 0


def people_in(database: Path) -> int:
    """How many people a memory knows, once all of it was read. Raises MemoryFailed when it is not whole."""
    from engine.memory.errors import MemoryFailed
    from engine.memory.sqlite import SqliteMemory

    memory = SqliteMemory(database)
    try:
        if problems := memory.problems():
            raise MemoryFailed(f"The memory is damaged ({problems[0]}). `dialogue restore FILE` brings a backup back.")
        return memory.count().chats
    finally:
        memory.close()


def _folder(target: Path) -> Path:
    """Beside the target: the same disk, so that the last step is a rename."""
    return target.resolve().parent


def _pack(target: Path, database: Path, media: Path, unfinished: Path) -> int:
    """Write the archive aside and give it its name when it is on the disk; how many files of people are in it."""
    zipped = target.name.endswith((".gz", ".tgz"))
    files = 0
    os.close(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600))
    with tarfile.open(unfinished, "w:gz" if zipped else "w") as archive:
        archive.add(database, DATABASE)
        for path in sorted(media.glob("*")) if media.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                archive.add(path, f"{MEDIA}/{path.name}")
                files += 1
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(target)
    return files
