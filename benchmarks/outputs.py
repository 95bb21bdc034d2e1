"""What one more outcome costs when there are already 100, 10,000 or 100,000: python -m benchmarks.outputs

One: a lone record, durable. Batch: 50 records in one write, as the feed makes them under load; per record. Changed: one
record of the collection changed. First: the first write after a start, which compares the whole file with memory.
Stall: the longest time that a running event loop was held up while a worker thread wrote a batch.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from engine.core.project import Collection, CollectionField
from engine.memory.port import Record
from engine.outputs.csv import CsvOutput
from engine.outputs.port import Output, StartedAnew
from engine.outputs.tinydb import TinyDbOutput

BATCH = 50
COLUMNS = ("timestamp", "chat_id", "client_name", "contact", "intent", "notes", "source", "status")
LEADS = Collection("leads", {name: CollectionField(name, "text") for name in COLUMNS[2:]}, csv_columns=COLUMNS)


def lead(number: int, intent: str = "Нужен сайт для кофейни") -> Record:
    fields = {
        "client_name": "Анна Петрова",
        "contact": "anna@example.com",
        "intent": intent,
        "notes": "Срок два месяца, бюджет до 300 тысяч, есть логотип",
        "source": "telegram",
        "status": "new",
    }
    at = 1_790_000_000.0 + number
    return Record("leads", f"telegram:{number}/c1/lead/1", f"telegram:{number}", fields, at, at, change=number + 1)


def write(output: Output, changes: list[Record], everything: Callable[[], Iterable[Record]]) -> float:
    began = time.perf_counter()
    try:
        output.write(LEADS, changes, everything)
    except StartedAnew:
        output.write(LEADS, changes, everything)
    return (time.perf_counter() - began) * 1000


async def stall(work: Callable[[], object]) -> float:
    """ms by which the loop came late at worst while `work` ran in a thread."""
    task = asyncio.create_task(asyncio.to_thread(work))
    worst = 0.0
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        worst = max(worst, time.perf_counter() - began - 0.001)
    await task
    return worst * 1000


def measure(make: Callable[[Path], Output], size: int) -> list[float]:
    with tempfile.TemporaryDirectory() as folder:
        records = [lead(number) for number in range(size)]
        write(make(Path(folder)), records[:1], lambda: iter(records))
        output = make(Path(folder))
        first = write(output, records[-1:], lambda: iter(records))
        number = size
        lone, batches, changed = [], [], []
        for _round in range(5):
            lone.append(write(output, [lead(number)], lambda: iter(records)))
            number += 1
            batches.append(write(output, [lead(number + each) for each in range(BATCH)], lambda: iter(records)) / BATCH)
            number += BATCH
            changed.append(write(output, [lead(size // 2, f"другое {number}")], lambda: iter(records)))
        more = [lead(number + each) for each in range(BATCH)]
        held = asyncio.run(stall(lambda: write(output, more, lambda: iter(records))))
        return [*map(statistics.median, (lone, batches, changed)), first, held]


def main() -> None:
    print(f"{'':10}{'rows':>9}{'one':>11}{'in a batch':>13}{'changed':>11}{'first':>11}{'stall':>9}   (ms)")
    for make in (CsvOutput, TinyDbOutput):
        for size in (100, 10_000, 100_000):
            one, batch, changed, first, held = measure(make, size)
            print(f"{make.name:10}{size:9,}{one:11.2f}{batch:13.3f}{changed:11.2f}{first:11.1f}{held:9.1f}")


if __name__ == "__main__":
    sys.exit(main())
