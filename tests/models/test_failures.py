"""Whatever a server does, an ask ends in a reply or in one short word, in time."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest
from msgspec.structs import replace

from engine.core.project import Model
from engine.models.client import OpenAIModels
from tests.models.conftest import QUICK, Asker, asking, no_files, project_of, until
from tests.openai_api import OpenAIStandIn


async def test_a_reply_comes_with_what_it_cost(ask: Asker, llm: OpenAIStandIn) -> None:
    """A plain text, the model's id, tries, tokens and seconds; the static text stands first."""
    llm.reply("Good day to you")
    reply = await ask("Hello", options={"temperature": 0.7, "max_tokens": 50})
    assert (reply.value, reply.failure, reply.model, reply.tries) == ("Good day to you", "", "small", 1)
    assert (reply.tokens_in, reply.tokens_out) == (10, 4)
    assert 0 < reply.seconds < 5
    assert [message["role"] for message in llm.requests[0].messages] == ["system", "user"]
    assert (llm.requests[0].system, llm.requests[0].user) == ("Be kind.", "Hello")
    assert llm.requests[0].body["temperature"] == 0.7
    assert llm.requests[0].body["max_tokens"] == 50


async def test_without_address_and_key_the_part_is_off() -> None:
    """Nothing is asked, at once; a model with its own address is on all the same."""
    models = OpenAIModels({"LLM_MODEL": "small", "LLM_BASE_URL": "  "})
    reply = await models.ask(asking(), project_of(), "telegram:1", no_files)
    assert (reply.failure, reply.tries) == ("off", 0)
    assert not models.is_on(project_of())
    assert models.is_on(project_of(Model("default", base_url="http://localhost:1/v1")))
    with_key = OpenAIModels({"LLM_API_KEY": "k"})
    assert with_key.is_on(project_of())
    await with_key.close()


@pytest.mark.parametrize(
    ("fault", "failure", "calls"),
    [
        ("html", "http", 3),
        ("endless", "http", 3),
        ("bomb", "http", 3),
        ("odd_packing", "http", 3),
        ("broken_packing", "connection", 3),
        ("error", "http", 3),
        ("error_text", "http", 3),
        ("rate_limited_200", "http", 3),
        ("no_choices", "http", 3),
        ("empty_choices", "http", 3),
        ("odd_choices", "http", 3),
        ("no_message", "http", 3),
        ("list", "http", 3),
        ("null_body", "http", 3),
        ("nothing", "http", 3),
        ("broken_json", "http", 3),
        ("not_utf8", "http", 3),
        ("stream", "http", 3),
        ("null", "empty", 3),
        ("empty", "empty", 3),
        ("odd_content", "empty", 3),
        ("refusal", "refused", 1),
        ("filtered", "refused", 1),
        ("cut", "connection", 3),
        ("cut_headers", "connection", 3),
        ("400", "http", 1),
        ("404", "http", 1),
        ("401", "auth", 1),
        ("403", "auth", 1),
        ("402", "quota", 1),
        ("quota", "quota", 1),
        ("408", "http", 3),
        ("409", "http", 3),
        ("429", "http", 3),
        ("500", "http", 3),
        ("503", "http", 3),
    ],
)
async def test_a_broken_server_is_a_failure_and_no_crash(
    ask: Asker, llm: OpenAIStandIn, fault: str, failure: str, calls: int
) -> None:
    """Each way to fail has its word; what may pass is tried three times, what will not is tried once."""
    llm.fail_always(fault)
    reply = await ask()
    assert (reply.value, reply.failure, reply.tries) == (None, failure, calls)
    assert len(llm.requests) == calls


@pytest.mark.parametrize("fault", ["html", "error", "null", "broken_json", "cut", "500", "429"])
async def test_a_failure_that_passes_is_not_noticed(ask: Asker, llm: OpenAIStandIn, fault: str) -> None:
    """One bad answer, then a good one: the person gets the good one."""
    llm.fail_next(fault)
    llm.reply("fine")
    reply = await ask()
    assert (reply.value, reply.tries) == ("fine", 2)


@pytest.mark.parametrize("oddity", ["no_finish", "no_usage", "gzip", "deflate"])
async def test_a_reply_with_something_missing_is_still_a_reply(ask: Asker, llm: OpenAIStandIn, oddity: str) -> None:
    """Neither a missing finish reason, odd token counts, nor a packing that nobody asked for lose a good text."""
    llm.fail_next(oddity)
    reply = await ask()
    assert (reply.value, reply.failure, reply.tries) == ("fine", "", 1)


