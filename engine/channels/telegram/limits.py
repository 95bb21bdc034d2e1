"""How fast the bot may speak: in all, to one chat, to a group; edits count as well.

Law: a message that is early waits; none is dropped. Times are the loop's (`loop.time()`), waits are seconds.
"""

from __future__ import annotations

from msgspec import Struct


class Limits(Struct, frozen=True):
    """Telegram's own (core.telegram.org/bots/faq): about 30 a second in all, one a second to a chat beyond a short
    burst, 20 a minute to a group. A turn is often two calls (close the old question, ask the new one)."""

    per_second: float = 30.0
    chat_per_second: float = 1.0
    chat_burst: int = 10
    group_per_minute: float = 16.0  # with the burst 20 in the worst minute
    group_burst: int = 4


class Pacer:
    """Books a place for each request (the generic cell rate algorithm: one number a chat)."""

    def __init__(self, limits: Limits | None) -> None:
        self._limits = limits
        self._all = 0.0
        self._chats: dict[int, float] = {}  # when the chat's bucket will be full again
        self._blocked: dict[int, float] = {}

    def early(self, chat: int, now: float) -> float:
        """Seconds until a request could leave at once; nothing is booked."""
        if (limits := self._limits) is None:
            return 0.0
        interval, burst = self._pace(limits, chat)
        full = max(self._chats.get(chat, now), now) + interval
        return max(0.0, full - burst * interval - now, max(self._all, now) + 1 / limits.per_second - now - 1)

    @staticmethod
    def _pace(limits: Limits, chat: int) -> tuple[float, int]:
        if chat > 0:
            return 1 / limits.chat_per_second, limits.chat_burst
        return 60 / limits.group_per_minute, limits.group_burst

    def book(self, chat: int, now: float) -> float:
        """Seconds to wait before the request may leave."""
        if (limits := self._limits) is None:
            return 0.0
        interval, burst = self._pace(limits, chat)
        full = max(self._chats.get(chat, now), now) + interval
        self._chats[chat] = full
        # The bot's own pace (burst: one second) is booked apart: a chat that has to wait long holds nobody else up.
        self._all = max(self._all, now) + 1 / limits.per_second
        wait = max(0.0, full - burst * interval - now, self._all - now - 1)
        if len(self._chats) > 20_000:
            self._chats = {chat: full for chat, full in self._chats.items() if full > now}
        return wait

    def block(self, chat: int, until: float) -> None:
        """429: leave this chat in peace."""
        self._blocked[chat] = until

    def blocked(self, chat: int, now: float) -> float:
        """Seconds for which the chat is still to be left in peace."""
        until = self._blocked.get(chat)
        if until is None:
            return 0.0
        if until <= now:
            del self._blocked[chat]
            return 0.0
        return until - now
