"""What bytes, statuses and headers mean."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from engine.core.effects import AskModel
from engine.models.dialect import Dialect
from engine.models.failure import CallFailed, from_error_body, from_status
from engine.models.limits import Limits
from engine.models.retry import retry_after_of, wait_before
from engine.models.wire import read_completion


def error(code: str = "", message: str = "", kind: str = "") -> str:
    return json.dumps({"error": {"message": message, "code": code or None, "type": kind or None}})


@pytest.mark.parametrize(
    ("status", "body", "after", "word", "reason"),
    [
        (402, "", None, "quota", "HTTP 402"),
        (429, error("insufficient_quota"), 5, "quota", "HTTP 429 (insufficient_quota)"),
        (429, error("429", "You exceeded your current quota, retry in 20 s"), 20, "http", "HTTP 429"),
        (429, error("", "Insufficient credits"), None, "quota", "HTTP 429"),
        (429, error("rate_limit_exceeded", "see settings/billing"), None, "http", "HTTP 429 (rate_limit_exceeded)"),
        (401, "no JSON", None, "auth", "HTTP 401"),
        (403, "[1]", None, "auth", "HTTP 403"),
        (404, error("model_not_found"), None, "http", "HTTP 404 (model_not_found)"),
        (400, error("sk-Secret key"), None, "http", "HTTP 400"),
        (500, '{"error": "text"}', None, "http", "HTTP 500"),
        (500, error("", "", "server_error"), None, "http", "HTTP 500 (server_error)"),
        (500, "[" * 100_000, None, "http", "HTTP 500"),
    ],
)
def test_a_status_has_its_meaning(status: int, body: str, after: float | None, word: str, reason: str) -> None:
    """Money, key, a passing trouble, or the request itself; only harmless codes are repeated."""
    failed = from_status(status, body, after)
    assert (failed.word, str(failed)) == (word, reason)
    assert failed.passing is (word == "http" and (status == 429 or status >= 500))
    assert failed.needs_admin is (word in ("quota", "auth"))


@pytest.mark.parametrize(
    ("said", "status", "word"),
    [
        ({"code": 402}, 402, "quota"),
        ({"code": "401"}, 401, "auth"),
        ({"code": 7}, 200, "http"),
        ("text", 200, "http"),
        ([1], 200, "http"),
    ],
)
def test_an_error_with_200_has_its_meaning(said: Any, status: int, word: str) -> None:
    """Some proxies hide the true status in the body."""
    failed = from_error_body(said)
    assert (failed.status, failed.word) == (status, word)


@pytest.mark.parametrize(
    ("headers", "low", "high"),
    [
        ({"retry-after": "7"}, 7, 7),
        ({"retry-after": "0.5"}, 0.5, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9, 9),
        ({"retry-after": "Sat, 21 Nov 2015 02:00:00 GMT"}, 0, 0),
        ({"retry-after": "Sat, 21 Nov 2015 02:00:00 -0000"}, 0, 0),
    ],
)
def test_a_time_to_come_back_is_read(headers: dict[str, str], low: float, high: float) -> None:
    """Seconds, milliseconds, or a date."""
    seconds = retry_after_of(headers)
    assert seconds is not None
    assert low <= seconds <= high


def test_a_date_to_come_back_is_read() -> None:
    """RFC 9110's other form."""
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=30), usegmt=True)
    seconds = retry_after_of({"retry-after": date})
    assert seconds is not None
    assert 0 < seconds <= 30


@pytest.mark.parametrize("text", ["", "soon", "-5", "nan", "inf"])
def test_a_time_that_is_none_is_none(text: str) -> None:
    """Nonsense is as good as nothing."""
    assert retry_after_of({"retry-after": text}) is None


def test_waits_double_up_to_a_bound() -> None:
    """Half a second, one, two ... eight; a server's own word comes first."""
    limits = Limits()
    for failures, wait in ((1, 0.5), (2, 1), (3, 2), (9, 8)):
        assert wait * 0.75 <= wait_before(failures, CallFailed("http"), limits) <= wait
    assert wait_before(1, CallFailed("http", retry_after=3), limits) == 3


def body(content: Any) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}], "usage": {"prompt_tokens": True}}).encode()


def test_parts_are_joined() -> None:
    """Newer servers send a content as a list of parts."""
    said = read_completion(body([{"type": "text", "text": "a"}, "odd", {"type": "image"}, {"text": "b"}]))
    assert (said.text, said.tokens_in, said.cut) == ("ab", 0, False)


@pytest.mark.parametrize("count", [10**30, -1, 1.5, "lots", None, True])
def test_counts_that_no_memory_can_keep_are_none(count: Any) -> None:
    """A reply stands whatever a server says it cost."""
    usage = {"prompt_tokens": count, "completion_tokens": 2}
    said = read_completion(json.dumps({"choices": [{"message": {"content": "a"}}], "usage": usage}).encode())
    assert (said.text, said.tokens_in, said.tokens_out) == ("a", 0, 2)


def test_a_body_that_nests_for_ever_is_no_reply() -> None:
    """Nor does it end the process."""
    with pytest.raises(CallFailed, match="no JSON"):
        read_completion(b"[" * 200_000)


ASK = AskModel(request="r", prompt="чек-ин", step="s", system="", user="hi", returns={"type": "object"})


def test_an_empty_system_is_not_sent() -> None:
    """Some servers refuse an empty message; a prompt's name becomes a legal schema name."""
    sent = Dialect().payload(ASK, "m", "", [], [])
    assert [message["role"] for message in sent["messages"]] == ["user"]
    assert sent["response_format"]["json_schema"]["name"] == "___-__"


def test_a_refusal_that_says_nothing_teaches_nothing() -> None:
    """Only a known complaint about something that was sent changes how an endpoint is spoken to."""
    sent = Dialect().payload(ASK, "m", "", [], [])
    for said in ("bad request", "temperature", "max_completion_tokens", "system role", "image"):
        assert Dialect().learn(CallFailed("http", status=400, said=said), sent) is None
    assert Dialect().learn(CallFailed("http", status=503, said="response_format"), sent) is None
