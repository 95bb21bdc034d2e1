"""The commands that keep a house in order, beside a running bot and without one; and how the bot goes and comes."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
import tarfile
import time
from pathlib import Path

from tests.e2e.stage import Stage, eventually, jpeg, outcomes, rows, stage, talk

GOAL = (("/new_goal", "Назови цель"), ("Море", "Почему"), ("Отдых", "Пришли фото"))


async def test_status_tells_how_the_bot_is(tmp_path: Path) -> None:
    """Well while it runs, with who stands where; not well once it is gone."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *GOAL)
        code, said = await play.status(lambda code, _: code == 0)
        assert code == 0
        assert "telegram: runs for" in said
        assert "goal_setting: photo" in said
        code, said, _ = await play.command("status", "--json")
        told = json.loads(said)
        assert (told["well"], told["people"], told["inbox"], told["outbox"]) == (True, 1, 0, 0)
        assert told["standing"] == [{"scenario": "goal_setting", "step": "photo", "people": 1}]
        await play.stop()
        code, said, _ = await play.command("status")
        assert code == 1
        assert "no bot runs; one was stopped" in said


async def test_forget_me_leaves_nothing(tmp_path: Path) -> None:
    """Asked first; then no record, file, talk or line of that person is anywhere, and others keep theirs."""
    async with stage(tmp_path, with_model=False) as play:
        anna, boris = play.telegram.person(5, name="Аннабелла"), play.telegram.person(7, name="Борис")
        for person, photo in ((anna, jpeg(300, 200)), (boris, jpeg(200, 200))):
            await talk(person, *GOAL)
            await person.sends_photo(content=photo)
            await talk(person, ("", "🎯 Море"))
        await talk(anna, ("/forget_me", "Удалить всё"), ("!Нет, оставить", "всё остаётся"))
        await talk(
            anna, ("/checkin", "К какой цели"), ("забудь меня", "Удалить всё"), ("!Да, забыть всё", "я всё забыл")
        )
        await talk(anna, ("/checkin", "нет активной цели"))
        assert await play.stop() == 0
        assert [row["person"] for row in rows(play.data / "goals.csv")] == ["telegram:7"]
        assert len(outcomes(play.data, "goals")) == 1
        assert len(list((play.data / "media").iterdir())) == 1
        left = b"".join(path.read_bytes() for path in play.data.glob("engine.db*"))
        assert "Мне".encode() not in left
        _, history, _ = await play.command("history", "export", "--person", "telegram:5")
        assert "Море" not in history


async def test_forget_from_outside_beside_a_running_bot(tmp_path: Path) -> None:
    """`dialogue forget 5` removes one person; the bot goes on, and meets them as a stranger."""
    async with stage(tmp_path, with_model=False) as play:
        anna, boris = play.telegram.person(5), play.telegram.person(7)
        for person in (anna, boris):
            await talk(person, *GOAL, ("!Без фото", "🎯 Море"))
        code, said, err = await play.command("forget", "5", "--yes")
        assert (code, err) == (0, "")
        assert "telegram:5 is forgotten: records (1)" in said
        assert [row["person"] for row in rows(play.data / "goals.csv")] == ["telegram:7"]
        await talk(anna, ("/checkin", "нет активной цели"))
        await talk(boris, ("/checkin", "К какой цели"))
        code, _, err = await play.command("forget", "99", "--yes")
        assert code == 1
        assert "nothing is known of telegram:99" in err
        assert (await play.command("forget", "5"))[0] == 1  # nobody can be asked
        assert (await play.command("forget", "somebody"))[0] == 2


