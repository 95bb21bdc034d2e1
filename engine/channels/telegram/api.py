"""Calls of the Bot API: python-telegram-bot's Bot and HTTP request, with errors that tell what may have happened.

Law: `NotSent` and `Flooded` mean that nothing was done; `ServerFailed` is Telegram's own word that it failed; any other
`NetworkError` leaves it open. Results are raw dicts: building PTB's objects of them costs more than all the rest.
"""

from __future__ import annotations

import json
from typing import Any

import httpx
import orjson
from telegram import Bot
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, HTTPXRequest, RequestData

DEFAULT_URL = "https://api.telegram.org"
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)


class Flooded(TelegramError):
    """429: nothing was done, and nothing will be for `seconds`. (PTB's RetryAfter warns whenever it is looked at.)"""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"Too many requests: retry after {seconds:g} s")
        self.seconds = seconds


# A proxy that could not hand the request on. 504 is none of them: Telegram may have done it, too late for the proxy.
REFUSED_AT_THE_GATE = (500, 502, 503)


class NotSent(NetworkError):
    """No connection came about, so Telegram knows nothing of this request."""


class ServerFailed(NetworkError):
    """5xx with Telegram's own JSON body, or a proxy that could not hand the request on: nothing was done."""


class Request(HTTPXRequest):
    """PTB's request over httpx, telling apart what PTB calls `NetworkError`."""

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, *args: Any, **kwargs: Any
    ) -> tuple[int, bytes]:
        try:
            code, payload = await super().do_request(url, method, request_data, *args, **kwargs)
        except TelegramError as error:
            if isinstance(error.__cause__, _NEVER_LEFT):
                raise NotSent(f"no connection: {type(error.__cause__).__name__}") from error
            raise
        except RuntimeError as error:  # the connections were closed: the program stops
            raise NotSent(str(error)) from error
        if code == 429:
            raise Flooded(_retry_after(payload))
        if code >= 500 and (answer := _json(payload)):
            raise ServerFailed(str(answer.get("description", code)))
        if code in REFUSED_AT_THE_GATE:
            raise ServerFailed(f"{code} of a gateway")
        return code, payload

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, by orjson, and without logging the payload."""
        answer = _json(payload)
        if answer is None:
            raise NetworkError("the server's reply is no JSON object")
        return answer


class Api(Bot):
    """PTB's Bot whose `call` takes and gives plain dicts. `Bot.do_api_request` would do but warns on known methods."""

    def __init__(self, token: str, base_url: str = DEFAULT_URL) -> None:
        base_url = base_url.rstrip("/")
        super().__init__(
            token,
            base_url=f"{base_url}/bot",
            base_file_url=f"{base_url}/file/bot",
            # Many chats at once: one waits for a connection rather than failing.
            request=Request(connection_pool_size=64, pool_timeout=30, read_timeout=20, media_write_timeout=60),
            get_updates_request=Request(connection_pool_size=2),
        )

    @property
    def polling(self) -> BaseRequest:
        """The request of getUpdates, which has connections of its own."""
        return self._request[0]

    async def call(self, method: str, data: dict[str, Any], *, read_timeout: float | None = None) -> Any:
        """One request; `None` values are left out, `InputFile` values uploaded. Raises TelegramError."""
        if read_timeout is None:
            return await self._post(method, data)
        return await self._post(method, data, read_timeout=read_timeout)


def _json(payload: bytes) -> dict[str, Any] | None:
    try:
        answer = orjson.loads(payload)
    except orjson.JSONDecodeError:
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))  # laxer: one odd text must not hide a whole batch
        except ValueError:
            return None
    return answer if isinstance(answer, dict) else None


def _retry_after(payload: bytes) -> float:
    parameters = (_json(payload) or {}).get("parameters")
    seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
    return float(seconds) if isinstance(seconds, (int, float)) else 5.0
