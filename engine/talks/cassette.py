"""Replies of a real model, kept beside the talk tests so that they are paid for once (`dialogue test --record`).

A reply belongs to its whole request: another prompt text is another request, and asks to be recorded anew.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from engine.core.effects import AskModel
from engine.core.session import digest

NAME = "cassette.json"
Asking = Callable[[AskModel], Any]


class Cassette:
    """Replies of a real model in a file; `ask` brings new ones, or raises NoReply. None: nothing is recorded."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ask: Asking | None = None
        self.replies: dict[str, dict[str, Any]] = {}
        self.recorded = 0
        if path.is_file():
            self.replies = json.loads(path.read_text(encoding="utf-8"))

    def reply(self, request: AskModel) -> dict[str, Any] | None:
        """`{"reply": …}`, or None when there is none. Raises NoReply."""
        key = digest(request.prompt, request.system, request.user, request.returns, size=8)
        if key not in self.replies and self.ask is not None:
            self.replies[key] = {"prompt": request.prompt, "reply": self.ask(request)}
            self.recorded += 1
        return self.replies.get(key)

    def knows(self, prompt: str) -> bool:
        """Whether a reply to this prompt was recorded, be it in other words."""
        return any(one.get("prompt") == prompt for one in self.replies.values())

    def save(self) -> None:
        """Write what was recorded."""
        if self.recorded:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            text = json.dumps(self.replies, ensure_ascii=False, indent=1, sort_keys=True)
            self.path.write_text(text + "\n", encoding="utf-8")


class NoReply(Exception):
    """The model could not be asked; the text says why."""


def asking(root: Path, project: Any) -> Asking:
    """Asks the endpoint that the environment names."""
    import asyncio

    from engine.models.client import OpenAIModels
    from engine.settings import Settings

    settings = Settings.load(root)

    async def load(file: dict[str, Any]) -> bytes:
        path = root / "tests" / "dialogues" / Path(str(file.get("id"))).name
        return path.read_bytes()

    async def once(request: AskModel) -> Any:
        models = OpenAIModels(settings.variables)
        try:
            return await models.ask(request, project, "talk", load)
        finally:
            await models.close()

    def ask(request: AskModel) -> Any:
        reply = asyncio.run(once(request))
        if reply.failure:
            help = "; set LLM_BASE_URL and LLM_API_KEY in .env" if reply.failure == "off" else ""
            raise NoReply(f"the real model gave no reply: {reply.failure}{help}")
        return reply.value

    return ask
