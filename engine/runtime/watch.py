"""Whether the files of a bot's folder have changed, told once they have come to rest.

Law: events are hints, never truth. Any event leads to a look at the files themselves, and a look is taken every two
seconds as well, because some mounts send no events; so what is missed or doubled by the events changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from watchdog import events
from watchdog.events import FileSystemEvent, FileSystemEventHandler

from engine.project.files import FOLDERS, Look, look

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

log = logging.getLogger(__name__)
QUIET = 0.2  # s without an event: the save is over
LONGEST = 2.0  # s of waiting for that, or for a file that is still open for writing
EVERY = 2.0  # s between looks without an event
STALE_LOCK = 30.0  # s after which a lock of git's is the remains of a crash
OPEN_LOOK = LOCK_LOOK = 0.02  # s between looks whether it is closed, or unlocked
ENDINGS = tuple({ending for endings in FOLDERS.values() for ending in endings})


def _observer() -> BaseObserver:
    from watchdog.observers import Observer

    return Observer()


class Watch:
    """`seen` is what the reader of the files saw last; set it after each reading."""

    def __init__(self, root: Path, seen: Look, observer: Callable[[], BaseObserver] = _observer) -> None:
        self.root = root
        self.seen = seen
        self._make = observer
        self._events = _Events()
        self._observer: BaseObserver | None = None
        self._armed: dict[str, tuple[bool, int]] = {}
        self._closed = False
        self.alone = False  # no events here: only looks

    async def changed(self, timeout: float | None = None) -> bool | None:  # noqa: ASYNC109 it ends a wait, it cancels nothing
        """Wait until the files differ from `seen`. True: they have come to rest; False: they go on changing after
        two seconds; None: nothing changed for `timeout` seconds. Raises nothing."""
        end = None if timeout is None else time.monotonic() + timeout
        self._events.loop = asyncio.get_running_loop()
        while True:
            at = time.monotonic()
            now = await self._look()
            if not now.same(self.seen):
                rested = await self._rest(now, at)
                if not await self._unlocked():
                    continue
                if not (await self._look()).same(self.seen):
                    return rested
            left = EVERY if end is None else min(EVERY, end - time.monotonic())
            if left <= 0:
                return None
            await self._events.wait(left)

    async def _look(self) -> Look:
        now = await asyncio.to_thread(look, self.root)
        wanted = self._wanted(now)
        if wanted != self._armed and not self.alone:
            await asyncio.to_thread(self._arm, wanted)
            now = await asyncio.to_thread(look, self.root)  # what happened before the watch stood
        return now

    async def _rest(self, now: Look, looked: float) -> bool:
        """Wait for quiet: no event, no file open for writing, no difference that no event tells of."""
        began = time.monotonic()
        change = self._events.last if self._events.last > began - QUIET else began
        while (past := time.monotonic() - began) < LONGEST:
            loud = max(change, self._events.last) + QUIET - time.monotonic()
            if loud > 0 or self._events.open:
                await asyncio.sleep(min(max(loud, OPEN_LOOK), LONGEST - past))
                continue
            at = time.monotonic()
            after = await self._look()
            if after.same(now) or self._events.last >= looked:
                return True
            now, looked, change = after, at, at
        self._events.open.clear()
        return time.monotonic() - max(change, self._events.last) >= QUIET

    async def _unlocked(self) -> bool:
        """Wait while git writes the folder; True when there was no need to."""
        free = True
        while (lock := git_lock(self.root)) and abs(time.time() - lock) < STALE_LOCK:
            free = False
            await asyncio.sleep(LOCK_LOOK)
        return free

    # watching ---------------------------------------------------------------------------------------------------

    def _wanted(self, now: Look) -> dict[str, tuple[bool, int]]:
        """Folder -> (with all that is in it, inode): the folders as they really are, and those that hold them."""
        wanted: dict[str, tuple[bool, int]] = {}
        inner = {path: stamp[0] for path, stamp in now.folders.items()}
        for path in sorted(inner):
            if not any(path.startswith(other + os.sep) for other in wanted if wanted[other][0]):
                wanted[path] = (True, inner[path])
        root = os.path.realpath(self.root)
        for path in {root, os.path.dirname(root), *(os.path.dirname(path) for path in list(wanted))}:  # noqa: PTH120 texts all along
            if path not in inner:
                wanted.setdefault(path, (False, _inode(path)))
        return wanted

    def _arm(self, wanted: dict[str, tuple[bool, int]]) -> None:
        if self._closed:  # this thread was still on its way when the bot stopped
            return
        try:
            if self._observer is None:
                self._observer = self._make()
                self._observer.start()
            self._observer.unschedule_all()
            self._events.names = frozenset({*FOLDERS, *(os.path.basename(path) for path in wanted)})  # noqa: PTH119
            self._events.inside = tuple(path + os.sep for path, (whole, _) in wanted.items() if whole)
            for path, (whole, inode) in wanted.items():
                if inode:
                    self._observer.schedule(self._events, path, recursive=whole, event_filter=_kinds())
            if not self._armed:
                log.info("Saved files go live: watching %s", self.root)
            self._armed = wanted
        except Exception as error:
            if self._closed:  # in the midst of it
                return
            self.alone = True
            log.warning("The folders cannot be watched (%s); the files are compared every %g s instead", error, EVERY)
            self.close()

    def close(self) -> None:
        """Stop watching. Takes some milliseconds."""
        self._closed = True
        observer, self._observer = self._observer, None
        if observer is not None:
            observer.stop()
            if observer.is_alive():
                observer.join(2)


class _Events(FileSystemEventHandler):
    """Takes the events in their own thread, and wakes the loop. watchdog calls `dispatch`."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.last = 0.0  # when the last one came, monotonic
        self.open: set[str] = set()  # files written to and not closed yet; only Linux tells of closing
        self.inside: tuple[str, ...] = ()  # what lies under these paths matters
        self.names: frozenset[str] = frozenset()  # beside them, what is called so
        self._wake = asyncio.Event()
        self._woken = False

    def dispatch(self, event: FileSystemEvent) -> None:
        paths = [os.fsdecode(path) for path in (event.src_path, event.dest_path) if path]
        if not any(path.startswith(self.inside) or os.path.basename(path) in self.names for path in paths):  # noqa: PTH119 texts all along
            return
        if not event.is_directory and sys.platform == "linux":
            if event.event_type == "modified" and paths[0].endswith(ENDINGS):
                self.open.add(paths[0])
            elif event.event_type != "modified":
                self.open.discard(paths[0])
        self.last = time.monotonic()
        if not self._woken and self.loop is not None:
            self._woken = True
            with suppress(RuntimeError):  # the loop has ended
                self.loop.call_soon_threadsafe(self._wake.set)

    async def wait(self, longest: float) -> None:
        """Until something happens, for so many seconds at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(longest):
                await self._wake.wait()
        self._woken = False
        self._wake.clear()


def _kinds() -> list[type[FileSystemEvent]]:
    """Reading a file is no event: else the bot would wake itself."""
    return [
        *(events.FileModifiedEvent, events.FileClosedEvent, events.FileCreatedEvent, events.FileDeletedEvent),
        *(events.FileMovedEvent, events.FileAttribEvent),
        *(events.DirCreatedEvent, events.DirDeletedEvent, events.DirMovedEvent),
    ]


def _inode(path: str) -> int:
    try:
        return os.stat(path).st_ino  # noqa: PTH116 texts all along
    except OSError:
        return 0


def git_lock(root: Path) -> float:
    """When git began to change the working tree that the root stands in (mtime of index.lock); 0 when it does not."""
    for folder in (root, *root.resolve().parents):
        git = folder / ".git"
        try:
            if git.is_file():  # a worktree of another repository
                git = folder / git.read_text("utf-8").removeprefix("gitdir:").strip()
            elif not git.is_dir():
                continue
            return (git / "index.lock").stat().st_mtime
        except (OSError, UnicodeError):
            return 0.0
    return 0.0
