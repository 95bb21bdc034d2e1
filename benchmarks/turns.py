"""What a turn of the registration costs: pure, durable, and through python-telegram-bot.

Run: `.venv/bin/python -m benchmarks.turns [--quick]`. The dialogue is scenario `workout_registration`: nine questions
and the confirmation, one wrong answer. Durable means: the input stored before it is understood, the turn committed with
full sync, the outbox marked; only the network call is stubbed.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import logging
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.pure_turn import LINES, talk
from engine.channels.port import Deliverable, Host, Received
from engine.core.events import Sender, TextReceived
from engine.core.project import Project
from engine.core.session import Session
from engine.core.turn import advance
from engine.memory.port import Incoming, TurnWrites
from engine.memory.sqlite import SqliteMemory
from engine.models.client import OpenAIModels
from engine.project.load import Loader
from engine.runtime.bot import Bot
from engine.runtime.garbage import settle
from engine.settings import Settings

ROOT = Path(__file__).resolve().parent.parent


def project() -> Project:
    loaded = Loader(ROOT).load()
    assert loaded.project is not None, loaded.errors
    return loaded.project


def pure(rounds: int) -> float:
    """Microseconds of processor time of a turn without memory and channel: `advance` alone."""
    snapshot = project()
    return statistics.median(talk(snapshot, number)[0] for number in range(rounds)) / len(LINES) * 1e6


class NullChannel:
    """Takes everything, sends nothing; each chat waits for its answer before it says the next line."""

    name = "null"

    def __init__(self, chats: int, dialogues: int, numbers: Sequence[int] = (), lines: Sequence[str] = LINES) -> None:
        self.numbers, self.dialogues, self.lines = numbers or range(chats), dialogues, lines
        self.sent = 0
        self.latencies: list[float] = []

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        assert isinstance(host, Bot)
        await asyncio.gather(*(self._talk(host, number) for number in self.numbers))

    async def _talk(self, host: Bot, number: int) -> None:
        chat = f"null:{number}"
        sender = Sender(chat, "Анна", "anna", "ru")
        for dialogue in range(self.dialogues):
            for place, line in enumerate(self.lines):
                began = time.perf_counter()
                update = f"null:{time.time_ns()}:{number}:{dialogue}:{place}"
                body = json.dumps({"text": line, "from": number, "message_id": place}).encode()
                await host.accept([Incoming(update, chat, body, time.time())])
                event = TextReceived(id=update, at=time.time(), sender=sender, text=line, message=str(place))
                host.receive(Received(chat, event, (update,)))
                await host.idle(chat)
                self.latencies.append(time.perf_counter() - began)

    async def deliver(self, chat: str, effect: Deliverable) -> None:
        self.sent += 1

    async def typing(self, chat: str) -> None: ...

    async def download(self, file: dict[str, Any]) -> bytes:
        return b""

    async def announce(self, project: Project) -> None: ...


def telegram(chats: int, dialogues: int, numbers: Sequence[int] = (), lines: Sequence[str] = LINES) -> Any:
    """The real Telegram channel over a stubbed request: updates parsed and messages built by python-telegram-bot."""
    from engine.channels.telegram.channel import TelegramChannel
    from engine.channels.telegram.parse import Me, understand

    answer = json.dumps(
        {"ok": True, "result": {"message_id": 7, "date": 1, "chat": {"id": 1, "type": "private"}, "text": "x"}}
    ).encode()

    class Stubbed(TelegramChannel):
        latencies: list[float]

        async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
            self._host = host
            self._running_now.set()
            self.latencies = []
            for request in (self._api.request, self._api.polling):
                request.do_request = self._answer  # type: ignore[method-assign] # the network call, and nothing else
            await asyncio.gather(*(self._talk(host, number) for number in numbers or range(chats)))

        async def _answer(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
            return 200, answer

        async def _talk(self, host: Any, number: int) -> None:
            chat = f"telegram:{number + 1}"
            for dialogue in range(dialogues):
                for place, line in enumerate(lines):
                    began = time.perf_counter()
                    unique = (time.time_ns() // 100) & ((1 << 60) - 1)
                    raw = _raw(unique, number + 1, place + 1, line)
                    update = f"telegram:{unique}:{number}:{dialogue}:{place}"
                    await host.accept([Incoming(update, chat, json.dumps(raw).encode(), time.time())])
                    understood = understand(raw, time.time(), Me(1, "bot"))
                    assert understood is not None
                    host.receive(Received(chat, understood.received.event, (update,)))
                    await host.idle(chat)
                    self.latencies.append(time.perf_counter() - began)

    folder = Path(tempfile.mkdtemp())
    return Stubbed("1:" + "a" * 35, root=ROOT, data_dir=folder, limits=None)


def _raw(update: int, person: int, message: int, text: str) -> dict[str, Any]:
    who = {"id": person, "is_bot": False, "first_name": "Анна", "username": "anna", "language_code": "ru"}
    chat = {"id": person, "first_name": "Анна", "username": "anna", "type": "private"}
    return {
        "update_id": update & 0x7FFFFFFF,
        "message": {"message_id": message, "from": who, "chat": chat, "date": 1_800_000_000, "text": text},
    }


async def durable(channel: Any, folder: Path) -> tuple[float, list[float]]:
    """Turns a second, and the seconds from a line to its answer."""
    settings = Settings.load(ROOT, {"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"})
    memory = SqliteMemory(folder / "engine.db")
    bot = Bot(project(), settings, memory, channel, OpenAIModels({}))
    settle()
    began = time.perf_counter()
    await channel.run(bot, [])
    await bot.busy.idle()
    await memory.flush()
    spent = time.perf_counter() - began
    await bot.drain(1)
    memory.close()
    return len(channel.latencies) / spent, channel.latencies


HALF = 6  # lines after which a conversation is left idle
AT_ONCE = 100


def on_disk(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.glob("engine.db*"))


async def stored(name: str, make: Any, count: int) -> tuple[float, float]:
    """With `count` conversations idle in the memory, 100 of them go on: microseconds a turn, and bytes on disk a
    conversation."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        memory = SqliteMemory(path / "engine.db")
        session, snapshot = Session(), project()
        for place, line in enumerate(LINES[:HALF]):
            sender = Sender(f"{name}:1", "Анна", "anna", "ru")
            event = TextReceived(id=f"u{place}", at=1.8e9 + place, sender=sender, text=line, message=str(place))
            session, _ = advance(snapshot, session, event)
        body = session.dump()
        offset = 1 if name == "telegram" else 0
        for start in range(0, count, 1_000):
            some = range(start, min(start + 1_000, count))
            await asyncio.gather(
                *(
                    memory.commit(
                        TurnWrites(
                            f"{name}:{number + offset}",
                            1.8e9,
                            session=body,
                            standing=("workout_registration", "weight"),
                        )
                    )
                    for number in some
                )
            )
        await memory.flush()
        memory.close()
        size = on_disk(path) / count
        numbers = random.Random(7).sample(range(count), AT_ONCE)
        rate, _ = await durable(make(AT_ONCE, 1, numbers, LINES[HALF:]), path)
        return 1e6 / rate, size


