"""The terminal as a channel: one chat, `terminal:<user>`, with whoever sits there, or with the script that pipes in.

Law: it goes by the same door as Telegram: every line is stored in the inbox before it is understood. What a person
sees and how lines are read is the screen's: `PersonScreen` at a real terminal, `ScriptScreen` for pipes and --json.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import AbstractContextManager
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Protocol, Self, cast

from msgspec.structs import asdict, replace

from engine.channels.markdown import escape
from engine.channels.port import Deliverable, DeliveryFailed, Host, NotNow, Received
from engine.channels.terminal_input import NotSent, body_of, event_of
from engine.core.effects import CloseQuestion, RedrawQuestion, SendMessage
from engine.core.events import Sender
from engine.core.project import Project
from engine.memory.port import Incoming

_QUESTIONS = 20  # how many sent questions are remembered, to show another page of one


class Screen(AbstractContextManager["Screen"], Protocol):
    """How lines come and messages are shown. Entered for as long as the chat goes on."""

    one_by_one: bool  # the next line is read only when everything the last one caused has been shown

    def __enter__(self) -> Self: ...

    async def read(self) -> str | None:
        """The next line, None at the end."""

    def show(self, message: SendMessage) -> None:
        """Raises OSError when nobody can see it any more (a closed pipe)."""

    def close_question(self, chosen: str) -> None:
        """`chosen` is Markdown."""

    def over(self) -> None:
        """Nothing is asked any more."""

    def problem(self, text: str) -> None:
        """A line that could not be sent."""

    def thinking(self) -> None: ...

    def stop(self) -> None:
        """Let `read` tell the end from now on."""


class TerminalHost(Host, Protocol):
    """What the terminal asks of the runtime beside what every channel does."""

    async def idle(self, chat: str) -> None:
        """Return when the chat has no queued event, no outstanding model request and no undelivered message."""

    def asks(self, chat: str) -> bool:
        """Whether a question stands in the chat: a talk's, or the engine's own."""

    async def begin(self, chat: str, scenario: str, sender: Sender) -> None:
        """Start a scenario of the project, whatever it starts on."""


def person_here() -> bool:
    """Whether standard input and output are a terminal with somebody at it."""
    try:
        return os.isatty(0) and os.isatty(1)
    except OSError:
        return False


class TerminalChannel:
    """`scenario` is begun at once when named. `language` is what the terminal is set to, `chosen` what the person wants
    to speak now. After `run`, `failure` says why there was no chat, if there was none."""

    name = "terminal"

    def __init__(
        self, screen: Screen, user: str, root: Path, scenario: str = "", language: str = "", chosen: str = ""
    ) -> None:
        self.chat = f"terminal:{user}"
        self.failure = ""
        self._screen = screen
        self._sender = Sender(id=self.chat, name=user, username=user, language=language)
        self._folders = (Path.cwd(), root)
        self._scenario = scenario
        self._chosen = chosen
        self._count = 0
        self._shown: OrderedDict[str, SendMessage] = OrderedDict()
        self._host: Host | None = None

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        """Returns at the end of input, at /quit, or when the output is closed."""
        self._host = host
        terminal_host = cast(TerminalHost, host)  # the port's Host is what all channels need; the runtime does more
        with self._screen as screen:
            for incoming in backlog:
                if incoming.chat == self.chat:  # another user's waits for that user
                    await self._receive(host, incoming)
            if self._chosen:
                if self._chosen not in host.project.languages:
                    known = ", ".join(host.project.languages)
                    self.failure = f"this bot does not speak {self._chosen!r}; it speaks {known}"
                    return
                await self._say(host, f"/language {self._chosen}")
                if screen.one_by_one:
                    await terminal_host.idle(self.chat)
            if self._scenario:
                if self._scenario not in host.project.scenarios:
                    self.failure = _no_such_scenario(self._scenario, host.project)
                    return
                await terminal_host.begin(self.chat, self._scenario, self._sender)
            while True:
                if screen.one_by_one:
                    await terminal_host.idle(self.chat)
                    if not terminal_host.asks(self.chat):
                        screen.over()
                line = await screen.read()
                if line is None or line.strip() == "/quit":
                    return
                if line.strip():
                    await self._say(host, line.strip())

    async def _say(self, host: Host, line: str) -> None:
        unique = self._unique()
        try:
            body = body_of(line, unique, self._folders)
        except NotSent as reason:
            self._screen.problem(str(reason))
            return
        body["sender"] = asdict(self._sender)
        incoming = Incoming(f"terminal:{unique}", self.chat, json.dumps(body).encode(), time.time())
        for new in await host.accept([incoming]):
            await self._receive(host, new)

    def _unique(self) -> str:
        """For ever, restarts and clock steps of this process included."""
        self._count += 1
        return f"{time.time_ns()}-{self._count}"

    async def _receive(self, host: Host, incoming: Incoming) -> None:
        try:
            event = event_of(incoming)
        except (ValueError, KeyError, TypeError) as error:
            await host.quarantine(incoming.id, f"{type(error).__name__}: {error}")
            return
        host.receive(Received(self.chat, event, (incoming.id,)))

    async def deliver(self, chat: str, effect: Deliverable) -> None:
        if chat != self.chat:
            raise NotNow(60, "somebody else sits at the terminal")
        try:
            self._show(effect)
        except OSError as error:
            self._screen.stop()
            raise DeliveryFailed(f"the output is closed: {error}") from error

    def _show(self, effect: Deliverable) -> None:
        if isinstance(effect, SendMessage):
            self._screen.show(self._with_media_that_is_there(effect))
            if effect.question:
                self._remember(effect)
                if self._host:
                    self._host.delivered(self.chat, effect.question, self._unique())
        elif isinstance(effect, RedrawQuestion):
            before = self._shown.get(effect.question, SendMessage(text="", question=effect.question, waiting=True))
            message = replace(before, text=effect.text or before.text, buttons=effect.buttons, media=None)
            self._screen.show(message)
            self._remember(message)
        elif isinstance(effect, CloseQuestion):
            self._screen.close_question(effect.chosen)
        elif effect.text:
            self._screen.show(SendMessage(text=escape(effect.text)))

    def _with_media_that_is_there(self, message: SendMessage) -> SendMessage:
        """An author's file that is not there is left out, as in Telegram."""
        media = message.media
        if media is None or media.file is not None or "://" in media.source:
            return message
        there = any((folder / media.source).is_file() for folder in self._folders)
        return message if there else replace(message, media=None)

    def _remember(self, message: SendMessage) -> None:
        self._shown[message.question] = message
        self._shown.move_to_end(message.question)
        if len(self._shown) > _QUESTIONS:
            self._shown.popitem(last=False)

    async def typing(self, chat: str) -> None:
        if chat == self.chat:
            self._screen.thinking()

    async def download(self, file: dict[str, Any]) -> bytes:
        """A file's id is its path on this machine."""
        try:
            return await asyncio.to_thread(Path(file["id"]).read_bytes)
        except OSError as error:
            raise DeliveryFailed(f"{file['id']}: {error.strerror}") from error

    async def announce(self, project: Project) -> None:
        """A terminal has no menu of commands."""


def _no_such_scenario(name: str, project: Project) -> str:
    close = get_close_matches(name, project.scenarios, 1)
    hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(sorted(project.scenarios)) or 'none'}"
    return f"there is no scenario {name!r}; {hint}"
