"""How a talk over Telegram behaves where people do not go straight: corrections, old buttons, detours, haste."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest

from tests.bot_api import Fault
from tests.bot_api.faults import ApiError
from tests.bot_api.people import Group
from tests.e2e.stage import PROJECT, Stage, copy_project, eventually, jpeg, rows, stage, talk
from tests.e2e.test_scenarios import ANKETA

HEIGHT, LATER = ANKETA[:5], ANKETA[8:]  # up to the question of the height; from the answer about the weight on


async def test_editing_ones_own_message_corrects_the_answer(tmp_path: Path) -> None:
    """An earlier answer edited in Telegram is the answer from then on; what depended on it follows."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *ANKETA[:4])
        age = await anna.says("34")
        await talk(anna, ("", "рост"), *ANKETA[6:7])
        await anna.edits(age, "35")
        await talk(anna, ("", "Исправил"), *ANKETA[7:])
        assert any("Сколько тебе лет: 35" in line or "Возраст: 35" in line for line in anna.transcript)
        await anna.edits(age, "двести лет")
        await talk(anna, ("", "Так исправить не получится"), ("!Всё верно", "Анкета готова"))
        await play.stop()
        [profile] = rows(play.data / "profiles.csv")
        assert profile["age"] == "35"


async def test_back_asks_the_question_before(tmp_path: Path) -> None:
    """/back asks once more; the new answer counts and what came after is not lost."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *HEIGHT, ("175", "весишь"), ("/back", "рост"), ("180", "весишь"), ("82,5 кг", "давно"), *LATER)
        await talk(anna, ("!Всё верно", "Анкета готова"), ("/back", "не к чему возвращаться"))
        await play.stop()
        [profile] = rows(play.data / "profiles.csv")
        assert profile["height"] == "180"


async def test_an_old_button_changes_nothing_by_itself(tmp_path: Path) -> None:
    """A press on an answered question's button is answered with a way to correct it; so is an ancient one."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        question = await talk(anna, ("/register", "Девять"), ("!Начать", "Твой пол"))
        [old] = [button["callback_data"] for button in question.rows[0] if button["text"] == "Мужской"]
        await talk(anna, ("!Женский", "Сколько тебе лет"))
        press = await anna.presses_data(old, question.id)
        assert await press.answered() == "На этот вопрос уже есть ответ"
        await anna.hears(containing="Его можно исправить")
        await talk(anna, ("34", "рост"), ("!Исправить ответ", "Твой пол"), ("!Мужской", "рост"), *ANKETA[6:])
        ancient = await anna.presses_data("0123abcd:someone", question.id)
        assert await ancient.answered() == "Эта кнопка уже не действует"
        await talk(anna, ("!Всё верно", "Анкета готова"))
        await play.stop()
        [profile] = rows(play.data / "profiles.csv")
        assert profile["gender"] == "male"


async def test_a_double_click_counts_once(tmp_path: Path) -> None:
    """Two presses of one button within a breath are one answer, and both spinners stop."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        question = await talk(anna, ("/register", "Девять"))
        data = question.rows[0][0]["callback_data"]
        presses = [await anna.presses_data(data, question.id) for _ in range(3)]
        await asyncio.gather(*(press.answered() for press in presses))
        await talk(anna, ("", "Твой пол"), ("!Мужской", "лет"))
        assert sum("Твой пол" in line for line in anna.transcript) == 1


async def test_a_detour_is_parked_and_offered_again(tmp_path: Path) -> None:
    """Another command in mid-talk: that talk goes first, then the one left is offered and goes on where it stood."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, *HEIGHT, ("175", "весишь"))
        await talk(anna, ("/feedback", "Как тебе бот?"), ("5", "понравилось"), ("!Без комментария", "Спасибо!"))
        await play.kill()
        await play.start()
        await talk(anna, ("", "Вернёмся к разговору «Анкета для тренировок»?"), ("!Продолжить", "весишь"))
        await talk(anna, *ANKETA[7:], ("!Всё верно", "Анкета готова"))


