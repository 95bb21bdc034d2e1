"""Who asked how often today, and what it took.

Law: a count is taken when a call is about to leave, so nobody passes the limit by asking twice at once. The process
remembers; a `Usage` store, when there is one, remembers beyond a restart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Usage(Protocol):
    """Where counts outlive the process. `day` is an ISO date (UTC), `what` is `asked` or `tokens`. Plain calls on the
    loop: they must not block."""

    def get(self, person: str, day: str, what: str) -> int: ...

    def add(self, person: str, day: str, count: int, what: str) -> None: ...


class Allowance:
    """So many a day (UTC) and person; None: no limit. `what` is the store's word for what is counted."""

    def __init__(self, what: str, daily: int | None, usage: Usage | None, clock: Callable[[], datetime]) -> None:
        self._what = what
        self._daily = daily
        self._usage = usage
        self._clock = clock
        self._day = ""
        self._counts: dict[str, int] = {}

    def left(self, person: str) -> bool:
        """Whether today's are not used up."""
        return self._daily is None or not person or self._used(person)[1] < self._daily

    def add(self, person: str, count: int) -> None:
        if self._daily is None or not person or not count:
            return
        today, used = self._used(person)
        self._counts[person] = used + count
        if self._usage:
            self._usage.add(person, today, count, self._what)

    def _used(self, person: str) -> tuple[str, int]:
        today = self._clock().date().isoformat()
        if today != self._day:
            self._day, self._counts = today, {}
        if person not in self._counts:
            self._counts[person] = self._usage.get(person, today, self._what) if self._usage else 0
        return today, self._counts[person]


class Accounting:
    """`daily`: asks a day and person; `tokens`: of prompts and replies, also of those that failed. What a call costs is
    known when it is over, so the one that passes `tokens` is the last one of its day."""

    def __init__(
        self,
        daily: int | None = None,
        usage: Usage | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        *,
        tokens: int | None = None,
    ) -> None:
        self._asks = Allowance("asked", daily, usage, clock)
        self._tokens = Allowance("tokens", tokens, usage, clock)

    def take(self, person: str) -> bool:
        """Count one ask of this person; false, and nothing counted, when today's are used up."""
        if not self._asks.left(person) or not self._tokens.left(person):
            return False
        self._asks.add(person, 1)
        return True

    def spent(self, person: str, tokens: int) -> None:
        """What an ask of this person has cost."""
        self._tokens.add(person, tokens)
