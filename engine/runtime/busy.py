"""What is under way in each chat: events queued, model requests, messages not delivered yet.

A script in the terminal reads its next line when its chat is idle; a stopping bot waits for all of them, within a
bound.
"""

from __future__ import annotations

import asyncio
from collections import Counter


class Busy:
    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._waiting: dict[str | None, list[asyncio.Future[None]]] = {}  # None: for all chats

    def enter(self, chat: str) -> None:
        self._counts[chat] += 1

    def leave(self, chat: str) -> None:
        self._counts[chat] -= 1
        if self._counts[chat] <= 0:
            del self._counts[chat]
            self._wake(chat)
            if not self._counts:
                self._wake(None)

    def __len__(self) -> int:
        return len(self._counts)

    def _wake(self, chat: str | None) -> None:
        for future in self._waiting.pop(chat, ()):
            if not future.done():
                future.set_result(None)

    def _idle(self, chat: str | None) -> bool:
        return not self._counts if chat is None else chat not in self._counts

    async def idle(self, chat: str | None = None) -> None:
        """Return when nothing is under way in this chat (None: in any)."""
        while not self._idle(chat):
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.setdefault(chat, []).append(future)
            await future
