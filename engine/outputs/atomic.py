"""Files that others read while we write them. Law: a reader, or a crash at any instant, finds the old content or the
new one, never a half of each; only an append may leave a torn last line behind, which a check after a crash mends.
"""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

PRIVATE = 0o600  # outcomes hold personal data
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL}

Print = tuple[int, int, int]  # inode, size, time of the last change in ns: tells whether somebody else wrote a file


def fingerprint(path: Path) -> Print | None:
    """None when there is no such file."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return (found.st_ino, found.st_size, found.st_mtime_ns)


def replace(path: Path, parts: Iterable[bytes]) -> None:
    """Put a whole new content in a file's place: temporary file beside it, fsync, rename. Rights that somebody gave the
    old file are kept, a link is followed. Raises OSError (disk full, no rights, a directory in its place); the
    old content then stands as it was."""
    path = path.resolve()
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, "a directory stands where the file should be", str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")  # a fixed name: one left by a crash is written over, never piles up
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE)
    try:
        with os.fdopen(descriptor, "wb", buffering=1 << 18) as file:
            file.writelines(parts)
            file.flush()
            with contextlib.suppress(FileNotFoundError, PermissionError):
                fresh.chmod(stat.S_IMODE(path.stat().st_mode))
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    _sync_directory(path.parent)


def refused(folder: Path) -> str:
    """Why nothing can be written in a folder (a full disk, no rights); empty when something can."""
    try:
        with tempfile.NamedTemporaryFile(dir=folder) as probe:
            probe.write(b"x" * 4096)
            probe.flush()
            os.fsync(probe.fileno())
    except OSError as error:
        return error.strerror or type(error).__name__
    return ""


def aside(path: Path, why: str) -> Path:
    """A name beside the file under which it can be kept: `outcomes.json.damaged-20261126T120000Z`; one nobody has."""
    wanted = path.with_name(f"{path.name}.{why}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    number, free = 1, wanted
    while free.exists():
        number += 1
        free = wanted.with_name(f"{wanted.name}-{number}")
    return free


def kept_aside(folder: Path) -> list[Path]:
    """All that was set aside in DATA_DIR (`aside`, and what a restore replaced): nothing works with it any more, and
    forgetting a person does not reach into it."""
    found = [path for why in ("damaged", "before", "edited") for path in folder.glob(f"*.{why}-*")]
    return sorted(path for path in found if not path.name.endswith(("-wal", "-shm")))


def append(path: Path, data: bytes) -> None:
    """Add to the end of a file that is there, durably. Raises OSError; what was half added is taken off again."""
    with path.open("ab", buffering=0) as file:
        before = os.fstat(file.fileno()).st_size
        try:
            rest = memoryview(data)
            while rest:  # a disk that is nearly full takes a part, and says so at the next attempt
                rest = rest[file.write(rest) :]
            os.fsync(file.fileno())
        except OSError:
            with contextlib.suppress(OSError):
                file.truncate(before)
            raise


def _sync_directory(directory: Path) -> None:
    """Make a rename durable. Windows can not open a directory, and needs not."""
    if sys.platform == "win32":  # pragma: no cover - another system
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """One writer at a time, the bot and a command in another process alike. Waits for its turn; the lock goes with the
    process that held it. On a file system that has no locks there is none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        try:
            _lock(descriptor)
        except OSError as problem:
            if problem.errno not in _NO_LOCKS:
                raise
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":  # pragma: no cover - another system

    def _lock(descriptor: int) -> None:
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:

    def _lock(descriptor: int) -> None:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
