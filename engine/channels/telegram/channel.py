"""The Telegram channel: what `engine.channels.port.Channel` asks for, put together.

Law: nothing here knows a scenario. Chats are `telegram:<chat_id>`, updates `telegram:<update_id>`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from engine.channels.port import Deliverable, DeliveryFailed, Host, NotNow, Unknown
from engine.channels.telegram.api import DEFAULT_URL, Api
from engine.channels.telegram.calls import Calls
from engine.channels.telegram.deliver import Delivery
from engine.channels.telegram.failures import Backoff, failure
from engine.channels.telegram.limits import Limits
from engine.channels.telegram.media import Files
from engine.channels.telegram.menu import Menu
from engine.channels.telegram.parse import DOWNLOAD_LIMIT, chat_key
from engine.channels.telegram.updates import Updates
from engine.core.project import Project
from engine.memory.port import Incoming

PROBE = 5.0  # s in which a server that answers at all does so

_log = logging.getLogger(__name__)


class TelegramChannel:
    """`root` holds authors' files, `data_dir` people's. `limits=None`: as fast as it can (a server of one's own)."""

    name = "telegram"

    def __init__(
        self,
        token: str,
        base_url: str | None = None,
        *,
        root: Path,
        data_dir: Path,
        limits: Limits | None = Limits(),  # noqa: B008 - frozen
        poll_seconds: int = 30,
        album_seconds: float = 1.0,
    ) -> None:
        self._api = Api(token, base_url or DEFAULT_URL)
        self._calls = Calls(self._api, limits, self._moved)
        self._delivery = Delivery(self._calls, Files(root, data_dir), self._running)
        self._menu = Menu(self._api)
        self._downloads = Backoff()
        self._host: Host | None = None
        self._running_now = asyncio.Event()
        self._updates: Updates | None = None
        self._poll_seconds = poll_seconds
        self._album_seconds = album_seconds

    async def run(self, host: Host, backlog: Sequence[Incoming]) -> None:
        """Receive until cancelled. Raises ChannelFailed when Telegram does not know the token."""
        self._host = host
        self._running_now.set()
        self._updates = Updates(
            self._api, host, self._heard, poll_seconds=self._poll_seconds, album_seconds=self._album_seconds
        )
        await self._updates.run(backlog)

    @property
    def trouble(self) -> str:
        """Why nothing comes in just now; empty when all is well."""
        return self._updates.trouble if self._updates else ""

    async def deliver(self, chat: str, effect: Deliverable) -> None:
        if self._host is None:
            raise NotNow(0.1, "the channel does not run yet")
        await self._delivery.deliver(_number(chat), chat, effect)

    async def ready(self, chat: str) -> None:
        """Until the channel runs and the chat's pace allows a message."""
        await self._running_now.wait()
        await self._calls.ready(_number(chat))

    async def probe(self) -> None:
        """Return when Telegram has answered something. Raises NotNow."""
        try:
            await self._api.call("getMe", {}, read_timeout=PROBE)
        except NetworkError as error:
            if not isinstance(error, BadRequest):  # an answer, which PTB counts among them
                raise NotNow(1, error.message) from error
        except TelegramError as error:
            _log.debug("An answer, if not a good one: %s", error)

    async def typing(self, chat: str) -> None:
        try:
            data = self._delivery.topics.placed(_number(chat), {"action": "typing"})
            await self._calls.call(_number(chat), "sendChatAction", data, paced=False)
        except DeliveryFailed as error:
            _log.debug("No typing shown: %s", error)

    async def download(self, file: dict[str, Any]) -> bytes:
        """The bytes of a person's file, 20 MB at most. Raises NotNow or DeliveryFailed."""
        if not file.get("id"):
            raise DeliveryFailed("the file has no id of Telegram")
        if (file.get("size") or 0) > DOWNLOAD_LIMIT:
            raise DeliveryFailed("Telegram gives a bot no file over 20 MB")
        try:
            found = await self._api.get_file(file["id"])
        except TelegramError as error:
            raise self._unread(error) from error
        try:
            content = bytes(await found.download_as_bytearray())
        except InvalidToken as error:  # what PTB makes of a 404
            raise DeliveryFailed("Telegram does not have the file any more") from error
        except TelegramError as error:
            raise self._unread(error) from error
        self._downloads.reset()
        return content

    def _heard(self, chat: str, topic: int | None) -> None:
        self._delivery.topics.heard(_number(chat), topic)

    async def announce(self, project: Project) -> None:
        await self._menu.show(project)

    async def close(self) -> None:
        """Close the connections; after `run` has ended and the last delivery is over."""
        for request in (self._api.request, self._api.polling):
            await request.shutdown()

    def _unread(self, error: TelegramError) -> DeliveryFailed:
        failed = failure(error, self._downloads)
        return NotNow(self._downloads.next(), str(failed)) if isinstance(failed, Unknown) else failed

    def _moved(self, old: int, new: int) -> None:
        self._running().moved(chat_key(old), chat_key(new))

    def _running(self) -> Host:
        if self._host is None:  # deliver() has asked already
            raise NotNow(0.1, "the channel does not run yet")
        return self._host


def _number(chat: str) -> int:
    """`telegram:-100123` -> -100123. Raises DeliveryFailed for a chat of another channel."""
    name, _, number = chat.partition(":")
    if name != "telegram" or not number.lstrip("-").isdigit():
        raise DeliveryFailed(f"{chat!r} is no chat of Telegram")
    return int(number)
