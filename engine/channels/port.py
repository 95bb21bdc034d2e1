"""What the runtime asks of a channel, and what a channel may say when it could not deliver."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from msgspec import Struct

from engine.core.effects import AnswerPress, CloseQuestion, RedrawQuestion, ReportProblem, SendMessage
from engine.core.events import Event
from engine.core.project import Project
from engine.memory.port import Incoming

Deliverable = SendMessage | RedrawQuestion | CloseQuestion | AnswerPress


class Received(Struct, frozen=True):
    """One event, and the ids of the inbox that it answers for (an album is several)."""

    chat: str
    event: Event
    updates: tuple[str, ...]


class DeliveryFailed(Exception):
    """It did not arrive and never will (a bad request). The reason is for the log."""


class Gone(DeliveryFailed):
    """The person blocked the bot, or the chat is no more."""


class NotNow(DeliveryFailed):
    """It certainly did not arrive; to be tried again after `seconds` (429, no connection, 5xx before any effect)."""

    def __init__(self, seconds: float, reason: str = "") -> None:
        super().__init__(reason or f"not before {seconds:g} s")
        self.seconds = seconds


class Unknown(DeliveryFailed):
    """It may have arrived or not (time-out or cut while sending): tried once more at most."""


class ChannelFailed(Exception):
    """The channel cannot run at all (a wrong token). The sentence says what to do; raised by `Channel.run`."""


class Host(Protocol):
    """What a channel is given: the runtime."""

    async def accept(self, updates: Sequence[Incoming]) -> list[Incoming]:
        """Store before confirming; returns the new ones."""

    def receive(self, received: Received) -> None:
        """Put an event into its chat's queue."""

    async def quarantine(self, update: str, reason: str) -> None: ...

    def message_of(self, chat: str, question: str) -> str | None: ...

    def moved(self, chat: str, to: str) -> None:
        """A chat goes on under another name. Told as often as it is seen."""

    def answers_again(self) -> None:
        """After an outage: what waits for the channel's server need wait no longer."""

    def problem(self, problem: ReportProblem) -> None:
        """An author or admin must know."""

    def delivered(self, chat: str, question: str, message: str) -> None: ...

    def spoken_in(self, chat: str, topic: int | None) -> None:
        """The topic of a forum in which it is answered from now on; outlives a restart."""

    def topic_of(self, chat: str) -> int | None: ...

    @property
    def project(self) -> Project: ...


class Channel(Protocol):
    """One over a network may also have `ready(chat)`, which returns when a message into it would not have to wait;
    `probe()`, a harmless call that raises DeliveryFailed when nobody answers; `trouble`, why nothing comes in just now
    (empty: all is well); and `close()`, for the end."""

    name: str

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        """Receive until cancelled. `backlog` was accepted before the last stop and is understood first."""

    async def deliver(self, chat: str, effect: Deliverable) -> None:
        """One effect, one attempt. Raises Gone, NotNow, Unknown, DeliveryFailed. Calls `host.delivered` for
        questions."""

    async def typing(self, chat: str) -> None:
        """Show that the bot is at work (5 s in Telegram); failures are nobody's concern."""

    async def download(self, file: dict[str, Any]) -> bytes:
        """The bytes of a person's file. Raises NotNow or DeliveryFailed."""

    async def announce(self, project: Project) -> None:
        """A project is live (start, reload): publish its commands where the channel has a menu."""
