"""In which topic of a forum the bot speaks: where it was spoken to last, also before a restart."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.channels.port import Host


class Topics:
    """A person's chat has a positive number and no topics."""

    def __init__(self, host: Callable[[], Host]) -> None:
        self._host = host
        self._known: dict[int, int | None] = {}

    def heard(self, chat: int, topic: int | None) -> None:
        """A message of a chat has come in; what is said there now belongs into its topic."""
        if chat < 0 and self._of(chat) != topic:
            self._known[chat] = topic
            self._host().spoken_in(f"telegram:{chat}", topic)

    def placed(self, chat: int, data: dict[str, Any]) -> dict[str, Any]:
        """What is sent, with the topic that it belongs into."""
        topic = self._of(chat) if chat < 0 else None
        return data if topic is None else {**data, "message_thread_id": topic}

    def _of(self, chat: int) -> int | None:
        if chat not in self._known:
            self._known[chat] = self._host().topic_of(f"telegram:{chat}")
        return self._known[chat]
