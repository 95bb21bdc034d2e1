"""What a day allows each person, and what the log says of an ask."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from engine.models.accounting import Accounting
from engine.models.limits import Limits, limits_of
from engine.models.redact import address
from tests.models.conftest import QUICK, Asker, asking, no_files, project_of
from tests.openai_api import OpenAIStandIn


class Store:
    """A `Usage` as memory might give it."""

    def __init__(self, what: str = "asked", **counts: int) -> None:
        self.counts = {(person, "2026-11-21", what): count for person, count in counts.items()}

    def get(self, person: str, day: str, what: str) -> int:
        return self.counts.get((person, day, what), 0)

    def add(self, person: str, day: str, count: int, what: str) -> None:
        self.counts[person, day, what] = self.get(person, day, what) + count


class Calendar:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 23, 59, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


def test_each_person_has_a_day() -> None:
    """Two a day: the third is refused, another person is not, and midnight (UTC) begins anew."""
    calendar = Calendar()
    accounting = Accounting(2, clock=calendar)
    assert [accounting.take("anna") for _ in range(4)] == [True, True, False, False]
    assert accounting.take("boris")
    calendar.now = datetime(2026, 11, 22, tzinfo=UTC)
    assert accounting.take("anna")


def test_a_restart_forgets_nothing_when_there_is_a_store() -> None:
    """What was used before the start counts; what is used is written down."""
    store = Store(anna=2, boris=1)
    accounting = Accounting(2, store, Calendar())
    assert [accounting.take("anna"), accounting.take("boris"), accounting.take("boris")] == [False, True, False]
    assert store.counts["boris", "2026-11-21", "asked"] == 2


def test_without_a_limit_nobody_is_counted() -> None:
    """Nor is an ask that belongs to no person."""
    assert all(Accounting(None).take("anna") for _ in range(5))
    assert all(Accounting(1).take("") for _ in range(5))


def test_tokens_are_a_limit_of_their_own() -> None:
    """The ask that passes it is the last one; it is kept beyond a restart, and the next day begins anew."""
    store, calendar = Store("tokens", anna=90), Calendar()
    accounting = Accounting(None, store, calendar, tokens=100)
    assert accounting.take("anna")
    accounting.spent("anna", 25)
    assert not accounting.take("anna")
    assert accounting.take("boris")
    assert store.counts["anna", "2026-11-21", "tokens"] == 115
    assert not Accounting(5, store, calendar, tokens=100).take("anna")
    assert all(count for (_, _, what), count in store.counts.items() if what == "asked")
    calendar.now = datetime(2026, 11, 22, tzinfo=UTC)
    assert accounting.take("anna")


async def test_tokens_are_counted_from_the_wire(ask: Asker, llm: OpenAIStandIn) -> None:
    """What the server says that it took, in and out, failed tries included."""
    models = ask.models(replace(QUICK, tokens=1))
    await models.warm()
    first = await ask()
    assert first.tokens_in + first.tokens_out >= 1
    assert (await ask()).failure == "limit"
    assert len(llm.requests) == 1
    assert (await models.ask(asking(), project_of(), "telegram:2", no_files)).failure == ""


async def test_over_the_limit_nothing_is_asked(ask: Asker, llm: OpenAIStandIn) -> None:
    """The failure is `limit`, at once, and costs nothing."""
    ask.models(replace(QUICK, daily=1))
    assert [(await ask()).failure for _ in range(2)] == ["", "limit"]
    assert len(llm.requests) == 1


@pytest.mark.parametrize(
    ("environment", "daily", "at_once"),
    [
        ({}, None, None),
        ({"LLM_DAILY_LIMIT": "20", "LLM_CONCURRENCY": "4"}, 20, 4),
        ({"LLM_DAILY_TOKENS": ""}, None, None),
        ({"LLM_DAILY_LIMIT": ""}, None, None),
    ],
)
def test_limits_come_from_the_environment(environment: dict[str, str], daily: Any, at_once: Any) -> None:
    """What is not set does not limit."""
    assert limits_of(environment) == Limits(daily=daily, at_once=at_once)
    assert limits_of({"LLM_DAILY_TOKENS": "5000"}) == Limits(tokens=5000)


async def test_the_log_tells_the_cost_and_no_secret(
    ask: Asker, llm: OpenAIStandIn, caplog: pytest.LogCaptureFixture
) -> None:
    """INFO: one line of numbers an ask. DEBUG: how long the prompt is. Never a key, a person, a prompt or a reply."""
    caplog.set_level(logging.DEBUG, logger="engine.models")
    models = ask.models(LLM_API_KEY="sk-very-secret")
    llm.fail_next(401)
    for _ in range(2):
        await models.ask(asking("Call +79161234567 or anna@example.com"), project_of(), "telegram:1", no_files)
    lines = [record.getMessage() for record in caplog.records if "status=" in record.getMessage()]
    assert [line.split(" ms=")[0] for line in lines] == [
        "prompt=greet model=small status=auth",
        "prompt=greet model=small status=ok",
    ]
    assert lines[0].endswith("tries=1 tokens=0+0 trouble: HTTP 401 (invalid_api_key)")
    assert lines[1].endswith("tries=1 tokens=10+6")
    assert "prompt=greet system=8 user=37" in caplog.text
    for secret in ("sk-very-secret", "Call", "9161234567", "anna@", "telegram:1", "You said"):
        assert secret not in caplog.text


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://anna:secret@host.example:8443/v1?key=secret", "https://host.example:8443/v1"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
        ("http://[", "an address that is none"),
        ("secret", "an address that is none"),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, shown: str) -> None:
    """Keys hide in user info and queries."""
    assert address(url) == shown
