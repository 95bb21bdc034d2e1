"""The whole runtime put together as `engine.runtime.app` does it, and taken apart: stopped, or killed at any moment."""

from __future__ import annotations

import asyncio
import csv
import logging
import random
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import orjson
from tinydb import TinyDB

from engine.core.events import Event, TextReceived
from engine.core.project import Project
from engine.core.session import Session
from engine.memory.port import Incoming
from engine.memory.sqlite import SqliteMemory
from engine.outputs.csv import CsvOutput
from engine.outputs.feed import Feed
from engine.outputs.sheet import document
from engine.outputs.tinydb import TinyDbOutput
from engine.runtime.bot import Bot
from engine.settings import Settings
from tests.driver import check_position
from tests.fuzz.clock import START, Loop
from tests.fuzz.wire import Mind, Post, Wire, read

ADMIN = 99
SIDE = frozenset({"too_fast", "not_allowed", "trouble"})  # said outside of any turn's history


class Crashes(logging.Handler):
    """Whatever the engine caught and logged with its traceback: nothing of that is to happen."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.found.append(logging.Formatter().format(record))


class House:
    def __init__(self, folder: Path, loop: Loop, project: Project, chance: random.Random) -> None:
        self.folder, self.lives = folder, 0
        self.loop = loop
        self.project = project
        self.wire = Wire()
        self.mind = Mind(chance)
        self.post = Post()
        self.texts: dict[str, list[tuple[float, str]]] = {}  # chat -> texts that were accepted, with their times
        self.accepted: set[str] = set()
        self.crashes = Crashes()
        logging.getLogger("engine").addHandler(self.crashes)
        self.data.mkdir()
        self.open()

    @property
    def data(self) -> Path:
        return self.folder / f"life{self.lives}"

    def open(self) -> None:
        given = {"DATA_DIR": str(self.data), "ADMIN_CHAT_ID": str(ADMIN)}
        settings = Settings.load(self.folder, given, cwd=self.folder)
        self.memory = SqliteMemory(self.data / "engine.db", clock=lambda: START + self.loop.now)
        self.bot = Bot(self.project, settings, self.memory, self.wire, self.mind)
        self.bot.mail = self.post
        self.feed = Feed(
            self.memory, [TinyDbOutput(self.data), CsvOutput(self.data)], lambda: self.bot.project, self._trouble
        )
        self.loop.take(self._begin())

    async def _begin(self) -> None:
        backlog = self.bot.backlog()
        self.bot.resume()
        await self.wire.run(self.bot, backlog)
        await self.feed.start()
        self.bot.saved = self.feed.poke

    def _trouble(self, output: str, reason: str) -> None:
        self.crashes.found.append(f"{output}: {reason}")

    def edit(self, project: Project) -> None:
        """The author saved: another snapshot is live."""
        self.project = self.bot.project = project
        self.loop.take(self._reloaded())

    async def _reloaded(self) -> None:
        self.feed.reloaded()

    # the end of a life ------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """SIGTERM."""
        self.loop.take(self.bot.drain(6))
        self.loop.take(self.feed.drain(3))
        self.loop.take(self.memory.flush())
        self._left()

    def kill(self) -> None:
        """As if the power went: what the next life finds is what is on the disk at this moment."""
        for item in self.memory.outgoing():
            if item.attempts:
                self.wire.excused[item.lane] += 1  # given up, should this happen to it twice
        shutil.copytree(self.data, self.folder / f"life{self.lives + 1}", ignore=shutil.ignore_patterns("*-shm"))
        self.loop.take(self.bot.drain(0))
        self.loop.take(self.feed.drain(0))
        self.lives += 1
        self._left(copied=True)

    def _left(self, copied: bool = False) -> None:
        self.memory.close()
        self.mind.thinking.clear()
        if not copied:
            shutil.copytree(self.data, self.folder / f"life{self.lives + 1}")
            self.lives += 1

    def close(self) -> None:
        try:
            self.loop.take(self.bot.drain(0))
            self.loop.take(self.feed.drain(0))
            self.memory.close()
        finally:
            logging.getLogger("engine").removeHandler(self.crashes)
            self.loop.jobs += 1  # its threads end
            self.loop.run_until_complete(self.loop.shutdown_default_executor())
            self.loop.close()

    # what comes in ----------------------------------------------------------------------------------------------

    def take(self, *updates: dict[str, Any]) -> None:
        """Updates as Telegram gives them, stored and queued as the channel does; one seen before is passed over."""
        bodies = [
            Incoming(f"telegram:{one['update_id']}", _chat(one), orjson.dumps(one), START + self.loop.now)
            for one in updates
        ]
        self.loop.take(self._take(bodies))

    async def _take(self, updates: list[Incoming]) -> None:
        for one in await self.bot.accept(updates):
            assert one.id not in self.accepted, "an update was accepted twice"
            self.accepted.add(one.id)
            received = read(one)
            assert received is not None
            event = received.event
            if isinstance(event, TextReceived):
                self.texts.setdefault(one.chat, []).append((event.at, event.text))
            self.bot.receive(received)

    def passes(self, seconds: float) -> None:
        self.loop.take(asyncio.sleep(seconds))

    def stands(self, chat: str) -> str:
        """The key of what the chat's person is asked; empty when nothing."""
        session = Session.load(self.memory.session(chat))
        if session.offer is not None:
            return str(session.offer["id"])
        pending = session.active.pending if session.active is not None else None
        return f"{pending.key} {pending.round} {pending.state}" if pending is not None else ""

    def ticks(self, number: int) -> None:
        """Some rounds of the loop, in which no time passes."""

        async def rounds() -> None:
            for _ in range(number):
                await asyncio.sleep(0)

        self.loop.take(rounds())

    # what must hold ---------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Everything that was begun comes to its end."""
        self.wire.plan.clear()
        for _ in range(300):
            while self.mind.thinking:
                self.mind.reply(0)
            self.passes(2)
            if not self.mind.thinking and self.loop.take(self._idle()):
                break
        else:
            raise AssertionError("it does not come to rest")
        self.passes(300)
        assert not self.mind.thinking
        assert self.memory.waiting() == [], "updates that nobody handled"
        assert self.memory.outgoing() == []
        assert self.memory.asked() == []
        assert self.memory.count().set_aside == 0

    async def _idle(self) -> bool:
        try:
            async with asyncio.timeout(0.1):
                await self.bot.busy.idle()
        except TimeoutError:
            return False
        return True

    def check(self) -> None:
        """At any moment: no crash, all sessions load, and everybody stands where the journal puts them."""
        assert not self.crashes.found, self.crashes.found[0]
        after, rows = self.memory.sessions()
        while True:
            for _, body in rows:
                session = Session.load(body)
                assert Session.load(session.dump()).dump() == session.dump()
                check_position(self.project, session, Event(id="look", at=START + self.loop.now))
            if not after:
                break
            after, rows = self.memory.sessions(after)

    def check_records(self) -> int:
        """Memory, TinyDB and CSV hold the same; how many records there are."""
        count = 0
        assert all(work.idle.is_set() for work in self.feed._work), "an output is not up to date"
        for name, collection in self.project.collections.items():
            kept = {record.id: orjson.loads(orjson.dumps(document(record))) for record in self.memory.records(name)}
            count += len(kept)
            if "tinydb" in collection.outputs and (kept or (self.data / "outcomes.json").exists()):
                with TinyDB(self.data / "outcomes.json", access_mode="r", encoding="utf-8") as database:
                    rows = [dict(row) for row in database.table(name).all()]
                assert len(rows) == len(kept), f"{name}: {len(kept)} in memory, {len(rows)} in TinyDB"
                assert {row["id"]: row for row in rows} == kept, name
            path = self.data / f"{name}.csv"
            if "csv" in collection.outputs and (kept or path.exists()):
                with path.open(encoding="utf-8-sig", newline="") as file:
                    lines = list(csv.DictReader(file))
                assert len(lines) == len(kept), f"{name}: {len(kept)} in memory, {len(lines)} in CSV"
                if lines and "id" in lines[0]:
                    assert {line["id"] for line in lines} == set(kept)
        return count

    def check_messages(self) -> None:
        """Each text was handled once; each message came once, at most twice; lost is only what may be."""
        words = {words[word] for words in self.project.words.values() for word in SIDE if word in words}
        for chat, arrived in self.wire.arrived.items():
            lines = list(self.memory.history(chat))
            if chat == f"telegram:{ADMIN}" or any(self._forgotten(text) for text in arrived):
                continue
            said = Counter((line.at, line.text) for line in lines if line.role == "user" and line.text)
            for one in self.texts.get(chat, ()):
                assert said[one] == 1, f"{one} was handled {said[one]} times"
            expected = Counter(line.text for line in lines if line.role == "assistant")
            for text, times in arrived.items():
                assert times <= 2 * expected[text] or text in words, f"{text!r} came {times} times of {expected[text]}"
            lost = sum((expected - arrived).values())
            assert lost <= self.wire.excused[chat], f"{expected - arrived} did not come"

    def _forgotten(self, text: str) -> bool:
        return any(text == words.get("forgotten") for words in self.project.words.values())


def _chat(update: dict[str, Any]) -> str:
    content = next(value for key, value in update.items() if key != "update_id")
    return f"telegram:{content.get('message', content)['chat']['id']}"
