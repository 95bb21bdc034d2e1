"""An event loop whose clock moves by itself: when nothing is to be done before the next timer, it is that time.

Work in threads (the outputs) takes no time at all: the clock stands still until it is done.
"""

from __future__ import annotations

import asyncio
import selectors
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

START = 1_795_000_000.0  # 2026-11-18
MOST = 60_000  # rounds of the loop for one thing that happens; more is work without end


class _Waiting(selectors.DefaultSelector):
    """Moves the loop's clock where a selector would wait."""

    loop: Loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.loop.rounds += 1
        if timeout is not None and timeout <= 0:
            return super().select(0)
        if self.loop.jobs:
            return super().select(0.05)
        assert timeout is not None, f"nothing will ever happen: {asyncio.all_tasks(self.loop)}"
        self.loop.now += timeout
        return super().select(0)


class Loop(asyncio.SelectorEventLoop):
    """`failures`: what nobody caught."""

    def __init__(self) -> None:
        self.now = 1_000.0
        self.jobs = 0  # in threads
        self.rounds = 0
        self.failures: list[str] = []
        selector = _Waiting()
        selector.loop = self
        super().__init__(selector)
        self.set_exception_handler(lambda loop, context: self.failures.append(str(context)))

    def time(self) -> float:
        return self.now

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override] # the same, told shorter
        self.jobs += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._done)
        return future

    def _done(self, future: object) -> None:
        self.jobs -= 1

    def take(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run it to its end, within bounds."""
        before = self.rounds
        result = self.run_until_complete(work)
        assert self.rounds - before < MOST, f"{self.rounds - before} rounds of the loop"
        assert not self.failures, self.failures
        return result

    @contextmanager
    def rules_time(self) -> Iterator[None]:
        """`time.time` and `time.monotonic` are this loop's."""
        with (
            patch.object(time, "time", lambda: START + self.now),
            patch.object(time, "monotonic", lambda: self.now),
        ):
            yield
