"""Everything that leaves: lanes of effects, in order, each tried until it is out or certainly never will be (law 4).

A lane is a chat, `mail:<letter>:<chat>`, or `media:<chat>`. What certainly did not arrive is tried again; what may have
arrived is tried once more at most, and only when the wire is known to work (`engine.runtime.wires`).
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from engine.channels.port import DeliveryFailed, Gone, NotNow, Unknown
from engine.core.effects import Notify, SendMessage
from engine.memory.errors import MemoryFailed
from engine.memory.port import Memory, Outgoing
from engine.runtime.busy import Busy

log = logging.getLogger(__name__)
ATTEMPTS = 2  # of which the outcome is not known
AFTER_UNKNOWN = 2.0  # s before the second attempt: what has just cut the first one may still be there
AFTER_START = 60.0  # s that a thing waits at most after a start: the clock may have been set back since
CALM = 0.01  # s that a loop which is not behind sleeps when it is asked to
ON_THE_WIRE = 0.1  # s after which a request that was begun has left
ROOM = 20  # things in a lane above which its chat takes no new turn
BEFORE = 1.0  # s for what is to leave before a thing
_Lane = deque[tuple[Outgoing, Any, Sequence[asyncio.Future[Any]]]]
Carry = Callable[[str, Any], Awaitable[None]]


class Outbox:
    """`carry(lane, effect)` makes one attempt and raises as `engine.channels.port` says; `ready(lane)` returns when an
    attempt would not have to wait, `works(lane)` when its wire has just answered."""

    def __init__(
        self,
        memory: Memory,
        busy: Busy,
        carry: Carry,
        failed: Callable[[str, Any, Exception], None],
        ready: Callable[[str], Awaitable[None]],
        works: Callable[[str], Awaitable[None]],
    ) -> None:
        self._ready = ready
        self._works = works
        self._last_attempt = asyncio.Lock()
        self._memory = memory
        self._busy = busy
        self._carry = carry
        self._failed = failed
        self._lanes: dict[str, _Lane] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}
        self._resting: dict[str, asyncio.Future[None]] = {}
        self._unsent: set[str] = set()  # lanes of letters that are not to leave any more

    def idle(self, lane: str) -> bool:
        return lane not in self._tasks

    def __len__(self) -> int:
        return sum(len(lane) for lane in self._lanes.values())

    async def room(self, lane: str) -> None:
        """Return when few things wait in the lane."""
        while len(self._lanes.get(lane, ())) > ROOM:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(lane, []).append(future)
            await future

    def forget(self, lane: str) -> None:
        """Drop what waits in a lane, but for what is being sent at this moment."""
        waiting = self._lanes.get(lane)
        while waiting is not None and len(waiting) > 1:
            item, *_ = waiting.pop()
            self._memory.done(item)
            self._busy.leave(_chat(lane))

    def forget_letters(self, chat: str) -> None:
        """Letters about a person that have not left yet never do."""
        self._unsent.update(lane for lane in self._lanes if _kind(lane) == "mail" and lane.endswith(f":{chat}"))

    def hurry(self, channel: str) -> None:
        """The channel answers again: what waits for that is tried now. (What is under flood control is turned away by
        the channel itself, for as long as Telegram said.)"""
        for lane, resting in self._resting.items():
            if _chat(lane).startswith(f"{channel}:") and not resting.done():
                resting.set_result(None)

    def put(self, item: Outgoing, effect: Any, new: bool = True, after: Sequence[asyncio.Future[Any]] = ()) -> None:
        """`new`: just committed, so an attempt that it bears is the one to come. `after`: what is to leave before."""
        lane = self._lanes.get(item.lane)
        if lane is None:
            lane = self._lanes[item.lane] = deque()
        lane.append((item, effect if new else _Again(effect), after))
        self._busy.enter(_chat(item.lane))
        if item.lane not in self._tasks:
            self._tasks[item.lane] = asyncio.ensure_future(self._run(item.lane, lane))

    async def _run(self, name: str, lane: _Lane) -> None:
        try:
            while lane:
                item, effect, after = lane[0]
                if after:
                    await asyncio.wait(after, timeout=BEFORE)
                if isinstance(effect, _Again):
                    await self._until_done(item, effect.effect, marked=False, again=True)
                else:
                    await self._until_done(item, effect, marked=item.attempts == 1, again=False)
                lane.popleft()
                self._busy.leave(_chat(name))
                if name in self._waiting and len(lane) <= ROOM:
                    self._wake(name)
        finally:
            self._tasks.pop(name, None)
            self._lanes.pop(name, None)
            self._unsent.discard(name)

    def _wake(self, name: str) -> None:
        for future in self._waiting.pop(name, ()):
            if not future.done():
                future.set_result(None)

    async def _until_done(self, item: Outgoing, effect: Any, marked: bool, again: bool) -> None:
        while True:
            wait = item.not_before - time.time()
            if wait > 0:
                await self._rest(item.lane, min(wait, AFTER_START) if again else wait)
            if item.lane in self._unsent:
                self._memory.done(item)
                return
            if not marked and _once(effect) and item.attempts >= ATTEMPTS:
                self._memory.done(item)
                self._failed(item.lane, effect, Unknown(f"it was tried {ATTEMPTS} times, and may have arrived or not"))
                return
            try:
                await self._attempt(item, effect, marked, again)
            except NotNow as error:
                until = time.time() + max(error.seconds, 0.05)
                item.not_before = until
                self._memory.later(item, until)
                log.info("%s waits %.1f s: %s", _kind(item.lane), error.seconds, error)
            except Unknown as error:
                log.info("%s: not known whether it arrived: %s", _kind(item.lane), error)
                await asyncio.sleep(AFTER_UNKNOWN)
            except (Gone, DeliveryFailed) as error:
                self._memory.done(item)
                self._failed(item.lane, effect, error)
                return
            except Exception as error:  # a bug of an adapter must not stop the lane
                log.exception("%s: delivery failed", _kind(item.lane))
                self._memory.done(item)
                self._failed(item.lane, effect, error)
                return
            else:
                self._memory.done(item)
                return
            marked = False

    async def _rest(self, lane: str, seconds: float) -> None:
        """A letter whose server is away keeps neither a script nor the end of a chat waiting."""
        letter = _kind(lane) == "mail"
        if letter:
            self._busy.leave(lane)
        resting = self._resting[lane] = asyncio.get_running_loop().create_future()
        try:
            await asyncio.wait([resting], timeout=seconds)
        finally:
            del self._resting[lane]
            if letter:
                self._busy.enter(lane)

    async def _attempt(self, item: Outgoing, effect: Any, marked: bool, again: bool) -> None:
        """Between the mark and the wire there should be nothing: a crash there counts as an attempt and was none. So
        the channel is ready before the mark, and the last attempts after a restart are made one by one, in a calm
        moment."""
        if marked or not _once(effect):
            await self._carry(item.lane, effect)
            return
        await self._ready(item.lane)
        if item.attempts > 0:
            await self._works(item.lane)
            if again:
                await self._last(item, effect)
                return
        if await self._mark(item):
            await self._carry(item.lane, effect)

    async def _last(self, item: Outgoing, effect: Any) -> None:
        """One at a time, until it is on the wire."""
        async with self._last_attempt:
            await self._calm()
            if not await self._mark(item):
                return
            sending = asyncio.ensure_future(self._carry(item.lane, effect))
            try:
                await asyncio.wait([sending], timeout=ON_THE_WIRE)
            except asyncio.CancelledError:
                sending.cancel()
                raise
        await sending

    async def _calm(self) -> None:
        """Until the loop is not behind: what is marked then is on the wire a moment later."""
        loop = asyncio.get_running_loop()
        for _ in range(100):
            began = loop.time()
            await asyncio.sleep(CALM)
            if loop.time() - began < CALM * 1.5:
                return

    async def _mark(self, item: Outgoing) -> bool:
        """False when it is not to leave any more."""
        while True:
            try:
                return await self._memory.sending(item)
            except MemoryFailed as error:
                log.error("The memory takes nothing: %s", error)
                await asyncio.sleep(1)

    async def stop(self) -> None:
        """Cancel what waits; it is in the memory and goes out after the next start."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)


class _Again:
    """An effect read back after a restart: its earlier attempt, if any, is over."""

    __slots__ = ("effect",)

    def __init__(self, effect: Any) -> None:
        self.effect = effect


def _once(effect: Any) -> bool:
    """Whether it must not be done twice; an edit, or a file that is kept, may be done as often as it takes."""
    return isinstance(effect, (SendMessage, Notify))


def _chat(lane: str) -> str:
    return lane.removeprefix("media:")


def _kind(lane: str) -> str:
    """A lane for the log, without whose it is."""
    return lane.split(":")[0]
