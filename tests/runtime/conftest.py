"""A bot in this process, with a channel that a test can see through: real memory on disk, real scenarios."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from engine.channels.port import Deliverable, Host, NotNow, Received
from engine.core.effects import SendMessage
from engine.core.events import Sender, TextReceived
from engine.core.project import Project
from engine.memory.port import Incoming
from engine.memory.sqlite import SqliteMemory
from engine.models.client import OpenAIModels
from engine.project.load import Loader
from engine.runtime.bot import Bot
from engine.settings import Settings

ROOT = Path(__file__).parents[2]


class Ears:
    """A channel that hears everything at once. `failing` gives the exception of the next attempts, first to last."""

    def __init__(self, name: str = "telegram") -> None:
        self.name = name
        self.heard: dict[str, list[str]] = defaultdict(list)
        self.delivered: list[tuple[str, Deliverable]] = []
        self.attempts = 0
        self.failing: list[Exception] = []
        self.files: dict[str, bytes] = {}
        self.on_message: Callable[[str], None] = lambda chat: None
        self.pause = 0.0
        self.silent = 0  # probes that are not answered
        self.probes = 0
        self._tried = asyncio.Event()

    async def tried(self, attempts: int) -> None:
        """Until there were so many attempts."""
        async with asyncio.timeout(5):
            while self.attempts < attempts:
                self._tried.clear()
                await self._tried.wait()

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        await asyncio.Event().wait()

    async def deliver(self, chat: str, effect: Deliverable) -> None:
        self.attempts += 1
        self._tried.set()
        if self.failing:
            raise self.failing.pop(0)
        if self.pause:
            await asyncio.sleep(self.pause)
        self.delivered.append((chat, effect))
        if isinstance(effect, SendMessage):
            self.heard[chat].append(effect.text)
            self.on_message(chat)

    async def probe(self) -> None:
        self.probes += 1
        if self.probes <= self.silent:
            raise NotNow(1, "no connection")

    async def typing(self, chat: str) -> None: ...

    async def download(self, file: dict[str, Any]) -> bytes:
        return self.files[file["id"]]

    async def announce(self, project: Project) -> None: ...


@cache
def project() -> Project:
    loaded = Loader(ROOT).load()
    assert loaded.project is not None, loaded.errors
    return loaded.project


@dataclass
class House:
    folder: Path
    ears: Ears = field(default_factory=Ears)
    settings: dict[str, str] = field(default_factory=dict)
    count: int = 0

    def open(self) -> Bot:
        given = {"DATA_DIR": str(self.folder), **self.settings}
        settings = Settings.load(self.folder, given, cwd=self.folder)
        self.memory = SqliteMemory(self.folder / "engine.db")
        self.bot = Bot(project(), settings, self.memory, self.ears, OpenAIModels(settings.variables))
        return self.bot

    def close(self) -> None:
        self.memory.close()

    async def says(self, number: int, text: str, language: str = "ru") -> str:
        """A person's text, stored and queued as the channel does; the update's id."""
        self.count += 1
        chat, update = f"{self.ears.name}:{number}", f"{self.ears.name}:{time.time_ns()}-{self.count}"
        event = TextReceived(
            id=update, at=time.time(), sender=Sender(chat, f"Имя{number}", "", language), text=text, message=update
        )
        await self.bot.accept([Incoming(update, chat, b"{}", time.time())])
        self.bot.receive(Received(chat, event, (update,)))
        return update

    async def hears(self, number: int, text: str) -> list[str]:
        """Say, and wait until the chat is quiet; what came back."""
        chat = f"{self.ears.name}:{number}"
        before = len(self.ears.heard[chat])
        await self.says(number, text)
        async with asyncio.timeout(20):
            await self.bot.idle(chat)
        return self.ears.heard[chat][before:]


@contextlib.asynccontextmanager
async def living(folder: Path, **settings: str) -> AsyncIterator[House]:
    house = House(folder, settings=settings)
    house.open()
    gc.collect()
    gc.freeze()  # as the app does
    try:
        yield house
    finally:
        gc.unfreeze()
        await house.bot.drain(0.01)
        await house.bot.thinking._models.close()
        house.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with living(tmp_path) as house:
        yield house
