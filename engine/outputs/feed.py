"""Hands committed records out to the outputs. Law: no turn waits for it, and nothing is lost by its failing.

Each output has one worker, which reads what changed from memory on the loop and writes it in a thread, one batch at a
time. How far an output got is a mark in memory, so an output that was down for hours goes on where it stopped. What was
written and not marked (a crash) is written again, which changes nothing: outputs are idempotent.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct, field

from engine.core.project import Collection, Project
from engine.memory.errors import MemoryFailed
from engine.memory.port import Memory, Record
from engine.outputs.collections import collection_of, known, remember
from engine.outputs.port import Everything, Output, StartedAnew

log = logging.getLogger(__name__)

WAITS = (1.0, 2.0, 5.0, 15.0, 60.0)  # s after the first, second... failed attempt; the last one for ever
QUIET = 0.05  # s: what is committed within it is one batch
SHARE = 4  # a write that took 1 s is followed by 4 s of rest: outputs get a fifth of the time at most
LONGEST_REST = 30.0
PAGE = 1000
_NEVER = float("inf")
_CLEAN = "outputs:clean"
_CLAIMED = "0"  # nothing was handed out yet, and what stood there before this memory was set aside


class _Work(Struct):
    """What one output has before it."""

    output: Output
    due: dict[str, float] = field(default_factory=dict)  # collections with changes: not before (monotonic seconds)
    rest_until: float = 0.0
    layouts: dict[str, str] = field(default_factory=dict)  # what a collection looked like when checked or written
    failures: dict[str, int] = field(default_factory=dict)  # attempts in vain, of collections that are in trouble
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None


class Feed:
    """`project` gives the current snapshot. `on_trouble(output, reason)` is called once when an output begins to fail,
    and once with an empty reason when all of it works again; `on_strangers(path)` when a file with records of another
    memory was set aside there. They must not raise."""

    def __init__(
        self,
        memory: Memory,
        outputs: Sequence[Output],
        project: Callable[[], Project],
        on_trouble: Callable[[str, str], None] = lambda _output, _reason: None,
        on_strangers: Callable[[Path], None] = lambda _path: None,
        *,
        waits: Sequence[float] = WAITS,
        quiet: float = QUIET,
    ) -> None:
        self._memory = memory
        self._project = project
        self._on_trouble = on_trouble
        self._on_strangers = on_strangers
        self._waits = waits
        self._quiet = quiet
        self._work = [_Work(output) for output in outputs]
        self._seen: set[str] = set()
        self._draining = False

    async def start(self) -> None:
        """Begin: catch up on everything, and check all outputs when the last stop was not clean or a declaration
        changed. Raises MemoryFailed."""
        names = self._known()
        if self._memory.mark(_CLEAN) == self._signature(names):
            for work in self._work:
                work.layouts = {name: _layout(collection_of(self._project(), name)) for name in names}
        remember(self._memory, self._project(), names)
        self._memory.set_mark(_CLEAN, "")
        await self._memory.flush()  # durable before anything is written: a crash from here on is seen at the next start
        self.poke(names)
        for work in self._work:
            work.task = asyncio.create_task(self._run(work), name=f"output {work.output.name}")

    def poke(self, collections: Iterable[str]) -> None:
        """Records of these were committed. Returns at once."""
        names = list(collections)
        if not self._seen.issuperset(names):
            remember(self._memory, self._project(), names)
            self._seen.update(names)
        due = time.monotonic() + self._quiet
        for work in self._work:
            for name in names:
                work.due.setdefault(name, due)
            if names:
                work.idle.clear()
                work.wake.set()

    def reloaded(self) -> None:
        """Another project is live: a collection whose columns or outputs changed is written anew."""
        self._seen.clear()
        self.poke(self._known())

    async def drain(self, timeout: float = 10.0) -> bool:  # noqa: ASYNC109 - the caller's patience is part of the contract
        """Hand out what is left, then stop. What fails gets one more attempt. True when all is out."""
        self._draining = True
        for work in self._work:
            work.due = dict.fromkeys(work.due, 0.0)
            work.wake.set()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                for work in self._work:
                    if work.task:
                        await work.idle.wait()
        done = all(work.idle.is_set() and not work.due for work in self._work)
        tasks = [work.task for work in self._work if work.task]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if done:
            self._memory.set_mark(_CLEAN, self._signature(self._known()))
        await self._memory.flush()
        return done

    def _signature(self, names: Iterable[str]) -> str:
        """What a clean stop leaves behind: the form in which everything was written, and the files as they stand."""
        ordered = sorted(names)
        parts = [_layout(collection_of(self._project(), name)) for name in ordered]
        for work in self._work:
            try:
                parts.append(work.output.state(ordered))
            except OSError as problem:  # it will be met, and told, when it is written
                parts.append(str(problem.errno))
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()

    async def _run(self, work: _Work) -> None:
        while True:
            name = await self._next(work)
            began = time.monotonic()
            del work.due[name]  # a poke during the write puts it back
            try:
                await self._hand_out(work, collection_of(self._project(), name))
            except StartedAnew:
                work.layouts.clear()
                work.due.update(dict.fromkeys((name, *self._known()), began))
            except Exception as problem:  # whatever it is, the other collections, outputs and talks go on
                self._failed(work, name, problem)
            else:
                self._succeeded(work, name)
            ended = time.monotonic()
            work.rest_until = ended + min((ended - began) * SHARE, LONGEST_REST)

    async def _next(self, work: _Work) -> str:
        """The collection that is due first, once it is; a drain waits for none."""
        while True:
            work.wake.clear()
            name = min(work.due, key=work.due.__getitem__, default=None)
            wait = None
            if name is not None:
                wait = max(work.due[name], 0.0 if self._draining else work.rest_until) - time.monotonic()
                if wait <= 0:
                    return name
            if name is None or (self._draining and work.due[name] == _NEVER):
                work.idle.set()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if wait == _NEVER else wait):  # `wait_for` may swallow a cancellation
                    await work.wake.wait()

    def _failed(self, work: _Work, name: str, problem: Exception) -> None:
        first = not work.failures
        attempts = work.failures[name] = work.failures.get(name, 0) + 1
        wait = _NEVER if self._draining else self._waits[min(attempts, len(self._waits)) - 1]
        work.due[name] = time.monotonic() + wait
        work.layouts.pop(name, None)  # who knows what stands there now: it is checked first
        reason = _reason(problem)
        if first:
            log.error("Output %s fails, it is tried until it works: %s", work.output.name, reason)
            if not isinstance(problem, (OSError, MemoryFailed)):  # a bug; its words may hold what a person wrote
                log.error("%s", "".join(traceback.format_tb(problem.__traceback__)))
            self._on_trouble(work.output.name, reason)

    def _succeeded(self, work: _Work, name: str) -> None:
        if work.failures.pop(name, 0) and not work.failures:
            log.info("Output %s works again, and has all that it missed", work.output.name)
            self._on_trouble(work.output.name, "")

    async def _hand_out(self, work: _Work, collection: Collection) -> None:
        """Bring one output up to date with one collection."""
        output, name = work.output, collection.name
        if output.name not in collection.outputs:
            return
        everything = self._everything(name)
        layout = _layout(collection)
        key = _mark(output, name)
        if self._memory.mark(key) is None:
            await self._claim(output, name)
        if work.layouts.get(name) != layout:
            mended = await asyncio.to_thread(output.check, collection, everything)
            if mended and self._memory.mark(key) != _CLAIMED:  # else it has only just been made
                log.info("%s: %s was not as it should be and was written anew", output.name, name)
            work.layouts[name] = layout
        while changes := self._memory.changes(name, int(self._memory.mark(key) or 0), PAGE):
            await asyncio.to_thread(output.write, collection, changes, everything)
            self._memory.set_mark(key, str(changes[-1].change))

    async def _claim(self, output: Output, name: str) -> None:
        """This memory's first write to a collection, and to all others of which it is: nothing there is its own."""
        collections = [collection_of(self._project(), each) for each in {name: None, **dict.fromkeys(self._known())}]
        new = [
            each
            for each in collections
            if output.name in each.outputs and self._memory.mark(_mark(output, each.name)) is None
        ]
        for path in await asyncio.to_thread(output.claim, new):
            log.warning("%s held records that this memory does not know: kept as %s", output.name, path)
            self._on_strangers(path)
        for each in new:
            self._memory.set_mark(_mark(output, each.name), _CLAIMED)
        await self._memory.flush()  # durable before anything is written: what stands there from here on is our own

    def _known(self) -> list[str]:
        return known(self._memory, self._project())

    def _everything(self, name: str) -> Everything:
        """A collection as it now is, for the worker thread: read page by page on the loop, which owns the memory."""
        loop = asyncio.get_running_loop()

        async def page(after: int) -> list[Record]:
            return self._memory.changes(name, after, PAGE)

        def everything() -> Iterator[Record]:
            after = 0
            while rows := asyncio.run_coroutine_threadsafe(page(after), loop).result():
                after = rows[-1].change
                yield from (record for record in rows if not record.withdrawn)

        return everything


def _mark(output: Output, collection: str) -> str:
    """The name of the mark that says how far an output got."""
    return f"output:{output.name}:{collection}"


def _layout(collection: Collection) -> str:
    """What of a declaration the files depend on."""
    fields = [(each.name, each.type) for each in collection.fields.values()]
    return repr((collection.name, fields, collection.outputs, collection.csv_columns, collection.declared))


def _reason(problem: Exception) -> str:
    """Words without personal data: an OSError names a file, of what nobody foresaw only the kind is said."""
    if isinstance(problem, MemoryFailed):
        return str(problem)
    if isinstance(problem, OSError) and problem.strerror:
        return f"{problem.strerror}: {problem.filename}" if problem.filename else problem.strerror
    return type(problem).__name__
