"""Every way that a file is saved, renamed, checked out or swapped under a running bot, while a person is mid-way."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bot_api import Fault
from tests.reload.stage import Bot, put, running

OLD = """
- ask: name
  question: Как тебя зовут?
- ask: town
  question: Из какого ты города?
- say: "{{ name }} из города {{ town }}."
"""
NEW = OLD.replace("Из какого ты города?", "Где ты живёшь?").replace(" из города ", " живёт: ")
BEGIN = [("/talk", "Как тебя зовут?"), ("Аня", "Из какого ты города?")]


async def begin(bot: Bot, number: int = 5) -> None:
    """Stand at the second question."""
    person = bot.person(number)
    for said, heard in BEGIN:
        await person.says(said)
        await person.hears(containing=heard)


def in_place(bot: Bot) -> None:
    bot.write("talk", NEW)


def as_vim_does(bot: Bot) -> None:
    """A swap file, a probe, the original moved to its backup, a new file written, the backup deleted."""
    folder, path = bot.root / "scenarios", bot.path("talk")
    (folder / ".talk.yaml.swp").write_bytes(b"b0VIM 9.1")
    (folder / "4913").touch()
    (folder / "4913").unlink()
    path.rename(folder / "talk.yaml~")
    path.write_bytes(bot.text("talk", NEW))
    (folder / "talk.yaml~").unlink()
    (folder / ".talk.yaml.swp").unlink()


def renamed_over(bot: Bot) -> None:
    """A temporary file renamed over the old one, as most other editors do."""
    draft = bot.root / "scenarios/talk.yaml.tmp12"
    draft.write_bytes(bot.text("talk", NEW))
    draft.replace(bot.path("talk"))


def on_windows(bot: Bot) -> None:
    """With a mark at the beginning and CRLF, as editors there may write it."""
    bot.path("talk").write_bytes(b"\xef\xbb\xbf" + bot.text("talk", NEW).replace(b"\n", b"\r\n"))


def folder_swapped(bot: Bot) -> None:
    """The whole folder exchanged for another, as a deployment does."""
    put(bot.root / "next", {"talk": NEW})
    (bot.root / "scenarios").rename(bot.root / "last")
    (bot.root / "next/scenarios").rename(bot.root / "scenarios")


@pytest.mark.parametrize("save", [in_place, as_vim_does, renamed_over, on_windows, folder_swapped])
async def test_a_save_is_live_and_nobody_is_thrown_out(tmp_path: Path, save: Callable[[Bot], None]) -> None:
    """The answer to the old question counts, the new texts are used from then on, and the save itself says nothing."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        await begin(bot)
        before = bot.sent()
        await asyncio.to_thread(save, bot)
        await bot.live("changed scenarios/talk.yaml")
        assert bot.sent() == before
        await bot.person().says("Тверь")
        assert (await bot.person().hears()).text == "Аня живёт: Тверь."
        await bot.person(6).says("/talk")
        await bot.person(6).hears(containing="Как тебя зовут?")
        await bot.person(6).says("Оля")
        assert (await bot.person(6).hears()).text == "Где ты живёшь?"


async def test_a_save_while_an_answer_is_on_its_way(tmp_path: Path) -> None:
    """It arrives once, as it was said; the next one is of the new file."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        await begin(bot)
        held = bot.api.fault(Fault("sendMessage", chat=5, hold=asyncio.Event()))
        await bot.person().says("Тверь")
        await bot.api.until(lambda: held.met)
        bot.write("talk", NEW)
        await bot.live()
        assert held.hold is not None
        held.hold.set()
        assert (await bot.person().hears()).text == "Аня из города Тверь."
        await bot.person().says("/talk")
        await bot.person().hears(containing="Как тебя зовут?")
        await bot.person().says("Аня")
        assert (await bot.person().hears()).text == "Где ты живёшь?"
        assert [line for line in bot.person().transcript if "Аня из города" in line] == ["bot: Аня из города Тверь."]


async def test_a_write_torn_in_two(tmp_path: Path) -> None:
    """Half of a file, whole in itself, is waited out while its writer has it open: nobody's talk ends early."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        await begin(bot)
        whole = bot.text("talk", NEW)
        half = whole.index(b"- ask: town")
        with bot.path("talk").open("wb") as file:
            file.write(whole[:half])
            file.flush()
            await asyncio.sleep(0.6)
            await bot.person().says("Тверь")
            assert (await bot.person().hears()).text == "Аня из города Тверь."
            file.write(whole[half:])
        await bot.live()
        assert bot.admin.transcript == []


async def test_a_file_deleted_and_written_anew(tmp_path: Path) -> None:
    """Between deleting and writing, even with a pause, the scenario lives on."""
    async with running(tmp_path, {"talk": OLD, "other": "- say: Да."}) as bot:
        await begin(bot)
        bot.path("talk").unlink()
        await asyncio.sleep(0.5)
        await bot.person().says("Тверь")
        assert (await bot.person().hears()).text == "Аня из города Тверь."
        bot.write("talk", NEW)
        await bot.live("changed scenarios/talk.yaml")


def git(root: Path, *words: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false", *words],
        cwd=root,
        check=True,
        capture_output=True,
        env={**os.environ, "GIT_CONFIG_GLOBAL": os.devnull},
    )