async def test_a_backup_beside_the_bot_and_its_return(tmp_path: Path) -> None:
    """Taken while people talk; brought back after everything was lost, talks go on where they stood."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *GOAL)
        await anna.sends_photo(content=jpeg(300, 200))
        await talk(anna, ("", "🎯 Море"), ("/checkin", "К какой цели"), ("1", "Сколько ты весишь"))
        archive = tmp_path / "safe.tar.gz"
        code, said, err = await play.command("backup", str(archive))
        assert (code, err) == (0, ""), said
        assert archive.stat().st_mode & 0o077 == 0
        assert (await play.command("backup", str(archive)))[0] == 2
        code, _, err = await play.command("restore", str(archive))
        assert code == 1
        assert "a bot runs on this memory (telegram)" in err
        await talk(anna, ("70", "Как прошёл день?"))
        await play.stop()
        for path in sorted(play.data.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        code, said, err = await play.command("restore", str(archive))
        assert (code, err) == (0, "")
        assert said.startswith("Restored: 1 people.")
        assert [row["title"] for row in rows(play.data / "goals.csv")] == ["Море"]
        assert len(list((play.data / "media").iterdir())) == 1
        await play.start()
        await talk(anna, ("72", "Как прошёл день?"))


async def test_a_restore_of_nonsense_changes_nothing(tmp_path: Path) -> None:
    """An archive that is none, is damaged, or leads out of its folder is refused before anything is touched."""
    async with stage(tmp_path, with_model=False) as play:
        await talk(play.telegram.person(5), *GOAL)
        await play.stop()
        before = (play.data / "engine.db").read_bytes()
        text, empty, evil = tmp_path / "text.tar", tmp_path / "empty.tar", tmp_path / "evil.tar"
        text.write_text("no archive")
        with tarfile.open(empty, "w"):
            pass
        with tarfile.open(evil, "w") as archive:
            (tmp_path / "x").write_text("x")
            archive.add(tmp_path / "x", "../../escaped")
        for path in (text, empty, evil):
            code, _, err = await play.command("restore", str(path))
            assert code == 1, path
            assert "no backup" in err
        assert (play.data / "engine.db").read_bytes() == before
        assert not (tmp_path.parent / "escaped").exists()


async def test_doctor_says_what_is_wrong_and_mends_outputs(tmp_path: Path) -> None:
    """Well: says so. A damaged outcomes.json: found, mended. A damaged memory: found, and what to do."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *GOAL, ("!Без фото", "🎯 Море"))
        await play.stop()
        code, said, _ = await play.command("doctor")
        assert (code, said.splitlines()[-1]) == (0, "Nothing wrong."), said
        (play.data / "outcomes.json").write_text('{"goals": {"1": {"tit')
        code, said, _ = await play.command("doctor")
        assert code == 1
        assert "outcomes.json cannot be read" in said
        code, said, _ = await play.command("doctor", "--mend")
        assert code == 0, said
        assert len(outcomes(play.data, "goals")) == 1
        whole = (play.data / "engine.db").read_bytes()
        (play.data / "engine.db").write_bytes(whole[:4096] + os.urandom(8192) + whole[12288:])
        code, said, _ = await play.command("doctor")
        assert code == 1
        assert "WRONG" in said
        assert "Traceback" not in said


async def test_a_damaged_outcomes_file_is_mended_at_the_start(tmp_path: Path) -> None:
    """The records are in the memory: the file is set aside and written anew, by itself."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *GOAL, ("!Без фото", "🎯 Море"))
        await play.kill()
        (play.data / "outcomes.json").write_text('{"goals": {"1": {"tit')
        (play.data / "goals.csv").write_text("torn")
        await play.start()
        await play.stop()
        assert len(outcomes(play.data, "goals")) == 1
        assert len(rows(play.data / "goals.csv")) == 1


async def test_a_damaged_memory_stops_the_start_with_a_sentence(tmp_path: Path) -> None:
    """Exit 1, what is wrong and what to do; no traceback."""
    async with stage(tmp_path, running=False) as play:
        play.data.mkdir()
        (play.data / "engine.db").write_bytes(b"SQLite format 3\0" + os.urandom(8192))
        code, _, err = await play.command("run", "--no-watch")
        assert code == 1
        assert "Traceback" not in err
        assert "engine.db" in err.splitlines()[-1]


async def test_a_full_disk_delays_and_loses_nothing(tmp_path: Path) -> None:
    """While nothing can be written the bot says so and waits; with room again the talk goes on by itself."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/new_goal", "Назови цель"))
        assert play.process is not None
        pid, endless = play.process.pid, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        full = (play.data / "engine.db-wal").stat().st_size  # not a byte more than the memory has; the log is shorter
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (full, resource.RLIM_INFINITY))
        await anna.says("Море")
        await _console(play, "could not be stored")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, endless)
        await talk(anna, ("", "Почему"), ("Отдых", "Пришли фото"), ("!Без фото", "🎯 Море"), patience=20)
        await play.stop()
        assert len(rows(play.data / "goals.csv")) == 1


