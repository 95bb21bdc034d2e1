"""The stand-in is strict where a real server is, and can be steered from outside the process."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.openai_api import OpenAIStandIn

HELLO = {"model": "m", "messages": [{"role": "user", "content": "Hello"}]}
OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}


def strict(schema: Any) -> dict[str, Any]:
    return {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "strict": True, "schema": schema}}}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": ""}, "model"),
        ({"prompt": "x"}, "Unrecognized"),
        ({"stream": True}, "stream"),
        ({"temperature": 3}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"messages": []}, "empty array"),
        ({"messages": [{"role": "king", "content": ""}]}, "role"),
        ({"messages": [{"role": "user", "content": None}]}, "content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "x"}}]}]}, "data URL"),
        ({"response_format": {"type": "json_object"}}, "the word 'json'"),
        ({"response_format": {"type": "xml"}}, "Invalid value"),
        (strict({"type": "array", "items": {}}), "type"),
        (strict({**OBJECT, "additionalProperties": True}), "additionalProperties"),
        (strict({**OBJECT, "required": []}), "required"),
        (strict({**OBJECT, "properties": {"a": {"allOf": []}}}), "allOf"),
    ],
)
async def test_it_refuses_what_openai_refuses(llm: OpenAIStandIn, change: dict[str, Any], words: str) -> None:
    """400 with the reason."""
    async with (
        aiohttp.ClientSession() as http,
        http.post(llm.base_url + "/chat/completions", json=HELLO | change) as got,
    ):
        assert got.status == 400
        assert words in (await got.json())["error"]["message"]


async def test_replies_go_by_rules(llm: OpenAIStandIn) -> None:
    """The rule set last is asked first, a rule may wear off, and without one it says what it heard."""
    llm.reply("always", when="Hello")
    llm.reply(lambda request: request.user.upper(), when=lambda request: request.model == "m", times=1)
    said = []
    async with aiohttp.ClientSession() as http:
        for text in ("Hello", "Hello", "Other"):
            body = HELLO | {"messages": [{"role": "user", "content": text}]}
            async with http.post(llm.base_url + "/chat/completions", json=body) as got:
                said.append((await got.json())["choices"][0]["message"]["content"])
        async with http.get(llm.base_url + "/models") as got:
            assert (await got.json())["data"][0]["id"] == "stand-in"
    assert said == ["HELLO", "always", "You said: Other"]


async def test_it_runs_by_itself_and_is_steered_over_http() -> None:
    """`python -m tests.openai_api`: another process sets its faults and replies, and reads what it was asked."""
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.openai_api", "--port", "0", "--key", "k", cwd=root, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout
    try:
        base = (await process.stdout.readline()).decode().strip().removeprefix("LLM_BASE_URL=")
        control = base.removesuffix("/v1") + "/_control/"
        async with aiohttp.ClientSession(headers={"Authorization": "Bearer k"}) as http:

            async def say(order: str, **said: Any) -> None:
                async with http.post(control + order, json=said) as got:
                    assert got.status == 200

            async def status() -> int:
                async with http.post(base + "/chat/completions", json=HELLO) as got:
                    return got.status

            await say("fail", fault="503", times=1)
            await say("reply", answer={"a": 1})
            assert [await status(), await status()] == [503, 200]
            await say("fail", fault=429, times="always")
            assert await status() == 429
            async with http.get(control + "requests") as got:
                assert len(await got.json()) == 3
            await say("reset")
            await say("refuse", what=["vision"])
            assert await status() == 200
    finally:
        process.terminate()
        await process.communicate()
