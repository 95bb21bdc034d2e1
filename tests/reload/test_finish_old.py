"""`mid_flow_edits: finish_old`: people finish on the version they began, through restarts too; others get the new."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.memory.open import open_memory
from engine.memory.port import Memory
from tests.bot_api import BotApi
from tests.reload.stage import Bot, put, running, started

ASK = "- ask: {}\n  question: {}\n"
OLD = (
    "steps:\n" + ASK.format("name", "Имя?") + ASK.format("town", "Город?") + "- say: Старое, {{ name }}, {{ town }}.\n"
)
NEW = (
    "steps:\n"
    + ASK.format("name", "Твоё имя?")
    + ASK.format("age", "Возраст?")
    + "- say: Новое, {{ name }}, {{ age }}.\n"
)
KEEP = "mid_flow_edits: finish_old\n"


async def say(bot: Bot, *turns: tuple[str, str], number: int = 5) -> None:
    person = bot.person(number)
    for said, heard in turns:
        await person.says(said)
        assert (await person.hears()).text == heard, person.transcript


@contextmanager
def memory(root: Path) -> Iterator[Memory]:
    opened = open_memory("", root / "data")
    try:
        yield opened
    finally:
        opened.close()


async def test_people_finish_on_what_they_began(tmp_path: Path) -> None:
    """Who is mid-way sees nothing of the edit; who begins after it sees nothing else; what nobody needs is dropped."""
    async with running(tmp_path, {"talk": KEEP + OLD}) as bot:
        await say(bot, ("/talk", "Имя?"), ("Аня", "Город?"))
        bot.write("talk", KEEP + NEW)
        await bot.live()
        await bot.logged("1 person finishes on the version that they began")
        await say(bot, ("/talk", "Твоё имя?"), ("Оля", "Возраст?"), number=6)
        await say(bot, ("Тверь", "Старое, Аня, Тверь."))
        await say(bot, ("/talk", "Твоё имя?"), ("Аня", "Возраст?"), ("30", "Новое, Аня, 30."))
        bot.write("talk", KEEP + NEW + "- say: И всё.\n")
        await bot.live()
        await say(bot, ("30", "Новое, Оля, 30."), number=6)
    with memory(tmp_path) as kept:
        assert len(kept.snapshots()) == 2  # the live one, and the one that Оля finished on


@pytest.mark.parametrize("edited", [KEEP + NEW, None], ids=["edited", "deleted"])
async def test_through_a_restart(tmp_path: Path, edited: str | None) -> None:
    """The old version is read from the memory, also when the scenario has been deleted, and when it was edited while no
    bot ran; it is dropped once the last one is through."""
    put(tmp_path, {"talk": KEEP + OLD, "other": "- say: Да."})
    async with BotApi() as api:
        async with started(tmp_path, api) as bot:
            await say(bot, ("/talk", "Имя?"))
        if edited is None:
            (tmp_path / "scenarios/talk.yaml").unlink()
        else:
            put(tmp_path, {"talk": edited})
        async with started(tmp_path, api) as bot:
            await say(bot, ("Аня", "Город?"))
        async with started(tmp_path, api) as bot:
            await say(bot, ("Тверь", "Старое, Аня, Тверь."))
        async with started(tmp_path, api):
            pass
    with memory(tmp_path) as kept:
        assert [one.retired for one in kept.snapshots()] == ([] if edited is None else [0.0])


async def test_the_old_version_keeps_what_it_runs_and_asks(tmp_path: Path) -> None:
    """A sub-scenario, a prompt and a catalog file that the old version uses may be changed and deleted."""
    talk = (
        f"{KEEP}steps:\n" + ASK.format("name", "Имя?") + "- run: place\n  as: town\n"
        "- llm: advice\n  prompt: advice\n  if_fails: '{{ catalog.rooms[0].title }}'\n"
        "- say: '{{ town }}: {{ advice }}'\n"
    )
    place = 'result: "{{ town }}"\nsteps:\n' + ASK.format("town", "Город?")
    files = {"catalog/rooms.yaml": "- {id: a, title: Зал}\n", "prompts/advice.md.j2": "{% block user %}?{% endblock %}"}
    async with running(tmp_path, {"talk": talk, "place": place}, files) as bot:
        await say(bot, ("/talk", "Имя?"))
        bot.write("talk", KEEP + NEW)
        bot.write("place", place.replace("Город?", "Место?"))
        for file in files:
            (tmp_path / file).unlink()
        await bot.live()
        await say(bot, ("Аня", "Город?"), ("Тверь", "Тверь: Зал"))
        await say(bot, ("/place", "Место?"))


async def test_the_word_of_today_decides(tmp_path: Path) -> None:
    """Written in the same save as the edit it holds already; taken out again, people follow."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        await say(bot, ("/talk", "Имя?"))
        await say(bot, ("/talk", "Имя?"), number=6)
        bot.write("talk", KEEP + NEW)
        await bot.live()
        await say(bot, ("Аня", "Город?"))
        bot.write("talk", NEW)
        await bot.live()
        await say(bot, ("Оля", "Возраст?"), number=6)


async def test_two_talks_of_one_person(tmp_path: Path) -> None:
    """A parked talk finishes on its version while another one runs today's; begun anew, it is today's."""
    async with running(tmp_path, {"talk": KEEP + OLD, "other": ASK.format("one", "Раз?")}) as bot:
        await say(bot, ("/talk", "Имя?"), ("Аня", "Город?"), ("/other", "Раз?"))
        bot.write("talk", KEEP + NEW)
        await bot.live()
        await bot.person().says("да")
        offered = await bot.person().hears()
        await bot.person().presses(offered.buttons[0])
        await bot.person().hears(containing="Город?")
        await say(bot, ("Тверь", "Старое, Аня, Тверь."))


async def test_a_kept_version_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    """What an older engine allowed and today's does not, or what was lost, lets people follow; the log says so."""
    put(tmp_path, {"talk": KEEP + OLD})
    async with BotApi() as api:
        async with started(tmp_path, api) as bot:
            await say(bot, ("/talk", "Имя?"))
        with memory(tmp_path) as kept:
            [one] = kept.snapshots()
            await kept.keep([replace(one, files=dict.fromkeys(one.files, "lost"))], {})
        put(tmp_path, {"talk": KEEP + NEW})
        async with started(tmp_path, api) as bot:
            assert any("cannot be read any more" in line for line in bot.lines.lines)
            await say(bot, ("Аня", "Возраст?"))
