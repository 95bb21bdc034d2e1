"""A thousand people at once over HTTP: the whole bot as a process, Telegram and the model played on loopback.

Run: `.venv/bin/python -m benchmarks.load [--people 1000] [--seconds 60] [--think 12]`. People answer after `--think`
seconds on the average; the model takes 2 s; sending limits are off. Told: turns a second, the time from a person's
message to the bot's answer for turns that need no model, memory before and after, errors.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import random
import re
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.bot_api import BotApi, Person
from tests.bot_api.people import BotMessage
from tests.e2e.stage import Stage, stage

TALK = (
    ("/new_goal", "Назови цель"), ("Море", "Почему"), ("Отдых", "Пришли фото"), ("!Без фото", "model"),
    ("/register", "Девять"), ("!Начать", "Твой пол"), ("!Мужской", "Сколько тебе лет"), ("33", "рост"),
    ("180", "весишь"), ("82,5", "тренируешься"), ("!Начинающий", "добиться"), ("!Похудение", "К какому весу"),
    ("75", "раз в неделю"), ("!3 раза", "Где будешь"), ("!В зале", "верно?"), ("!Всё верно", "Анкета готова"),
)  # fmt: skip
MODEL = "Первый шаг"


class Crowd:
    """Each person has a queue of what the bot said to them: waking everybody at every message would cost too much."""

    def __init__(self, telegram: BotApi, think: float, end: float) -> None:
        self.telegram, self.think, self.end = telegram, think, end
        self.said: dict[int, asyncio.Queue[dict[str, Any]]] = {}
        self.latencies: list[float] = []
        self.model: list[float] = []
        self.errors: list[str] = []
        post = telegram.world.post

        async def heard(chat: Any, sender: dict[str, Any], **content: Any) -> dict[str, Any]:
            message = await post(chat, sender, **content)
            if sender["is_bot"]:
                self.said[chat.id].put_nowait(message)
            return message

        telegram.world.post = heard  # type: ignore[method-assign] # a listener

    async def run(self, people: int) -> None:
        await asyncio.gather(*(self._live(1_000 + number) for number in range(people)))

    async def _live(self, number: int) -> None:
        person = self.telegram.person(number, name=f"Имя{number}")
        self.said[number] = asyncio.Queue()
        await asyncio.sleep(random.uniform(0, self.think * 2))
        while time.monotonic() < self.end:
            for said, wanted in TALK:
                if time.monotonic() >= self.end:
                    return
                try:
                    await self._turn(person, said, wanted)
                except (TimeoutError, AssertionError) as error:
                    self.errors.append(f"{number}: {said}: {type(error).__name__}")
                    return
                await asyncio.sleep(random.uniform(0, self.think * 2))
            self.telegram.world.chats[number].messages.clear()  # the stand-in's own memory

    async def _turn(self, person: Person, said: str, wanted: str) -> None:
        began = time.perf_counter()
        await (person.presses(said[1:]) if said.startswith("!") else person.says(said))
        text = MODEL if wanted == "model" else wanted
        async with asyncio.timeout(60):
            while text not in BotMessage(await self.said[person.id].get()).text:
                pass
        (self.model if wanted == "model" else self.latencies).append((time.perf_counter() - began) * 1e3)


def resident(pid: int) -> float:
    """Megabytes."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found
    return int(found[1]) / 1e3


def processor(pid: int) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def load(play: Stage, people: int, seconds: float, think: float) -> int:
    play.llm.fail_always("delay", seconds=2.0)
    play.llm.reply({"motivation": "Хорошая цель", "first_step": "Иди"})
    await play.start()
    assert play.process is not None
    pid = play.process.pid
    crowd = Crowd(play.telegram, think, time.monotonic() + seconds)
    sizes = [resident(pid)]
    watching = asyncio.create_task(watch(pid, sizes))
    began = time.monotonic()
    await crowd.run(people)
    spent = time.monotonic() - began
    watching.cancel()
    busy, here = processor(pid), time.process_time()
    turns = len(crowd.latencies) + len(crowd.model)
    cuts = statistics.quantiles(crowd.latencies, n=100)
    half = sizes[len(sizes) // 2]
    print(f"{people} people, {spent:.0f} s, {turns} turns, {turns / spent:.0f} turns/s")
    print(f"turns without the model: p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms, most {max(crowd.latencies):.0f} ms")
    if len(crowd.model) > 1:
        cuts = statistics.quantiles(crowd.model, n=100)
        print(f"turns with the model (2 s): p50 {cuts[49]:.0f} ms, p99 {cuts[98]:.0f} ms")
    print(f"memory: {sizes[0]:.0f} MB at the start, {half:.0f} MB half way, {resident(pid):.0f} MB at the end")
    print(f"processor: the bot {busy / spent:.0%} of one core, people and stand-ins {here / spent:.0%} of another")
    code = await play.stop()
    bad = [line for line in play.console.splitlines() if " - ERROR - " in line or "Traceback" in line]
    print(f"errors: {len(crowd.errors)} people, {len(bad)} lines in the log; exit code {code}")
    print("\n".join([*crowd.errors[:5], *bad[:5]]))
    return 1 if crowd.errors or bad or code else 0


async def watch(pid: int, sizes: list[float]) -> None:
    while True:
        await asyncio.sleep(1)
        with contextlib.suppress(OSError):
            sizes.append(resident(pid))


async def main(people: int, seconds: float, think: float) -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with stage(Path(folder), running=False, with_mail=False, LOG_LEVEL="INFO", LLM_CONCURRENCY="500") as play:
            return await load(play, people, seconds, think)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--think", type=float, default=12)
    given = parser.parse_args()
    raise SystemExit(asyncio.run(main(given.people, given.seconds, given.think)))
