"""A host for the channel alone: keeps in lists what the runtime would store, and answers as its port says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from engine.channels.port import Received
from engine.channels.telegram.channel import TelegramChannel
from engine.core.effects import ReportProblem
from engine.core.events import Event
from engine.core.project import Project
from engine.memory.port import Incoming
from tests.bot_api import BotApi

CHAT = "telegram:5"


class Host:
    project: Project

    def __init__(self) -> None:
        self.inbox: dict[str, Incoming] = {}
        self.accepted = 0
        self.refusals: list[Exception] = []  # what the next calls of `accept` fail with
        self.quarantined: dict[str, str] = {}
        self.received: list[Received] = []
        self.messages: dict[tuple[str, str], str] = {}
        self.problems: list[str] = []
        self.over = 0  # outages that the channel has told the end of
        self.moves: list[tuple[str, str]] = []
        self.topics: dict[str, int | None] = {}
        self._arrived = asyncio.Condition()
        self._read = 0

    async def accept(self, updates: Sequence[Incoming]) -> list[Incoming]:
        if self.refusals:
            raise self.refusals.pop(0)
        self.accepted += len(updates)
        new = [update for update in updates if update.id not in self.inbox]
        self.inbox |= {update.id: update for update in new}
        return new

    def receive(self, received: Received) -> None:
        self.received.append(received)
        asyncio.get_running_loop().create_task(self._tell())

    async def quarantine(self, update: str, reason: str) -> None:
        self.quarantined[update] = reason
        await self._tell()

    def message_of(self, chat: str, question: str) -> str | None:
        return self.messages.get((chat, question))

    def moved(self, chat: str, to: str) -> None:
        self.moves.append((chat, to))

    def spoken_in(self, chat: str, topic: int | None) -> None:
        self.topics[chat] = topic

    def topic_of(self, chat: str) -> int | None:
        return self.topics.get(chat)

    def answers_again(self) -> None:
        self.over += 1

    def problem(self, problem: ReportProblem) -> None:
        self.problems.append(problem.message)

    def delivered(self, chat: str, question: str, message: str) -> None:
        self.messages[chat, question] = message

    async def event(self) -> Any:
        """The next event, in the order of arrival."""
        await self.until(lambda: len(self.received) > self._read)
        self._read += 1
        event: Event = self.received[self._read - 1].event
        return event

    async def until(self, condition: Any) -> None:
        async with asyncio.timeout(5), self._arrived:
            await self._arrived.wait_for(condition)

    async def _tell(self) -> None:
        async with self._arrived:
            self._arrived.notify_all()


@asynccontextmanager
async def running(
    api: BotApi, root: Path, host: Host | None = None, backlog: Sequence[Incoming] = (), **options: Any
) -> AsyncIterator[tuple[TelegramChannel, Host]]:
    """The channel, listening to the stand-in."""
    host = host or Host()
    options = {"limits": None, "poll_seconds": 5, "album_seconds": 0.05, **options}
    channel = TelegramChannel(api.token, api.url, root=root, data_dir=root / "data", **options)
    task = asyncio.create_task(channel.run(host, backlog))
    try:
        await api.until(lambda: api.polls or task.done())
        yield channel, host
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.close()
