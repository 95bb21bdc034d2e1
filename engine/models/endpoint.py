"""An endpoint: an address and a key, with all that is remembered about it while the process lives.

Law: keys come from environment variables and go into the client, nowhere else.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from engine.core.project import Model
from engine.models.breaker import Breaker, Trouble
from engine.models.dialect import Dialect
from engine.models.failure import CallFailed
from engine.models.limits import Limits
from engine.models.redact import address

if TYPE_CHECKING:
    from openai import AsyncOpenAI

OPENAI = "https://api.openai.com/v1"
NO_KEY = "none"  # local servers want a header, and take any
CONNECT = 10.0  # seconds to reach the server; the whole call is bounded by the ask's deadline


async def warm() -> None:
    """Import the SDK and jsonschema in a thread (0.3 to 0.8 s): no question waits for it on the loop."""
    for module in ("openai", "openai.resources.chat.completions", "jsonschema"):
        await asyncio.to_thread(importlib.import_module, module)


@dataclass(slots=True)
class Endpoint:
    name: str  # for logs and the admin: the address without secrets
    base_url: str
    key: str = field(repr=False)
    breaker: Breaker
    gate: asyncio.Semaphore | None = None
    deaf: bool = False  # it said that it cannot transcribe
    settled: bool = False  # it replied at this address
    dialects: dict[str, Dialect] = field(default_factory=dict)  # by model id
    _client: AsyncOpenAI | None = field(default=None, repr=False)

    def turn(self) -> AbstractAsyncContextManager[Any]:
        """One place on the wire (LLM_CONCURRENCY)."""
        return self.gate or nullcontext()

    async def client(self) -> AsyncOpenAI:
        if self._client is None:
            await warm()
            made = await asyncio.to_thread(self._make)  # it reads certificates
            self._client = self._client or made
        return self._client

    def _make(self) -> AsyncOpenAI:
        from openai import AsyncOpenAI, DefaultAsyncHttpxClient, Timeout

        from engine.models.bounded import PLAIN, bound

        timeout = Timeout(None, connect=CONNECT)
        wire = DefaultAsyncHttpxClient(timeout=timeout, headers=PLAIN, event_hooks={"response": [bound]})
        return AsyncOpenAI(
            api_key=self.key or NO_KEY, base_url=self.base_url, max_retries=0, timeout=timeout, http_client=wire
        )

    def found_elsewhere(self, failed: CallFailed) -> bool:
        """Many leave the /v1 out of LLM_BASE_URL. Nothing there, and no path in the address: it is added, once.

        LM Studio says "Unexpected endpoint" with status 200; a 404 that speaks of a model is about the model."""
        nothing_there = failed.status in (404, 405) and "model" not in failed.said
        if self.settled or self._client is None or urlsplit(self.base_url).path:
            return False
        if not nothing_there and "unexpected endpoint" not in failed.said:
            return False
        self.base_url += "/v1"
        self._client.base_url = self.base_url
        return True

    async def close(self) -> None:
        if self._client:
            await self._client.close()


class Endpoints:
    def __init__(self, environment: Mapping[str, str], limits: Limits, tell: Trouble) -> None:
        self._environment = environment
        self._limits = limits
        self._tell = tell
        self.known: dict[tuple[str, str], Endpoint] = {}

    def find(self, model: Model) -> Endpoint | None:
        """The endpoint that a model lives at; None when neither an address nor a key is set: the part is off."""
        base_url = (model.base_url or self._read("LLM_BASE_URL")).strip().rstrip("/").removesuffix("/chat/completions")
        key = self._read(model.key_variable)
        if not base_url and not key:
            return None
        base_url = base_url or OPENAI
        if (base_url, key) not in self.known:
            name = address(base_url)
            gate = asyncio.Semaphore(self._limits.at_once) if self._limits.at_once else None
            self.known[base_url, key] = Endpoint(name, base_url, key, Breaker(name, self._limits, self._tell), gate)
        return self.known[base_url, key]

    def model_id(self, model: Model) -> str:
        """What the endpoint calls the model. Servers with one model take any name, so "default" will often do."""
        return model.model or self._read("LLM_MODEL") or "default"

    def _read(self, name: str) -> str:
        return self._environment.get(name, "").strip() if name else ""
