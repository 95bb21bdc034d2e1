"""A bad save hurts nobody: the last good version serves on, and the author is told exactly, once each way."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from watchdog.observers import Observer

from engine.project.files import look
from engine.runtime.watch import Watch
from tests.reload.stage import Bot, printed, put, running
from tests.reload.test_saves import NEW, OLD, begin

CATALOG = {"catalog/rooms.yaml": "- {id: a, title: Зал}\n", "prompts/advice.md.j2": "{% block user %}Да?{% endblock %}"}
WITH_PROMPT = (
    OLD + "- llm: advice\n  prompt: advice\n  if_fails: Нет.\n- say: '{{ advice }} {{ catalog.rooms[0].title }}'\n"
)


def misspelt(bot: Bot) -> None:
    bot.write("talk", NEW.replace("question: Как", "qestion: Как"))


def half_written(bot: Bot) -> None:
    bot.path("talk").write_bytes(bot.text("talk", NEW)[:60])


def full_disk(bot: Bot) -> None:
    """What is left of a file that an editor could not write."""
    bot.path("talk").write_bytes(b"")


def no_text(bot: Bot) -> None:
    bot.path("talk").write_bytes(b"\xff\xfe\x00\xd8")


def unknown_name(bot: Bot) -> None:
    """A mistake that only lint sees."""
    bot.write("talk", NEW.replace("{{ town }}", "{{ twon }}"))


def nowhere(bot: Bot) -> None:
    bot.path("talk").unlink()
    bot.path("talk").symlink_to("gone.yaml")


def outside(bot: Bot) -> None:
    bot.path("talk").unlink()
    bot.path("talk").symlink_to("/etc/hostname")


def folder_gone(bot: Bot) -> None:
    shutil.rmtree(bot.root / "scenarios")


def catalog_gone(bot: Bot) -> None:
    (bot.root / "catalog").rename(bot.root / "attic")


def prompt_renamed(bot: Bot) -> None:
    (bot.root / "prompts/advice.md.j2").rename(bot.root / "prompts/advise.md.j2")


CASES: list[tuple[Callable[[Bot], None], str, str]] = [
    (misspelt, "scenarios/talk.yaml:7:3", "question"),
    (half_written, "scenarios/talk.yaml:6:3", "question"),
    (full_disk, "scenarios/talk.yaml:1:1", "empty"),
    (no_text, "scenarios/talk.yaml:1:1", ""),
    (unknown_name, "scenarios/talk.yaml", "twon"),
    (nowhere, "scenarios/talk.yaml:1:1", "cannot be read"),
    (outside, "scenarios/talk.yaml:1:1", "out of the bot's folder"),
    (folder_gone, "scenarios:1:1", "gone"),
    (catalog_gone, "catalog:1:1", "gone"),
    (prompt_renamed, "scenarios/talk.yaml:12:11", "advice"),
]


@pytest.mark.parametrize(("spoil", "place", "words"), CASES, ids=[case[0].__name__ for case in CASES])
async def test_a_bad_save_changes_nothing(
    tmp_path: Path, spoil: Callable[[Bot], None], place: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The person goes on as if nothing were; the console and the admin learn where and what; mended, it goes live."""
    async with running(tmp_path, {"talk": WITH_PROMPT}, CATALOG) as bot:
        await begin(bot)
        await asyncio.to_thread(spoil, bot)
        told = (await bot.admin.hears()).text
        assert place in told
        assert words in told
        console = capsys.readouterr().err
        assert place in console
        assert "error[" in console
        assert "Nothing changes for anyone" in console
        await bot.person().says("Тверь")
        await bot.person().hears(containing="Аня из города Тверь.")
        await bot.person().hears(containing="Нет. Зал")
        for gone in ("scenarios", "prompts", "catalog"):
            shutil.rmtree(bot.root / gone, ignore_errors=True)
        put(tmp_path, {"talk": WITH_PROMPT.replace("Из какого ты города?", "Где ты живёшь?")}, CATALOG)
        await bot.live()
        assert (await bot.admin.hears()).text == "The files are whole again, and live."
        assert len([line for line in bot.admin.transcript if line]) == 2


async def test_what_cannot_be_read_is_not_called_deleted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with running(tmp_path, {"talk": WITH_PROMPT}, CATALOG) as bot:
        nowhere(bot)
        assert "Held back: unreadable scenarios/talk.yaml." in await printed(capsys, "Held back")


async def test_one_message_for_a_row_of_bad_saves(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """While it is being mended the console shows every new mistake, the admin chat is left alone; going back to what is
    live mends it too, and the next bad save is told again."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        for number in range(2):
            bot.write("talk", OLD + "- sey: Раз.\n")
            await bot.admin.hears(containing="sey")
            bot.write("talk", OLD + "- sey: Раз.\n- sai: Два.\n")
            await printed(capsys, "sai")
            bot.write("talk", OLD)
            await bot.admin.hears(containing="whole again")
            assert len(bot.admin.transcript) == 2 * (number + 1)


async def test_a_mistake_that_was_there_at_the_start_holds_nothing_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A bot started with a mistake that only lint finds says so, and takes up a save of another file."""
    async with running(tmp_path, {"bad": "- say: '{{ nobody }}'", "talk": OLD}) as bot:
        await printed(capsys, "live all the same")
        bot.write("talk", NEW)
        await bot.live()
        bot.write("talk", NEW.replace("{{ town }}", "{{ twon }}"))
        await bot.admin.hears(containing="twon")


async def test_many_mistakes_are_told_briefly(tmp_path: Path) -> None:
    """The admin's message names the first three, and says how many there are."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        bot.write("talk", OLD + "- sey: Раз.\n" * 7)
        told = (await bot.admin.hears()).text
        assert told.count("scenarios/talk.yaml:") == 3
        assert "and 4 more" in told


async def test_where_folders_cannot_be_watched_the_files_are_compared(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Without events (a full inotify, some mounts) a change is seen all the same, some seconds later."""

    def refuse() -> None:
        raise OSError(28, "inotify watch limit reached")

    put(tmp_path, {"talk": OLD})
    watch = Watch(tmp_path, look(tmp_path), observer=refuse)  # type: ignore[arg-type] # it never returns
    assert await watch.changed(0.05) is None
    assert "inotify watch limit reached" in caplog.text
    put(tmp_path, {"talk": NEW})
    assert await watch.changed(5) is True
    watch.seen = look(tmp_path)
    stamp = (tmp_path / "scenarios/talk.yaml").stat()
    assert await watch.changed(0.05) is None
    put(tmp_path, {"talk": OLD})
    os.utime(tmp_path / "scenarios/talk.yaml", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert await watch.changed(5) is True
    watch.close()


async def test_a_bot_that_stops_while_it_begins_to_watch(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A talk of a second: nothing is told of folders that nobody wants to watch any more."""

    class Slow(Observer):  # type: ignore[valid-type,misc] # watchdog picks the class by the machine
        def start(self) -> None:
            super().start()
            watch.close()

    put(tmp_path, {"talk": OLD})
    watch = Watch(tmp_path, look(tmp_path), observer=Slow)
    assert await watch.changed(0.05) is None
    assert not [one for one in caplog.records if one.levelname == "WARNING"]
