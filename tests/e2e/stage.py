"""The whole bot as its users meet it: `dialogue run` as a process of its own, with Telegram, the model and the mail
server played on loopback by stand-ins that know nothing of the engine.

    async with stage(tmp_path) as play:
        anna = play.telegram.person(5)
        await anna.says("/start")
        await anna.hears(containing="Привет")
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import io
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from engine.variables import READERS
from tests.bot_api import BotApi, BotMessage, Person
from tests.openai_api import OpenAIStandIn
from tests.smtp_sink import Sink, smtp_sink

PROJECT = Path(__file__).parents[2]
START, STOP = 30.0, 30.0  # s: a slow machine's patience, met only when something is broken
KEY = "sk-end-to-end-1234567890"


def copy_project(target: Path) -> Path:
    """The five scenarios with all they need, in a folder of their own: no .env of the developer, free to be edited."""
    for name in ("scenarios", "prompts", "catalog"):
        shutil.copytree(PROJECT / name, target / name)
    return target


def environment(**settings: str) -> dict[str, str]:
    """This process's environment with these settings in place of whatever the developer has set."""
    kept = {name: value for name, value in os.environ.items() if name not in READERS}
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONUNBUFFERED": "1", **settings}


async def dialogue(root: Path, *arguments: str, said: str = "", **settings: str) -> tuple[int, str, str]:
    """A command run to its end: exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "engine.cli.main", "--root", str(root), *arguments,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        cwd=root, env=environment(**settings),
    )  # fmt: skip
    async with asyncio.timeout(60):
        out, err = await process.communicate(said.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@dataclass
class Stage:
    root: Path
    telegram: BotApi
    llm: OpenAIStandIn
    mail: Sink
    settings: dict[str, str]
    process: asyncio.subprocess.Process | None = None
    watch: bool = False  # whether saved files go live

    @property
    def data(self) -> Path:
        return self.root / "data"

    @property
    def console(self) -> str:
        """All that the bot has said to its console, over every start."""
        path = self.root / "console.txt"
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""

    async def spawn(self) -> asyncio.subprocess.Process:
        """Start the bot and wait for nothing."""
        still = () if self.watch else ("--no-watch",)
        with (self.root / "console.txt").open("ab") as console:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "engine.cli.main", "--root", str(self.root), "run", *still,
                stdin=asyncio.subprocess.DEVNULL, stdout=console, stderr=console,
                cwd=self.root, env=environment(**self.settings),
            )  # fmt: skip
        return self.process

    async def start(self) -> None:
        """Start the bot and return once it asks for updates."""
        polls = self.telegram.polls
        process = await self.spawn()
        ended = asyncio.ensure_future(process.wait())
        polling = asyncio.ensure_future(self.telegram.until(lambda: self.telegram.polls > polls, START))
        await asyncio.wait([ended, polling], return_when=asyncio.FIRST_COMPLETED)
        if ended.done():
            polling.cancel()
            raise AssertionError(f"the bot ended with {ended.result()}:\n{self.console}")
        ended.cancel()
        try:
            await polling
        except TimeoutError:
            raise AssertionError(f"the bot does not poll:\n{self.console}") from None

    async def stop(self) -> int:
        """SIGTERM; the exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """SIGKILL: no chance to say goodbye."""
        await self._end(signal.SIGKILL)

    async def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        assert process is not None, "the bot does not run"
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(number)
        async with asyncio.timeout(STOP):
            return await process.wait()

    async def command(self, *arguments: str, said: str = "") -> tuple[int, str, str]:
        """Another `dialogue` command on the same data, beside the bot or without it."""
        return await dialogue(self.root, *arguments, said=said, **self.settings)

    async def status(self, until: Callable[[int, str], bool], patience: float = 30) -> tuple[int, str]:
        """The exit code of `dialogue status` and what it says, as soon as `until` holds of both, or when patience is
        over: a bot that runs looks at itself every five seconds."""
        end = time.monotonic() + patience
        while True:
            code, said, _ = await self.command("status")
            if until(code, said) or time.monotonic() > end:
                return code, said


@contextlib.asynccontextmanager
async def stage(
    folder: Path, *, running: bool = True, with_model: bool = True, with_mail: bool = True, **settings: str
) -> AsyncIterator[Stage]:
    """All four, up; the bot too unless `running` is false. More settings are environment variables."""
    root = copy_project(folder / "bot") if not (folder / "bot").exists() else folder / "bot"
    async with BotApi() as telegram, OpenAIStandIn(key=KEY) as llm, smtp_sink() as mail:
        given = {
            "TELEGRAM_BOT_TOKEN": telegram.token,
            "TELEGRAM_API_URL": telegram.url,
            "SENDING_PER_SECOND": "100000",
            "SENDING_PER_CHAT": "100000",
            "LOG_LEVEL": "DEBUG",
            "LOG_FILE": str(root / "bot.log"),
        }
        if with_model:
            given |= {"LLM_BASE_URL": llm.base_url, "LLM_API_KEY": KEY, "LLM_MODEL": "stand-in"}
        if with_mail:
            given |= {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(mail.port)}
            given |= {"SMTP_FROM": "bot@orientir.test", "MANAGER_EMAIL": "manager@orientir.test"}
        play = Stage(root, telegram, llm, mail, given | settings)
        if running:
            await play.start()
        try:
            yield play
        finally:
            if play.process is not None:
                await play.kill()


async def talk(person: Person, *turns: tuple[str, str], patience: float = 20) -> BotMessage:
    """A talk: what the person says (`!label` presses a button, empty says nothing) and what is to be heard then; the
    bot's other messages are passed over. The last message heard."""
    heard: BotMessage | None = None
    for said, wanted in turns:
        if said.startswith("!"):
            await person.presses(said[1:])
        elif said:
            await person.says(said)
        heard = await person.hears(patience, wanted)
    assert heard is not None
    return heard


def jpeg(width: int = 900, height: int = 600) -> bytes:
    """A real photo, as a camera makes one."""
    from PIL import Image

    content = io.BytesIO()
    Image.effect_noise((width, height), 40).convert("RGB").save(content, "JPEG")
    return content.getvalue()


def rows(path: Path) -> list[dict[str, str]]:
    """A CSV file as people's programs read it."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def outcomes(data: Path, collection: str) -> list[dict[str, object]]:
    """A table of outcomes.json, read by TinyDB itself."""
    from tinydb import TinyDB

    with TinyDB(data / "outcomes.json", access_mode="r", encoding="utf-8") as database:
        return [dict(row) for row in database.table(collection).all()]


async def eventually(condition: Callable[[], bool], patience: float = 20) -> None:
    """Until it holds; a file that is not there yet, or is being written, does not."""
    end = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError, KeyError, ValueError):
            if condition():
                return
        assert time.monotonic() < end, "it does not come about"
        await asyncio.sleep(0.05)
