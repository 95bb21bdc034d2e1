"""A running bot whose files are edited while people talk to it: the real app on the Bot API stand-in, in this process.

async with running(tmp_path, {"talk": "- ask: a\\n  question: A?\\n"}) as bot:
    bot.write("talk", "...")
    await bot.live()
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from engine.channels.telegram.channel import TelegramChannel
from engine.runtime.app import serve
from engine.settings import Settings
from tests.bot_api import BotApi, Person
from tests.driver import sources

ADMIN = 99
PATIENCE = 20.0  # s, met only when something is broken


class Lines(logging.Handler):
    """What the bot has said to its log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[str] = []
        self.more = asyncio.Event()
        self.loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        self.loop.call_soon_threadsafe(self.more.set)


class Bot:
    def __init__(self, root: Path, api: BotApi, lines: Lines) -> None:
        self.root = root
        self.api = api
        self.lines = lines
        self._read = 0

    def person(self, number: int = 5) -> Person:
        return self.api.person(number)

    @property
    def admin(self) -> Person:
        return self.api.person(ADMIN)

    def text(self, name: str, body: str) -> bytes:
        """A scenario's file; `body` is what stands under `steps:`, or the keys before it too."""
        return sources({name: body})[f"scenarios/{name}.yaml"]

    def path(self, name: str) -> Path:
        return self.root / "scenarios" / f"{name}.yaml"

    def write(self, name: str, body: str) -> None:
        """Save in place."""
        self.path(name).write_bytes(self.text(name, body))

    async def logged(self, words: str) -> str:
        """The next line of the log that holds these words; lines before it are passed over."""
        async with asyncio.timeout(PATIENCE):
            while True:
                while self._read < len(self.lines.lines):
                    self._read += 1
                    if words in self.lines.lines[self._read - 1]:
                        return self.lines.lines[self._read - 1]
                self.lines.more.clear()
                await self.lines.more.wait()

    async def live(self, words: str = "") -> str:
        """The next save is live."""
        return await self.logged(f"Live: {words}")

    def sent(self) -> int:
        """How many messages the bot has sent to anybody but the admin."""
        return sum(1 for call in self.api.called("sendMessage") if str(call.get("chat_id")) != str(ADMIN))


def put(root: Path, scenarios: Mapping[str, str], files: Mapping[str, str] | None = None) -> None:
    """Write the first version of a bot's files."""
    for file, content in sources(scenarios, **(files or {})).items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@contextlib.asynccontextmanager
async def started(root: Path, api: BotApi, **settings: str) -> AsyncIterator[Bot]:
    """The bot over files that are there."""
    given = {"TELEGRAM_BOT_TOKEN": api.token, "TELEGRAM_API_URL": api.url, "ADMIN_CHAT_ID": str(ADMIN), **settings}
    api.person(ADMIN)
    chosen = Settings.load(root, environ=given, cwd=root)
    channel = TelegramChannel(
        api.token, api.url, root=root, data_dir=chosen.data_dir, limits=None, poll_seconds=5, album_seconds=0.05
    )
    lines = Lines()
    logger, level = logging.getLogger("engine"), logging.getLogger("engine").level
    logger.addHandler(lines)
    logger.setLevel(logging.INFO)
    polls = api.polls
    task = asyncio.create_task(serve(root, chosen, channel, watch=True))
    try:
        await api.until(lambda: api.polls > polls or task.done(), PATIENCE)
        bot = Bot(root, api, lines)
        await bot.logged("watching")
        yield bot
    finally:
        task.cancel()
        code = await task
        logger.removeHandler(lines)
        logger.setLevel(level)
        assert code == 0


@contextlib.asynccontextmanager
async def running(
    root: Path, scenarios: Mapping[str, str], files: Mapping[str, str] | None = None, **settings: str
) -> AsyncIterator[Bot]:
    """The stand-in and the bot, until the test ends."""
    put(root, scenarios, files)
    async with BotApi() as api, started(root, api, **settings) as bot:
        yield bot


async def printed(capsys: pytest.CaptureFixture[str], words: str) -> str:
    """What the console has got since the last look, once these words are in it."""
    told = ""
    async with asyncio.timeout(PATIENCE):
        while words not in told:
            await asyncio.sleep(0.02)
            told += capsys.readouterr().err
    return told
