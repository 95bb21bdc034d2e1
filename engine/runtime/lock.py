"""One bot a DATA_DIR and a memory: two would answer the same people twice."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Taken(Exception):
    """The folder cannot be had: another process runs a bot on it, or nothing can be written there."""


@contextmanager
def alone(folder: Path, memory: Path | None = None) -> Iterator[None]:
    """Hold `bot.lock` in the folder, and a lock beside the memory that stands elsewhere; the system lets them go with
    the process, however that ends. Raises Taken. Where there are no file locks (Windows, some network disks) nobody is
    kept out."""
    with _hold(folder / "bot.lock", folder, "DATA_DIR"):
        if memory is None or memory.parent.resolve() == folder.resolve():
            yield
        else:
            with _hold(memory.with_name(f"{memory.name}.lock"), memory, "DATABASE_URL"):
                yield


@contextmanager
def _hold(lock: Path, what: Path, variable: str) -> Iterator[None]:
    try:
        import fcntl
    except ImportError:
        yield
        return
    try:
        lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Taken(
            f"{what} cannot be used ({error.strerror}): let the user who runs the bot read and write there, "
            f"or let {variable} name another place."
        ) from None
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(
                f"Another bot runs on {what} already. Stop it, or give this one a {variable} of its own."
            ) from None
        except OSError:
            pass
        yield
    finally:
        os.close(descriptor)


def held(folder: Path) -> bool | None:
    """Whether a bot runs on the folder just now, whatever it says of itself. None where there are no file locks."""
    try:
        import fcntl

        descriptor = os.open(folder / "bot.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    except (ImportError, OSError):
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return False