def told(name: str, rate: float, latencies: list[float]) -> None:
    ordered = sorted(latencies)
    p50, p99 = (ordered[int(len(ordered) * share)] * 1e3 for share in (0.5, 0.99))
    print(f"{name:<44} {rate:>8,.0f} turns/s   {1e6 / rate:>7.0f} us   p50 {p50:>7.1f} ms   p99 {p99:>7.1f} ms")


def idle(count: int) -> float:
    """Bytes of this process's memory that an idle conversation takes: what is left after `count` people spoke once."""
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_idle(count, Path(folder)))


async def _idle(count: int, folder: Path) -> float:
    settings = Settings.load(ROOT, {"DATA_DIR": str(folder), "LOG_LEVEL": "WARNING"})
    memory = SqliteMemory(folder / "engine.db")
    channel = NullChannel(500, 1, range(500), LINES[:2])
    bot = Bot(project(), settings, memory, channel, OpenAIModels({}))  # type: ignore[arg-type] # a channel in miniature
    await channel.run(bot, [])
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for start in range(1_000, 1_000 + count, 500):
        channel.numbers, channel.latencies = range(start, start + 500), []
        await channel.run(bot, [])
    channel.latencies = []
    await memory.flush()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    memory.close()
    return (after - before) / count


def first_reply() -> float:
    """Seconds from the start of the process to the first reply in the terminal."""
    folder = tempfile.mkdtemp()
    began = time.perf_counter()
    command = [sys.executable, "-m", "engine.cli.main", "chat", "--json"]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"DATA_DIR": folder, "PATH": ""},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"/register\n")
    process.stdin.flush()
    process.stdout.readline()
    spent = time.perf_counter() - began
    process.stdin.close()
    process.wait()
    return spent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true", help="fewer rounds")
    parser.add_argument("--stored", type=int, nargs="*", default=[100, 10_000, 100_000], help="conversations stored")
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    rounds = 50 if options.quick else 400
    print(f"pure turn                                    {pure(rounds):>8.1f} us")
    for name, make in (("null channel", NullChannel), ("python-telegram-bot, stubbed request", telegram)):
        for chats, dialogues in ((1, 20), (1000, 1 if options.quick else 3)):
            with tempfile.TemporaryDirectory() as folder:
                rate, latencies = asyncio.run(durable(make(chats, dialogues), Path(folder)))
                told(f"durable, {name}, {chats:,} chats", rate, latencies)
    for name, make in (("null", NullChannel), ("telegram", telegram)):
        first = 0.0
        for count in options.stored:
            runs = [asyncio.run(stored(name, make, count)) for _ in range(3)]
            cost, size = statistics.median(run[0] for run in runs), runs[0][1]
            first = first or cost
            growth = f"{cost:>8.0f} us a turn   {cost / first:.2f} x   {size:,.0f} bytes on disk each"
            print(f"{name}: {count:>7,} conversations stored         {growth}")
    print(f"idle conversation in memory                  {idle(2_000 if options.quick else 10_000):>8.0f} bytes")
    reply = statistics.median(first_reply() for _ in range(5)) * 1e3
    print(f"first reply after start                      {reply:>8.0f} ms")
    resident = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"resident memory of this process              {resident:>8.0f} MB")


if __name__ == "__main__":
    main()
