"""What a failed request means for the message that it carried: Telegram's errors in the words of the port.

| Telegram | here |
| --- | --- |
| 403 (blocked, kicked, deactivated), 400 chat not found | Gone |
| 429 | NotNow(retry_after), and the chat is left in peace until then |
| no connection, 5xx in Telegram's own words, 500, 502, 503 of a gateway | NotNow, longer each time |
| 401, 404 (the token was revoked) | NotNow(60): nothing of it is the message's fault |
| time-out or cut while sending, a gateway's time-out (504) | Unknown |
| any other 400 | Refused (a DeliveryFailed), whose reason callers look at |
"""

from __future__ import annotations

import random
from collections.abc import Iterable

from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, TelegramError

from engine.channels.port import DeliveryFailed, Gone, NotNow, Unknown
from engine.channels.telegram.api import Flooded, NotSent, ServerFailed

# An edit of something that is already so, or no longer there, and a press that is too old, are nobody's concern.
BENIGN = (
    "message is not modified",
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "query is too old",
    "query id is invalid",
)


class Refused(DeliveryFailed):
    """400: Telegram will never take this request as it is."""

    def says(self, phrases: Iterable[str]) -> bool:
        reason = str(self).lower()
        return any(phrase in reason for phrase in phrases)


class Backoff:
    """Waits that double from `first` to `most` seconds, with a little chance so that many do not come back at once."""

    def __init__(self, first: float = 1.0, most: float = 60.0) -> None:
        self._first, self._most, self._misses = first, most, 0

    def next(self) -> float:
        wait = min(self._most, self._first * float(1 << min(self._misses, 16)))
        self._misses += 1
        return wait * random.uniform(0.8, 1.0)  # noqa: S311 - no secret

    def reset(self) -> None:
        self._misses = 0


def failure(error: TelegramError, backoff: Backoff) -> DeliveryFailed:
    """`backoff` is the chat's: consecutive failures wait longer."""
    if isinstance(error, Flooded):
        return NotNow(error.seconds, "flood control")
    if isinstance(error, Forbidden):
        return Gone(error.message)
    if isinstance(error, BadRequest):
        gone = "chat not found" in error.message.lower() or "peer_id_invalid" in error.message.lower()
        return Gone(error.message) if gone else Refused(error.message)
    if isinstance(error, (NotSent, ServerFailed)):
        return NotNow(backoff.next(), error.message)
    if isinstance(error, (InvalidToken, Conflict)):
        return NotNow(60, error.message)
    if isinstance(error, ChatMigrated):
        return Gone(error.message)  # moved a second time within one request
    return Unknown(error.message)
