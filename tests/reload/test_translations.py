"""Files of translations under a running bot: a saved one counts at the next message, a broken one changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot_api import BotApi
from tests.reload.stage import Bot, printed, put, running, started

TALK = """
- ask: name
  question: Как тебя зовут?
- ask: town
  question: Из какого ты города?
- say: "{{ name }} из города {{ town }}."
"""
ENTRIES = {
    "talk/name.question": ("Как тебя зовут?", "What is your name?"),
    "talk/town.question": ("Из какого ты города?", "Where do you live?"),
    "talk/say#1.say": ("{{ name }} из города {{ town }}.", "{{ name }} lives in {{ town }}."),
}
BROKEN = {
    "a quote is missing": ('msgstr "Where', "msgstr Where", "translations/en.po:7:1", "A quote is missing"),
    "a template is broken": ("in {{ town }}.", "in {{ town }.", "translations/en.po:11:29", "cannot be read"),
    "a name is unknown": (
        "in {{ town }}.",
        "in {{ twon }}.",
        "translations/en.po:11:32",
        "Nothing is called `twon` here",
    ),
    "not UTF-8": ("Where", "\udcff", "translations/en.po:7:9", "not saved as UTF-8"),
}


def catalog(**changed: str) -> str:
    return "\n".join(
        f'msgctxt "{name}"\nmsgid "{source}"\nmsgstr "{changed.get(name.split("/")[1].split(".")[0], text)}"\n'
        for name, (source, text) in ENTRIES.items()
    )


def save(bot: Bot, text: str) -> None:
    path = bot.root / "translations/en.po"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(errors="surrogateescape"))


async def test_a_first_translation_goes_live(tmp_path: Path) -> None:
    """The folder comes while the bot runs: who is mid-way goes on in their language, with the answers given."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        person = bot.api.person(5, language="en")
        await person.says("/talk")
        await person.hears(containing="Как тебя зовут?")
        save(bot, catalog())
        await bot.live("new translations/en.po")
        await person.says("Anna")
        assert (await person.hears()).text == "Where do you live?"
        save(bot, catalog(**{"say#1": "{{ name }}, {{ town }}!"}))
        await bot.live("changed translations/en.po")
        await person.says("Tver")
        assert (await person.hears()).text == "Anna, Tver!"


@pytest.mark.parametrize("case", BROKEN)
async def test_a_broken_one_changes_nothing(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The last good version serves on, the author is told file, line and column, and the next save is taken."""
    old, new, place, words = BROKEN[case]
    async with running(tmp_path, {"talk": TALK}, {"translations/en.po": catalog()}) as bot:
        save(bot, catalog(name="Who are you?").replace(old, new))
        told = await printed(capsys, "Held back")
        assert place in told
        assert words in told
        assert place in (await bot.admin.hears(containing="mistakes")).text
        person = bot.api.person(5, language="en")
        await person.says("/talk")
        assert (await person.hears()).text == "What is your name?"
        save(bot, catalog(name="Who are you?"))
        await bot.live()
        await person.says("/talk")
        await person.hears(containing="Who are you?")


async def test_an_edit_of_the_scenario_needs_no_translator(tmp_path: Path) -> None:
    """A text that changes, its names too, goes live: a translation that still fits is read, another one is not."""
    async with running(tmp_path, {"talk": TALK}, {"translations/en.po": catalog()}) as bot:
        bot.write("talk", TALK.replace("Как тебя", "Как же тебя").replace("town", "city"))
        await bot.live()
        person = bot.api.person(5, language="en")
        await person.says("/talk")
        assert (await person.hears()).text == "What is your name?"
        await person.says("Anna")
        assert (await person.hears()).text == "Where do you live?"
        await person.says("Tver")
        assert (await person.hears()).text == "Anna из города Tver."


async def test_people_finish_on_the_translation_that_they_began(tmp_path: Path) -> None:
    """With `finish_old` the texts of before go on in their language too, through a restart; others get the new ones."""
    keep = "mid_flow_edits: finish_old\nsteps:" + TALK
    put(tmp_path, {"talk": keep}, {"translations/en.po": catalog()})
    async with BotApi() as api:
        person, other = api.person(5, language="en"), api.person(6, language="en")
        async with started(tmp_path, api) as bot:
            await person.says("/talk")
            assert (await person.hears()).text == "What is your name?"
            save(bot, catalog(name="Name?", town="Town?"))
            await bot.live()
        async with started(tmp_path, api):
            await person.says("Anna")
            assert (await person.hears()).text == "Where do you live?"
            await other.says("/talk")
            assert (await other.hears()).text == "Name?"


async def test_a_deleted_one(tmp_path: Path) -> None:
    """Without its file the language is read no more; people go on in the scenario's own."""
    files = {"translations/en.po": catalog(), "translations/de.po": catalog()}
    async with running(tmp_path, {"talk": TALK}, files) as bot:
        (tmp_path / "translations/en.po").unlink()
        await bot.live("deleted translations/en.po")
        person = bot.api.person(5, language="en")
        await person.says("/talk")
        assert (await person.hears()).text == "Как тебя зовут?"
