"""Chats that go on under another name (a group that became a supergroup), in the middle of whatever they do.

Law: what comes for either name while the memory moves waits, and is then taken under the new one, in order. What is
being sent under the old name finishes so: the channel knows both.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from msgspec.structs import replace

from engine.channels.port import Received
from engine.memory.errors import MemoryFailed
from engine.memory.port import Memory
from engine.runtime.chats import Chats

log = logging.getLogger(__name__)
AGAIN = 1.0  # s until a memory that takes nothing is asked once more


class Moves:
    """`put` is where events go."""

    def __init__(self, memory: Memory, chats: Chats, put: Callable[[Received], None]) -> None:
        self._memory = memory
        self._chats = chats
        self._put = put
        self._names: dict[str, str] = {}
        self._waiting: dict[str, list[Received]] = {}  # new name -> what came while it moves

    def name(self, chat: str) -> str:
        """Under which the chat goes on."""
        return self._names.get(chat, chat)

    def new(self, chat: str, to: str) -> bool:
        """Note a move; false when it is known. `move` is to follow."""
        if self._names.get(chat) == to or chat == to:
            return False
        self._names[chat] = to
        self._waiting.setdefault(to, [])
        return True

    def receive(self, received: Received) -> None:
        chat = self.name(received.chat)
        if chat != received.chat:
            received = replace(received, chat=chat)
        if chat in self._waiting:
            self._waiting[chat].append(received)
        else:
            self._put(received)

    async def move(self, chat: str, to: str) -> None:
        waiting = await self._chats.left(chat)
        while True:
            try:
                await self._memory.move(chat, to)
            except MemoryFailed as error:
                log.error("A chat that moved has to wait: %s", error)
                await asyncio.sleep(AGAIN)
            else:
                break
        log.info("A group became a supergroup; its talk goes on there")
        for received in [*(replace(one, chat=to) for one in waiting), *self._waiting.pop(to, ())]:
            self._put(received)
