"""What one person's flood, and a slow model in 200 chats, cost everybody else.

Run: `.venv/bin/python -m benchmarks.fairness`. The people, the runtime and the model server are those of
tests/runtime/test_fairness.py; here the turns of the eight others are timed. To reach: the flood adds less than 10 ms
to their 99th percentile, the slow model leaves it below 50 ms.
"""

from __future__ import annotations

import asyncio
import logging
import statistics
import tempfile
from pathlib import Path

from tests.runtime.conftest import living
from tests.runtime.test_fairness import flooding, slow_model, talking

OTHERS = range(1, 9)
WAITING = range(1000, 1200)


def told(name: str, spent: list[float]) -> None:
    cuts = statistics.quantiles(spent, n=100)
    print(f"{name:<28} p50 {cuts[49]:>7.1f} ms   p99 {cuts[98]:>7.1f} ms   ({len(spent)} turns)")


async def measure() -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with living(Path(folder)) as house:
            house.ears.pause = 0.001
            told("nobody else", await talking(house, OTHERS, rounds=3))
            async with flooding(house, 99):
                told("beside a flood", await talking(house, OTHERS, rounds=3))
    with tempfile.TemporaryDirectory() as folder:
        async with slow_model(2.0) as url, living(Path(folder), LLM_BASE_URL=url, LLM_MODEL="slow") as house:
            for number in WAITING:
                await house.hears(number, "/consult")
            others = asyncio.create_task(talking(house, OTHERS, rounds=6))
            for number in WAITING:  # only the model is waited for from here on, not their own first questions
                await house.says(number, "Нужен бот")
            told("beside a 2 s model, 200 chats", await others)


def main() -> None:
    logging.disable(logging.WARNING)
    asyncio.run(measure())


if __name__ == "__main__":
    main()
