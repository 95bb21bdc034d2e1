"""A host for the terminal channel that does what the runtime does, with a bot that is a handful of `if`s.

Run as a program it is a chat in the terminal: `python -m tests.channels.echo_bot [--json] [--begin SCENARIO]`.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from engine.channels.port import Deliverable, Received
from engine.channels.terminal import Screen, TerminalChannel
from engine.channels.terminal_person import PersonScreen
from engine.channels.terminal_script import ScriptScreen
from engine.core.effects import AnswerPress, Button, CloseQuestion, Media, RedrawQuestion, ReportProblem, SendMessage
from engine.core.events import ContactReceived, Event, FilesReceived, LocationReceived, Sender, TextReceived
from engine.core.project import Project
from engine.memory.port import Incoming

CITIES = (Button("Москва", "q1:0", value="msk", number=1), Button("Тверь", "q1:1", value="tvr", number=2))
MENU = SendMessage(
    text="**Куда** едем?",
    scenario="trip",
    step="city",
    question="q1",
    buttons=(
        *CITIES,
        Button("Пропустить", "q1:!skip", value="!skip"),
        Button("Готово", "q1:!done", value="!done"),
        Button("Карта", url="https://example.com/map"),
    ),
    media=Media("photo", "docs/img/talk.svg"),
    waiting=True,
)


class EchoHost:
    """Events are handled one after another, apart from the channel; `idle` waits until all of it is shown."""

    def __init__(self, channel: TerminalChannel) -> None:
        self.channel = channel
        self.accepted: dict[str, Incoming] = {}
        self.quarantined: dict[str, str] = {}
        self.questions: dict[str, str] = {}
        self.events: list[Event] = []
        self.project = Project({"trip": None}, {}, {}, {}, {}, {}, {})  # type: ignore[dict-item]  # only the name matters
        self._queue: asyncio.Queue[Event] = asyncio.Queue()

    async def serve(self, backlog: Sequence[Incoming] = ()) -> None:
        async with asyncio.TaskGroup() as tasks:
            worker = tasks.create_task(self._work())
            await self.channel.run(self, backlog)
            await self._queue.join()
            worker.cancel()

    async def accept(self, updates: Sequence[Incoming]) -> list[Incoming]:
        new = [update for update in updates if update.id not in self.accepted]
        self.accepted |= {update.id: update for update in new}
        return new

    def receive(self, received: Received) -> None:
        assert set(received.updates) == {received.event.id}
        self._queue.put_nowait(received.event)

    async def quarantine(self, update: str, reason: str) -> None:
        self.quarantined[update] = reason

    def message_of(self, chat: str, question: str) -> str | None:
        return self.questions.get(question)

    def moved(self, chat: str, to: str) -> None:
        raise AssertionError("a terminal does not move")

    def answers_again(self) -> None:
        raise AssertionError("a terminal has no outages")

    def spoken_in(self, chat: str, topic: int | None) -> None:
        raise AssertionError("a terminal has no topics")

    def topic_of(self, chat: str) -> int | None:
        raise AssertionError("a terminal has no topics")

    def problem(self, problem: ReportProblem) -> None:
        raise AssertionError(problem.message)

    def delivered(self, chat: str, question: str, message: str) -> None:
        self.questions[question] = message

    def asks(self, chat: str) -> bool:
        return True

    async def idle(self, chat: str) -> None:
        assert chat == self.channel.chat
        await self._queue.join()

    async def begin(self, chat: str, scenario: str, sender: Sender) -> None:
        self._queue.put_nowait(TextReceived(id="begin", at=0.0, sender=sender, text="menu"))

    async def _work(self) -> None:
        while True:
            event = await self._queue.get()
            self.events.append(event)
            try:
                for effect in await self._replies(event):
                    await self.channel.deliver(self.channel.chat, effect)
            except Exception as error:  # an outbox goes on, whatever a channel says
                print(f"not delivered: {error}", file=sys.stderr)
            self._queue.task_done()

    async def _replies(self, event: Event) -> list[Deliverable]:
        match event:
            case TextReceived(text="menu"):
                return [MENU]
            case TextReceived(text="page"):
                page = (replace(CITIES[1], number=1),)
                return [RedrawQuestion("q1", page), RedrawQuestion("gone", CITIES, "Ещё **раз**")]
            case TextReceived(text="1"):
                return [CloseQuestion("q1", "*Москва*"), AnswerPress("p", ""), AnswerPress("p", "5 * 3 = 15 * 1")]
            case TextReceived(text="think"):
                await self.channel.typing(self.channel.chat)
                await asyncio.sleep(0.7)
                return [SendMessage(text="придумал")]
            case TextReceived(text="own photo"):
                return [SendMessage(text="", media=Media("photo", file={"path": "media/x.jpg"}))]
            case TextReceived(text="ask contact"):
                return [SendMessage(text="Телефон?", ask_for="contact", waiting=True)]
            case FilesReceived(files=(file,)):
                size = len(await self.channel.download(file))
                return [
                    SendMessage(text=f"{file['kind']} {file['name']} {size} {file.get('width')}".replace("_", "\\_"))
                ]
            case ContactReceived(phone=phone, name=name):
                return [SendMessage(text=f"{name} {phone}")]
            case LocationReceived(latitude=latitude, longitude=longitude):
                return [SendMessage(text=f"{latitude} {longitude}")]
            case TextReceived(text=text):
                return [SendMessage(text=f"echo {text}")]
        raise AssertionError(event)


def chat(screen: Screen, **options: Any) -> EchoHost:
    return EchoHost(TerminalChannel(screen, "anna", Path.cwd(), **options))


if __name__ == "__main__":
    if "--person" in sys.argv:
        host = chat(PersonScreen("ru"))
    else:
        host = chat(ScriptScreen("--json" in sys.argv), scenario="trip" if "--begin" in sys.argv else "")
    asyncio.run(host.serve())
