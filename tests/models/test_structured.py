"""A reply becomes the object that a prompt declares, whatever the endpoint is able to promise."""

from __future__ import annotations

import json
from typing import Any

import pytest

from engine.core.project import Model
from engine.models.structured import Unfit, fit_reply, tidy_text
from engine.project.returns import schema_of
from tests.models.conftest import Asker
from tests.openai_api import OpenAIStandIn

SHORT = {
    "praise": "text",
    "score": {"type": "integer", "min": 0, "max": 10},
    "note?": "text",
    "items?": [{"id": "text"}],
}
SCHEMA: dict[str, Any] = schema_of(SHORT) or {}
GOOD = {"praise": "Well done", "score": 7, "note": None, "items": None}
TEXT = json.dumps(GOOD)

FITS = [
    (TEXT, GOOD),
    (f"```json\n{TEXT}\n```", GOOD),
    (f"Sure!\n```\n{TEXT}\n```\nAnything else?", GOOD),
    (f"Here it is: {TEXT} Good luck {{you}}!", GOOD),
    (f"{{not this}} but {TEXT}", GOOD),
    (f'{{"thought": "hm"}} {TEXT}', GOOD),
    (f"<think>{{}} {TEXT[:9]}</think>{TEXT}", GOOD),
    ('{"praise": "Well done", "score": 7}', GOOD),  # what may be null may be left out
    ('{"praise": "Well done", "score": 7.0, "extra": 1}', GOOD),
    ('{"praise": "a\\u0000b\\ud800c", "score": 0}', {**GOOD, "praise": "abc", "score": 0}),
    (
        '{"praise": "", "score": 1, "items": [{"id": "x", "y": 2}]}',
        {"praise": "", "score": 1, "note": None, "items": [{"id": "x"}]},
    ),
]


@pytest.mark.parametrize(("text", "value"), FITS)
def test_the_object_is_found_and_tidied(text: str, value: dict[str, Any]) -> None:
    """In fences, between words, with keys too many or null ones too few: the meaning is kept."""
    found = fit_reply(text, SCHEMA)
    assert found == value
    assert isinstance(found["score"], int)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no JSON object"),
        ("I would rather talk", "no JSON object"),
        ("[1, 2]", "no JSON object"),
        ("{" * 200_000, "no JSON object"),
        ('{"a":' * 200_000, "no JSON object"),
        ('{"praise": NaN, "score": 1}', "no JSON object"),
        ("{}", "none of the keys"),
        ('{"unasked": 1}', "none of the keys"),
        ('{"praise": "x"}', "'score' is a required property"),
        ('{"praise": 5, "score": 11}', "$.score: 11 is greater than the maximum of 10"),
        ('{"praise": "x", "score": 1e999}', "$.score: 'inf' is not of type 'integer'"),
        ('{"praise": "x", "score": 90071992547409920}', "'a number of 17 digits' is not of type 'integer'"),
        ('{"praise": "x", "score": 1e300}', "is not of type 'integer'"),
        ('{"praise": "x", "score": 7.5}', "$.score: 7.5 is not of type 'integer'"),
        ('{"praise": "x", "score": "7"}', "$.score: '7' is not of type 'integer'"),
        ('{"praise": "x", "score": 1, "items": "none"}', "$.items"),
    ],
)
def test_what_does_not_fit_is_said_exactly(text: str, complaint: str) -> None:
    """The model is told where and why, in few words."""
    with pytest.raises(Unfit) as caught:
        fit_reply(text, SCHEMA)
    assert complaint in str(caught.value)
    assert len(str(caught.value)) < 1_100


def test_a_map_of_optional_keys_takes_no_stranger() -> None:
    """An object with none of the keys is no reply, though every key might be null."""
    with pytest.raises(Unfit):
        fit_reply('{"unasked": 1}', schema_of({"a?": "text", "b?": "number"}) or {})


def test_a_number_may_stay_one() -> None:
    """7.0 is 7 where an integer is wanted, and stays a number where a number is."""
    found = fit_reply('{"a": 7.0, "b": 2.5, "c": 1}', schema_of({"a": "number", "b": "number", "c?": "integer"}) or {})
    assert found == {"a": 7.0, "b": 2.5, "c": 1}


@pytest.mark.parametrize(
    ("said", "left"), [("<thinking>a</thinking> b ", "b"), ("<think>never ends", ""), ("a <think>", "a <think>")]
)
def test_thoughts_are_no_reply(said: str, left: str) -> None:
    """Only a leading block of thoughts goes."""
    assert tidy_text(said) == left


LEVELS = [
    # (what the server does not understand, the forms it is asked in at first)
    ((), ["json_schema"]),
    (("json_schema",), ["json_schema", "json_object_schema"]),
    (("json_schema", "json_object_schema"), ["json_schema", "json_object_schema", "json_object"]),
    (("json_schema", "json_object_schema", "json_object"), ["json_schema", "json_object_schema", "json_object", ""]),
]


@pytest.mark.parametrize("status", [400, 422, 500])
@pytest.mark.parametrize(("unable", "forms"), LEVELS)
async def test_an_endpoint_is_asked_in_the_best_form_it_knows(
    ask: Asker, llm: OpenAIStandIn, unable: tuple[str, ...], forms: list[str], status: int
) -> None:
    """Each refusal leads one form down, once; the next ask begins where the last one arrived."""
    llm.refuse(*unable, status=status)
    llm.reply(GOOD)
    assert (await ask(returns=SCHEMA)).value == GOOD
    assert [request.format for request in llm.requests] == forms
    assert (await ask(returns=SCHEMA)).tries == 1
    assert llm.requests[-1].format == forms[-1]
    assert ("JSON Schema" in llm.requests[-1].system) is (forms[-1] != "json_schema")
    assert llm.requests[-1].system.startswith("Be kind.")