async def test_an_album_is_one_answer(tmp_path: Path) -> None:
    """Three photos sent together answer one question once."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/new_goal", "Назови цель"), ("Море", "Почему"), ("Отдых", "Пришли фото"))
        await anna.sends_album(3, "мудборд")
        await anna.hears(containing="🎯 Море")
        await talk(anna, ("/menu", "Чем займёмся?"))
        assert not any("Не уверен, что понял" in line for line in anna.transcript)
        await play.stop()
        assert len(rows(play.data / "goals.csv")) == 1


async def test_what_is_said_while_the_model_thinks_is_kept(tmp_path: Path) -> None:
    """The text waits, typing is shown, and it is taken as the answer to the question after the reply."""
    async with stage(tmp_path) as play:
        play.llm.reply({"verdict": "ask", "question": "Какой бюджет?"})
        boris = play.telegram.person(7)
        await talk(boris, ("/consult", "Какую задачу"))
        with play.llm.thinking():
            await boris.says("Нужен бот")
            await play.telegram.until(lambda: play.telegram.world.actions, 30)
            await boris.says("миллион")
            await play.telegram.until(lambda: not play.telegram.world.updates, 10)  # the bot has it
        await talk(boris, ("", "Какой бюджет?"))
        await play.telegram.until(lambda: len(play.llm.requests) == 2, 30)
        assert "Ответ: миллион" in play.llm.requests[1].user
        assert (7, "typing") in play.telegram.world.actions


async def test_a_slow_model_holds_up_nobody_else(tmp_path: Path) -> None:
    """While one person waits for the model another talks on."""
    async with stage(tmp_path) as play:
        anna, boris = play.telegram.person(5), play.telegram.person(7, name="Борис")
        await talk(boris, ("/consult", "Какую задачу"))
        with play.llm.thinking():
            await boris.says("Нужен бот")
            await eventually(lambda: bool(play.llm.requests))
            await talk(anna, *ANKETA, ("!Всё верно", "Анкета готова"))
            assert len(boris.transcript) == 4


async def test_a_long_text_comes_in_parts_with_the_buttons_at_the_end(tmp_path: Path) -> None:
    """A model's reply of 9,000 characters arrives whole, in messages that Telegram takes."""
    async with stage(tmp_path) as play:
        long = " ".join(f"слово{number}" for number in range(1000))
        play.llm.reply({"profile": long, "first_step": "Иди."})
        anna = play.telegram.person(5)
        await talk(anna, ("/start", "зовут"), ("Аня", "цель"), ("Марафон", "живёшь"), ("!Москва", "Чем займёмся?"))
        said = " ".join(anna.transcript)
        assert all(f"слово{number}" in said for number in range(1000))


async def test_a_broken_model_is_felt_by_nobody(tmp_path: Path) -> None:
    """Whatever a model server does wrong, the talk goes on with `if_fails`; what it said is not shown."""
    async with stage(tmp_path, LLM_CONCURRENCY="10") as play:
        for number, fault in enumerate((401, "html", "refusal", "cut")):
            play.llm.heal()
            play.llm.fail_always(fault)
            await play.stop()  # a new start forgets that the endpoint was broken
            await play.start()
            boris = play.telegram.person(100 + number)
            goal = (("/new_goal", "Назови"), ("Цель", "Почему"), ("Так", "Пришли фото"))
            await talk(boris, *goal, ("!Без фото", "Мозг коуча сейчас перезагружается"), patience=20)


async def test_names_and_texts_are_shown_as_they_are(tmp_path: Path) -> None:
    """Nothing that a person writes is a template, Markdown, or a formula."""
    async with stage(tmp_path, with_model=False) as play:
        for number, name in enumerate(("{{ 7*7 }}", "*_[x](http://a.b)`~", "а‮бв", "😀" * 25, "=1+1")):
            anna = play.telegram.person(200 + number, name=name)
            await talk(anna, ("/start", "зовут"), ("Аня", "цель"), (name, "живёшь"))
            await talk(anna, ("!Москва", f"Аня идёт к цели: {name.strip()}"))


