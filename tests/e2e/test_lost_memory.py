"""A memory that is lost, damaged or older than the outputs: what people left is never wiped, and somebody is told."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.stage import Stage, eventually, outcomes, rows, stage, talk

GOAL = (("/new_goal", "Назови цель"), ("Море", "Почему"), ("Отдых", "Пришли фото"), ("!Без фото", "🎯 Море"))


async def _one_goal(play: Stage, number: int = 5, count: int = 1) -> None:
    """Until both outputs hold so many."""
    await talk(play.telegram.person(number), *GOAL)
    await eventually(lambda: len(rows(play.data / "goals.csv")) == len(outcomes(play.data, "goals")) == count)


async def test_a_memory_removed_under_a_running_bot(tmp_path: Path) -> None:
    """The admin is told while it can still be mended; an orderly end puts it back, with what was said since."""
    async with stage(tmp_path, with_model=False, ADMIN_CHAT_ID="77") as play:
        admin, anna = play.telegram.person(77), play.telegram.person(5)
        await _one_goal(play)
        for file in play.data.glob("engine.db*"):
            file.unlink()
        await admin.hears(30, "was removed or replaced")
        await talk(anna, ("/new_goal", "Назови цель"), ("Горы", "Почему"))
        assert await play.stop() == 0
        await play.start()
        await talk(anna, ("Высоко", "Пришли фото"))
        code, listed, _ = await play.command("outcomes", "list", "goals")
        assert code == 0
        assert "Море" in listed


async def test_a_lost_memory_wipes_no_outcomes(tmp_path: Path) -> None:
    """doctor warns before the start; the start keeps both files aside, the admin is told, doctor names them."""
    async with stage(tmp_path, with_model=False, ADMIN_CHAT_ID="77") as play:
        admin = play.telegram.person(77)
        await _one_goal(play)
        await play.stop()
        filled, table = (play.data / "outcomes.json").read_bytes(), (play.data / "goals.csv").read_bytes()
        (play.data / "engine.db").unlink()
        code, said, _ = await play.command("doctor")
        assert code == 1
        assert "outcomes.json holds records of a memory that is not here" in said
        assert "goals.csv holds records" in said
        await play.start()
        await admin.hears(30, "records of an earlier memory")
        await admin.hears(30, "records of an earlier memory")
        await _one_goal(play, 6)
        assert len(rows(play.data / "goals.csv")) == 1
        await play.stop()
        (kept,) = play.data.glob("outcomes.json.before-*")
        (sheet,) = play.data.glob("goals.csv.before-*")
        assert (kept.read_bytes(), sheet.read_bytes()) == (filled, table)
        await play.start()
        await _one_goal(play, 7, 2)
        await play.stop()
        assert len(list(play.data.glob("*.before-*"))) == 2
        assert len(rows(play.data / "goals.csv")) == 2
        code, said, _ = await play.command("doctor")
        assert code == 0
        assert f"{kept.name} was kept aside" in said
        _, said, _ = await play.command("forget", "6", "--yes")
        assert kept.name in said


async def test_a_clone_with_an_old_table_keeps_it(tmp_path: Path) -> None:
    """A first start beside a CSV that somebody made before; a header alone is nothing to keep."""
    async with stage(tmp_path, running=False, with_model=False) as play:
        play.data.mkdir()
        (play.data / "goals.csv").write_text("old\nБег\n")
        (play.data / "people.csv").write_text("name\n")
        await play.start()
        await _one_goal(play)
        await play.stop()
        assert [path.read_text() for path in play.data.glob("*.before-*")] == ["old\nБег\n"]


async def test_a_restore_keeps_what_is_newer_than_the_backup(tmp_path: Path) -> None:
    async with stage(tmp_path, with_model=False) as play:
        await _one_goal(play)
        assert (await play.command("backup", str(tmp_path / "safe.tar")))[0] == 0
        await _one_goal(play, 6, 2)
        await play.stop()
        newer = (play.data / "goals.csv").read_bytes()
        code, said, _ = await play.command("restore", str(tmp_path / "safe.tar"))
        assert code == 0
        assert len(rows(play.data / "goals.csv")) == 1
        (kept,) = play.data.glob("goals.csv.before-restore-*")
        assert kept.name in said
        assert kept.read_bytes() == newer


async def test_a_damaged_memory_makes_no_backup(tmp_path: Path) -> None:
    """`backup` fails and leaves no file; `trace`, `status` and `history` say what is wrong, without a crash."""
    async with stage(tmp_path, with_model=False) as play:
        for number in range(5, 9):
            await talk(play.telegram.person(number), *GOAL)
        await play.stop()
        with sqlite3.connect(play.data / "engine.db") as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.close()
        whole = (play.data / "engine.db").read_bytes()
        (play.data / "engine.db").write_bytes(whole[:4096] + os.urandom(len(whole) - 4096))
        code, said, err = await play.command("backup", str(tmp_path / "bad.tar"))
        assert code == 1, said
        assert "damaged" in err
        assert not (tmp_path / "bad.tar").exists()
        for command in (["trace"], ["status"], ["history", "export"]):
            code, _, err = await play.command(*command)
            assert (code in (1, 2), "crashed" in err) == (True, False), err
            assert "damaged" in err


@pytest.mark.parametrize("spoilt", ["garbage", '{"other": [1]}', '{"goals": {"one": {}}}'])
async def test_an_output_that_was_spoilt_while_no_bot_ran_is_whole_after_the_start(tmp_path: Path, spoilt: str) -> None:
    """Also after a stop in good order, as doctor promises."""
    async with stage(tmp_path, with_model=False) as play:
        await _one_goal(play)
        await play.stop()
        shutil.copy(play.data / "goals.csv", tmp_path / "goals.csv")
        (play.data / "outcomes.json").write_text(spoilt)
        (code, said, _) = await play.command("doctor", "--offline")
        assert (code, "outcomes.json cannot be read" in said) == (1, True), said
        (play.data / "goals.csv").write_text("garbage")
        _, said, _ = await play.command("doctor")
        assert "so does the bot at its next start" in said
        await play.start()
        await eventually(lambda: len(outcomes(play.data, "goals")) == 1)
        await eventually(lambda: (play.data / "goals.csv").read_bytes() == (tmp_path / "goals.csv").read_bytes())
        (kept,) = play.data.glob("goals.csv.edited-*")
        assert kept.read_text() == "garbage"