async def test_a_locked_memory_delays_and_loses_nothing(tmp_path: Path) -> None:
    """Another program that holds the database for longer than our patience: told, waited for, nothing lost."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/new_goal", "Назови цель"))
        other = sqlite3.connect(play.data / "engine.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        await anna.says("Море")
        await _console(play, "could not be stored")
        other.execute("ROLLBACK")
        other.close()
        await talk(anna, ("", "Почему"), patience=20)


async def test_sigterm_drains(tmp_path: Path) -> None:
    """What is under way ends: the reply in the making still arrives, records reach the outputs, exit code 0."""
    async with stage(tmp_path) as play:
        play.llm.fail_always("delay", seconds=1.0)
        play.llm.reply({"motivation": "Хорошая цель", "first_step": "Иди"})
        anna = play.telegram.person(5)
        await talk(anna, *GOAL)
        await anna.presses("Без фото")
        await eventually(lambda: bool(play.llm.requests))
        started = time.monotonic()
        assert await play.stop() == 0
        assert time.monotonic() - started < 9
        assert "Хорошая цель" in "\n".join(anna.transcript)
        assert len(rows(play.data / "goals.csv")) == 1


async def test_records_past_their_time_go_everywhere(tmp_path: Path) -> None:
    """`keep:` of a collection: what is older is emptied in memory and disappears from the outputs."""
    async with stage(tmp_path, with_model=False) as play:
        anna, boris = play.telegram.person(5), play.telegram.person(7)
        for person in (anna, boris):
            await talk(person, ("/feedback", "Как тебе бот"), ("5", "понравилось"), (f"Секрет {person.id}", "Спасибо"))
        await play.stop()
        with sqlite3.connect(play.data / "engine.db") as database:
            old = "UPDATE records SET updated_at = ? WHERE collection = 'feedback' AND person = 'telegram:5'"
            database.execute(old, (time.time() - 366 * 86_400,))
        await play.start()
        await _console(play, "feedback: 1 records past their 365 days were removed")
        await play.stop()
        assert [row["comment"] for row in rows(play.data / "feedback.csv")] == ["Секрет 7"]
        assert [row["comment"] for row in outcomes(play.data, "feedback")] == ["Секрет 7"]


async def test_a_log_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """One sentence, exit 2."""
    async with stage(tmp_path, running=False, LOG_FILE="/proc/nowhere/bot.log") as play:
        code, _, err = await play.command("run", "--no-watch")
        assert code == 2
        assert "LOG_FILE" in err
        assert "Traceback" not in err


async def _console(play: Stage, words: str, patience: float = 20) -> None:
    """Until the bot has said it."""
    end = time.monotonic() + patience
    while words not in play.console:
        assert time.monotonic() < end, play.console
        await asyncio.sleep(0.05)


async def test_status_knows_at_once_that_a_bot_was_killed(tmp_path: Path) -> None:
    async with stage(tmp_path, with_model=False) as play:
        await talk(play.telegram.person(5), *GOAL)
        assert (await play.status(lambda code, _: code == 0))[0] == 0
        await play.kill()
        code, said, _ = await play.command("status")
        assert code == 1
        assert "no bot runs" in said
        _, said, _ = await play.command("doctor")
        assert "a bot runs" not in said
