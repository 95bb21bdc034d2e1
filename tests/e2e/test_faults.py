"""What goes wrong for long: a flood limit of minutes, a disk that is full or cannot be written, wires that hang."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.bot_api import Fault
from tests.bot_api.faults import ApiError
from tests.e2e.stage import eventually, jpeg, outcomes, rows, stage, talk

GOAL = (("/new_goal", "Назови цель"), ("Море", "Почему"), ("Отдых", "Пришли фото"))


async def test_a_flood_limit_of_minutes_holds_one_chat_alone(tmp_path: Path) -> None:
    """Others talk on; a restart does not forget it; when it is over what waited comes in order, once."""
    async with stage(tmp_path, with_model=False) as play:
        anna, boris = play.telegram.person(5), play.telegram.person(6)
        await talk(anna, ("/register", "Девять"))
        play.telegram.fault(Fault.flood(300, "sendMessage", chat=5))
        await anna.presses("Начать")
        await play.telegram.until(lambda: len(_sent(play, 5)) == 2, 30)
        await talk(boris, ("/register", "Девять"), ("начать", "Твой пол"), ("!Мужской", "Сколько тебе лет"))
        assert await play.stop() == 0
        await play.start()
        await talk(boris, ("40", "рост"), ("/menu", "Чем займёмся"))
        await anna.says("есть кто?")
        await talk(boris, ("/help", "Что я умею"))
        assert len(_sent(play, 5)) == 2  # nothing more was asked of Telegram for that chat
        await play.stop()
        with sqlite3.connect(play.data / "engine.db") as database:
            (until,) = database.execute("SELECT max(not_before) FROM outbox").fetchone()
            assert 200 < until - time.time() <= 300
            database.execute("UPDATE outbox SET not_before = 0")
        await play.start()
        await anna.hears(30, "Твой пол")
        await anna.hears(30)  # what she hears of «есть кто?»
        assert sum("Твой пол" in line for line in anna.transcript) >= 1


def _sent(play: object, chat: int) -> list[object]:
    calls = play.telegram.calls  # type: ignore[attr-defined] # a Stage
    return [data for method, data in calls if method == "sendMessage" and str(data.get("chat_id")) == str(chat)]


async def test_what_was_sent_to_a_thinking_bot_ends_with_a_cancel(tmp_path: Path) -> None:
    """It answers nothing afterwards, is in no inbox, and the late reply changes nothing."""
    async with stage(tmp_path) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/consult", "Какую задачу"))
        with play.llm.thinking():
            await anna.says("Нужен бот")
            await anna.says("вы здесь?")
            await talk(anna, ("/cancel", "остановились"), ("/register", "Девять"))
        await eventually(
            lambda: "prompt=consult_next_question model=stand-in status=" in play.console
        )  # the late reply
        said = anna.transcript[anna.transcript.index("Анна: /cancel") :]
        assert len([line for line in said if line.startswith("bot:")]) == 2, said
        assert await play.stop() == 0
        with sqlite3.connect(play.data / "engine.db") as database:
            assert database.execute("SELECT count(*) FROM inbox").fetchone() == (0,)


async def test_a_press_is_answered_before_anything_else(tmp_path: Path) -> None:
    """The button's spinner stops first, whatever the turn then sends."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/register", "Девять"))
        before = len(play.telegram.calls)
        await talk(anna, ("!Начать", "Твой пол"))
        made = [method for method, _ in play.telegram.calls[before:] if method not in ("getUpdates", "setMyCommands")]
        assert made[0] == "answerCallbackQuery"


