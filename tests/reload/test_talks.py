"""What an edit means for people who are mid-way: their next message, their buttons, the model's reply."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.openai_api import OpenAIStandIn
from tests.reload.stage import Bot, running

TALK = """
- ask: name
  question: Как тебя зовут?
- ask: town
  question: Из какого ты города?
- ask: size
  question: Какой размер?
  choices: {small: Малый, large: Большой}
- save: orders
  fields: {name: "{{ name }}", town: "{{ town }}", size: "{{ size }}"}
- say: "{{ name }}, {{ town }}, {{ size }}."
"""


async def say(bot: Bot, *turns: tuple[str, str]) -> None:
    """Each line and the whole answer to it; `!label` presses a button."""
    person = bot.person()
    for said, heard in turns:
        if said.startswith("!"):
            await person.presses(said[1:])
        else:
            await person.says(said)
        assert (await person.hears()).text == heard


START = [("/talk", "Как тебя зовут?"), ("Аня", "Из какого ты города?")]


async def test_a_new_question_earlier_in_the_way(tmp_path: Path) -> None:
    """The next message answers the question last shown; then the new one is asked, and after it they go on where they
    were. The author reads how many it concerns."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        await bot.person(6).says("/talk")
        await bot.person(6).hears()
        bot.write("talk", TALK.replace("- ask: town", "- ask: age\n  question: Сколько тебе лет?\n- ask: town"))
        await bot.live()
        await bot.logged("talk: 2 people in the middle of it")
        await bot.logged("1 person is asked `age` first, then goes on (at `town`)")
        await bot.logged("1 person goes on unchanged (at `name`)")
        await say(bot, ("Тверь", "Сколько тебе лет?"), ("30", "Какой размер?"), ("!Большой", "Аня, Тверь, large."))


async def test_a_renamed_step_keeps_its_answer(tmp_path: Path) -> None:
    """`renamed` carries the answer over, and the person who stands on the step; nothing is asked twice."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        new = TALK.replace("ask: town", "ask: city").replace("{{ town }}", "{{ city }}")
        bot.write("talk", f"renamed: {{town: city}}\nsteps:\n{new}")
        await bot.live()
        await bot.logged("1 person stands on `town`, which is `city` now, and goes on there")
        await say(bot, ("Тверь", "Какой размер?"), ("Малый", "Аня, Тверь, small."))


@pytest.mark.parametrize(
    ("words", "other"),
    [
        ("- ask: city", "- ask: city"),
        ("- ask: city\n  question: Из какого ты", "- ask: city\n  question: Твой"),
        ("- ask: city", "- ask: age\n  question: Сколько лет?\n- ask: city"),
    ],
    ids=["the same", "with other words", "beside a new one"],
)
async def test_a_step_that_seems_to_be_renamed(tmp_path: Path, words: str, other: str) -> None:
    """The author who left `renamed` out reads what to write while people are mid-way."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        bot.write("talk", TALK.replace("town", "city").replace(words, other))
        await bot.live()
        told = await bot.logged("talk: `town` is gone and `city` is new.")
        assert "write `renamed: {town: city}` into scenarios/talk.yaml" in told


async def test_a_step_that_is_gone_is_not_renamed(tmp_path: Path) -> None:
    """Another kind of step is new."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        bot.write("talk", TALK.replace("- ask: town\n  question: Из какого ты города?", "- set: {town: Тверь}"))
        await bot.live()
        await bot.logged("1 person stands on `town`, which is gone, and goes on at `size`")
        assert not [line for line in bot.lines.lines if "renamed" in line]


async def test_the_step_they_stand_on_is_deleted(tmp_path: Path) -> None:
    """What they write next is no answer to anything: the nearest question is asked, with a word why."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        bot.write(
            "talk", TALK.replace("- ask: town\n  question: Из какого ты города?\n", "").replace("{{ town }}", "-")
        )
        await bot.live()
        await bot.logged("1 person stands on `town`, which is gone, and goes on at `size`")
        await bot.person().says("Тверь")
        assert (await bot.person().hears()).text.endswith("Какой размер?")
        await say(bot, ("!Малый", "Аня, -, small."))


