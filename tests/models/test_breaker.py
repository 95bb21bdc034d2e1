"""An endpoint that keeps failing is left alone for a while, and the admin hears of it once."""

from __future__ import annotations

import asyncio

import pytest
from msgspec.structs import replace

from engine.models.breaker import Breaker
from engine.models.limits import Limits
from tests.models.conftest import QUICK, Asker, asking, no_files, project_of, until
from tests.openai_api import OpenAIStandIn


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def made(clock: Clock, told: list[bool]) -> Breaker:
    limits = Limits(broken_after=2, broken_for=5, broken_longest=15)
    return Breaker("here", limits, lambda _, broken, __: told.append(broken), clock)


def test_it_opens_probes_and_closes(clock: Clock) -> None:
    """Two failures open it, one probe after the pause decides, and trouble is told once each way."""
    told: list[bool] = []
    breaker = made(clock, told)
    assert breaker.admit()
    breaker.failed("HTTP 500")
    assert (breaker.state, told) == ("closed", [])
    breaker.failed("HTTP 500")
    assert (breaker.state, told, breaker.admit()) == ("open", [True], False)
    breaker.failed("one that was still out")
    assert told == [True]
    clock.now = 5
    assert breaker.state == "half-open"
    assert (breaker.admit(), breaker.admit()) == (True, False)
    breaker.alive(replied=True)
    assert (breaker.state, breaker.admit(), told, breaker.reason) == ("closed", True, [True, False], "")


def test_a_failed_probe_doubles_the_pause_up_to_a_bound(clock: Clock) -> None:
    """5, 10, 15, 15 seconds: a dead server is asked ever more rarely, but never forgotten."""
    breaker = made(clock, [])
    breaker.failed("x")
    breaker.failed("x")
    for pause in (5, 10, 15, 15):
        clock.now += pause - 0.1
        assert not breaker.admit()
        clock.now += 0.1
        assert breaker.admit()
        breaker.failed("x")


def test_a_probe_that_tells_nothing_makes_room_for_another(clock: Clock) -> None:
    """A cancelled probe must not lock the endpoint out for ever."""
    breaker = made(clock, [])
    breaker.failed("x")
    breaker.failed("x")
    clock.now = 5
    assert breaker.admit()
    breaker.released()
    assert breaker.admit()


def test_a_refused_key_is_told_at_once(clock: Clock) -> None:
    """No waiting mends a wrong key; a request that was itself at fault does not end the trouble."""
    told: list[bool] = []
    breaker = made(clock, told)
    breaker.failed("HTTP 401", needs_admin=True)
    breaker.alive(replied=False)
    assert (told, breaker.reason, breaker.failures) == ([True], "HTTP 401", 0)
    breaker.alive(replied=True)
    assert told == [True, False]


def test_a_teller_that_fails_harms_nobody(clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """The admin's chat may be broken as well."""

    def tell(endpoint: str, broken: bool, reason: str) -> None:
        raise ConnectionError(endpoint)

    breaker = Breaker("here", Limits(broken_after=1), tell, clock)
    breaker.failed("x")
    assert breaker.state == "open"
    assert "telling about endpoint here failed" in caplog.text


async def test_while_it_is_open_nobody_waits(ask: Asker, llm: OpenAIStandIn) -> None:
    """After so many failures `unavailable` comes at once; after the pause one good reply heals all."""
    models = ask.models(replace(QUICK, broken_after=2, broken_for=0.2, tries=1))
    llm.fail_next(500, times=2)
    assert [(await ask()).failure for _ in range(4)] == ["http", "http", "unavailable", "unavailable"]
    assert len(llm.requests) == 2
    assert [(status.state, status.reason) for status in models.status()] == [("open", "HTTP 500 (server_error)")]
    await until(lambda: models.status()[0].state == "half-open")
    assert (await ask()).failure == ""
    assert ask.told == [(True, "HTTP 500 (server_error)"), (False, "")]
    status = models.status()[0]
    assert (status.endpoint, status.state) == (llm.base_url, "closed")


async def test_only_one_probes(ask: Asker, llm: OpenAIStandIn) -> None:
    """Of many who ask when the pause is over one goes out, the others are told at once; a timeout counts."""
    models = ask.models(replace(QUICK, broken_after=1, broken_for=0.05, tries=1))
    llm.fail_next("delay", seconds=4)
    llm.fail_next("delay", seconds=0.4)
    assert (await ask(options={"timeout": 1})).failure == "timeout"  # long enough to be on the wire by then
    await until(lambda: models.status()[0].state == "half-open")
    replies = await asyncio.gather(*(ask() for _ in range(5)))
    assert sorted(reply.failure for reply in replies) == ["", *["unavailable"] * 4]


async def test_a_cancelled_probe_lets_the_next_one_go(ask: Asker, llm: OpenAIStandIn) -> None:
    """Who probes and is cancelled leaves the place free."""
    models = ask.models(replace(QUICK, broken_after=1, broken_for=0.05, tries=1))
    llm.fail_next(500)
    await ask()
    await until(lambda: models.status()[0].state == "half-open")
    llm.fail_next("delay", seconds=5)
    probe = asyncio.create_task(ask())
    await until(lambda: len(llm.requests) == 2)
    probe.cancel()
    await asyncio.gather(probe, return_exceptions=True)
    assert (await ask()).failure == ""


@pytest.mark.parametrize(
    ("fault", "word"), [("401", "HTTP 401 (invalid_api_key)"), ("quota", "HTTP 429 (insufficient_quota)")]
)
async def test_the_admin_hears_of_a_key_or_an_account(ask: Asker, llm: OpenAIStandIn, fault: str, word: str) -> None:
    """Told at the first failure and once, without the key; told again when it works."""
    models = ask.models(LLM_API_KEY="sk-very-secret")
    llm.fail_next(fault, times=2)
    for _ in range(3):
        await models.ask(asking(), project_of(), "telegram:1", no_files)
    assert ask.told == [(True, word), (False, "")]


async def test_who_waits_in_line_does_not_speak_against_the_endpoint(ask: Asker, llm: OpenAIStandIn) -> None:
    """With LLM_CONCURRENCY full an ask may run out of time; that is no failure of the server."""
    models = ask.models(replace(QUICK, at_once=1, broken_after=1))
    await models.warm()
    llm.fail_next("delay", seconds=0.5)
    first = asyncio.create_task(ask())
    await until(lambda: len(llm.requests) == 1)
    assert (await ask(options={"timeout": 0.1})).failure == "timeout"
    assert models.status()[0].state == "closed"
    assert (await first).failure == ""


async def test_a_request_at_fault_breaks_nothing(ask: Asker, llm: OpenAIStandIn) -> None:
    """A 400 is about the prompt: however often it comes, the others are served."""
    llm.fail_next(400, times=10)
    for _ in range(10):
        assert (await ask()).failure == "http"
    assert (await ask()).failure == ""
    assert ask.told == []
