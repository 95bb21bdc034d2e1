"""One call over HTTP: what comes back is a reply or a `CallFailed`, whatever the server does.

Law: no retry here, no judgement of what the text says; nothing a server sends makes it crash. The SDK sends the
request; its answer is read here from the bytes, since the SDK hands out half-built objects for bodies that are none.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from engine.core.values import LARGEST
from engine.models.failure import BodyTooLarge, CallFailed, bad_body, from_error_body, from_status
from engine.models.retry import retry_after_of
from engine.models.structured import tidy_text

if TYPE_CHECKING:
    from openai import AsyncOpenAI


class Completion(Struct, frozen=True):
    text: str
    cut: bool = False  # it ended at the token limit
    tokens_in: int = 0
    tokens_out: int = 0


async def complete(client: AsyncOpenAI, payload: dict[str, Any]) -> Completion:
    """POST /chat/completions. Raises CallFailed."""
    with _as_failures():
        raw = await client.chat.completions.with_raw_response.create(**payload)
        content = raw.http_response.content
    return read_completion(content)


async def transcribe(client: AsyncOpenAI, model: str, name: str, sound: bytes) -> str:
    """POST /audio/transcriptions. Raises CallFailed."""
    with _as_failures():
        raw = await client.audio.transcriptions.with_raw_response.create(file=(name, sound), model=model)
        content = raw.http_response.content
    text = _json(content).get("text")
    if not isinstance(text, str):
        raise bad_body("no text in it")
    return tidy_text(text)


async def listed(client: AsyncOpenAI) -> set[str]:
    """GET /models: the ids of the models that the server has. Raises CallFailed."""
    with _as_failures():
        raw = await client.models.with_raw_response.list()
        content = raw.http_response.content
    rows = _json(content).get("data")
    return (
        {str(row["id"]) for row in rows if isinstance(row, dict) and "id" in row} if isinstance(rows, list) else set()
    )


def read_completion(content: bytes) -> Completion:
    """A body of status 200 as a reply. Raises CallFailed: `http`, `refused`, `empty`."""
    body = _json(content)
    choices = body.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    message = choice.get("message") if isinstance(choice, dict) else None
    if not isinstance(choice, dict) or not isinstance(message, dict):
        raise bad_body("no choices")
    if message.get("refusal"):
        raise CallFailed("refused", "the model refused", status=200)
    if choice.get("finish_reason") == "content_filter":
        raise CallFailed("refused", "the content filter stopped it", status=200)
    text = tidy_text(_text(message.get("content")))
    if not text:
        raise CallFailed("empty", "an empty reply", status=200, passing=True)
    usage = body.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Completion(
        text,
        cut=choice.get("finish_reason") == "length",
        tokens_in=_count(counts.get("prompt_tokens")),
        tokens_out=_count(counts.get("completion_tokens")),
    )


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        raise bad_body("no JSON") from None
    if not isinstance(body, dict):
        raise bad_body("no object")
    if body.get("error"):
        raise from_error_body(body["error"])
    return body


def _text(content: Any) -> str:
    """A content is a text, or (in newer servers) a list of parts."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(str(part["text"]) for part in parts if isinstance(part, dict) and isinstance(part.get("text"), str))


def _count(number: Any) -> int:
    return number if isinstance(number, int) and not isinstance(number, bool) and 0 <= number <= LARGEST else 0


@contextmanager
def _as_failures() -> Iterator[None]:
    """The SDK's exceptions as ours. Without their cause: it holds the request, and with it the key."""
    import openai  # 0.5 s; already there by now, see Endpoint.client

    try:
        yield
    except openai.APIStatusError as error:
        body = error.response.text
        raise from_status(error.status_code, body, retry_after_of(error.response.headers)) from None
    except openai.APIConnectionError as error:  # a connect time-out is one too
        why = type(error.__cause__ or error).__name__
        raise CallFailed("connection", f"no connection ({why})", passing=True, of_endpoint=True) from None
    except BodyTooLarge:
        raise bad_body("more than any reply has") from None
    except Exception as error:  # a key no header can hold, an address that is none, what an SDK's next version raises
        reason = f"the call could not be made ({type(error).__name__})"
        raise CallFailed("connection", reason, of_endpoint=True) from None
