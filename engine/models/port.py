"""What the runtime asks of the language models."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from msgspec import Struct

from engine.core.effects import AskModel
from engine.core.project import Project

Load = Callable[[dict[str, Any]], Awaitable[bytes]]


class Reply(Struct, frozen=True):
    """`value` is a text, or an object that `returns` accepts. `failure` is a short word when there is none:
    `off`, `timeout`, `connection`, `http`, `quota`, `auth`, `refused`, `invalid`, `limit`, `empty`, `unavailable`."""

    value: Any = None
    failure: str = ""
    model: str = ""
    seconds: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    tries: int = 0


class Models(Protocol):
    async def ask(self, request: AskModel, project: Project, person: str, load: Load) -> Reply:
        """Never raises (but CancelledError); bounded by the step's budget (60 s in all by default)."""

    async def close(self) -> None: ...