async def test_an_answer_that_fits_no_more_is_asked_again(tmp_path: Path) -> None:
    """A question that now wants a number asks the person who gave a word, and says why."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        bot.write("talk", TALK.replace("Как тебя зовут?", "Какой у тебя номер?\n  answer: integer"))
        await bot.live()
        await bot.logged("1 person is asked `name` again: the answer given does not fit any more")
        await bot.person().says("Тверь")
        asked = (await bot.person().hears()).text
        assert asked.endswith("Какой у тебя номер?")
        assert "целое число" in asked
        await say(bot, ("7", "Какой размер?"), ("!Малый", "7, Тверь, small."))


async def test_a_question_moved_into_a_scenario_of_its_own(tmp_path: Path) -> None:
    """`renamed: {town: place.town}` leads the answer into the sub-scenario."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START, ("Тверь", "Какой размер?"))
        moved = TALK.replace("- ask: town\n  question: Из какого ты города?", "- run: place\n  as: place")
        (tmp_path / "scenarios/place.yaml").write_bytes(
            bot.text("place", 'result: "{{ town }}"\nsteps:\n- ask: town\n  question: Из какого ты города?\n')
        )
        bot.write("talk", f"renamed: {{town: place.town}}\nsteps:\n{moved.replace('{{ town }}', '{{ place }}')}")
        await bot.live()
        await say(bot, ("!Большой", "Аня, Тверь, large."))


async def test_buttons_of_an_older_version(tmp_path: Path) -> None:
    """A button whose choice is still there counts; when it is gone, the question is asked anew."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START, ("Тверь", "Какой размер?"))
        old = [one for one in bot.person().chat.messages.values() if one.get("reply_markup")][-1]["message_id"]
        bot.write("talk", TALK.replace("small: Малый, large: Большой", "huge: Огромный, large: Крупный"))
        await bot.live()
        await bot.person().presses("Малый", old)
        again = await bot.person().hears()
        assert again.buttons == ["Огромный", "Крупный"]
        await bot.person().presses("Крупный")
        assert (await bot.person().hears()).text == "Аня, Тверь, large."
        await bot.person().says("/talk")
        await bot.person().hears()
        await say(bot, ("Аня", "Из какого ты города?"), ("Тверь", "Какой размер?"))
        shown = [one for one in bot.person().chat.messages.values() if one.get("reply_markup")][-1]["message_id"]
        bot.write("talk", TALK.replace("large: Большой", "large: Большущий"))
        await bot.live()
        await bot.person().presses("Крупный", shown)
        assert (await bot.person().hears()).text == "Аня, Тверь, large."


async def test_a_scenario_deleted_under_its_people(tmp_path: Path) -> None:
    """They finish on the version that they began; nobody begins it any more."""
    async with running(tmp_path, {"talk": TALK, "other": "- ask: one\n  question: Раз?"}) as bot:
        await say(bot, *START)
        bot.path("talk").unlink()
        await bot.live("deleted scenarios/talk.yaml")
        await bot.logged("1 person finishes on the version that they began")
        await say(bot, ("Тверь", "Какой размер?"))
        await bot.person().presses("Большой")
        assert (await bot.person().hears()).text == "Аня, Тверь, large."
        await bot.person().says("/talk")
        await bot.person().hears(containing="/talk")
        await bot.person().says("/other")
        await bot.person().hears(containing="Раз?")


PROMPT = {"prompts/advice.md.j2": "{% block user %}Совет для {{ name }}.{% endblock %}"}
ASKED = "- llm: advice\n  prompt: advice\n  if_fails: Нет совета.\n- say: '{{ advice }}'\n"
WITH_MODEL = "\n- ask: name\n  question: Как тебя зовут?\n" + ASKED


@pytest.mark.parametrize(
    ("edited", "heard"),
    [
        (WITH_MODEL.replace("'{{ advice }}'", "'Совет: {{ advice }}'"), "Совет: Пей воду."),
        (WITH_MODEL.replace(ASKED, "- say: Пока, {{ name }}.\n"), "Пока, Аня."),
        (WITH_MODEL.replace(ASKED, "- ask: town\n  question: Где живёшь?\n" + ASKED), "Где живёшь?"),
    ],
    ids=["the step still wants it", "the step is deleted", "a question before it"],
)
async def test_a_model_that_answers_after_a_reload(tmp_path: Path, edited: str, heard: str) -> None:
    """The reply belongs to its step if that step still wants it, else it is dropped; the person goes on either way."""
    async with OpenAIStandIn() as llm:
        llm.reply("Пей воду.")
        async with running(
            tmp_path, {"talk": WITH_MODEL}, PROMPT, LLM_BASE_URL=llm.base_url, LLM_MODEL="stand-in"
        ) as bot:
            await bot.person().says("/talk")
            await bot.person().hears()
            with llm.thinking():
                await bot.person().says("Аня")
                bot.write("talk", edited)
                await bot.live()
            assert (await bot.person().hears()).text == heard


async def test_the_menu_of_commands_follows(tmp_path: Path) -> None:
    """A trigger changed in a file changes what Telegram lists; a save that changes none publishes nothing."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await bot.api.until(lambda: len(bot.api.called("setMyCommands")) == 2)  # ru and en
        bot.write("talk", TALK.replace("Какой размер?", "Размер?"))
        await bot.live()
        bot.path("talk").write_bytes(bot.text("talk", TALK).replace(b"[/talk]", b"[/order, /talk]"))
        await bot.live()
        await bot.api.until(lambda: len(bot.api.called("setMyCommands")) == 4)
        shown = [str(call["commands"]) for call in bot.api.called("setMyCommands")]
        assert ['"order"' in one for one in shown] == [False, False, True, True]


