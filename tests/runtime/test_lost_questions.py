"""Questions that nobody saw: what is said next is no answer to them. An outage that is over: nobody waits on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.channels.port import DeliveryFailed, Gone, NotNow, Unknown
from tests.runtime.conftest import House


async def to_the_reason(house: House, *failing: Exception) -> list[str]:
    """A goal is named; «why» fails so. What the person writes next, and what comes back."""
    assert "Назови цель" in (await house.hears(1, "/new_goal"))[-1]
    house.ears.failing = list(failing)
    await house.hears(1, "Море")
    return await house.hears(1, "Это снова я, заблокировала нечаянно")


@pytest.mark.parametrize("failing", [Gone("Forbidden: bot was blocked by the user"), DeliveryFailed("refused")])
async def test_what_is_said_next_answers_no_unseen_question(house: House, failing: Exception) -> None:
    """It is asked again, also after a restart; the answer to it is then taken."""
    assert "Почему" in (await to_the_reason(house, failing))[-1]
    assert "фото" in (await house.hears(1, "Отдых"))[-1]
    house.ears.failing = [Gone("blocked")]
    await house.hears(1, "/back")
    await house.bot.drain(0.01)
    house.close()
    house.open()
    assert "Почему" in (await house.hears(1, "ау"))[-1]
    assert "фото" in (await house.hears(1, "Тепло"))[-1]


async def test_what_may_have_been_seen_is_answered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.runtime.outbox.AFTER_UNKNOWN", 0.01)
    assert "фото" in (await to_the_reason(house, Unknown("cut"), Unknown("cut")))[-1]


@pytest.mark.parametrize(("said", "heard"), [("отмена", "остановились"), ("/cancel", "остановились"), ("отзыв", "5")])
async def test_words_with_a_meaning_keep_it_where_no_question_is_seen(house: House, said: str, heard: str) -> None:
    await house.hears(1, "/new_goal")
    house.ears.failing = [Gone("blocked")]
    await house.hears(1, "Море")
    assert heard in " ".join(await house.hears(1, said))


async def test_an_offer_that_nobody_saw_is_no_question(house: House) -> None:
    """«Go on, or begin again?» is lost: «да» agrees to nothing, and the talk stands where it stood."""
    await house.hears(1, "/new_goal")
    await house.hears(1, "Море")
    house.ears.failing = [Gone("blocked")]
    await house.hears(1, "/new_goal")
    assert "фото" in (await house.hears(1, "да"))[-1]


async def test_somebody_forgotten_leaves_no_trace_by_a_lost_question(house: House) -> None:
    await house.hears(1, "/new_goal")
    house.bot._lost("telegram:9", "q")
    await house.bot.busy.idle()
    assert house.memory.session("telegram:9") is None


async def test_when_the_server_answers_again_nobody_waits_on(tmp_path: Path, house: House) -> None:
    """Minutes of an outage have made waits long; what waits leaves at once, a letter's own server is another matter."""
    house.ears.failing = [NotNow(3600, "502 of a gateway")]
    await house.says(1, "/help")
    await house.ears.tried(1)
    await asyncio.sleep(0)
    house.bot.answers_again()
    async with asyncio.timeout(5):
        await house.bot.idle("telegram:1")
    assert "Что я умею" in house.ears.heard["telegram:1"][0]
