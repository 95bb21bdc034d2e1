"""Who may speak, and how much at once: what keeps one person from costing the others anything.

Law: what is let go is let go before a turn is spent on it, is still marked as handled, and the person is told once.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from engine.core.events import Event, ModelReplied, QuestionLost
from engine.settings import Settings

LONGEST_QUEUE = 200  # events of one chat that wait; what comes on top of it is a flood
QUIET = 60.0  # seconds in which a person is not told the same thing twice
REMEMBERED = 10_000  # chats


class Guard:
    """`clock` gives seconds that only grow."""

    def __init__(self, settings: Settings, clock: Callable[[], float] = time.monotonic) -> None:
        self._settings = settings
        self._clock = clock
        self._rate = settings.messages_per_minute
        self._full: dict[str, float] = {}  # chat -> when its allowance will be whole again
        self._told: OrderedDict[tuple[str, str], float] = OrderedDict()

    def allows(self, event: Event) -> bool:
        """ALLOWED_USERS; what is not said by a person always passes."""
        return event.sender is None or self._settings.allows(event.sender)

    def has_room(self, chat: str, event: Event, waiting: int) -> bool:
        """Whether one more event of the chat is taken: MESSAGES_PER_MINUTE, and the length of its queue."""
        if isinstance(event, (ModelReplied, QuestionLost)):
            return True
        if waiting >= LONGEST_QUEUE:
            return False
        return self._rate is None or event.sender is None or self._within(chat, self._rate)

    def _within(self, chat: str, rate: int) -> bool:
        """A minute's worth may come at once, then as many as flow back (the generic cell rate algorithm)."""
        now, interval = self._clock(), 60 / rate
        full = max(self._full.get(chat, now), now) + interval
        if full - now > 60:
            return False
        self._full[chat] = full
        if len(self._full) > REMEMBERED:
            self._full = {chat: full for chat, full in self._full.items() if full > now}
        return True

    def once(self, chat: str, word: str, quiet: float = QUIET) -> bool:
        """Whether the person is to be told this now; not again within `quiet` seconds."""
        now = self._clock()
        before = self._told.get((chat, word))
        if before is not None and now - before < quiet:
            return False
        self._told[chat, word] = now
        self._told.move_to_end((chat, word))
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True
