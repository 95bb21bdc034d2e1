"""Errors as Telegram words them, and faults on demand."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any


class ApiError(Exception):
    """Becomes `{"ok": false, …}` with `code` as HTTP status too, as Telegram does."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters


def bad(description: str, **parameters: Any) -> ApiError:
    return ApiError(400, f"Bad Request: {description}", **parameters)


@dataclass
class Fault:
    """What happens to the next `times` requests of `method` (any when empty) for `chat` (any when None).

    `error`: that answer instead of the effect; `page`: (status, HTML) instead, as a gateway gives. `cut`: the
    connection is cut `before` or `after` the effect. `hold`: the request waits for this event before its effect."""

    method: str = ""
    chat: int | None = None
    times: int = 1
    error: ApiError | None = None
    page: tuple[int, str] | None = None
    cut: str = ""
    hold: asyncio.Event | None = None
    delay: float = 0.0
    met: int = field(default=0, init=False)

    def takes(self, method: str, chat: int | None) -> bool:
        if self.met >= self.times or (self.method and self.method.lower() != method.lower()):
            return False
        if self.chat is not None and self.chat != chat:
            return False
        self.met += 1
        return True

    @classmethod
    def flood(cls, seconds: int, method: str = "", chat: int | None = None, times: int = 1) -> Fault:
        error = ApiError(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
        return cls(method, chat, times, error=error)

    @classmethod
    def forbidden(cls, method: str = "", chat: int | None = None, times: int = 1) -> Fault:
        return cls(method, chat, times, error=ApiError(403, "Forbidden: bot was blocked by the user"))

    @classmethod
    def broken(cls, method: str = "", chat: int | None = None, times: int = 1, code: int = 500) -> Fault:
        return cls(method, chat, times, error=ApiError(code, "Internal Server Error: restart"))

    @classmethod
    def gateway(cls, method: str = "", chat: int | None = None, times: int = 1, code: int = 502) -> Fault:
        return cls(method, chat, times, page=(code, "<html><h1>502 Bad Gateway</h1></html>"))

    @classmethod
    def refused(cls, description: str, method: str = "", chat: int | None = None, times: int = 1) -> Fault:
        return cls(method, chat, times, error=bad(description))
