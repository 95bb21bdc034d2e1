"""What the house hears of the running bot, in ADMIN_CHAT_ID. Law: nothing of people is told."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable

from engine.channels.port import Channel, DeliveryFailed
from engine.core.effects import ReportProblem, SendMessage
from engine.core.markdown import escape

log = logging.getLogger(__name__)
QUIET = 600.0  # seconds in which the same problem is not told twice


class Admin:
    """`lane` is the admin's chat, None when there is none; `send` commits a message and says whether it could; `aside`
    runs what nobody waits for."""

    def __init__(
        self,
        lane: str | None,
        channel: Channel,
        send: Callable[[str, SendMessage], Awaitable[bool]],
        aside: Callable[[Awaitable[object]], object],
    ) -> None:
        self.lane = lane
        self._channel = channel
        self._send = send
        self._aside = aside
        self._told: dict[str, float] = {}
        self.last_problem, self.last_problem_at = "", 0.0

    def problem(self, problem: ReportProblem) -> None:
        """A bound passed, a template or a turn that failed, a message refused: to the log, and once to the admin."""
        place = f" ({problem.span.file}:{problem.span.line}:{problem.span.column})" if problem.span else ""
        log.error("%s%s", problem.message, place)
        self.last_problem, self.last_problem_at = f"{problem.message}{place}", time.time()
        self.tell(self.last_problem)

    def tell(self, text: str, again: bool = False) -> None:
        """A message; the same one not twice in ten minutes, unless `again`."""
        now = time.monotonic()
        if self.lane is None or (not again and now - self._told.get(text, -QUIET) < QUIET):
            return
        if len(self._told) > 200:
            self._told.clear()
        self._told[text] = now
        self._aside(self._send(self.lane, SendMessage(escape(text))))

    async def tell_trouble(self, text: str) -> bool:
        """A message that leaves also while the memory takes nothing. False: not now."""
        message = SendMessage(escape(text))
        if self.lane is None or await self._send(self.lane, message):
            return True
        try:
            await self._channel.deliver(self.lane, message)
        except DeliveryFailed as error:
            log.warning("The admin could not be told: %s", error)
            return False
        return True