async def test_thoughts_and_parts_are_read(ask: Asker, llm: OpenAIStandIn) -> None:
    """What a reasoning model thinks aloud is no part of its reply."""
    llm.reply("<think>They say hello.\nSo do I.</think>\n\nHello!\x00")
    assert (await ask()).value == "Hello!"


async def test_an_address_without_v1_is_found(ask: Asker, llm: OpenAIStandIn) -> None:
    """Many leave it out: the first ask finds out, whoever asks at the same time."""
    llm.only_v1 = True
    models = ask.models(LLM_BASE_URL=llm.base_url.removesuffix("/v1"))
    both = (models.ask(asking(), project_of(), "telegram:1", no_files) for _ in range(2))
    assert [reply.failure for reply in await asyncio.gather(*both)] == ["", ""]
    llm.fail_next(404)
    assert (await ask()).failure == "http"


@pytest.mark.parametrize(("message", "calls"), [("Unexpected endpoint or method", 2), ("model not found", 1)])
async def test_a_404_about_a_model_is_about_the_model(ask: Asker, llm: OpenAIStandIn, message: str, calls: int) -> None:
    """The address is left alone then."""
    ask.models(LLM_BASE_URL=llm.base_url.removesuffix("/v1"))
    llm.fail_next(404, message=message)
    assert (await ask()).tries == calls


async def test_nobody_listens() -> None:
    """A closed port is `connection`, after the tries."""
    models = OpenAIModels({"LLM_BASE_URL": "http://127.0.0.1:9/v1"}, QUICK)
    reply = await models.ask(asking(), project_of(), "telegram:1", no_files)
    assert (reply.failure, reply.tries) == ("connection", 3)
    await models.close()


@pytest.mark.parametrize(("url", "key"), [("not an address", ""), ("http://[", ""), ("http://127.0.0.1:9", "ключ\n")])
async def test_a_setting_that_is_nonsense_is_a_failure(url: str, key: str) -> None:
    """A bad address or a key that no header can hold fails the call, not the bot."""
    models = OpenAIModels({"LLM_BASE_URL": url, "LLM_API_KEY": key}, QUICK)
    assert (await models.ask(asking(), project_of(), "telegram:1", no_files)).failure in ("connection", "http")
    await models.close()


@pytest.mark.parametrize("fault", ["drip", "delay"])
async def test_a_slow_server_ends_at_the_deadline(ask: Asker, llm: OpenAIStandIn, fault: str) -> None:
    """Bytes that keep dripping do not prolong the time that an ask has in all."""
    await ask.models().warm()
    llm.fail_always(fault, seconds=0.05 if fault == "drip" else 60)
    started = time.monotonic()
    reply = await ask(options={"timeout": "0.4"})
    assert reply.failure == "timeout"
    assert 0.35 < time.monotonic() - started < 20  # it would take a minute


async def test_retry_after_is_obeyed(ask: Asker, llm: OpenAIStandIn) -> None:
    """The next try comes no earlier than the server asked."""
    llm.fail_next(429, retry_after="0.4")
    started = time.monotonic()
    reply = await ask()
    assert (reply.failure, reply.tries) == ("", 2)
    assert time.monotonic() - started >= 0.4


async def test_a_retry_after_beyond_the_budget_fails_at_once(ask: Asker, llm: OpenAIStandIn) -> None:
    """Nobody waits for a time that cannot come."""
    llm.fail_always(503, retry_after="100")
    started = time.monotonic()
    assert (await ask()).tries == 1
    assert time.monotonic() - started < 50


@pytest.mark.parametrize(("tries", "calls"), [(1, 1), (2, 2), ("no number", 3), (-1, 3), (True, 1)])
async def test_a_prompt_may_say_how_often(ask: Asker, llm: OpenAIStandIn, tries: object, calls: int) -> None:
    """`tries` of the prompt file counts; nonsense means the usual three."""
    llm.fail_always(500)
    assert (await ask(options={"tries": tries})).tries == calls


LARGE = Model("default", model="large", fallback="spare")
SPARE = Model("spare", model="spare")


@pytest.mark.parametrize(("fault", "calls"), [("500", 3), ("401", 1), ("empty", 3)])
async def test_the_fallback_model_is_asked_once(ask: Asker, llm: OpenAIStandIn, fault: str, calls: int) -> None:
    """When the first model fails, the reply is the other one's."""
    llm.fail_next(fault, times=calls)
    llm.reply("from the spare")
    reply = await ask(rows=(LARGE, SPARE))
    assert (reply.value, reply.model, reply.tries) == ("from the spare", "spare", calls + 1)


