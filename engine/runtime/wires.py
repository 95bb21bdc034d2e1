"""Whether a wire works, asked just before what may not be tried a third time (law 4).

While connections hang, a second attempt would be used up as the first one was. So it is made only once a harmless call
(Telegram's getMe, a greeting of the mail server) has been answered.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

from engine.channels.port import DeliveryFailed

log = logging.getLogger(__name__)
PATIENCE = 10.0  # s for one answer
FRESH = 0.5  # s for which one answer speaks for all that wait
FIRST, MOST = 1.0, 30.0  # s between two calls


class Wire:
    """`call` returns when it was answered, whatever the answer; raises DeliveryFailed when there is none."""

    def __init__(self, name: str, call: Callable[[], Awaitable[None]]) -> None:
        self._name = name
        self._call = call
        self._asking = asyncio.Lock()
        self._answered = float("-inf")

    async def works(self) -> None:
        """Return once it does."""
        loop, wait = asyncio.get_running_loop(), FIRST
        async with self._asking:
            while loop.time() - self._answered > FRESH:
                try:
                    async with asyncio.timeout(PATIENCE):
                        await self._call()
                    self._answered = loop.time()
                except (DeliveryFailed, TimeoutError) as error:
                    reason = str(error) or "no answer"
                    log.warning("%s does not answer (%s); second attempts wait %.0f s", self._name, reason, wait)
                    await asyncio.sleep(wait)
                    wait = min(wait * 2, MOST)
