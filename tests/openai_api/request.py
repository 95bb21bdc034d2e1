"""What the stand-in was asked, kept for the test to look at."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Transcription:
    """One call of /audio/transcriptions."""

    model: str
    filename: str
    audio: bytes


@dataclass(slots=True)
class ChatRequest:
    """One call of /chat/completions: its JSON body and its headers (lower case)."""

    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    path: str = ""

    @property
    def model(self) -> str:
        return str(self.body.get("model", ""))

    @property
    def messages(self) -> list[dict[str, Any]]:
        return list(self.body.get("messages", []))

    @property
    def key(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    @property
    def format(self) -> str:
        """`json_schema`, `json_object`, `json_object_schema` (llama-cpp-python's form) or nothing."""
        wanted = self.body.get("response_format") or {}
        return str(wanted.get("type", "")) + ("_schema" if "schema" in wanted else "")

    @property
    def schema(self) -> dict[str, Any] | None:
        wanted = self.body.get("response_format") or {}
        found = wanted.get("schema") or wanted.get("json_schema", {}).get("schema")
        return dict(found) if found else None

    def text(self, role: str = "") -> str:
        """All texts of a role (of everybody, without one), a line each."""
        parts: list[str] = []
        for message in self.messages:
            if role and message.get("role") != role:
                continue
            content = message.get("content")
            if isinstance(content, str):
                parts.append(content)
            else:
                parts += [part["text"] for part in content or [] if part.get("type") == "text"]
        return "\n".join(parts)

    @property
    def system(self) -> str:
        return self.text("system")

    @property
    def user(self) -> str:
        return self.text("user")

    @property
    def images(self) -> list[bytes]:
        """The images sent as data URLs."""
        contents = [message["content"] for message in self.messages if isinstance(message.get("content"), list)]
        urls = [part["image_url"]["url"] for parts in contents for part in parts if part.get("type") == "image_url"]
        return [base64.b64decode(url.partition(",")[2]) for url in urls]
