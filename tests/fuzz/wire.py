"""What stands around the runtime: a Telegram whose deliveries go as planned, and a model that replies when told."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from engine.channels.markdown import render
from engine.channels.port import Deliverable, DeliveryFailed, Gone, Host, NotNow, Received, Unknown
from engine.channels.telegram.parse import Me, understand
from engine.core.effects import AskModel, Notify, SendMessage
from engine.core.project import Project
from engine.memory.port import Incoming
from engine.models.port import Load, Reply

ME = Me(1, "bot")
OUTCOMES = ("not now", "not now", "arrived?", "lost?", "gone", "refused")


class Wire:
    """The channel. `plan`: how the next deliveries go, each with one of OUTCOMES; then all go well."""

    name = "telegram"

    def __init__(self) -> None:
        self.plan: list[str] = []
        self.arrived: dict[str, Counter[str]] = defaultdict(Counter)  # chat -> text -> how often
        self.excused: Counter[str] = Counter()  # chat -> messages that need not have arrived
        self.shown: dict[str, list[SendMessage]] = defaultdict(list)
        self.messages = 0
        self.host: Host | None = None

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        self.host = host
        for incoming in backlog:
            received = read(incoming)
            assert received is not None
            host.receive(received)

    async def deliver(self, chat: str, effect: Deliverable) -> None:
        await asyncio.sleep(0.01)
        outcome = self.plan.pop(0) if self.plan and isinstance(effect, SendMessage) else ""
        if outcome in ("gone", "refused", "lost?"):
            self.excused[chat] += 1
        if outcome == "not now":
            raise NotNow(1.5)
        if outcome == "gone":
            raise Gone("blocked")
        if outcome == "refused":
            raise DeliveryFailed("bad request")
        if outcome == "lost?":
            raise Unknown("timed out")
        if isinstance(effect, SendMessage):
            self._arrive(chat, effect)
        if outcome == "arrived?":
            raise Unknown("timed out")

    def _arrive(self, chat: str, message: SendMessage) -> None:
        self.messages += 1
        text = render(message.text).text
        self.arrived[chat][f"[{message.media.kind}] {text}".strip() if message.media else text] += 1
        self.shown[chat].append(message)
        if message.question and self.host is not None:
            self.host.delivered(chat, message.question, str(10_000 + self.messages))

    async def probe(self) -> None:
        """The network as such works."""

    async def typing(self, chat: str) -> None: ...

    async def download(self, file: dict[str, Any]) -> bytes:
        return b"bytes of a file"

    async def announce(self, project: Project) -> None: ...


class Post:
    """The mail server takes every letter."""

    def __init__(self) -> None:
        self.letters: list[Notify] = []

    async def send(self, notify: Notify) -> None:
        self.letters.append(notify)

    async def probe(self) -> None: ...


def read(incoming: Incoming) -> Received | None:
    """An update as the Telegram channel understands it."""
    understood = understand(orjson.loads(incoming.body), incoming.at, ME)
    return understood.received if understood is not None else None


@dataclass
class Mind:
    """The model. It thinks until it is told to reply."""

    chance: random.Random
    thinking: list[tuple[AskModel, asyncio.Future[Reply]]] = field(default_factory=list)
    replied: list[tuple[str, str, Any]] = field(default_factory=list)  # (chat, request, value)
    asked: int = 0
    chats: dict[str, str] = field(default_factory=dict)

    async def ask(self, request: AskModel, project: Project, person: str, load: Load) -> Reply:
        self.asked += 1
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self.thinking.append((request, future))
        self.chats[request.request] = person
        return await future

    def reply(self, place: int, failure: str = "") -> None:
        request, future = self.thinking.pop(place % len(self.thinking))
        if future.done():
            return
        value = None if failure else self.made(request.returns) if request.returns else "слова модели"
        self.replied.append((self.chats[request.request], request.request, value))
        future.set_result(Reply(value, failure))

    def made(self, schema: dict[str, Any]) -> Any:
        """Something that the schema accepts."""
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if "anyOf" in schema:
            return self.made(schema["anyOf"][0])
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object":
            return {name: self.made(one) for name, one in schema.get("properties", {}).items()}
        if kind == "array":
            least = schema.get("minItems", 1)
            return [self.made(schema.get("items", {})) for _ in range(least)]
        if kind in ("integer", "number"):
            return schema.get("minimum", 3)
        return {"boolean": True, "null": None}.get(str(kind), "слово *модели* [x]")

    async def close(self) -> None: ...