async def test_when_both_fail_the_first_failure_counts(ask: Asker, llm: OpenAIStandIn) -> None:
    """The fallback is tried once only, and the word is the first model's."""
    llm.fail_next(401)
    llm.fail_always(500)
    reply = await ask(rows=(LARGE, SPARE))
    assert (reply.failure, reply.model, reply.tries) == ("auth", "large", 2)


async def test_a_slow_model_leaves_time_for_the_fallback(ask: Asker, llm: OpenAIStandIn) -> None:
    """The first one does not eat up the whole time."""
    llm.fail_next("delay", seconds=10)
    reply = await ask(rows=(LARGE, SPARE), options={"timeout": 1})
    assert (reply.model, reply.failure) == ("spare", "")


@pytest.mark.parametrize(
    ("rows", "model", "options", "asked"),
    [
        ((), "", {}, "small"),
        ((), "default", {}, "small"),
        ((Model("default"),), "", {}, "small"),
        ((LARGE,), "", {}, "large"),
        ((LARGE, SPARE), "spare", {}, "spare"),
        ((LARGE, SPARE), "unknown", {}, "large"),
        ((Model("default", model="large"), SPARE), "", {"fallback": "spare"}, "large"),
    ],
)
async def test_the_model_that_is_named_is_asked(
    ask: Asker, llm: OpenAIStandIn, rows: tuple[Model, ...], model: str, options: dict[str, str], asked: str
) -> None:
    """catalog/models.yaml first, the environment for what it leaves open."""
    reply = await ask(rows=rows, model=model, options=options)
    assert reply.model == llm.requests[0].model == asked


async def test_a_refusal_is_not_taken_elsewhere(ask: Asker, llm: OpenAIStandIn) -> None:
    """A model that declines is an answer: the fallback is not asked."""
    llm.fail_next("refusal")
    reply = await ask(rows=(LARGE, SPARE))
    assert (reply.failure, reply.tries) == ("refused", 1)


async def test_a_key_comes_from_the_variable_that_the_model_names(ask: Asker, llm: OpenAIStandIn) -> None:
    """Each model has its own key; a local server without one is asked with a dummy."""
    models = ask.models(LLM_API_KEY="usual", OTHER_KEY="other")
    rows = project_of(Model("default"), Model("mine", key_variable="OTHER_KEY"), Model("local", key_variable=""))
    for name in ("", "mine", "local"):
        assert (await models.ask(asking(model=name), rows, "telegram:1", no_files)).failure == ""
    assert [request.key for request in llm.requests] == ["usual", "other", "none"]
    assert len(models.status()) == 3


async def test_a_mistake_of_ours_is_a_failure_too(ask: Asker, caplog: pytest.LogCaptureFixture) -> None:
    """`ask` never raises; the log says where, and nothing of the prompt."""
    reply = await ask("secret words", returns={"type": "object"})
    assert reply.failure == "http"
    assert "failed inside the engine" in caplog.text
    assert "secret" not in caplog.text


async def test_cancelling_an_ask_goes_through(ask: Asker, llm: OpenAIStandIn) -> None:
    """A bot that stops does not wait for a model."""
    llm.fail_always("delay", seconds=10)
    task = asyncio.create_task(ask())
    await until(lambda: bool(llm.requests))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_no_more_at_once_than_allowed(ask: Asker, llm: OpenAIStandIn) -> None:
    """LLM_CONCURRENCY bounds what an endpoint gets at one time; everybody is answered in the end."""
    models = ask.models(replace(QUICK, at_once=2))
    llm.fail_next("delay", times=6, seconds=0.05)
    asks = [models.ask(asking(str(number)), project_of(), "telegram:1", no_files) for number in range(6)]
    replies = await asyncio.gather(*asks)
    assert {reply.failure for reply in replies} == {""}
    assert llm.most_at_once == 2


async def test_warming_up_makes_the_first_ask_quick(ask: Asker) -> None:
    """`warm` may be awaited at any time, as often as one likes."""
    models = ask.models()
    await models.warm()
    await models.warm()
    assert (await models.ask(asking(), project_of(), "", no_files)).failure == ""


def test_the_start_pays_for_no_library() -> None:
    """The SDK, Pillow and jsonschema (over a second together) are imported by the first ask that needs them."""
    heavy = "{'openai', 'PIL', 'jsonschema', 'httpx2'}"
    code = f"import sys, engine.models.client; print(sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