LIVE = [
    ("prompts/advice.md.j2", "{% block user %}Новый совет для {{ name }}.{% endblock %}"),
    ("catalog/rooms.yaml", "- {id: a, title: Новый зал}\n"),
    ("catalog/words.yaml", "ru: {cancelled: Новая отмена}\n"),
]


@pytest.mark.parametrize(("file", "content"), LIVE)
async def test_what_is_no_scenario_is_live_too(tmp_path: Path, file: str, content: str) -> None:
    """Prompts, catalog, the engine's own sentences."""
    files = {
        **PROMPT,
        "catalog/rooms.yaml": "- {id: a, title: Зал}\n",
        "catalog/words.yaml": "ru: {cancelled: Отмена}\n",
    }
    talk = WITH_MODEL + "- ask: more\n  question: '{{ catalog.rooms[0].title }}'\n"
    async with OpenAIStandIn() as llm:
        llm.reply(lambda request: f"«{request.user}»")
        async with running(tmp_path, {"talk": talk}, files, LLM_BASE_URL=llm.base_url, LLM_MODEL="stand-in") as bot:
            await bot.person().says("/talk")
            await bot.person().hears()
            (tmp_path / file).write_text(content)
            await bot.live(f"changed {file}")
            await bot.person().says("Аня")
            heard = [(await bot.person().hears(30)).text for _ in range(2)]
            await bot.person().says("/cancel")
            heard.append((await bot.person().hears()).text)
            assert "Нов" in "".join(heard)
            assert len([one for one in heard if "Нов" in one]) == 1


ROWS = "- {id: a, title: Анна}\n- {id: b, title: Борис}\n- {id: c, title: Вера}\n"
EACH = """
- each: guest
  in: catalog.guests
  do:
    - ask: dish
      question: "Что ест {{ guest.title }}?"
    - save: dishes
      fields: {guest: "{{ guest.id }}", dish: "{{ dish }}"}
- ask: more
  question: "Гостей {{ catalog.guests | length }}, ещё что-нибудь?"
"""


async def test_an_each_goes_through_the_list_that_it_began(tmp_path: Path) -> None:
    """A catalog that changes meanwhile: nobody is asked about a guest twice, or about none; what was saved stays. From
    the next beginning, and after going back, the list is that of today."""
    async with running(tmp_path, {"talk": EACH}, {"catalog/guests.yaml": ROWS}) as bot:
        await say(bot, ("/talk", "Что ест Анна?"), ("Рыбу", "Что ест Борис?"))
        (tmp_path / "catalog/guests.yaml").write_text("- {id: b, title: Боря}\n- {id: d, title: Дима}\n")
        await bot.live("changed catalog/guests.yaml")
        await say(bot, ("Суп", "Что ест Вера?"), ("Сыр", "Гостей 2, ещё что-нибудь?"))
        await say(bot, ("/back", "Что ест Боря?"), ("Плов", "Что ест Дима?"))
        await say(bot, ("Хлеб", "Гостей 2, ещё что-нибудь?"))


async def test_a_scenario_under_another_name(tmp_path: Path) -> None:
    """`was` takes people along to what is written there; the author who left it out reads what to write, and whoever
    writes meanwhile goes on as the old file said."""
    async with running(tmp_path, {"talk": TALK}) as bot:
        await say(bot, *START)
        bot.path("talk").unlink()
        bot.write("order", f"starts_on: [/talk]\nsteps:\n{TALK}")
        await bot.live()
        told = await bot.logged("talk is gone and order is new.")
        assert "write `was: talk` into scenarios/order.yaml" in told
        await say(bot, ("Тверь", "Какой размер?"))
        new = TALK.replace('- say: "', '- say: "Заказ: ')
        bot.write("order", f"starts_on: [/talk]\nwas: talk\nsteps:\n{new}")
        await bot.live()
        await bot.logged("1 person goes on unchanged (at `size`)")
        await bot.person().says("/talk")
        assert (await bot.person().hears()).text.endswith("не закончен. Продолжим или начнём заново?")
        await say(bot, ("!Продолжить", "Какой размер?"), ("!Малый", "Заказ: Аня, Тверь, small."))
