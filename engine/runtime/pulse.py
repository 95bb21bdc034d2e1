"""The running bot's own word on how it is, left in memory every few seconds for `dialogue status`.

Law: numbers and states only, nothing of people. A pulse that is old means that no bot runs.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from engine.memory.port import Memory
from engine.runtime.lock import held
from engine.runtime.troubles import Troubles
from engine.runtime.unread import Unread

if TYPE_CHECKING:
    from engine.models.client import OpenAIModels
    from engine.runtime.bot import Bot

EVERY = 5.0  # seconds
OLD = 20.0  # seconds after which the bot counts as gone
CHANNELS = ("telegram", "terminal")


class Beat(Struct, frozen=True):
    """What a running bot said last; `at` and `since` are seconds since 1970, `troubles` is part -> reason."""

    channel: str
    at: float
    since: float
    pid: int
    version: str
    live_since: float
    chats: int  # with something under way
    thinking: int
    models: list[dict[str, Any]]
    troubles: dict[str, str] = field(default_factory=dict)
    stopped: bool = False
    problem: str = ""  # the last one that was reported, at `problem_at`
    problem_at: float = 0.0
    unread: list[str] = field(default_factory=list)  # variables that .env says otherwise by now
    held: bool | None = None  # whether its lock is; None: nobody knows

    @property
    def runs(self) -> bool:
        return not self.stopped and (self.fresh if self.held is None else self.held)

    @property
    def fresh(self) -> bool:
        """A bot that runs and has said nothing for long cannot write into its memory, or is stuck."""
        return time.time() - self.at < OLD


class Pulse:
    def __init__(self, bot: Bot, models: OpenAIModels) -> None:
        self._bot = bot
        self._models = models
        self._since = time.time()
        self._version, self._live_since = bot.project.version, self._since
        self.troubles = Troubles(self._seen, bot.admin.tell_trouble)
        self._unread = Unread(bot.settings, lambda sentence: bot.admin.tell(sentence, again=True))

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._unread.look()
            self._beat()
            await asyncio.sleep(EVERY)

    def stopped(self) -> None:
        """The last one: the bot went in good order."""
        self._beat(stopped=True)

    def _seen(self) -> dict[str, str]:
        """Parts that say so themselves when they are asked."""
        bot, found = self._bot, dict[str, str]()
        if channel := getattr(bot.channel, "trouble", ""):
            found[bot.channel.name.capitalize()] = channel
        if failing := bot.chats.failing or bot.memory.lost():
            found["The memory"] = failing
        return found

    def _beat(self, stopped: bool = False) -> None:
        bot, now = self._bot, time.time()
        if bot.project.version != self._version:
            self._version, self._live_since = bot.project.version, now
        models = [
            {"endpoint": one.endpoint, "state": one.state, "failures": one.failures, "reason": one.reason}
            for one in self._models.status()
        ]
        said = {
            "at": now,
            "since": self._since,
            "pid": os.getpid(),
            "version": self._version,
            "live_since": self._live_since,
            "chats": len(bot.busy),
            "thinking": len(bot.thinking),
            "models": models,
            "troubles": self.troubles.now(),
            "problem": bot.admin.last_problem,
            "problem_at": bot.admin.last_problem_at,
            "unread": self._unread.names,
            "stopped": stopped,
        }
        bot.memory.set_mark(f"pulse:{bot.channel.name}", json.dumps(said, ensure_ascii=False))


def beats(memory: Memory, data_dir: Path | None = None) -> list[Beat]:
    """The last word of the bot on each channel; with DATA_DIR it is asked whether the bot in Telegram still lives."""
    found = []
    for channel in CHANNELS:
        said = memory.mark(f"pulse:{channel}")
        if said:
            alive = held(data_dir) if data_dir is not None and channel == "telegram" else None
            word = {name: one for name, one in json.loads(said).items() if name in Beat.__struct_fields__}
            found.append(Beat(channel=channel, held=alive, **word))  # a newer bot may say more
    return found
