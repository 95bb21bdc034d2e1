"""A burst that a chat is in the middle of: `engine.core.gathering`, with the updates of the inbox it answers for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from engine.channels.port import Received
from engine.core.events import Event
from engine.core.gathering import Burst, Said

EARLY = 0.01  # s: a loop's timer may be as early as its clock is coarse


class Gathered:
    """`over` is called when nothing more has come for long enough."""

    def __init__(self, over: Callable[[], None]) -> None:
        self._over = over
        self._burst = Burst()
        self._updates: list[str] = []
        self._timer: asyncio.TimerHandle | None = None
        self.count = 0  # events, edits included

    def __bool__(self) -> bool:
        return bool(self._burst)

    @property
    def over(self) -> bool:
        return bool(self._burst) and asyncio.get_running_loop().time() > self._burst.until - EARLY

    def takes(self, event: Event) -> bool:
        return isinstance(event, Said) and self._burst.takes(event)

    def add(self, received: Received, pause: float) -> None:
        assert isinstance(received.event, Said)  # noqa: S101 the caller looked
        loop = asyncio.get_running_loop()
        self._burst.add(received.event, loop.time(), pause)
        self._count(received)
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._burst.until, self._over)

    def amend(self, received: Received) -> bool:
        """An edit of a message that is held."""
        found = self._burst.amend(received.event)
        if found:
            self._count(received)
        return found

    def _count(self, received: Received) -> None:
        self._updates.extend(received.updates)
        self.count += 1

    def whole(self, chat: str) -> Received:
        return Received(chat, self._burst.whole(), tuple(self._updates))

    def clear(self) -> int:
        """Forget what is held; how many events that were."""
        if self._timer is not None:
            self._timer.cancel()
        count, self.count, self._timer = self.count, 0, None
        self._burst, self._updates = Burst(), []
        return count