async def test_huge_and_unknown_things_get_a_kind_answer(tmp_path: Path) -> None:
    """A file over Telegram's limit, a sticker, a poll: the question's own hint, no crash, and the talk goes on."""
    async with stage(tmp_path) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/new_goal", "Назови"), ("Цель", "Почему"), ("Так", "Пришли фото"))
        await anna.sends_raw(
            sticker={
                "file_id": "s",
                "file_unique_id": "s",
                "type": "regular",
                "width": 1,
                "height": 1,
                "is_animated": False,
                "is_video": False,
            }
        )
        await anna.hears(containing="Нужна картинка")
        await anna.sends("document", name="../../etc/passwd", mime="application/x-evil", size=60_000_000)
        await anna.hears(containing="Нужна картинка")
        await anna.sends("photo", content=jpeg(), size=30_000_000)
        await anna.hears(containing="Первый шаг")
        await talk(anna, ("/menu", "Чем займёмся"))


async def test_a_blocked_bot_bothers_nobody(tmp_path: Path) -> None:
    """403: what was for that person is dropped; they come back and are heard again."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/register", "Девять"))
        play.telegram.fault(Fault.forbidden("sendMessage", 5))
        await anna.presses("Начать")
        await play.telegram.until(
            lambda: "Твой пол" not in str(anna.transcript) and not play.telegram.world.updates, 30
        )
        await talk(anna, ("Женский", "Сколько тебе лет"))


async def test_telegrams_faults_delay_and_never_lose_or_double(tmp_path: Path) -> None:
    """429, 5xx, a gateway's page, cuts before and after the effect: the talk is whole afterwards."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        faults = [
            Fault.flood(1, "sendMessage"), Fault.broken("sendMessage"), Fault("sendMessage", cut="before"),
            Fault.broken("sendMessage", code=503), Fault.broken("getUpdates"), Fault("getUpdates", cut="after"),
            Fault.broken("answerCallbackQuery"),
        ]  # fmt: skip
        for fault, turn in zip(faults, ANKETA, strict=False):
            play.telegram.fault(fault)
            await talk(anna, turn, patience=15)
        await talk(anna, *ANKETA[len(faults) :])
        assert len(anna.transcript) == len(set(anna.transcript))
        assert all(fault.met for fault in faults)


