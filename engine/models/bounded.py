"""How much of an answer is read: a server that never stops sending must not fill the machine's memory.

Law: the body is cut off on the wire, before anything is made of it. Imported late, as the SDK itself, whose HTTP
client (httpx2) it looks after; that one's own limits are times only.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from httpx2 import AsyncByteStream, Response

from engine.models.failure import BodyTooLarge

LARGEST_BODY = 8_000_000  # bytes; the longest replies of models have about half a million
UNPACKED = {"Accept-Encoding": "identity"}  # a packed body may unfold to a thousand times of what was read


class Bounded(AsyncByteStream):
    """A response's stream, read so far and no further."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._stream:
            read += len(chunk)
            if read > LARGEST_BODY:
                raise BodyTooLarge
            yield chunk

    async def aclose(self) -> None:
        await self._stream.aclose()


async def bound(response: Response) -> None:
    """A hook of the HTTP client, called before a response's body is read."""
    response.stream = Bounded(response.stream)
