"""An album comes as several updates with no end mark: its parts are gathered into one event.

Law: the order within a chat stays (anything else from the chat ends its album), and no part is lost: parts are in the
inbox until the event that answers for all of them is handled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from engine.channels.port import Received
from engine.channels.telegram.parse import Understood
from engine.core.events import FilesReceived

ALBUM_LIMIT = 10  # files; Telegram's own limit


class _Album(Struct):
    name: str
    parts: list[Received] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class Albums:
    """Stands between parsing and the host's `receive`. An album is over `seconds` after its last part."""

    def __init__(self, receive: Callable[[Received], None], seconds: float = 1.0) -> None:
        self._receive = receive
        self._seconds = seconds
        self._open: dict[str, _Album] = {}

    def put(self, understood: Understood) -> None:
        received, name = understood.received, understood.album
        album = self._open.get(received.chat)
        if album and album.name != name:
            self._end(received.chat)
            album = None
        if not name or not isinstance(received.event, FilesReceived):
            self._receive(received)
            return
        if album is None:
            album = self._open[received.chat] = _Album(name)
        album.parts.append(received)
        if album.timer:
            album.timer.cancel()
        if len(album.parts) >= ALBUM_LIMIT:
            self._end(received.chat)
            return
        album.timer = asyncio.get_running_loop().call_later(self._seconds, self._end, received.chat)

    def stop(self) -> None:
        """Forget what is open: it is still in the inbox, and understood again at the next start."""
        for album in self._open.values():
            if album.timer:
                album.timer.cancel()
        self._open.clear()

    def _end(self, chat: str) -> None:
        album = self._open.pop(chat)
        if album.timer:
            album.timer.cancel()
        events = [part.event for part in album.parts if isinstance(part.event, FilesReceived)]
        whole = replace(
            events[0],
            files=tuple(file for event in events for file in event.files),
            caption=next((event.caption for event in events if event.caption), ""),
        )
        self._receive(Received(chat, whole, tuple(update for part in album.parts for update in part.updates)))
