"""From save to live, what a reload costs the turns beside it, and what idle watching costs.

Run: `.venv/bin/python -m benchmarks.reload [--scenarios 10 100 1000] [--saves 20] [--people 1000]`. The whole app runs
on a channel that only counts; one scenario of many is saved again and again while a person talks, a message every 5 ms.
Targets at 1,000 scenarios: 350 ms from save to live (200 of it the quiet time), 20 ms of delay at the 99th percentile,
0.5 % of a core while nothing happens. `--all` saves every file at once, as a checkout does (no target).
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from engine.channels.port import Deliverable, Host, Received
from engine.core.events import Sender, TextReceived
from engine.core.project import Project
from engine.memory.port import Incoming
from engine.runtime.app import serve
from engine.runtime.bot import Bot
from engine.settings import Settings

TEXT = """format: 1
scenario: talk_@
title: {ru: "Разговор @", en: "Talk @"}
starts_on: [/talk_@, "разговор @"]
steps:
  - say: {ru: "Привет, {{ person.name }}!", en: "Hello!"}
  - ask: goal
    question: {ru: "Какая у тебя цель?", en: "What is your goal?"}
    min_length: 3
  - ask: age
    question: Сколько тебе лет?
    answer: integer
    min: 10
    max: 100
  - if: age < 18
    then:
      - say: Приходи с родителями!
      - end
    else:
      - say: "Отлично, {{ age }}."
  - ask: level
    question: Твой уровень?
    choices: {beginner: Начинающий, advanced: {ru: Опытный, en: Advanced}}
  - switch: level
    cases:
      beginner:
        - say: Начнём с простого.
      advanced:
        - ask: years
          question: Сколько лет занимаешься?
          answer: integer
  - run: measure
    with: {unit: см}
    as: height
  - llm: feedback
    prompt: advice
    if_fails: {praise: Записал., advice: Позже.}
  - save: leads
    fields: {goal: "{{ goal }}", height: "{{ height }}", age: "{{ age }}"}
  - say: "{{ feedback.praise }} {{ feedback.advice }}"
"""
MEASURE = """format: 1
scenario: measure
inputs: {unit: кг}
result: "{{ size }}"
steps:
  - ask: size
    question: Сколько, {{ unit }}?
    answer: number
"""
ADVICE = """---
returns: {praise: text, advice: text}
---
{% block system %}Ты тренер.{% endblock %}
{% block user %}Цель: {{ goal }}.{% endblock %}
"""
LINES = ["/talk_0", "Бегать", "30", "Начинающий", "180"]
PAUSE = 0.005  # s between two messages
BASE, IDLE = 5.0, 10.0  # s of measuring


def make(root: Path, scenarios: int, edition: int = 0) -> None:
    for folder in ("scenarios", "prompts"):
        (root / folder).mkdir(parents=True, exist_ok=True)
    (root / "prompts/advice.md.j2").write_text(ADVICE)
    (root / "scenarios/measure.yaml").write_text(MEASURE)
    for number in range(scenarios):
        save(root, number, edition)


def save(root: Path, number: int, edition: int) -> None:
    text = TEXT.replace("@", str(number)).replace("Отлично,", f"Отлично ({edition}),")
    (root / f"scenarios/talk_{number}.yaml").write_text(text)


class Stage:
    """The channel, and the measuring."""

    name = "null"

    def __init__(self, root: Path, scenarios: int, saves: int, people: int, everything: bool) -> None:
        self.root, self.scenarios, self.saves, self.people, self.everything = root, scenarios, saves, people, everything
        self.live = asyncio.Event()
        self.delays: list[float] = []
        self.report = ""

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        assert isinstance(host, Bot)
        for number in range(self.people):
            await self._turn(host, number + 10, f"/talk_{number % self.scenarios}")
        await asyncio.sleep(1.5 + self.scenarios / 250)  # lint looks at what is live first
        spent, began = time.process_time(), time.monotonic()
        await asyncio.sleep(IDLE)
        idle = (time.process_time() - spent) / (time.monotonic() - began) * 100
        talking = asyncio.ensure_future(self._talk(host))
        await asyncio.sleep(BASE)
        quiet, self.delays = self.delays, []
        waits = [await self._save(number + 1) for number in range(self.saves)]
        await asyncio.sleep(0.1)
        talking.cancel()
        with suppress(asyncio.CancelledError):
            await talking
        took = f"{statistics.median(waits) * 1000:.0f} ms median, {max(waits) * 1000:.0f} at most"
        beside = f"{_p99(quiet):.1f} ms without, {_p99(self.delays):.1f} ms beside reloads"
        self.report = (
            f"save to live {took}; turn at p99 {beside} (worst {max(self.delays) * 1000:.0f}); idle {idle:.2f} %"
        )

    async def _save(self, edition: int) -> float:
        await asyncio.sleep(0.1)
        self.live.clear()
        if self.everything:
            await asyncio.to_thread(make, self.root, self.scenarios, edition)
        else:
            save(self.root, edition % self.scenarios, edition)
        began = time.perf_counter()
        await asyncio.wait_for(self.live.wait(), 120)
        return time.perf_counter() - began

    async def _talk(self, host: Bot) -> None:
        number = 0
        while True:
            await asyncio.sleep(PAUSE)
            began = time.perf_counter()
            await self._turn(host, 1, LINES[number % len(LINES)])
            self.delays.append(time.perf_counter() - began)
            number += 1

    async def _turn(self, host: Bot, number: int, line: str) -> None:
        chat = f"null:{number}"
        update = f"null:{time.time_ns()}:{number}"
        await host.accept([Incoming(update, chat, line.encode(), time.time())])
        event = TextReceived(id=update, at=time.time(), sender=Sender(chat, "Анна", "anna", "ru"), text=line)
        host.receive(Received(chat, event, (update,)))
        await host.idle(chat)

    async def deliver(self, chat: str, effect: Deliverable) -> None: ...

    async def typing(self, chat: str) -> None: ...

    async def download(self, file: dict[str, str]) -> bytes:
        return b""

    async def announce(self, project: Project) -> None:
        self.live.set()


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98] * 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scenarios", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--saves", type=int, default=20)
    parser.add_argument("--people", type=int, default=1000, help="who stand in the middle of a talk")
    parser.add_argument("--all", action="store_true", help="save every file each time")
    args = parser.parse_args()
    logging.basicConfig(level=logging.WARNING)
    for scenarios in args.scenarios:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            make(root, scenarios)
            settings = Settings.load(root, environ={}, cwd=root)

            async def measured(root: Path = root, settings: Settings = settings, scenarios: int = scenarios) -> Stage:
                stage = Stage(root, scenarios, args.saves, args.people, args.all)
                code = await serve(root, settings, stage, watch=True)
                assert code == 0
                return stage

            print(f"{scenarios:5} scenarios: {asyncio.run(measured()).report}", flush=True)


if __name__ == "__main__":
    main()
