"""What is broken just now, and what of it the admin knows: a state of each part, told once each way.

Law: a change is told once it has lasted SETTLED seconds, so that flapping floods nobody; a part that changes for ever
is told of MOST times in WINDOW seconds at most, then what holds when there is room again.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

LOOK = 1.0  # s between two looks
SETTLED = 3.0
MOST, WINDOW = 8, 600.0


class Troubles:
    """`others` gives the parts that are looked at (part -> reason), beside those that tell by `set`; `tell` says
    whether the admin could be told. `clock` gives seconds that only grow."""

    def __init__(
        self,
        others: Callable[[], Mapping[str, str]],
        tell: Callable[[str], Awaitable[bool]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._others = others
        self._tell = tell
        self._clock = clock
        self._set: dict[str, str] = {}
        self._known: set[str] = set()  # parts that the admin believes to be broken
        self._changed: dict[str, float] = {}  # part -> since when it is not as the admin believes
        self._times: dict[str, deque[float]] = {}

    def set(self, part: str, reason: str) -> None:
        """`reason` is why the part fails; empty: it works again."""
        if reason:
            self._set[part] = reason
        else:
            self._set.pop(part, None)

    def now(self) -> dict[str, str]:
        """Part -> why it fails."""
        return {**self._set, **self._others()}

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK)

    async def look(self) -> None:
        broken, now = self.now(), self._clock()
        for part in sorted({*broken, *self._known}):
            if (part in broken) == (part in self._known):
                self._changed.pop(part, None)
            elif now - self._changed.setdefault(part, now) >= SETTLED and self._may(part, now):
                said = f"{part} fails: {broken[part]}" if part in broken else f"{part} works again."
                if await self._tell(said):
                    self._known ^= {part}
                    self._times[part].append(now)
                    del self._changed[part]
                else:
                    self._changed[part] = now
        for part in [part for part in self._changed if part not in broken and part not in self._known]:
            del self._changed[part]  # it was over before anybody had to know

    def _may(self, part: str, now: float) -> bool:
        times = self._times.setdefault(part, deque(maxlen=MOST))
        return len(times) < MOST or now - times[0] >= WINDOW
