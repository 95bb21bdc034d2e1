"""A wire on which connections hang: everything is swallowed, nothing is refused."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.channels.port import Received
from engine.channels.telegram.channel import TelegramChannel
from engine.core.events import Sender, TextReceived
from engine.memory.port import Incoming
from tests.bot_api import BotApi
from tests.runtime.conftest import House, living

CHAT = "telegram:5"


class Hole:
    """A way to a server that can swallow everything: connections stand, and nothing comes through."""

    def __init__(self, port: int) -> None:
        self.port, self.deep = port, False
        self.ways: set[asyncio.Task[None]] = set()

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self.ways.add(task)
        there, onward = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.gather(self._pump(reader, onward), self._pump(there, writer))
        except ConnectionError:
            pass
        finally:
            for end in (writer, onward):
                end.transport.abort()

    async def close(self) -> None:
        for task in self.ways:
            task.cancel()
        await asyncio.gather(*self.ways, return_exceptions=True)

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            if not self.deep:
                writer.write(data)


@contextlib.asynccontextmanager
async def through(hole: Hole, api: BotApi, house: House) -> AsyncIterator[None]:
    """The bot in Telegram, by way of the hole."""
    server = await asyncio.start_server(hole, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    channel = TelegramChannel(
        api.token, url, root=house.folder, data_dir=house.folder, limits=None, poll_seconds=1, album_seconds=0.05
    )
    house.bot.channel = channel
    listening = asyncio.create_task(channel.run(house.bot, []))
    await api.until(lambda: api.polls)
    channel._api.request._client.timeout = 0.3  # type: ignore[attr-defined] # PTB's own takes 20 s
    yield
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await channel.close()
    server.close()
    await hole.close()


async def test_an_outage_whose_connections_hang_costs_no_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One attempt is lost in it; the second one waits until the wire answers, however long that takes."""
    monkeypatch.setattr("engine.runtime.outbox.AFTER_UNKNOWN", 0.05)
    monkeypatch.setattr("engine.runtime.wires.FIRST", 0.05)
    monkeypatch.setattr("engine.channels.telegram.channel.PROBE", 0.1)
    async with BotApi() as api, living(tmp_path) as house:
        hole = Hole(int(api.url.rpartition(":")[2].strip("/")))
        async with through(hole, api, house):
            anna = api.person(5)
            await anna.says("/help")
            await anna.hears(10, "Что я умею")
            hole.deep = True
            event = TextReceived(id="x", at=0.0, sender=Sender(CHAT, "Anna", "", "ru"), text="/menu", message="9")
            await house.bot.accept([Incoming("x", CHAT, b"{}", 0.0)])
            house.bot.receive(Received(CHAT, event, ("x",)))
            await asyncio.sleep(1.5)  # many times what one attempt takes
            assert len(house.bot.outbox) >= 1
            hole.deep = False
            await anna.hears(10, "Чем займёмся")
            async with asyncio.timeout(5):
                await house.bot.idle(CHAT)
            assert sum("Чем займёмся" in line for line in anna.transcript) == 1
