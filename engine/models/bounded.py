"""How much of an answer is read: a server that never stops sending must not fill the machine's memory, nor must one
whose few packed bytes unfold to gigabytes.

Law: the body is cut off on the wire, and unpacked here no further than that, before anything is made of it. Imported
late, as the SDK itself, whose HTTP client (httpx2) it looks after; that one's own limits are times only.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator
from typing import Any

from httpx2 import AsyncByteStream, DecodingError, Response

from engine.models.failure import BodyTooLarge

LARGEST_BODY = 8_000_000  # bytes; the longest replies of models have about half a million
PLAIN = {"Accept-Encoding": "identity"}
PACKED = {"gzip": 31, "x-gzip": 31, "deflate": 15}  # zlib's names for what some proxies send all the same


class Bounded(AsyncByteStream):
    """A response's stream, read and unpacked so far and no further."""

    def __init__(self, stream: Any, encoding: str) -> None:
        self._stream = stream
        self._packed = zlib.decompressobj(PACKED[encoding]) if encoding in PACKED else None

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = made = 0
        async for chunk in self._stream:
            read += len(chunk)
            plain = self._unpacked(chunk, LARGEST_BODY + 1 - made)
            made += len(plain)
            if max(read, made) > LARGEST_BODY:
                raise BodyTooLarge
            yield plain

    def _unpacked(self, chunk: bytes, most: int) -> bytes:
        try:
            return self._packed.decompress(chunk, most) if self._packed else chunk
        except zlib.error as error:
            raise DecodingError(str(error)) from None

    async def aclose(self) -> None:
        await self._stream.aclose()


async def bound(response: Response) -> None:
    """A hook of the HTTP client, called before a response's body is read. The client then has nothing left to unpack;
    what is packed in a way that nobody asked for is no JSON, and a failure of the call."""
    response.stream = Bounded(response.stream, response.headers.pop("content-encoding", "").strip().lower())
