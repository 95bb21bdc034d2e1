"""What one model of one endpoint understands, learnt from its refusals and remembered.

"OpenAI-compatible" servers differ: some hold a reply to a JSON Schema, some only to JSON, some take neither; newer
models want `max_completion_tokens` and no temperature; some templates know no system role, some models no images.

Law: a dialect only ever goes down (each refusal teaches one thing), so learning ends; the static text stands first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.core.effects import AskModel
from engine.models.failure import CallFailed
from engine.models.structured import in_words

# How a reply is held to its schema, the best first. The second is llama-cpp-python's own form.
LEVELS = ("json_schema", "json_object_schema", "json_object", "prompt")
TEACHING = (200, 400, 404, 415, 422, 500, 501)  # llama-cpp-python says 500, some proxies 200 with an error
FORMAT = re.compile(r"response.?format|json.?schema|json.?object|structured.?output|grammar|requested parameters")
SYSTEM = re.compile(r"system (role|message|prompt)|role.{0,12}system|only user and assistant roles")
IMAGE = re.compile(r"image|vision|multi.?modal|content.{0,20}(string|type)")


class Dialect(Struct, frozen=True):
    level: str = LEVELS[0]
    shows_schema: bool = False  # the schema stands in the prompt too: the endpoint takes it and does not obey it
    vision: bool = True
    system: bool = True
    temperature: bool = True
    max_tokens: str = "max_tokens"

    def learn(self, failed: CallFailed, sent: dict[str, Any]) -> Dialect | None:
        """What to speak after this refusal; None when it teaches nothing."""
        if failed.status not in TEACHING:
            return None
        said = failed.said
        if "max_completion_tokens" in said and "max_tokens" in sent:
            return replace(self, max_tokens="max_completion_tokens")
        if "response_format" in sent and FORMAT.search(said):
            return replace(self, level=LEVELS[LEVELS.index(self.level) + 1])
        if "temperature" in sent and "temperature" in said:
            return replace(self, temperature=False)
        if sent["messages"][0]["role"] == "system" and SYSTEM.search(said):
            return replace(self, system=False)
        if any(isinstance(message["content"], list) for message in sent["messages"]) and IMAGE.search(said):
            return replace(self, vision=False)
        return None

    def payload(
        self, request: AskModel, model: str, heard: str, images: Sequence[str], turns: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """The body of one call. `heard` (a transcript) follows the user's text; `turns` mend an earlier reply."""
        system, user = request.system, "\n\n".join(part for part in (request.user, heard) if part)
        if request.returns is not None and (self.level != "json_schema" or self.shows_schema):
            system = "\n\n".join(part for part in (system, in_words(request.returns)) if part)
        if not self.system:
            system, user = "", "\n\n".join(part for part in (system, user) if part)
        first = [{"role": "system", "content": system}] if system else []
        body: dict[str, Any] = {
            "model": model,
            "messages": [*first, {"role": "user", "content": _content(user, images if self.vision else ())}, *turns],
        }
        if request.returns is not None and self.level != "prompt":
            body["response_format"] = self._format(request)
        return body | self._options(request)

    def _format(self, request: AskModel) -> dict[str, Any]:
        if self.level == "json_schema":
            name = re.sub(r"[^A-Za-z0-9_-]", "_", request.prompt)[:64] or "reply"
            return {"type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": request.returns}}
        return {"type": "json_object"} | ({"schema": request.returns} if self.level == "json_object_schema" else {})

    def _options(self, request: AskModel) -> dict[str, Any]:
        chosen: dict[str, Any] = {}
        if self.temperature and isinstance(request.options.get("temperature"), (int, float)):
            chosen["temperature"] = request.options["temperature"]
        if isinstance(request.options.get("max_tokens"), int):
            chosen[self.max_tokens] = request.options["max_tokens"]
        return chosen


def only_this_schema(failed: CallFailed) -> bool:
    """Was it this very schema that was refused, and not schemas in general? Then nothing is to be remembered."""
    return "invalid schema" in failed.said


def _content(text: str, images: Sequence[str]) -> str | list[dict[str, Any]]:
    if not images:
        return text
    pictures = [{"type": "image_url", "image_url": {"url": url, "detail": "low"}} for url in images]
    return [{"type": "text", "text": text}, *pictures]
