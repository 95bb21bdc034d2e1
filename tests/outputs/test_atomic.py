"""Files that are replaced or grown on a disk that fails."""

from __future__ import annotations

import errno
import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.outputs import atomic


def test_a_write_that_fails_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    """The old content stands, and no temporary file is left behind."""
    path = tmp_path / "a"
    atomic.replace(path, [b"old"])

    def parts() -> Iterator[bytes]:
        yield b"new"
        raise OSError(errno.EIO, "Input/output error")

    with pytest.raises(OSError, match="Input/output"):
        atomic.replace(path, parts())
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["a"]


def test_what_a_crash_left_is_written_over(tmp_path: Path) -> None:
    """A temporary file of an earlier crash neither stops the next write nor piles up, even one that is a link."""
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / ".a.new").symlink_to(tmp_path / "victim")
    atomic.replace(tmp_path / "a", [b"new"])
    assert (tmp_path / "a").read_bytes() == b"new"
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a", "victim"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the full disk of Linux")
def test_no_room_to_append() -> None:
    """A full disk is an error, not a silent loss."""
    with pytest.raises(OSError, match="No space left"):
        atomic.append(Path("/dev/full"), b"row\n")


@pytest.mark.parametrize(("code", "works"), [(errno.ENOLCK, True), (errno.EIO, False)])
def test_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, works: bool) -> None:
    """Some network file systems have no locks: it is written without one. Any other error is told."""

    def flock(_descriptor: int, _operation: int) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr(fcntl, "flock", flock)
    ran = False
    try:
        with atomic.exclusive(tmp_path / "deep" / ".lock"):
            ran = True
    except OSError:
        assert not works
    assert ran is works
