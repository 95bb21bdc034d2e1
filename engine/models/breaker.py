"""A circuit breaker: an endpoint that keeps failing is left alone for a while, so that nobody waits for it in vain.

Law: closed -> (so many failures in a row) -> open -> (its pause is over) -> half-open: ONE call goes through as a
probe -> closed, or open again for twice as long. Trouble is told once when it begins, and once when a good reply ends
it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from engine.models.limits import Limits

logger = logging.getLogger("engine.models")

Trouble = Callable[[str, bool, str], None]  # (endpoint, broken, reason)


def nobody(endpoint: str, broken: bool, reason: str) -> None:
    """Told to nobody."""


class Breaker:
    """Of one endpoint. `clock` gives seconds that only grow."""

    def __init__(
        self, endpoint: str, limits: Limits, tell: Trouble = nobody, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.endpoint = endpoint
        self.failures = 0  # in a row
        self.reason = ""  # of the last failure; empty after a good reply
        self._limits = limits
        self._tell = tell
        self._clock = clock
        self._pause = limits.broken_for
        self._open_until: float | None = None
        self._probing = False
        self._told = False

    @property
    def state(self) -> str:
        """`closed`, `open` or `half-open`."""
        if self._open_until is None:
            return "closed"
        return "open" if self._clock() < self._open_until else "half-open"

    def admit(self) -> bool:
        """May a call go out? One that may must end in `failed`, `alive` or `released`."""
        if self.state == "closed":
            return True
        if self.state == "open" or self._probing:
            return False
        self._probing = True
        return True

    def failed(self, reason: str, needs_admin: bool = False) -> None:
        """The endpoint failed a call; `needs_admin` is told at once, other failures when the circuit opens."""
        self.failures += 1
        self.reason = reason
        was_open = self._open_until is not None
        if self._probing:
            self._probing = False
            self._pause = min(self._limits.broken_longest, self._pause * 2)
            self._open_until = self._clock() + self._pause
        elif not was_open and self.failures >= self._limits.broken_after:
            self._open_until = self._clock() + self._pause
        if needs_admin or self._open_until is not None:
            self._say(True, reason)

    def alive(self, replied: bool) -> None:
        """The endpoint did its part; `replied` false: what it said was no (the request was at fault)."""
        self.failures = 0
        self._open_until = None
        self._probing = False
        self._pause = self._limits.broken_for
        if replied:
            self.reason = ""
            self._say(False, "")

    def released(self) -> None:
        """The call ended before it could tell anything (cancelled, or no time left for it)."""
        self._probing = False

    def _say(self, broken: bool, reason: str) -> None:
        if self._told == broken:
            return
        self._told = broken
        if broken:
            logger.warning("endpoint %s is in trouble: %s", self.endpoint, reason)
        else:
            logger.warning("endpoint %s is well again", self.endpoint)
        try:
            self._tell(self.endpoint, broken, reason)
        except Exception:  # the teller is not ours; a call must not fail because of it
            logger.exception("telling about endpoint %s failed", self.endpoint)
