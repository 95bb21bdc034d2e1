"""What a turn costs in the memory, how that grows with the people, and what an idle conversation takes on disk.

Run: `.venv/bin/python -m benchmarks.memory [--chats 100 10000 100000]`. A turn here is: one update handled, a session
of 1 kB, two lines of history, one outgoing message with its `sending` mark (a group of its own) and its `done` mark.
Full sync; the loop is the only thread. Its fsync is measured first: virtual disks differ by ten.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from pathlib import Path

from engine.memory.port import Incoming, Line, Outgoing, TurnWrites
from engine.memory.sqlite import SqliteMemory

SESSION = 1_000
TEXT = "Записал! Продолжай в том же духе."


def chat_of(number: int) -> str:
    return f"telegram:{100_000_000 + number * 7}"


def turn_of(chat: str, updates: list[str], at: float) -> TurnWrites:
    return TurnWrites(
        chat=chat,
        at=at,
        handled=updates,
        session=random.randbytes(SESSION),
        outgoing=[Outgoing(chat, TEXT.encode() * 3)],
        history=[Line(chat, at, "user", "82,5"), Line(chat, at, "assistant", TEXT)],
        standing=("check_in", f"step_{random.randrange(10)}"),
    )


class Bench:
    def __init__(self, path: Path) -> None:
        self.path = path
        self.memory = SqliteMemory(path)
        self.update = 0

    async def group(self, chats: list[str], accept: bool = True) -> tuple[float, float]:
        """One turn for each chat, all in one tick; seconds for accepting, seconds for all the rest."""
        now = time.time()
        updates = [Incoming(f"telegram:{self.update + i}", chat, b"{}" * 150, now) for i, chat in enumerate(chats)]
        self.update += len(chats)
        began = time.perf_counter()
        if accept:
            await self.memory.accept(updates)
        accepted = time.perf_counter()
        turns = [turn_of(chat, [update.id], now) for chat, update in zip(chats, updates, strict=True)]
        ready = time.perf_counter()
        await asyncio.gather(*(self.memory.commit(turn) for turn in turns))
        await asyncio.gather(*(self.memory.sending(turn.outgoing[0]) for turn in turns))
        for turn in turns:
            self.memory.done(turn.outgoing[0])
        return accepted - began, time.perf_counter() - ready

    async def fill(self, upto: int) -> None:
        have = self.memory.count().chats
        for start in range(have, upto, 1_000):
            await self.group([chat_of(n) for n in range(start, min(start + 1_000, upto))])
        await self.memory.flush()

    async def measure(self, size: int, people: int, seconds: float) -> str:
        turns, accepts = [], []
        until = time.perf_counter() + seconds
        while time.perf_counter() < until or len(turns) < 5:
            chats = [chat_of(n) for n in random.sample(range(people), min(size, people))]
            accept, turn = await self.group(chats)
            accepts.append(accept / len(chats) * 1e6)
            turns.append(turn / len(chats) * 1e6)
        worst = max(turns) * min(size, people) / 1e3
        median, mean = statistics.median(turns), statistics.fmean(turns)
        return (
            f"  groups of {min(size, people):>3}: {median:7.1f} us a turn (mean {mean:7.1f}),"
            f" accepting {statistics.median(accepts):6.1f} us, longest group {worst:6.1f} ms"
        )

    def disk(self) -> int:
        self.memory._database.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return self.path.stat().st_size


async def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--chats", type=int, nargs="*", default=[100, 10_000, 100_000])
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--folder", default=None)
    options = parser.parse_args()
    random.seed(1)
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        bench = Bench(Path(folder) / "engine.db")
        with (Path(folder) / "probe").open("wb") as probe:
            began = time.perf_counter()
            for _ in range(50):
                probe.write(b"x" * 4096)
                probe.flush()
                os.fsync(probe.fileno())
            print(f"fsync of 4 kB here: {(time.perf_counter() - began) / 50 * 1e6:.0f} us")
        for people in options.chats:
            empty = bench.disk()
            before = bench.memory.count().chats
            await bench.fill(people)
            grown = bench.disk() - empty
            each = grown / (people - before)
            print(f"{people:,} chats: {each:,.0f} bytes on disk for each new one after its first turn")
            for size in (1, 32, 256):
                print(await bench.measure(size, people, options.seconds))
            began = time.perf_counter()
            for _ in range(2_000):
                bench.memory.session(chat_of(random.randrange(people)))
            print(f"  session(): {(time.perf_counter() - began) / 2_000 * 1e6:.1f} us", end="; ")
            began = time.perf_counter()
            bench.memory.count()
            print(f"count(): {(time.perf_counter() - began) * 1e3:.1f} ms")
        bench.memory.close()


if __name__ == "__main__":
    asyncio.run(main())