async def test_the_admin_hears_of_a_broken_model_once_each_way(tmp_path: Path) -> None:
    """A key that is refused is told at once; people go on with `if_fails`; a probe finds out that it is well again."""
    async with stage(tmp_path, ADMIN_CHAT_ID="77") as play:
        play.llm.fail_always(401)
        play.llm.reply({"motivation": "Хорошая цель", "first_step": "Иди"})
        admin = play.telegram.person(77)
        await talk(admin, ("/menu", "Чем займёмся"))
        for number in (5, 6):
            await talk(
                play.telegram.person(number), *GOAL, ("!Без фото", "Мозг коуча сейчас перезагружается"), patience=20
            )
        await admin.hears(30, "fails")
        play.llm.heal()
        number = 7
        while not any("works again" in line for line in admin.transcript):
            assert number < 60, admin.transcript
            await talk(play.telegram.person(number), *GOAL, ("!Без фото", "🎯 Море"), patience=20)
            number += 1
            await asyncio.sleep(0.5)  # an endpoint that broke is left alone for some seconds
        assert sum("fails" in line for line in admin.transcript) == 1


async def test_a_press_is_answered_first_when_its_answer_is_slow(tmp_path: Path) -> None:
    """What the turn sends waits for it, up to a second: no message, and no edit, overtakes the spinner's end."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/register", "Девять"))
        play.telegram.fault(Fault("answerCallbackQuery", delay=0.4))
        press = await anna.presses("Начать")
        await anna.hears(30, "Твой пол")
        assert play.telegram.world.presses[press.id] is not None


async def test_a_double_click_while_the_model_thinks_says_nothing(tmp_path: Path) -> None:
    async with stage(tmp_path) as play:
        anna = play.telegram.person(5)
        question = await talk(anna, *GOAL)
        data = question.rows[-1][0]["callback_data"]
        with play.llm.thinking():
            for press in [await anna.presses_data(data, question.id) for _ in range(2)]:
                assert await press.answered() in ("", "None")
        await anna.hears(30, "🎯 Море")
        assert not [line for line in anna.transcript if "уже ответ" in line]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 256 kB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("a disk can only be mounted by root, outside of most containers")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_a_disk_full_of_outcomes_and_photos_delays_them_alone(tmp_path: Path, small_disk: Path) -> None:
    """People talk on, the admin hears of it once; with room again everything is there, in order, once."""
    memory = f"sqlite:///{tmp_path}/engine.db"
    settings = {"DATA_DIR": str(small_disk), "DATABASE_URL": memory, "ADMIN_CHAT_ID": "77"}
    async with stage(tmp_path, with_model=False, **settings) as play:
        admin, anna = play.telegram.person(77), play.telegram.person(5)
        await admin.says("/menu")
        await talk(anna, *GOAL, ("!Без фото", "🎯 Море"))
        await eventually(lambda: len(rows(small_disk / "goals.csv")) == len(outcomes(small_disk, "goals")) == 1)
        ballast = small_disk / "ballast"
        assert (await play.command("status"))[0] == 0
        _fill(ballast)
        code, said, _ = await play.command("status")  # before the bot has noticed it itself
        assert code == 1
        assert f"Nothing can be written in {small_disk}: No space left on device" in said
        boris = play.telegram.person(6)
        await talk(boris, *GOAL)
        await boris.sends_photo(content=jpeg(300, 200))
        await talk(boris, ("", "🎯 Море"))
        await admin.hears(30, "fails")
        await talk(boris, ("/checkin", "К какой цели"))
        assert len(outcomes(small_disk, "goals")) == 1
        ballast.unlink()
        await admin.hears(40, "works again")
        await eventually(lambda: len(outcomes(small_disk, "goals")) == 2 and len(rows(small_disk / "goals.csv")) == 2)
        await eventually(lambda: len(list((small_disk / "media").glob("*.jpg"))) == 1, 60)


async def test_a_disk_that_cannot_be_written_stops_the_start_with_a_sentence(tmp_path: Path, small_disk: Path) -> None:
    """Also where a bot ran before: exit 2 as for any wrong setting, the place and what to do, no traceback."""
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)  # noqa: ASYNC221 - nothing runs beside it
    async with stage(tmp_path, running=False, with_model=False) as play:
        for folder in (str(small_disk), "/proc/nowhere"):
            play.settings["DATA_DIR"] = folder
            for command in (("run", "--no-watch"), ("chat", "--user", "a")):
                code, _, err = await play.command(*command)
                assert (code, "Traceback" in err) == (2, False), err
                assert folder in err.splitlines()[-1]
                assert "DATA_DIR" in err.splitlines()[-1] or "read-only" in err.splitlines()[-1], err


def _fill(path: Path) -> None:
    """Until there is no room for a single byte."""
    with path.open("wb", buffering=0) as file:
        for size in (4096, 1):
            try:
                while file.write(b"x" * size):
                    pass
            except OSError:
                continue


async def test_a_reply_of_20_000_characters_is_a_failed_call(tmp_path: Path) -> None:
    """The talk takes `if_fails`, the record is saved, and what the person says next is heard."""
    async with stage(tmp_path) as play:
        play.llm.reply({"motivation": "я" * 20_000, "first_step": "шаг"})
        anna = play.telegram.person(5)
        await talk(anna, *GOAL, ("!Без фото", "перезагр"), ("/goals", "Какую цель"))
        await eventually(lambda: [row["title"] for row in rows(play.data / "goals.csv")] == ["Море"])


async def test_the_admin_hears_each_time_that_something_breaks_and_works_again(tmp_path: Path) -> None:
    """The model's key is refused, taken, refused once more; another program polls with the bot's token."""
    async with stage(tmp_path, ADMIN_CHAT_ID="77") as play:
        admin, anna = play.telegram.person(77), play.telegram.person(5)
        await talk(admin, ("/menu", "Чем займёмся"))
        for _ in range(2):
            play.llm.fail_always(401)
            await talk(anna, *GOAL, ("!Без фото", "перезагр"))
            assert "The model at" in (await admin.hears(30, "fails: HTTP 401")).text
            play.llm.heal()
            await talk(anna, *GOAL, ("!Без фото", "🎯 Море"))
            await admin.hears(30, "works again")
        conflict = ApiError(409, "Conflict: terminated by other getUpdates request")
        fault = play.telegram.fault(Fault("getUpdates", times=1_000, error=conflict))
        await anna.says("/menu")
        await admin.hears(30, "Telegram fails: Another program polls")
        _, said = await play.status(lambda _, said: "Another program polls" in said)
        assert "Another program polls" in said
        fault.times = 0  # the other program stops
        await talk(anna, ("/menu", "Чем займёмся"), patience=60)
        await admin.hears(30, "Telegram works again")


async def test_a_message_that_telegram_refuses_is_told(tmp_path: Path) -> None:
    """A question goes without its buttons, and is answered by typing; what is refused whatever it looks like is
    followed by a word that something broke. The admin hears of both, `status` too; what the message said stays out."""
    async with stage(tmp_path, with_model=False, ADMIN_CHAT_ID="77") as play:
        admin, anna = play.telegram.person(77), play.telegram.person(5)
        await talk(admin, ("/menu", "Чем займёмся"))
        play.telegram.fault(Fault.refused("BUTTON_TYPE_INVALID", "sendMessage", chat=5))
        heard = await talk(anna, ("/feedback", "От 1 до 5"))
        assert heard.buttons == []
        await admin.hears(30, "refused a message, which was sent plainer: Button_type_invalid")
        await talk(anna, ("5", "понрав"))
        play.telegram.fault(Fault.refused("TEXT_IS_WICKED", "sendMessage", chat=5, times=2))
        await talk(anna, ("/register", "сломалось"))
        told = (await admin.hears(30, "could not be delivered")).text
        assert "Text_is_wicked" in told
        assert "Девять" not in told
        code, said = await play.status(lambda _, said: "Text_is_wicked" in said)
        assert (code, "the last problem" in said) == (1, True)
