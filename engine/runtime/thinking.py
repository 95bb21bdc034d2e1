"""Model requests under way: each its own task, so that a slow model delays nobody but the one who waits for it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from engine.channels.port import Channel, Received
from engine.core.effects import AskModel
from engine.core.events import ModelReplied
from engine.core.project import Project
from engine.models.port import Models, Reply
from engine.runtime.busy import Busy

log = logging.getLogger(__name__)
TYPING = 4.0  # seconds; Telegram shows it for 5
APART = 0.005  # seconds between two requests: each costs about 4 ms of the loop, and turns are to come in between
PATIENCE = 0.02  # seconds that a request waits for a loop that is behind: on a crowded machine it always is


class Thinking:
    def __init__(
        self,
        models: Models,
        channel: Channel,
        busy: Busy,
        project: Callable[[], Project],
        put: Callable[[Received], None],
        load: Callable[[dict[str, Any]], Awaitable[bytes]],
    ) -> None:
        self._models = models
        self._channel = channel
        self._busy = busy
        self._project = project
        self._put = put
        self._load = load
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._chats: dict[str, str] = {}  # request -> chat
        self._starting = asyncio.Lock()

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, chat: str, request: AskModel) -> None:
        """Ask the model, unless this very request is under way. Its reply comes into the chat's queue."""
        if request.request in self._tasks:
            return
        self._busy.enter(chat)
        self._chats[request.request] = chat
        self._tasks[request.request] = asyncio.ensure_future(self._ask(chat, request))

    async def _ask(self, chat: str, request: AskModel) -> None:
        typing = asyncio.ensure_future(self._type(chat))
        try:
            await self._turn()
            reply = await self._models.ask(request, self._project(), chat, self._load)
        except Exception:
            log.exception("The model adapter failed")
            reply = Reply(failure="error")
        finally:
            typing.cancel()
            self._tasks.pop(request.request, None)
            self._chats.pop(request.request, None)
        event = ModelReplied(
            id=f"model:{request.request}:{time.time_ns()}",
            at=time.time(),
            request=request.request,
            reply=reply.value,
            failure=reply.failure,
            spent={
                "seconds": round(reply.seconds, 3),
                "tokens_in": reply.tokens_in,
                "tokens_out": reply.tokens_out,
                "tries": reply.tries,
                "model": reply.model,
            },
        )
        self._put(Received(chat, event, ()))
        self._busy.leave(chat)

    async def _turn(self) -> None:
        """One request begins after another, and lets a loop that is behind with people's turns catch up first."""
        loop = asyncio.get_running_loop()
        async with self._starting:
            first = before = loop.time()
            late = True
            while late and before - first < PATIENCE:
                await asyncio.sleep(APART)
                now = loop.time()
                late, before = now - before >= APART * 2, now

    def forget(self, chat: str) -> None:
        """Nobody waits for these replies any more."""
        for request in [request for request, one in self._chats.items() if one == chat]:
            self._tasks[request].cancel()
            self._busy.leave(chat)

    async def _type(self, chat: str) -> None:
        while True:
            await self._channel.typing(chat)
            await asyncio.sleep(TYPING)

    async def stop(self) -> None:
        """Cancel; the requests are in the memory and are asked again after the next start."""
        for task in list(self._tasks.values()):
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
