"""A start changes no more than a save would: files with new mistakes are held back through restarts too."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot_api import BotApi
from tests.reload.stage import Bot, printed, put, started
from tests.reload.test_saves import NEW, OLD, begin

FILES = {"catalog/rooms.yaml": "- {id: a, title: Зал}\n"}


def unreadable(root: Path) -> None:
    put(root, {"talk": NEW.replace("question: Как", "qestion: Как")})


def unknown_name(root: Path) -> None:
    """A mistake that only lint sees."""
    put(root, {"talk": NEW.replace("{{ town }}", "{{ twon }}")})


def nothing_left(root: Path) -> None:
    shutil.rmtree(root / "scenarios")


@pytest.mark.parametrize("spoil", [unreadable, unknown_name, nothing_left])
async def test_files_spoilt_while_no_bot_ran(
    tmp_path: Path, spoil: Callable[[Path], None], capsys: pytest.CaptureFixture[str]
) -> None:
    """The bot goes on with what was live last, in the middle of a talk too; console and admin learn why, once; mended,
    the files go live. A kill in between changes nothing."""
    put(tmp_path, {"talk": OLD}, FILES)
    async with BotApi() as api:
        async with started(tmp_path, api) as bot:
            await begin(bot)
        spoil(tmp_path)
        for _ in range(2):
            async with started(tmp_path, api) as bot:
                console = await printed(capsys, "Held back: ")
                assert "scenarios/talk.yaml" in console
                assert "error[" in console
                await bot.admin.hears(containing="the version before goes on")
        async with started(tmp_path, api) as bot:
            await bot.person().says("Тверь")
            await bot.person().hears(containing="Аня из города Тверь.")
            put(tmp_path, {"talk": NEW})
            await bot.live()
            await bot.admin.hears(containing="whole again")
            await bot.person(6).says("/talk")
            await bot.person(6).hears(containing="Как тебя зовут?")
            await bot.person(6).says("Оля")
            await bot.person(6).hears(containing="Где ты живёшь?")
        assert len(bot.admin.transcript) == 4


async def test_whole_files_edited_while_no_bot_ran(tmp_path: Path) -> None:
    """They are live from the first message, and what is spoilt then is held back by them."""
    put(tmp_path, {"talk": OLD}, FILES)
    async with BotApi() as api:
        async with started(tmp_path, api) as bot:
            await say_hello(bot, "Как тебя зовут?")
        put(tmp_path, {"talk": OLD.replace("Как тебя зовут?", "Твоё имя?")})
        async with started(tmp_path, api) as bot:
            await say_hello(bot, "Твоё имя?")
        unreadable(tmp_path)
        async with started(tmp_path, api) as bot:
            await say_hello(bot, "Твоё имя?")


async def test_a_catalog_taken_away_on_purpose(tmp_path: Path) -> None:
    """A folder that is gone while the bot runs holds everything back; a start without it, when nothing reads it, is
    what its author wants."""
    put(tmp_path, {"talk": OLD}, FILES)
    async with BotApi() as api:
        async with started(tmp_path, api) as bot:
            await say_hello(bot, "Как тебя зовут?")
        shutil.rmtree(tmp_path / "catalog")
        put(tmp_path, {"talk": OLD.replace("Как тебя зовут?", "Твоё имя?")})
        async with started(tmp_path, api) as bot:
            await say_hello(bot, "Твоё имя?")


async def say_hello(bot: Bot, heard: str) -> None:
    await bot.person().says("/talk")
    await bot.person().hears(containing=heard)
