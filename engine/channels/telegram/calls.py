"""One request for one chat: paced, and with its failure told in the words of the port.

Law: after a 429 nothing more is sent to that chat until its time is over. A group that became a supergroup is written
to under its new number at once (remembered until the program ends), and the host is told.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from telegram.error import ChatMigrated, TelegramError

from engine.channels.port import DeliveryFailed, NotNow
from engine.channels.telegram.api import Api
from engine.channels.telegram.failures import Backoff, failure
from engine.channels.telegram.limits import Limits, Pacer


class Calls:
    def __init__(self, api: Api, limits: Limits | None, moved: Callable[[int, int], None]) -> None:
        """`moved(old, new)` is called when a group turns out to be a supergroup."""
        self._api = api
        self._on_moved = moved
        self._pacer = Pacer(limits)
        self._moved: dict[int, int] = {}
        self._backoffs: dict[int, Backoff] = {}

    async def call(self, chat: int, method: str, data: dict[str, Any], *, paced: bool = True) -> Any:
        """`chat_id` is filled in. Raises DeliveryFailed in its four kinds, and `failures.Refused`."""
        chat = self._moved.get(chat, chat)
        now = asyncio.get_running_loop().time()
        if blocked := self._pacer.blocked(chat, now):
            raise NotNow(blocked, "flood control")
        if paced and (wait := self._pacer.book(chat, now)) > 0:
            await asyncio.sleep(wait)
        try:
            try:
                result = await self._api.call(method, {"chat_id": chat, **data})
            except ChatMigrated as error:
                self._on_moved(chat, error.new_chat_id)
                self._moved[chat] = chat = error.new_chat_id
                result = await self._api.call(method, {"chat_id": chat, **data})
        except TelegramError as error:
            raise self.failed(chat, error) from error
        if self._backoffs:
            self._backoffs.pop(chat, None)
        return result

    async def ready(self, chat: int) -> None:
        """Return when a request for this chat need not wait for its pace."""
        loop = asyncio.get_running_loop()
        while (wait := self._pacer.early(self._moved.get(chat, chat), loop.time())) > 0:  # noqa: ASYNC110 - a pace is time, no event
            await asyncio.sleep(wait)

    async def answer(self, chat: int, data: dict[str, Any]) -> None:
        """Answer a press: no message, so neither paced nor bound to the chat."""
        try:
            await self._api.call("answerCallbackQuery", data)
        except TelegramError as error:
            raise self.failed(chat, error) from error

    def failed(self, chat: int, error: TelegramError) -> DeliveryFailed:
        found = failure(error, self._backoffs.setdefault(chat, Backoff()))
        if isinstance(found, NotNow) and str(found) == "flood control":
            self._pacer.block(chat, asyncio.get_running_loop().time() + found.seconds)
        elif not isinstance(found, NotNow):
            self._backoffs.pop(chat, None)
        return found
