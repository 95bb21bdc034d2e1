"""Who asked how often today, and what each endpoint did since the start.

Law: a count is taken when a call is about to leave, so nobody passes the limit by asking twice at once. The process
remembers; a `Usage` store, when there is one, remembers beyond a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from engine.models.port import Reply


class Usage(Protocol):
    """Where counts outlive the process. `day` is an ISO date (UTC). Plain calls on the loop: they must not block."""

    def get(self, person: str, day: str) -> int: ...

    def add(self, person: str, day: str, count: int) -> None: ...


@dataclass(slots=True)
class Total:
    """Since the start of the process, of one model of one endpoint."""

    asks: int = 0
    failures: int = 0
    calls: int = 0  # on the wire
    tokens_in: int = 0
    tokens_out: int = 0
    seconds: float = 0.0


class Accounting:
    def __init__(
        self,
        daily: int | None = None,
        usage: Usage | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.totals: dict[tuple[str, str], Total] = {}  # (endpoint, model)
        self._daily = daily
        self._usage = usage
        self._clock = clock
        self._day = ""
        self._counts: dict[str, int] = {}

    def take(self, person: str) -> bool:
        """Count one ask of this person; false, and nothing counted, when today's are used up."""
        if self._daily is None or not person:
            return True
        today = self._clock().date().isoformat()
        if today != self._day:
            self._day, self._counts = today, {}
        used = self._counts.get(person)
        if used is None:
            used = self._usage.get(person, today) if self._usage else 0
        if used >= self._daily:
            self._counts[person] = used
            return False
        self._counts[person] = used + 1
        if self._usage:
            self._usage.add(person, today, 1)
        return True

    def record(self, endpoint: str, reply: Reply) -> None:
        total = self.totals.setdefault((endpoint, reply.model), Total())
        total.asks += 1
        total.failures += bool(reply.failure)
        total.calls += reply.tries
        total.tokens_in += reply.tokens_in
        total.tokens_out += reply.tokens_out
        total.seconds += reply.seconds
