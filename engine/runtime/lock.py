"""One bot a DATA_DIR: two would answer the same people twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """Another process runs a bot on this folder."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold `bot.lock` in the folder; the system lets it go with the process, however that ends. Raises Taken. Where
    there are no file locks (Windows, some network disks) nobody is kept out."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / "bot.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(
                f"Another bot runs on {folder} already. Stop it, or give this one a DATA_DIR of its own."
            ) from None
        except OSError:
            pass
        yield
    finally:
        os.close(descriptor)