async def test_a_branch_checked_out(tmp_path: Path) -> None:
    """Two hundred files at once become one new version, never a mixture."""
    many = {f"talk_{number}": OLD for number in range(200)}
    put(tmp_path, {"talk": OLD, **many})
    (tmp_path / ".gitignore").write_text("data/\n")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "old")
    git(tmp_path, "checkout", "-qb", "new")
    put(tmp_path, {"talk": NEW, **dict.fromkeys(many, NEW)})
    (tmp_path / "scenarios/talk_199.yaml").unlink()
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qam", "new")
    git(tmp_path, "checkout", "-q", "-")
    async with running(tmp_path, {}) as bot:
        await begin(bot)
        await asyncio.to_thread(git, tmp_path, "checkout", "-q", "new")
        line = await bot.live()
        assert "and 192 more; deleted scenarios/talk_199.yaml" in line
        await bot.person().says("Тверь")
        assert (await bot.person().hears()).text == "Аня живёт: Тверь."
        assert [line for line in bot.lines.lines if line.startswith("Live:")] == [line]
        assert bot.admin.transcript == []


async def test_git_is_waited_for(tmp_path: Path) -> None:
    """While git holds its lock the folder is half old, half new: nothing is taken up."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        (tmp_path / ".git").mkdir()
        lock = tmp_path / ".git/index.lock"
        lock.touch()
        bot.write("talk", NEW)
        await asyncio.sleep(0.6)
        assert not [line for line in bot.lines.lines if line.startswith("Live:")]
        lock.unlink()
        await bot.live()


async def test_a_lock_that_a_crash_left_is_no_lock(tmp_path: Path) -> None:
    """A git that died long ago keeps nobody from editing, in a worktree neither."""
    elsewhere = tmp_path.parent / f"{tmp_path.name}-git"
    elsewhere.mkdir()
    (elsewhere / "index.lock").touch()
    os.utime(elsewhere / "index.lock", (1_000, 1_000))
    (tmp_path / ".git").write_text(f"gitdir: {elsewhere}\n")
    async with running(tmp_path, {"talk": OLD}) as bot:
        bot.write("talk", NEW)
        await bot.live()
    shutil.rmtree(elsewhere)


async def test_a_config_map_swapped(tmp_path: Path) -> None:
    """Kubernetes never touches the file itself: it swaps the link `..data` two folders away."""

    def release(number: int, body: str) -> None:
        folder = tmp_path / "scenarios" / f"..2026_{number}"
        put(tmp_path / "draft", {"talk": body})
        folder.parent.mkdir(exist_ok=True)
        (tmp_path / "draft/scenarios").rename(folder)
        (tmp_path / "scenarios/..data_tmp").symlink_to(folder.name)
        (tmp_path / "scenarios/..data_tmp").replace(tmp_path / "scenarios/..data")

    release(1, OLD)
    (tmp_path / "scenarios/talk.yaml").symlink_to("..data/talk.yaml")
    async with running(tmp_path, {}) as bot:
        await begin(bot)
        release(2, NEW)
        shutil.rmtree(tmp_path / "scenarios/..2026_1")
        await bot.live("changed scenarios/talk.yaml")
        await bot.person().says("Тверь")
        assert (await bot.person().hears()).text == "Аня живёт: Тверь."


async def test_a_linked_folder_swapped(tmp_path: Path) -> None:
    """scenarios/ may itself be a link into one of several releases."""
    put(tmp_path / "one", {"talk": OLD})
    put(tmp_path / "two", {"talk": NEW})
    (tmp_path / "scenarios").symlink_to("one/scenarios")
    async with running(tmp_path, {}) as bot:
        (tmp_path / "draft").symlink_to("two/scenarios")
        (tmp_path / "draft").replace(tmp_path / "scenarios")
        await bot.live("changed scenarios/talk.yaml")
        put(tmp_path / "two", {"talk": OLD})
        await bot.live("changed scenarios/talk.yaml")


async def test_folders_that_appear_later(tmp_path: Path) -> None:
    """prompts/, catalog/ and folders inside scenarios/ are watched from their first file on."""
    async with running(tmp_path, {"talk": OLD}) as bot:
        (tmp_path / "catalog").mkdir()
        await asyncio.sleep(0.1)
        (tmp_path / "catalog/rooms.yaml").write_text("- {id: a, title: Зал}\n")
        await bot.live("new catalog/rooms.yaml")
        (tmp_path / "scenarios/more").mkdir()
        (tmp_path / "scenarios/more/extra.yaml").write_bytes(bot.text("extra", "- say: Ещё."))
        await bot.live("new scenarios/more/extra.yaml")
        (tmp_path / "scenarios/more/extra.yaml").write_bytes(bot.text("extra", "- say: Опять."))
        await bot.live("changed scenarios/more/extra.yaml")


async def test_saves_without_end(tmp_path: Path) -> None:
    """Five hundred saves in a row, every fourth of them broken, while people talk: all of them finish, nobody meets an
    error or a question twice, and the last save is live."""
    async with running(tmp_path, {"talk": OLD}) as bot:

        async def save() -> None:
            for number in range(500):
                body = OLD.replace("{{ town }}.", f"{{{{ town }}}} ({number}).")
                bot.path("talk").write_bytes(bot.text("talk", body if number % 4 else body + "- oops: [\n"))
                await asyncio.sleep(0.005)
            bot.write("talk", NEW)

        async def talk(number: int) -> list[str]:
            person = bot.person(number)
            for said, heard in [*BEGIN, ("Тверь", "Аня")]:
                await person.says(said)
                await person.hears(containing=heard)
                await asyncio.sleep(0.01 * (number % 7))
            return person.transcript

        saving = asyncio.ensure_future(save())
        number = 10
        while not saving.done():
            talks = await asyncio.gather(*(talk(number + one) for one in range(5)))
            assert all(len(lines) == 6 for lines in talks), talks
            number += 5
        await saving
        person = bot.person(9)
        async with asyncio.timeout(10):
            while True:  # the last save is live a moment later
                await person.says("/talk")
                await person.hears()
                await person.says("Аня")
                if (await person.hears()).text == "Где ты живёшь?":
                    break
                await person.says("/cancel")
                await person.hears()
