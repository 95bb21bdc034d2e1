"""The ways in which servers were seen to fail, each by name, as bytes on the wire."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web


@dataclass(slots=True)
class Fault:
    """`kind` is an HTTP status as text, or a name of FAULTS. `seconds`: a delay's length, a drip's pause a byte."""

    kind: str
    retry_after: str = ""
    seconds: float = 0.0
    message: str = ""
    code: str = ""


def completion(content: Any, model: str = "stand-in", finish: str | None = "stop", **message: Any) -> dict[str, Any]:
    """A whole body of /chat/completions. Tokens are counted as words, so that a test can reckon them."""
    words = len(content.split()) if isinstance(content, str) else 0
    said = {"role": "assistant", "content": content, **message}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": said, "finish_reason": finish}],
        "usage": {"prompt_tokens": 10, "completion_tokens": words, "total_tokens": 10 + words},
    }


def error_body(message: str, code: str = "", kind: str = "invalid_request_error") -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": None, "code": code or None}}


BODIES: dict[str, Callable[[], tuple[str, str]]] = {  # name -> (content type, body), all with status 200
    "html": lambda: ("text/html", "<html><body>Welcome to nginx!</body></html>"),
    "error": lambda: ("application/json", json.dumps(error_body("upstream went away", "502"))),
    "error_text": lambda: ("application/json", '{"error": "model is loading"}'),
    "rate_limited_200": lambda: ("application/json", '{"error": {"message": "slow down", "code": 429}}'),
    "no_choices": lambda: ("application/json", json.dumps({**completion(""), "choices": None})),
    "empty_choices": lambda: ("application/json", json.dumps({**completion(""), "choices": []})),
    "odd_choices": lambda: ("application/json", '{"choices": ["hello"]}'),
    "no_message": lambda: ("application/json", '{"choices": [{"index": 0}]}'),
    "list": lambda: ("application/json", "[]"),
    "null_body": lambda: ("application/json", "null"),
    "nothing": lambda: ("application/json", ""),
    "null": lambda: ("application/json", json.dumps(completion(None))),
    "empty": lambda: ("application/json", json.dumps(completion("  \n"))),
    "odd_content": lambda: ("application/json", json.dumps(completion(5))),
    "broken_json": lambda: ("application/json", json.dumps(completion("hello"))[:-20]),
    "not_utf8": lambda: ("application/json", '{"choices": "\udcff"}'),
    "refusal": lambda: ("application/json", json.dumps(completion(None, refusal="I cannot help with that."))),
    "filtered": lambda: ("application/json", json.dumps(completion("I", finish="content_filter"))),
    "no_finish": lambda: ("application/json", json.dumps(completion("fine", finish=None))),
    "no_usage": lambda: ("application/json", '{"choices": [{"message": {"content": "fine"}}], "usage": "much"}'),
    "wrong_schema": lambda: ("application/json", json.dumps(completion('{"unasked": 1}'))),
    "broken_reply": lambda: ("application/json", json.dumps(completion('{"praise": "cut o', finish="length"))),
    "prose": lambda: ("application/json", json.dumps(completion("Certainly! I would rather just talk."))),
    "stream": lambda: (
        "text/event-stream",
        'data: {"choices": [{"delta": {"content": "he"}}]}\n\ndata: {"error": 1}\n',
    ),
}
STATUSES: dict[str, tuple[str, str]] = {  # status -> (message, code)
    "401": ("Incorrect API key provided: {key}", "invalid_api_key"),
    "402": ("Insufficient credits", "insufficient_credits"),
    "403": ("Country, region, or territory not supported", "unsupported_country_region_territory"),
    "404": ("The model does not exist", "model_not_found"),
    "429": ("Rate limit reached for requests", "rate_limit_exceeded"),
    "quota": ("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota"),
}
PACKED: dict[str, tuple[str, Callable[[], bytes]]] = {  # name -> (content encoding, body), asked for or not
    "gzip": ("gzip", lambda: gzip.compress(json.dumps(completion("fine")).encode())),
    "deflate": ("deflate", lambda: zlib.compress(json.dumps(completion("fine")).encode())),
    "bomb": ("gzip", lambda: gzip.compress(json.dumps(completion("fine")).encode() + b" " * 20_000_000, 1)),
    "odd_packing": ("br", lambda: b"\x8b\x02\x80fine\x03"),
    "broken_packing": ("gzip", lambda: b"fine"),
}
FAULTS = (*BODIES, *PACKED, "cut", "cut_headers", "drip", "endless", "delay", "quota", "any HTTP status")


async def perform(fault: Fault, request: web.Request, key: str) -> web.StreamResponse:
    """Answer a request in a broken way. A `delay` is not for here: it ends in a good answer."""
    if fault.kind in BODIES:
        content_type, body = BODIES[fault.kind]()
        return web.Response(body=body.encode("utf-8", "surrogateescape"), content_type=content_type)
    if fault.kind in PACKED:
        encoding, packed = PACKED[fault.kind]
        headers = {"Content-Encoding": encoding, "Content-Type": "application/json"}
        return web.Response(body=packed(), headers=headers)
    if fault.kind == "drip":
        return await _drip(request, fault.seconds or 0.05)
    if fault.kind == "endless":
        return await _endless(request)
    if fault.kind in ("cut", "cut_headers"):
        return await _cut(request, with_headers=fault.kind == "cut")
    message, code = STATUSES.get(fault.kind, ("The server had an error", ""))
    status = 429 if fault.kind == "quota" else int(fault.kind)
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    kind = "server_error" if status >= 500 else "invalid_request_error"
    said = error_body(fault.message or message.format(key=key), fault.code or code, kind)
    return web.json_response(said, status=status, headers=headers)


async def _drip(request: web.Request, pause: float) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    for byte in json.dumps(completion("drip " * 1_000)).encode():
        await response.write(bytes([byte]))
        await asyncio.sleep(pause)
    return response


async def _endless(request: web.Request) -> web.StreamResponse:
    """As fast as it is taken, until the other end has had enough."""
    response = web.StreamResponse(headers={"Content-Type": "application/json"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionError):
        while True:
            await response.write(b" " * 65_536)
            await asyncio.sleep(0)
    return response


async def _cut(request: web.Request, *, with_headers: bool) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": "500"})
    if with_headers:
        await response.prepare(request)
        await response.write(b'{"id": "chatcmpl-1", "choices": [{"mess')
    if request.transport:
        request.transport.close()
    return response