async def test_the_strict_form_is_what_openai_takes(ask: Asker, llm: OpenAIStandIn) -> None:
    """The schema goes out under a legal name, strict, and a reply made from it fits."""
    reply = await ask(returns=SCHEMA)
    assert reply.value == {"praise": "praise", "score": 0, "note": "note", "items": [{"id": "id"}]}
    assert llm.requests[0].body["response_format"]["json_schema"]["strict"] is True


@pytest.mark.parametrize("level", ["json_object", "prompt"])
async def test_an_author_may_name_the_form(ask: Asker, llm: OpenAIStandIn, level: Any) -> None:
    """`structured:` in catalog/models.yaml spares the probe."""
    llm.reply(f"```json\n{TEXT}\n```")
    assert (await ask(returns=SCHEMA, rows=(Model("default", structured=level),))).value == GOOD
    assert [request.format for request in llm.requests] == ["" if level == "prompt" else level]


async def test_one_bad_schema_does_not_spoil_the_others(ask: Asker, llm: OpenAIStandIn) -> None:
    """A schema that the endpoint finds invalid goes another way; the next one is asked in the best form again."""
    llm.reply({"a": "b"})
    loose = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    assert (await ask(returns=loose)).value == {"a": "b"}
    llm.reply(GOOD)
    await ask(returns=SCHEMA)
    assert llm.requests[-1].format == "json_schema"


@pytest.mark.parametrize("bad", ["prose", "wrong_schema", "broken_reply"])
async def test_a_reply_that_does_not_fit_is_mended(ask: Asker, llm: OpenAIStandIn, bad: str) -> None:
    """The model is shown its reply and what is wrong with it; the second answer counts."""
    llm.fail_next(bad)
    llm.reply(GOOD)
    reply = await ask(returns=SCHEMA)
    assert (reply.value, reply.tries, reply.failure) == (GOOD, 2, "")
    roles = [message["role"] for message in llm.requests[1].messages]
    assert roles == ["system", "user", "assistant", "user"]
    words = {"prose": "no JSON object", "wrong_schema": "none of the keys", "broken_reply": "much shorter"}[bad]
    assert words in llm.requests[1].user


async def test_after_two_repairs_it_is_invalid(ask: Asker, llm: OpenAIStandIn) -> None:
    """Three replies that do not fit are enough, and what was paid is counted."""
    llm.reply('{"praise": 1, "score": 11}')
    reply = await ask(returns=SCHEMA)
    assert (reply.value, reply.failure, reply.tries, reply.tokens_in) == (None, "invalid", 3, 30)
    assert "11 is greater than the maximum of 10" in llm.requests[-1].user


async def test_an_endpoint_that_ignores_the_schema_is_shown_it(ask: Asker, llm: OpenAIStandIn) -> None:
    """It takes response_format and answers in prose: from then on the schema stands in the prompt too."""
    llm.fail_next("prose")
    llm.reply(GOOD)
    await ask(returns=SCHEMA)
    await ask(returns=SCHEMA)
    assert "JSON Schema" in llm.requests[-1].system
    assert llm.requests[-1].format == "json_schema"


@pytest.mark.parametrize(
    ("unable", "gone"),
    [("temperature", "temperature"), ("max_tokens", "max_tokens"), ("system", "")],
)
async def test_what_a_model_does_not_know_is_left_out(ask: Asker, llm: OpenAIStandIn, unable: str, gone: str) -> None:
    """Newer models want other words for the same; one refusal teaches it, for good."""
    llm.refuse(unable)
    options = {"temperature": 0.3, "max_tokens": 77}
    assert (await ask(options=options)).tries == 2
    reply = await ask(options=options)
    assert (reply.tries, reply.failure) == (1, "")
    last = llm.requests[-1]
    assert gone not in last.body
    assert "Be kind." in last.text()
    assert (last.body.get("max_completion_tokens") == 77) is (unable == "max_tokens")


async def test_a_bad_schema_may_need_mending_too(ask: Asker, llm: OpenAIStandIn) -> None:
    """A reply that does not fit a schema which was refused is mended like any other."""
    llm.refuse("json_object", "json_object_schema")
    llm.reply({"a": "b"})
    llm.reply({"a": 5}, times=1)
    loose = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    reply = await ask(returns=loose, rows=(Model("default", vision=False),))
    assert (reply.value, reply.tries) == ({"a": "b"}, 5)


async def test_learning_ends(ask: Asker, llm: OpenAIStandIn) -> None:
    """A server that complains about response_format for ever is given up after four calls."""
    llm.fail_always(400, message="response_format and temperature and system role")
    reply = await ask(returns=SCHEMA, options={"temperature": 1})
    assert (reply.failure, reply.tries) == ("http", 6)


@pytest.mark.parametrize("plain", [True, False])
async def test_a_reply_beyond_what_a_message_may_hold_is_mended(ask: Asker, llm: OpenAIStandIn, plain: bool) -> None:
    """An endpoint that ignores max_tokens: the model is told to be shorter, and the short one counts."""
    long = {**GOOD, "praise": "ж*" * 7_000}
    llm.reply("Well done" if plain else GOOD)
    llm.reply(str(long["praise"]) if plain else long, times=1)
    reply = await ask(returns=None if plain else SCHEMA)
    assert (reply.value, reply.tries, reply.failure) == ("Well done" if plain else GOOD, 2, "")
    assert "it is too long" in llm.requests[1].user


async def test_a_model_that_stays_too_long_has_failed(ask: Asker, llm: OpenAIStandIn) -> None:
    llm.reply({**GOOD, "praise": "x" * 13_000})
    assert (await ask(returns=SCHEMA)).failure == "invalid"
