"""The files of a bot's folder: which there are, what is in them, and whether anything has changed.

Law: nothing outside the folder is read, whatever links say, and what cannot be read is a finding, never a file that
seems to be gone. A file's content is read again only when its stamp is new.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct, field

from engine.core.finding import Finding, Span

FOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "scenarios": (".yaml", ".yml"),
    "prompts": (".j2",),
    "catalog": (".yaml", ".yml"),
    "translations": (".po",),
}
LARGEST = 2_000_000  # bytes of one file
DEEPEST = 20  # folders inside each other
YOUNG = (
    0.1  # s: a file changed so shortly before it was read may change again within one tick of the file system's clock
)

Stamp = tuple[int, int, int, int]  # inode, size, mtime_ns, ctime_ns; of a link, of the file that it leads to


class Look(Struct):
    """What a walk over the folders saw. `files`: path from the root, with `/` -> stamp.
    `folders` are the real paths of every folder met; `refused` is (file or folder, what is wrong, what to do).
    `others` are files beside them that are not read, and YAML files of the root itself."""

    files: dict[str, Stamp] = field(default_factory=dict)
    folders: dict[str, Stamp] = field(default_factory=dict)
    refused: list[tuple[str, str, str]] = field(default_factory=list)
    others: list[str] = field(default_factory=list)

    def same(self, other: Look) -> bool:
        return self.files == other.files and self.refused == other.refused


def look(root: Path) -> Look:
    """Walk the folders of a root; 1,000 files take some milliseconds. Raises nothing."""
    seen = Look()
    real_root = os.path.realpath(root)
    for folder, endings in FOLDERS.items():
        _walk(os.path.join(root, folder), folder, endings, real_root, seen, (), 0)  # noqa: PTH118 one string, 1,000 times
    seen.others += _of_root(root)
    return seen


def _of_root(root: Path) -> list[str]:
    try:
        with os.scandir(root) as found:
            return sorted(one.name for one in found if one.name.endswith((".yaml", ".yml")) and one.is_file())
    except OSError:
        return []


def _walk(
    path: str, file: str, endings: tuple[str, ...], root: str, seen: Look, above: tuple[str, ...], depth: int
) -> None:
    real = os.path.realpath(path)
    if real in above or depth > DEEPEST:
        return  # a link that leads into a circle
    if not _inside(real, root):
        seen.refused.append((file, "This link leads out of the bot's folder.", "Put the folder itself here."))
        return
    try:
        with os.scandir(path) as found:
            entries = sorted(found, key=lambda entry: entry.name)
        seen.folders[real] = _stamp(os.stat(real))  # noqa: PTH116 the stamp of a string's path
    except FileNotFoundError:
        return
    except OSError as error:
        _refuse(seen, file, "folder", error)
        return
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if name.endswith(endings):
            _file(entry, f"{file}/{name}", root, seen)
        elif not entry.is_dir():
            seen.others.append(f"{file}/{name}")
        elif not name.startswith("__"):
            _walk(entry.path, f"{file}/{name}", endings, root, seen, (*above, real), depth + 1)


def _file(entry: os.DirEntry[str], file: str, root: str, seen: Look) -> None:
    try:
        if entry.is_symlink() and not _inside(os.path.realpath(entry.path), root):
            seen.refused.append((file, "This link leads out of the bot's folder.", "Put the file itself here."))
            return
        found = entry.stat()
        if stat.S_ISREG(found.st_mode):  # reading a pipe would never end
            seen.files[file] = _stamp(found)
    except OSError as error:
        if not isinstance(error, FileNotFoundError) or entry.is_symlink():  # else deleted since the folder was read
            _refuse(seen, file, "file", error)


def _refuse(seen: Look, file: str, what: str, error: OSError) -> None:
    message = f"This {what} cannot be read: {error.strerror or error}."
    seen.refused.append((file, message, "Check that it exists and that you may read it."))


def _inside(real: str, root: str) -> bool:
    return real == root or real.startswith(root.rstrip(os.sep) + os.sep)


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


TOO_BIG = "This file is larger than"


class Files:
    """The contents of a root's files, kept from one reading to the next."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.seen = Look()  # what the last reading was made from
        self._kept: dict[str, tuple[Stamp, float, bytes]] = {}  # file -> stamp, when it was read (s), content

    def read(self) -> tuple[dict[str, bytes], list[Finding]]:
        """Every file that matters, by its path from the root, and what could not be read."""
        seen = look(self.root)
        problems = list(seen.refused)
        sources = {}
        for file, stamp in sorted(seen.files.items()):
            content = self._content(file, stamp)
            if isinstance(content, bytes):
                sources[file] = content
            elif content is not None:
                problems.append((file, *content))
        self._kept = {file: kept for file, kept in self._kept.items() if file in sources}
        self.seen = seen
        findings = [
            Finding(Span(file), "file-too-big" if message.startswith(TOO_BIG) else "unreadable", "error", message, help)
            for file, message, help in sorted(set(problems))
        ]
        return sources, findings

    def _content(self, file: str, stamp: Stamp) -> bytes | tuple[str, str] | None:
        """The bytes, or what is wrong and what to do; None when the file has gone since its folder was read."""
        kept = self._kept.get(file)
        if kept is not None and kept[0] == stamp and kept[1] - max(stamp[2:]) / 1e9 > YOUNG:
            return kept[2]
        now = time.time()
        try:
            with open(f"{self.root}/{file}", "rb") as opened:  # noqa: PTH123 to make a path takes as long as to read it
                content = opened.read(LARGEST + 1 if stamp[1] > LARGEST else -1)  # room for that takes time to make
        except FileNotFoundError:
            return None
        except OSError as error:
            why = f"This file cannot be read: {error.strerror or error}."
            return why, "Check that it exists and that you may read it."
        if len(content) > LARGEST:
            return f"{TOO_BIG} {LARGEST // 1_000_000} MB.", "Split it."
        if kept is not None and kept[2] == content:
            content = kept[2]  # one object, so that comparing it again costs nothing
        self._kept[file] = (stamp, now, content)
        return content