async def test_a_cut_after_the_effect_repeats_once_at_most(tmp_path: Path) -> None:
    """Where nobody can know whether it arrived the message comes a second time, never a third."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        play.telegram.fault(Fault("sendMessage", cut="after", times=10))
        await anna.says("/register")
        await play.telegram.until(lambda: sum("Девять" in line for line in anna.transcript) == 2, 30)
        await anna.says("начать")
        await play.telegram.until(lambda: sum("Твой пол" in line for line in anna.transcript) == 2, 30)
        assert sum("Девять" in line for line in anna.transcript) == 2


async def test_a_second_poller_is_told_and_waited_for(tmp_path: Path) -> None:
    """409: a clear line in the log, and the bot polls on until the other one is gone."""
    async with stage(tmp_path, with_model=False) as play:
        conflict = ApiError(409, "Conflict: terminated by other getUpdates request")
        fault = play.telegram.fault(Fault("getUpdates", times=2, error=conflict))
        anna = play.telegram.person(5)
        await talk(anna, ("/help", "Что я умею"))
        await play.telegram.until(lambda: fault.met == 2)
        await talk(anna, ("/menu", "Чем займёмся"), patience=15)
        assert "Another program polls Telegram with this bot's token" in play.console


async def test_poison_duplicate_and_disordered_updates(tmp_path: Path) -> None:
    """An update nobody can read is set aside, one that comes twice counts once, and the next ones are heard."""
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await play.telegram.world.push(message={"message_id": "what", "chat": {"id": 5}})
        await play.telegram.world.push(message={"message_id": 1})
        await play.telegram.world.push(poll_answer={"unknown": True})
        await talk(anna, ("/register", "Девять"))
        late = [700_000_005, 700_000_004]  # the later one comes first, then both again
        for place, number in enumerate([*late, *late]):
            said = "начать" if number == late[0] else "/help"
            play.telegram.world.updates[700_000_010 + place] = {"update_id": number, **_text(said)}
        play.telegram.world.update_numbers = itertools.count(700_000_020)
        await play.telegram.world.notify()
        await talk(anna, ("", "Твой пол"), ("Мужской", "Сколько тебе лет"))
        assert sum("Твой пол" in line for line in anna.transcript) == 1
        code, said, _ = await play.command("status")
        assert code == 0
        assert "2 set aside" in said


def _text(text: str) -> dict[str, object]:
    chat = {"id": 5, "type": "private", "first_name": "Анна"}
    sender = {"id": 5, "is_bot": False, "first_name": "Анна"}
    return {"message": {"message_id": 90, "date": 1_700_000_000, "chat": chat, "from": sender, "text": text}}


async def test_only_allowed_users_get_in(tmp_path: Path) -> None:
    """ALLOWED_USERS: others hear one polite refusal, and nothing of theirs is kept."""
    async with stage(tmp_path, with_model=False, ALLOWED_USERS="5,@boris") as play:
        anna, boris = play.telegram.person(5), play.telegram.person(7, username="Boris")
        eve = play.telegram.person(6, name="Ева")
        await talk(anna, ("/menu", "Чем займёмся"))
        await talk(boris, ("/menu", "Чем займёмся"))
        for text in ("/menu", "впусти", "/start"):
            await eve.says(text)
        await eve.hears(containing="только для своих")
        await play.telegram.confirmed()
        await talk(anna, ("/menu", "Чем займёмся"))
        assert len(eve.transcript) == 4
        group = play.telegram.group(-100)
        await group.says(anna, "/menu")
        await play.telegram.until(lambda: len(group.chat.messages) == 2, 30)
        menu = max(group.chat.messages)
        press = await eve.presses_data("x:y", group.chat.messages[menu])
        assert "только для своих" in await press.answered()  # she alone sees it
        await play.telegram.confirmed()
        await talk(anna, ("/help", "Что я умею"))
        assert len(group.chat.messages) == 2
        await play.stop()
        _, history, _ = await play.command("history", "export")
        assert "впусти" not in history


async def test_the_log_holds_no_secret_and_nothing_of_people(tmp_path: Path) -> None:
    """Even at DEBUG: no token, no key, no name, no text, no contact, no reply of the model."""
    async with stage(tmp_path) as play:
        play.llm.reply({"profile": "Сокровенный портрет", "first_step": "Тайный шаг"}, when="главная цель")
        play.llm.reply({"verdict": "ready", "question": ""}, when="Уже задано")
        anna = play.telegram.person(5, name="Аннабелла", username="annabella")
        play.telegram.fault(Fault.broken("sendMessage"))
        play.telegram.fault(Fault("getUpdates", cut="after"))
        await talk(
            anna,
            ("/start", "зовут"), ("Аннушка", "цель"), ("Марафонская мечта", "живёшь"),
            ("!Москва", "Сокровенный портрет"),
            ("", "Чем займёмся"), ("/consult", "Какую задачу"), ("Заветная задача", "?"),
        )  # fmt: skip
        await talk(
            anna,
            ("Секретный ответ", "?"),
            ("Не знаю", "связаться"),
            ("Чепуха", "Не похоже"),
            ("+7 916 123-45-67", "Передал менеджеру"),
        )
        await play.stop()
        log = play.console + (play.root / "bot.log").read_text(encoding="utf-8")
        private = (
            play.telegram.token, play.telegram.token.split(":")[1], "sk-end-to-end", "Аннабелла", "annabella",
            "Аннушка",
            "Марафонская", "Сокровенный", "Тайный", "Заветная", "Секретный", "Чепуха", "9161234567", "916 123",
        )  # fmt: skip
        assert [word for word in private if word in log] == []
        assert "onboarding: started" in log
        assert "status=ok" in log


async def test_the_same_talks_from_a_script_in_the_terminal(tmp_path: Path) -> None:
    """`dialogue chat --json` answers every piped line before it reads the next one, model replies included."""
    import json

    async with stage(tmp_path, running=False) as play:
        picture = tmp_path / "goal.jpg"
        picture.write_bytes(jpeg())
        lines = ["/new_goal", "Море", "Отдых", f"photo:{picture}", "/checkin", "1", "82,5", "Плавал", "/quit"]
        code, out, err = await play.command("chat", "--user", "anna", "--json", said="\n".join(lines))
        assert code == 0, err
        said = [json.loads(line) for line in out.splitlines()]
        assert [one["step"] for one in said if one["waiting"]] == [
            "title", "description", "photo", "goal", "weight", "report",
        ]  # fmt: skip
        assert set(said[0]) == {"text", "choices", "media", "step", "scenario", "waiting"}
        [checkin] = rows(play.data / "checkins.csv")
        assert (checkin["weight"], checkin["report"]) == ("82.5", "Плавал")
        assert "image_url" in str(play.llm.requests[0].messages[-1])
        assert (PROJECT / "scenarios").is_dir()


async def test_a_kill_in_the_middle_of_a_burst_costs_nothing(tmp_path: Path) -> None:
    """What was gathered is in the inbox: after the start it is one answer, with what came meanwhile."""
    root = copy_project(tmp_path / "bot")
    steps = '  - ask: story\n    question: Что было?\n    gather: 3s\n  - say: "Итак: {{ story }}"\n'
    text = f"format: 1\nscenario: story\nstarts_on: [/story]\nsteps:\n{steps}"
    (root / "scenarios" / "story.yaml").write_text(text, encoding="utf-8")
    async with stage(tmp_path, with_model=False) as play:
        anna = play.telegram.person(5)
        await talk(anna, ("/story", "Что было?"))
        await anna.says("раз")
        await anna.says("два")
        await play.telegram.until(lambda: not play.telegram.world.updates, 30)
        await play.kill()
        await anna.says("три")
        await play.start()
        assert (await anna.hears(30, "Итак")).text == "Итак: раз\nдва\nтри"
        assert sum("Итак" in line for line in anna.transcript) == 1


@pytest.mark.parametrize("way", ["service messages", "400"])
async def test_a_group_that_becomes_a_supergroup_talks_on(tmp_path: Path, way: str) -> None:
    """Told by the two service messages, or by Telegram's refusal alone: the next answer in the new chat is heard as
    one; also after a restart."""
    async with stage(tmp_path, with_model=False) as play:
        anna, group = play.telegram.person(5), play.telegram.group(-7)
        await group.says(anna, "/new_goal")
        question = await _newest(play, group, "Назови цель")
        play.telegram.migrate(-7, -100_7)
        new = Group(play.telegram.world, -100_7)
        if way == "service messages":
            await anna.sends_raw(group.chat, migrate_to_chat_id=-100_7)
            await anna.sends_raw(new.chat, migrate_from_chat_id=-7)
        await (group if way == "400" else new).says(anna, "Море", reply_to=question)
        asked = await _newest(play, new, "Почему")
        await play.stop()
        await play.start()
        await new.says(anna, "Отдых", reply_to=asked)
        await _newest(play, new, "Пришли фото")


async def _newest(play: Stage, group: Group, containing: str) -> dict[str, object]:
    """The group's message of the bot with these words, once it is there."""

    def found() -> list[dict[str, object]]:
        return [one for one in group.chat.messages.values() if containing in str(one.get("text", one.get("caption")))]

    await play.telegram.until(lambda: bool(found()), 30)
    return found()[-1]
