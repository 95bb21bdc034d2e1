"""One person's trouble is nobody else's: a flood, a slow model, a chat that cannot be written to."""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.channels.port import NotNow
from engine.runtime.guard import LONGEST_QUEUE
from engine.runtime.outbox import ROOM
from tests.runtime.conftest import ROOT, House, living

LINES = ("/register", "Начать", "Мужской", "33", "180", "82,5", "Начинающий", "Набор массы", "90", "3 раза")


async def talking(house: House, people: range, rounds: int = 1) -> list[float]:
    """People who talk through the registration at an easy pace; the milliseconds that each turn took."""
    spent: list[float] = []

    async def one(number: int) -> None:
        for _ in range(rounds):
            for line in LINES:
                began = time.perf_counter()
                assert await house.hears(number, line)
                spent.append((time.perf_counter() - began) * 1e3)
                await asyncio.sleep(0.02)
            await house.hears(number, "/cancel")

    await asyncio.gather(*(one(number) for number in people))
    return spent


async def test_a_flood_from_one_person_leaves_the_others_in_peace(tmp_path: Path) -> None:
    """1,000 messages a second from one: everybody else is answered, and what waits stays bounded. How fast is measured
    by benchmarks/fairness.py."""
    async with living(tmp_path) as house:
        house.ears.pause = 0.001
        async with flooding(house, 99) as longest:
            assert len(await talking(house, range(1, 9))) == 8 * len(LINES)
        assert len(house.ears.heard["telegram:99"]) > 20
        assert max(longest) <= LONGEST_QUEUE + 50


@contextlib.asynccontextmanager
async def flooding(house: House, number: int) -> AsyncIterator[list[int]]:
    """A person who sends 1,000 messages a second; how many waited of them, looked at as they came."""
    longest = [0]

    async def flood() -> None:
        while True:
            began = time.perf_counter()
            for _ in range(10):
                await house.says(number, "спам")
            chat = house.bot.chats._chats.get(f"telegram:{number}")
            longest.append(max(len(chat.waiting) if chat else 0, len(house.bot.outbox)))
            await asyncio.sleep(max(0.0, 0.01 - (time.perf_counter() - began)))

    task = asyncio.create_task(flood())
    try:
        yield longest
    finally:
        task.cancel()


async def test_what_cannot_be_delivered_holds_its_own_chat_alone(house: House) -> None:
    """A chat that is flood-blocked for minutes takes no new turns once some messages wait; others talk."""
    house.ears.failing = [NotNow(600, "flood control")]
    for _ in range(LONGEST_QUEUE + 100):
        await house.says(1, "привет")
    assert await house.hears(2, "/register")
    assert len(house.bot.outbox) <= ROOM + 5
    chat = house.bot.chats._chats["telegram:1"]
    assert len(chat.waiting) <= LONGEST_QUEUE
    await asyncio.gather(*[task for task in house.bot.chats._tasks if "_let_go" in repr(task)])
    assert house.memory.count().inbox <= LONGEST_QUEUE + 1  # what was let go is marked as handled


async def test_who_sends_too_much_is_told_once(tmp_path: Path) -> None:
    """MESSAGES_PER_MINUTE: the rest is not read, the person hears of it once, and speaks again later."""
    async with living(tmp_path, MESSAGES_PER_MINUTE="5") as house:
        for _ in range(20):
            await house.says(1, "/help")
        async with asyncio.timeout(10):
            await house.bot.busy.idle()
        heard = house.ears.heard["telegram:1"]
        assert sum("Слишком много" in text for text in heard) == 1
        assert sum("Что я умею" in text for text in heard) == 5
        assert await house.hears(2, "/help")
        assert house.memory.count().inbox == 0


@contextlib.asynccontextmanager
async def slow_model(seconds: float) -> AsyncIterator[str]:
    """A model server in a process of its own, as a model server is; its base URL."""
    import httpx

    command = (sys.executable, "-m", "tests.openai_api", "--port", "0")
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        said = (await process.stdout.readline()).decode()
        base = re.search(r"http://[^\s/]+", said)
        assert base, said
        async with httpx.AsyncClient() as client:
            fault = {"fault": "delay", "times": "always", "seconds": seconds}
            (await client.post(f"{base[0]}/_control/fail", json=fault)).raise_for_status()
        yield f"{base[0]}/v1"
    finally:
        process.kill()
        await process.wait()


async def test_a_slow_model_in_200_chats_leaves_the_others_fast(tmp_path: Path) -> None:
    """Others talk a registration through while 200 people still wait for the model. How fast is measured by
    benchmarks/fairness.py."""
    async with slow_model(20.0) as url, living(tmp_path, LLM_BASE_URL=url, LLM_MODEL="slow") as house:
        await waiting_for_the_model(house, range(1000, 1200))
        assert len(await talking(house, range(1, 9))) == 8 * len(LINES)
        assert len(house.bot.thinking) == 200


async def waiting_for_the_model(house: House, people: range) -> None:
    """Each asks what only the model can answer."""
    for number in people:
        assert await house.hears(number, "/consult")
    for number in people:
        await house.says(number, "Нужен бот")
    while len(house.bot.thinking) < len(people):  # noqa: ASYNC110 - their turns are on the way
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("language", ["ru", "en", "xx"])
async def test_who_is_not_let_in_hears_it_once(tmp_path: Path, language: str) -> None:
    """In their language where the bot speaks it; nothing of theirs is kept."""
    async with living(tmp_path, ALLOWED_USERS="1") as house:
        for _ in range(3):
            await house.says(2, "/start", language)
        async with asyncio.timeout(5):
            await house.bot.busy.idle()
        [said] = house.ears.heard["telegram:2"]
        assert ("invited people only" if language == "en" else "только для своих") in said
        assert house.memory.session("telegram:2") is None
        assert list(house.memory.history()) == []
        assert house.memory.count().inbox == 0
        assert await house.hears(1, "/start")


async def test_the_admin_is_always_let_in(tmp_path: Path) -> None:
    async with living(tmp_path, ALLOWED_USERS="1", ADMIN_CHAT_ID="2") as house:
        assert "только для своих" not in str(await house.hears(2, "/start"))
