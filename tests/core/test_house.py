"""One person's talks: commands, words, offers, parking, old buttons, trouble, bounds."""

from __future__ import annotations

import time
from typing import Any

import pytest

from engine.core.effects import (
    AnswerPress,
    CloseQuestion,
    KeepFile,
    RedrawQuestion,
    ReportProblem,
    SaveRecord,
    SendMessage,
)
from engine.core.events import OtherReceived, RecordsFound
from engine.core.session import Session
from tests.driver import HOLD, Driver, build

TWO = """
  - ask: a
    question: a?
  - ask: b
    question: b?
"""
CHOICES = """
  - ask: a
    question: a?
    choices: {x: Икс, y: Игрек}
  - ask: b
    question: b?
    choices: {x: Икс, y: Игрек}
  - say: "{{ a }}{{ b }}"
"""
TITLED = {"talk": "title: Разговор\nsteps:\n" + TWO.lstrip("\n"), "other": "title: Другой\nsteps:\n" + TWO.lstrip("\n")}


def person(scenarios: Any = TWO, **more: Any) -> Driver:
    return Driver(build(scenarios, more.pop("files", None)), **more)


# starting -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["верни назад", "Верни", "можно назад?", "шаг назад", "ну вернись назад пожалуйста"])
def test_back_in_words(said: str) -> None:
    """At a question for any text too; the answer of before stays until another comes."""
    driver = person()
    driver.say("/talk")
    driver.say("раз")
    assert driver.say(said) == ["a?"]
    assert "a" not in driver.variables
    assert driver.say("верни назад") == ["Это первый вопрос, раньше ничего не было."]
    assert driver.say("два") == ["b?"]
    assert driver.variables["a"] == "два"


def test_what_starts_a_scenario() -> None:
    """Commands with their payloads, whole texts in any case, patterns with their groups, else the fallback."""
    driver = person(
        {
            "talk": "starts_on: [/go, /start promo_*, Привет, {pattern: 'хочу (?P<what>\\w+)'}]\n"
            "steps:\n"
            "  - set: {what: \"{{ start.match.what | default('') }}\"}\n"
            "  - say: '{{ start.command }}|{{ start.payload }}|{{ start.text }}|{{ what }}'\n",
            "plain": "starts_on: [/start]\nsteps:\n  - say: plain\n",
            "fallback": "steps:\n  - say: 'не понял {{ start.text }}'\n",
        }
    )
    assert driver.say("/go now") == ["go|now|/go now|"]
    assert driver.say("/start promo_1") == ["start|promo\\_1|/start promo\\_1|"]
    assert driver.say("/start other") == ["plain"]
    assert driver.say("ПРИВЕТ!") == ["||ПРИВЕТ!|"]
    assert driver.say("я хочу чай") == ["||я хочу чай|чай"]
    assert driver.say("абракадабра") == ["не понял абракадабра"]
    assert driver.photo() == ["не понял "]


def test_nothing_known() -> None:
    """Without a fallback the engine says where to look; a near command is named."""
    driver = person()
    assert driver.say("ой")[0].startswith("Я пока не понимаю")
    assert "/talk" in driver.say("/tolk")[0]
    assert "Может быть" not in driver.say("/zzzzzz")[0]
    assert driver.send(OtherReceived(id="o", at=driver.at, sender=driver.sender, what="sticker"))[0].startswith(
        "Я пока"
    )


def test_answer_first_then_trigger() -> None:
    """A text that the question takes is its answer, even when it would start something; else it starts it."""
    driver = person(
        {
            "talk": "  - ask: n\n    question: n?\n    answer: integer\n  - ask: t\n    question: t?\n",
            "hello": "starts_on: [привет]\nsteps:\n  - say: hi\n",
        }
    )
    driver.say("/talk")
    assert driver.say("привет") == ["hi"]
    driver.say("/talk")
    driver.say("5")
    driver.say("привет")
    assert driver.talk is None


def test_wrong_answers_are_files_too() -> None:
    """A photo is no number."""
    driver = person("  - ask: n\n    question: n?\n    answer: integer\n")
    driver.say("/talk")
    assert driver.photo() == ["Нужно целое число, например 5."]


# built-in commands ----------------------------------------------------------------------------------------------


def test_cancel_back_restart_without_a_talk() -> None:
    """Each says that there is nothing to do."""
    driver = person()
    assert driver.say("/cancel") == ["Сейчас нечего отменять."]
    assert driver.say("назад") == ["Сейчас не к чему возвращаться."]
    assert driver.say("/restart")[0].startswith("Сейчас нечего начинать")


def test_words_work_in_a_talk() -> None:
    """«отмена» cancels, at a question for any text too, and after an edit of the files."""
    driver = person(CHOICES)
    driver.say("/talk")
    assert driver.say("Отмена.")[0].startswith("Хорошо, остановились")
    assert driver.talk is None
    driver = person(TWO)
    driver.say("/talk")
    assert driver.say("x") == ["b?"]
    assert driver.say("Назад!") == ["a?"]
    assert driver.say("отмена, но не всё") == ["b?"]  # not the whole message
    driver.project = build(TWO + "  - say: end\n")
    assert driver.say("стоп")[0].startswith("Хорошо, остановились")
    driver.say("/talk")
    assert driver.say("забудь меня")[0].startswith("Удалить всё")


@pytest.mark.parametrize(
    "step",
    [
        "question: Ещё? Напиши «стоп», когда закончишь.",
        "question: Ещё? Напиши стоп, когда закончишь.",
        "question: Ещё?\n    choices: {go: Дальше, halt: Стоп}",
        "question: Ещё?\n    skip: Стоп",
        "question: Ещё?\n    answer: integer\n    if_wrong: 'Число или «стоп»'\n    skip: Стоп",
    ],
)
def test_a_word_that_the_question_offers_is_an_answer(step: str) -> None:
    """A choice, a skip, or in quotes in its text: the author means it so."""
    driver = person(f"  - ask: a\n    {step}\n  - ask: b\n    question: b?\n")
    driver.say("/talk")
    assert driver.say("стоп") == ["b?"]
    assert person(f"  - ask: a\n    {step}\n").say("/talk")


def test_a_word_that_changes_nothing_is_a_text() -> None:
    """A bot of one language has no other to choose."""
    files = {"catalog/bot.yaml": "languages: [ru]\n"}
    driver = person(TWO, files=files)
    driver.say("/talk")
    assert driver.say("язык") == ["b?"]


def test_restart_begins_anew() -> None:
    """/restart keeps what started the talk and forgets the answers."""
    driver = person("  - ask: a\n    question: '{{ start.payload }}?'\n  - ask: b\n    question: b?\n")
    driver.say("/talk now")
    driver.say("x")
    assert driver.say("/restart") == ["now?"]


def test_help_lists_what_has_a_title() -> None:
    """Scenarios with a command and a title, then what always works; in the person's language."""
    driver = person(TITLED)
    (said,) = driver.say("/help")
    assert "/talk — Разговор" in said
    assert "/cancel" in said
    assert "/language" in said
    driver.say("/talk")
    assert driver.say("помощь")[1:] == ["a?"]
    assert driver.say("x") == ["b?"]


def test_own_words_and_commands() -> None:
    """catalog/words.yaml changes the sentences, the commands and the words; a scenario takes a command's place."""
    driver = person(
        {"talk": TWO, "help": "  - say: моя помощь\n"},
        files={"catalog/words.yaml": "ru:\n  command_cancel: stop, halt\n  cancel_words: хватит\n  cancelled: Ладно\n"},
    )
    driver.say("/talk")
    assert driver.say("/halt") == ["Ладно"]
    assert driver.say("хватит") == ["Сейчас нечего отменять."]
    assert driver.say("/help") == ["моя помощь"]


def test_language_switch() -> None:
    """The question now standing is asked again in the other language; nothing else is repeated."""
    steps = """
  - say: {ru: Привет, en: Hello}
  - ask: a
    question: {ru: Да?, en: Well?}
    choices: {x: {ru: Икс, en: Ex}}
  - ask: b
    question: "{{ labels.a }}"
"""
    driver = person(steps, files={"catalog/bot.yaml": "languages: [ru, en]"})
    driver.say("/talk")
    assert driver.say("/language") == ["Выбери язык"]
    assert driver.press("English") == ["I now speak English.", "Well?"]
    assert driver.press("Ex") == ["Ex"]
    assert driver.say("/language русский") == ["Теперь говорю по-русски.", "Икс"]
    assert person(files={"catalog/bot.yaml": "languages: [ru]"}).say("/language") == ["Я говорю только на одном языке."]


# offers and parked talks ----------------------------------------------------------------------------------------


def test_parked_and_resumed() -> None:
    """Another scenario parks the talk; when that is over it is offered, and its question is asked again."""
    driver = person(TITLED)
    driver.say("/talk")
    driver.say("x")
    assert driver.say("/other") == ["a?"]
    driver.say("1")
    assert driver.say("2") == ["Вернёмся к разговору «Разговор»?"]
    assert driver.press("Продолжить") == ["b?"]
    assert driver.variables == {"a": "x"}


def test_cancel_says_no_to_an_offer() -> None:
    """`/cancel` at «Вернёмся к разговору?» leaves that talk; at a question of the engine's own, all stays as it is."""
    driver = person(TITLED)
    for line in ("/talk", "x", "/other", "1", "2"):
        driver.say(line)
    assert driver.say("/cancel") == ["Хорошо, оставим это."]
    assert driver.session.parked == []
    driver.say("/language")
    assert driver.say("/cancel") == ["Хорошо, оставим это."]
    driver.say("/forget_me")
    assert driver.say("/cancel") == ["Хорошо, всё остаётся на месте."]
    assert driver.say("/cancel") == ["Сейчас нечего отменять."]


def test_offer_answered_by_word_number_or_not_at_all() -> None:
    """«нет» leaves it; a number picks; anything else is no answer to the offer."""
    for answer, wanted in (
        ("нет", "Хорошо, оставим это."),
        ("2", "Хорошо, оставим это."),
        ("да", "b?"),
        ("продолжить", "b?"),
    ):
        driver = person(TITLED)
        for line in ("/talk", "x", "/other", "1", "2"):
            driver.say(line)
        assert driver.say(answer) == [wanted]
        assert driver.session.parked == []
    driver = person(TITLED)
    for line in ("/talk", "x", "/other", "1", "2"):
        driver.say(line)
    assert driver.say("о погоде")[0].startswith("Я пока не понимаю")
    assert driver.session.offer is None
    assert len(driver.session.parked) == 1
    driver.say("/other")
    driver.say("1")
    assert driver.say("2") == []  # passed over once, it is offered again only when it is started
    assert driver.say("/talk") == ["Разговор «Разговор» не закончен. Продолжим или начнём заново?"]
    assert driver.say("продолжим") == ["b?"]


def test_started_again_while_unfinished() -> None:
    """«Go on, or begin again?» when something would be lost, else it just begins again."""
    driver = person(TITLED)
    driver.say("/talk")
    assert driver.say("/talk") == ["a?"]
    driver.say("x")
    assert driver.say("/talk") == ["Разговор «Разговор» не закончен. Продолжим или начнём заново?"]
    assert driver.press("Начать заново") == ["a?"]
    driver.say("y")
    driver.say("/talk")
    assert driver.press("Продолжить") == ["b?"]
    assert driver.tap(driver.buttons()[0].token) == []


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("заново", "a?"),
        ("начнём заново", "a?"),
        ("Давай сначала!", "a?"),
        ("нет, заново", "a?"),
        ("продолжим", "b?"),
        ("да, продолжай", "b?"),
        ("нет, продолжим", "b?"),
        ("продолжим или заново", "end"),  # says nothing to the offer: it is the answer to the question beneath
    ],
)
def test_started_again_in_words(answer: str, wanted: str) -> None:
    """«Продолжим или начнём заново?» is answered as people answer."""
    driver = person(TWO + "  - say: end\n")
    for line in ("/talk", "x", "/talk"):
        driver.say(line)
    assert driver.say(answer) == [wanted]


def test_many_parked_talks_are_bounded() -> None:
    """Only so many unfinished talks are kept a person."""
    driver = person({f"s{n}": TWO for n in range(14)})
    for n in range(14):
        driver.say(f"/s{n}")
        driver.say("x")
    assert len(driver.session.parked) == 10


def test_reply_for_a_parked_talk() -> None:
    """A model's reply is kept for the talk that waited for it, and used when that goes on."""
    driver = person(
        {
            "talk": "  - ask: a\n    question: a?\n  - llm: m\n    prompt: p\n  - ask: b\n    question: '{{ m }}?'\n",
            "other": "  - say: hi\n",
        },
        files={"prompts/p.md.j2": "{% block user %}{{ a }}{% endblock %}"},
        model=lambda asked: HOLD,
    )
    driver.say("/talk")
    driver.say("x")
    assert driver.say("/other")[0] == "hi"
    assert driver.reply("умно") == []
    assert driver.press("Продолжить") == ["умно?"]


# buttons --------------------------------------------------------------------------------------------------------


def test_double_click_and_old_button() -> None:
    """The same press again changes nothing; another choice of an answered question offers to correct it."""
    driver = person(CHOICES)
    driver.say("/talk")
    x, y = (one.token for one in driver.buttons())
    assert driver.tap(x) == ["b?"]
    assert driver.tap(x) == []
    assert driver.tap(y) == ["На этот вопрос уже есть ответ. Его можно исправить."]
    assert driver.of(AnswerPress)[0].text == "На этот вопрос уже есть ответ"
    assert driver.press("Исправить ответ") == ["a?"]
    assert driver.press("Игрек") == ["b?"]
    assert driver.press("Икс") == ["yx"]
    assert driver.tap(x) == []
    assert driver.of(AnswerPress) == [AnswerPress("p", "Эта кнопка уже не действует")]


def test_fix_that_leads_nowhere() -> None:
    """The way to the question may be gone."""
    driver = person(CHOICES)
    driver.say("/talk")
    x, y = (one.token for one in driver.buttons())
    driver.tap(x)
    driver.tap(y)
    driver.project = build("  - ask: b\n    question: b?\n")
    assert driver.press("Исправить ответ") == ["К этому вопросу уже не вернуться."]


def test_button_of_a_parked_talk_offers_it() -> None:
    """It changes nothing by itself."""
    driver = person({"talk": CHOICES, "other": CHOICES})
    driver.say("/talk")
    first = driver.buttons()[0].token
    driver.tap(first)
    second = driver.buttons()[-1].token
    driver.say("/other")
    assert driver.tap(first) == ["Вернёмся к разговору «talk»?"]
    assert driver.tap(second) == ["Вернёмся к разговору «talk»?"]
    assert driver.say("да") == ["b?"]


def test_press_is_answered_first() -> None:
    """A button's spinner stops before anything is said; what was chosen is shown beneath the question."""
    driver = person(CHOICES)
    driver.say("/talk")
    driver.press("Икс")
    assert driver.effects[0] == AnswerPress("p")
    assert driver.of(CloseQuestion)[0].chosen == "Икс"


def test_paging_and_ticks_are_redrawn() -> None:
    """Arrows turn the page, ticks are set and taken, by typed signs too; nothing is answered yet."""
    driver = person(
        "  - ask: a\n    question: a?\n    answer: choices\n    page: 2\n"
        "    choices: [k, l, m, n, o]\n  - say: '{{ a }}'\n"
    )
    driver.say("/talk")
    driver.press("k")
    driver.press("→")
    driver.say("→")
    driver.press("o")
    assert [one.label for one in driver.of(RedrawQuestion)[0].buttons] == ["✓ o", "←", "Готово"]
    driver.press("←")
    driver.say("←")
    driver.say("←")
    driver.press("l")
    driver.press("✓ l")
    assert [one.label for one in driver.of(RedrawQuestion)[0].buttons] == ["✓ k", "l", "→", "Готово"]
    assert driver.press("Готово") == ["k, o"]


def test_reply_keyboard_disappears_with_its_question() -> None:
    """It goes with the first message after the answer, even when the model thinks in between; not with a help text."""
    driver = person(
        "  - ask: a\n    question: a?\n    keyboard: reply\n    choices: [x, y]\n"
        "  - llm: m\n    prompt: p\n  - say: '{{ m }}'\n  - ask: b\n    question: b?\n",
        files={"prompts/p.md.j2": "{% block user %}{{ a }}{% endblock %}"},
        model=lambda asked: HOLD,
    )
    driver.say("/talk")
    driver.say("/help")
    assert not any(one.drop_keyboard for one in driver.of(SendMessage))
    driver.say("x")
    driver.reply("да")
    assert [one.drop_keyboard for one in driver.of(SendMessage)] == [True, False]


def test_files_are_kept() -> None:
    """Every file of an album that was an answer is brought in."""
    driver = person("  - ask: a\n    question: a?\n    answer: [photo, text]\n  - ask: b\n    question: b?\n")
    driver.say("/talk")
    driver.files(
        {"kind": "photo", "id": "1", "path": "media/1.jpg"},
        {"kind": "photo", "id": "2", "path": "media/2.jpg"},
        caption="\ud83d!",
    )
    assert [one.file["id"] for one in driver.of(KeepFile)] == ["1", "2"]


@pytest.mark.parametrize("said", ["/start", "/start promo"])
def test_a_bot_without_a_start_says_what_it_can_do(said: str) -> None:
    """Telegram's own button sends it before anything else; a scenario in place of the help counts here too."""
    assert person("  - say: x\n").say(said)[0].startswith("**Что я умею**")
    assert person({"talk": "  - say: x\n", "help": "  - say: Начни с /talk\n"}).say(said) == ["Начни с /talk"]


def test_a_scenario_called_start_answers_its_command() -> None:
    """As one called `help` does, without `starts_on`; one that starts on it goes first."""
    start = "steps:\n  - say: Добро пожаловать, {{ start.payload or 'все' }}\n"
    assert person({"start": start}).say("/start promo") == ["Добро пожаловать, promo"]
    driver = person({"start": start, "talk": 'starts_on: ["/start promo"]\nsteps:\n  - say: Скидка\n'})
    assert driver.say("/start promo") == ["Скидка"]
    assert driver.say("/start") == ["Добро пожаловать, все"]
    hidden = Driver(build({"start": f"only_admin: true\n{start}"}), person="telegram:8")
    assert hidden.say("/start")[0].startswith("**Что я умею**")


# while the model thinks -----------------------------------------------------------------------------------------


def test_messages_are_held_while_the_model_thinks() -> None:
    """What is sent meanwhile is offered again after the reply; commands and buttons are taken at once."""
    driver = person(
        "  - ask: a\n    question: a?\n  - llm: m\n    prompt: p\n  - ask: b\n"
        "    question: '{{ m }}?'\n  - say: '{{ b }}!'\n",
        files={"prompts/p.md.j2": "{% block user %}{{ a }}{% endblock %}"},
        model=lambda asked: HOLD,
    )
    driver.say("/talk")
    driver.say("x")
    assert driver.say("раньше времени") == []
    assert driver.say("/help")[0].startswith("**Что я умею**")
    assert driver.reply("умно") == ["умно?", "раньше времени!"]


THINKING = "  - ask: a\n    question: a?\n  - llm: m\n    prompt: p\n  - ask: b\n    question: b?\n"


@pytest.mark.parametrize(
    ("command", "heard"),
    [
        ("/cancel", ["Хорошо, остановились. Что я умею — в /help."]),
        ("отмена", ["Хорошо, остановились. Что я умею — в /help."]),
        ("/restart", ["a?"]),
        ("/back", ["a?"]),
        ("назад", ["a?"]),
        ("/other", ["z?"]),
    ],
)
def test_what_was_sent_before_leaving_answers_nothing(command: str, heard: list[str]) -> None:
    """The question that is asked then was not there when it was written; words do as commands, at once."""
    driver = person(
        {"talk": THINKING, "other": "  - ask: z\n    question: z?\n"},
        files={"prompts/p.md.j2": "{% block user %}{{ a }}{% endblock %}"},
        model=lambda asked: HOLD,
    )
    driver.say("/talk")
    driver.say("x")
    assert driver.say("ну?") == []
    assert driver.say(command) == heard
    assert driver.reply("умно") == []


def test_a_choice_of_language_takes_nothing_that_waits_for_the_reply() -> None:
    """It was sent before the languages were offered."""
    driver = person(THINKING, files={"prompts/p.md.j2": "{% block user %}x{% endblock %}"}, model=lambda asked: HOLD)
    driver.say("/talk")
    driver.say("x")
    driver.say("y")
    assert driver.say("/language") == ["Выбери язык"]
    driver.say("English")
    assert driver.reply("умно") == ["b?"]
    assert driver.talk is None


def test_impatient_runtime() -> None:
    """A message that is not held all the same is not lost on the wrong question."""
    driver = person(
        "  - llm: m\n    prompt: p\n  - ask: b\n    question: b?\n",
        files={"prompts/p.md.j2": "{% block user %}x{% endblock %}"},
        model=lambda asked: HOLD,
    )
    driver.say("/talk")
    from engine.core.events import TextReceived

    driver.turn(TextReceived(id="now", at=driver.at, sender=driver.sender, text="ну?", message="m"))
    assert driver.session.active is not None
    assert driver.ever(SendMessage)[-1].text.startswith("Минутку")


def test_unexpected_records_are_dropped() -> None:
    """Records that nobody asked for change nothing."""
    driver = person()
    driver.say("/talk")
    assert driver.turn(RecordsFound(id="r", at=driver.at, request="zzz")) == ()


# trouble and bounds ---------------------------------------------------------------------------------------------

FAILS = """
  - ask: a
    question: a?
  - save: things
    fields: {a: "{{ a }}"}
  - notify: admin
    text: "{{ a }}"
  - say: "{{ a.missing.more }}"
  - ask: b
    question: b?
"""


def test_template_that_fails_mid_way() -> None:
    """An apology, a report with its place, no half-done effect; the answer is kept, a mended file goes on."""
    driver = person(FAILS)
    driver.say("/talk")
    (said,) = driver.say("x")
    assert said.startswith("Ой")
    (problem,) = driver.of(ReportProblem)
    assert (problem.span.file, problem.span.line) == ("scenarios/talk.yaml", 12)
    assert driver.of(SaveRecord) == []
    assert driver.say("ау")[0].startswith("Ой")
    driver.project = build(FAILS.replace("{{ a.missing.more }}", "got {{ a }}"))
    assert driver.say("ну что?") == ["got x", "b?"]
    assert driver.records("things") == [{"a": "x"}]
    assert driver.variables["a"] == "x"


def test_template_that_fails_at_the_start() -> None:
    """The talk that was there stays."""
    driver = person({"talk": TWO, "bad": "  - say: '{{ 1 / 0 }}'\n"})
    driver.say("/talk")
    driver.say("x")
    assert driver.say("/bad")[0].startswith("Ой")
    assert driver.say("y") == []
    assert driver.problems == ["division by zero"]


def test_correction_that_runs_into_trouble() -> None:
    """The corrected answer is kept too; cancelling always works."""
    driver = person(
        "  - ask: a\n    question: a?\n  - if: a == 'bad'\n    then:\n"
        "      - say: '{{ 1 / 0 }}'\n  - ask: b\n    question: b?\n"
    )
    driver.say("/talk")
    driver.say("good")
    assert driver.say("/back") == ["a?"]
    assert driver.say("bad")[0].startswith("Ой")
    assert driver.talk is not None
    assert driver.talk.journal["a"]["a"] == "bad"
    assert driver.say("/cancel")[0].startswith("Хорошо")


def test_failing_text_beneath_a_press() -> None:
    """The spinner stops all the same, and a reply of the model is not lost."""
    driver = person(
        "  - ask: a\n    question: a?\n    choices: [x]\n  - llm: m\n    prompt: p\n"
        "  - say: '{{ m.missing.more }}'\n  - ask: b\n    question: b?\n",
        files={"prompts/p.md.j2": "{% block user %}x{% endblock %}"},
        model=lambda asked: "да",
    )
    driver.say("/talk")
    said = driver.press("x")
    assert said[0].startswith("Ой")
    assert driver.of(AnswerPress)
    driver.project = build(
        "  - ask: a\n    question: a?\n    choices: [x]\n  - llm: m\n    prompt: p\n"
        "  - say: '{{ m }}'\n  - ask: b\n    question: b?\n",
        {"prompts/p.md.j2": "{% block user %}x{% endblock %}"},
    )
    assert driver.say("ну?") == ["да", "b?"]


@pytest.mark.parametrize(
    "steps",
    [
        "  - name: a\n    say: a\n  - goto: a\n",
        "  - find: f\n    in: things\n  - goto: f\n",
        "  - llm: m\n    prompt: p\n    if_fails: [{goto: m}]\n",
        "  - each: a\n    in: range(200) | list\n    do:\n      - each: b\n"
        "        in: range(200) | list\n        do:\n          - say: x\n",
    ],
)
def test_circle(steps: str) -> None:
    """A circle that waits for nobody ends within the turn's bound, through memory and model too."""
    driver = person(steps, files={"prompts/p.md.j2": "{% block user %}x{% endblock %}"})
    started = time.process_time()
    assert driver.say("/talk")[-1].startswith("Ой")
    assert driver.problems[-1] == "more than 500 steps in one turn"
    assert time.process_time() - started < 5


def test_long_talks_survive_an_edit() -> None:
    """A re-walk of more steps than one turn may take is no circle."""
    steps = """
  - each: one
    in: range(150) | list
    do:
      - set: {n: 1}
      - set: {n: 2}
      - if: n
        then: {say: "{{ one }}"}
      - ask: q
        question: q?
"""
    driver = person(steps, walk=False)
    driver.say("/talk")
    for _ in range(149):
        driver.say("x")
    driver.project = build(steps + "  - say: end\n")
    assert driver.say("x") == ["end"]


def test_bounded_journal() -> None:
    """An answer beyond the bound is refused with an apology; the talk stands."""
    bounds = {"catalog/bot.yaml": "bounds: {journal: 3}"}
    driver = person("".join(f"  - ask: a{n}\n    question: a{n}?\n" for n in range(5)), files=bounds)
    for line in ("/talk", "1", "2", "3"):
        driver.say(line)
    assert driver.say("4")[0].startswith("Ой")
    assert driver.problems == ["a conversation of more than 3 answers and records"]
    assert driver.standing == "a3"


def test_odd_values() -> None:
    """What is no list gives no choices and no rounds; what a filter computes late fails like any other."""
    driver = person("  - ask: a\n    question: a?\n    choices: {from: 5, label: x}\n    skip: true\n  - say: end\n")
    driver.say("/talk")
    assert driver.say("-") == ["end"]
    driver = person("  - each: a\n    in: \"['x'] | map('round')\"\n    do: [{say: x}]\n")
    assert driver.say("/talk")[0].startswith("Ой")
    driver = person(
        "  - set: {a: '{{ none.x | default([]) }}', b: '{{ 1e308 * 10 }}', c: '{{ {1: 2} }}'}\n"
        "  - ask: q\n    question: q?\n"
    )
    driver.say("/talk")
    assert driver.variables == {"a": [], "b": None, "c": {"1": 2}}


def test_model_reply_that_no_file_can_hold() -> None:
    """A lone surrogate in a reply becomes a question mark."""
    files = {"prompts/p.md.j2": "---\nreturns: {note: text}\n---\n{% block user %}x{% endblock %}"}
    driver = person(
        "  - llm: m\n    prompt: p\n  - ask: b\n    question: '{{ m.note }}'\n",
        files=files,
        model=lambda asked: {"note": "\ud83d!"},
    )
    assert driver.say("/talk") == ["?!"]


def test_second_visit_of_a_step() -> None:
    """A step that is come by again without a `goto` to it is a second entry, also over an edit."""
    steps = """
  - set: {round: 0}
  - goto: third
  - name: second
    say: second
  - ask: q
    question: q?
  - name: third
    say: third
  - set: {round: "{{ round + 1 }}"}
  - if: round < 2
    then: {goto: second}
  - ask: z
    question: z?
"""
    driver = person(steps)
    assert driver.say("/talk") == ["third", "second", "q?"]
    assert driver.say("x") == ["third", "z?"]
    assert driver.talk is not None
    assert "third#2" in driver.talk.visited
    driver.project = build(steps + "  - say: end\n")
    assert driver.say("x") == ["end"]


def test_trouble_before_anything_was_shown() -> None:
    """A talk that could not begin asks again when the next message comes."""
    files = {"prompts/p.md.j2": "{% block user %}x{% endblock %}"}
    driver = person(
        "  - llm: m\n    prompt: p\n  - say: '{{ m.missing.more }}'\n", files=files, model=lambda asked: "да"
    )
    assert driver.say("/talk")[-1].startswith("Ой")
    driver.project = build("  - llm: m\n    prompt: p\n  - say: '{{ m }}'\n", files)
    assert driver.say("ну?") == ["да"]


def test_only_admin() -> None:
    """To everybody but the admin (and who sits at the terminal) such a scenario is not there."""
    scenarios = {"talk": "only_admin: true\nstarts_on: [/talk, тайна]\nsteps:\n  - say: secret\n"}
    project = build(scenarios, ADMIN_CHAT_ID="7", admin_chat_id="7")
    for who, wanted in (("terminal:me", "secret"), ("telegram:7", "secret"), ("telegram:8", "Не знаю команды")):
        driver = Driver(project, person=who)
        assert driver.say("/talk")[0].startswith(wanted)
        assert (driver.say("тайна") == ["secret"]) == (wanted == "secret")


INNER = "steps:\n  - ask: {0}\n    question: {0}?\n"


@pytest.mark.parametrize(
    ("bot", "outer", "inner", "wanted"),
    [
        ("false", "", "", "ты ты ты"),
        ("false", "formal: true\n", "", "вы вы вы"),
        ("false", "", "formal: true\n", "ты вы ты"),
        ("true", "", "formal: false\n", "вы ты вы"),
        ("true", "formal: false\n", "formal: true\n", "ты вы ты"),
    ],
)
def test_a_scenario_has_its_own_manner(bot: str, outer: str, inner: str, wanted: str) -> None:
    """`formal` of the scenario in which the person stands, else of the one that runs it, else of the bot."""
    talk = outer + INNER.format("a") + "  - run: sub\n  - ask: b\n    question: b?\n"
    own = {"catalog/bot.yaml": f"formal: {bot}\n", "catalog/words.yaml": "ru:\n  cancelled: Пока\n"}
    driver = person({"talk": talk, "sub": inner + INNER.format("c")}, files=own)
    driver.say("/talk")
    heard = []
    for _ in range(3):
        (said,) = driver.photo()
        heard.append("вы" if "Напишите" in said else "ты")
        driver.session = Session.load(driver.session.dump())
        driver.say("5")
    assert " ".join(heard) == wanted
    driver.say("/talk")
    assert driver.say("/cancel") == ["Пока"]


def test_a_command_with_more_behind_it() -> None:
    """`/new goal` is what starts it; `/new` alone is answered with the whole of it, not with itself."""
    driver = Driver(build({"talk": "starts_on: [/new goal]\nsteps:\n  - say: goal\n"}))
    assert driver.say("/new goal") == ["goal"]
    assert driver.say("/new") == ["Не знаю команды /new. Может быть, /new goal?"]
    assert driver.say("/nev") == ["Не знаю команды /nev. Может быть, /new?"]


@pytest.mark.parametrize(
    ("declared", "used"),
    [("{type: choice, values: [default, small]}", "small"), ("text", ""), ("{type: choice, values: [lada]}", "")],
)
def test_the_person_chooses_the_model(declared: str, used: str) -> None:
    """`person.model` is the model only where it is declared as a choice of models; a car's is just a field."""
    files = {
        "prompts/p.md.j2": "{% block user %}x{% endblock %}",
        "catalog/models.yaml": "default: {}\nsmall: {model: x}\n",
        "catalog/outcomes.yaml": f"people:\n  fields:\n    model: {declared}\n",
    }
    steps = "  - save: people\n    fields: {model: small}\n  - llm: m\n    prompt: p\n  - say: '{{ m }}'\n"
    asked: list[str] = []

    def model(question: Any) -> str:
        asked.append(question.model)
        return "да"

    assert person(steps, files=files, model=model).say("/talk") == ["да"]
    assert asked == [used]


def test_forget_me() -> None:
    """It asks first; then nothing of the session stays."""
    driver = person()
    driver.say("/talk")
    driver.say("x")
    driver.say("/forget_me")
    driver.press("keep")
    assert driver.standing == "b"
    driver.say("/forget_me")
    driver.press("forget")
    assert driver.talk is None
    assert driver.session.record == {}


@pytest.mark.parametrize(
    "answer", ["нет", "не надо", "Оставить!", "нет, оставь", "отмена", "/cancel", "да, оставь", "что?"]
)
def test_forget_me_needs_a_plain_yes(answer: str) -> None:
    """Anything but a yes leaves all as it is, and says so."""
    driver = person()
    for line in ("/talk", "x", "/forget_me"):
        driver.say(line)
    said = driver.say(answer)
    assert said[0] == "Хорошо, всё остаётся на месте."
    assert said[1:] == (["b?"] if answer in ("да, оставь", "что?") else [])  # not understood: the question stands anew
    assert driver.standing == "b"


@pytest.mark.parametrize("answer", ["да", "Да, удалить", "удали всё", "забудь"])
def test_forget_me_in_words(answer: str) -> None:
    """A plain yes forgets."""
    driver = person()
    for line in ("/talk", "x", "/forget_me"):
        driver.say(line)
    driver.say(answer)
    assert driver.talk is None


def test_offer_of_what_is_gone() -> None:
    """The scenario of a standing offer may be deleted meanwhile."""
    for answer in ("Начать заново", "Продолжить"):
        driver = person(TITLED)
        for line in ("/talk", "x", "/talk"):
            driver.say(line)
        driver.project = build({"third": TWO})
        assert driver.press(answer)[-1].startswith("Этот разговор больше не ведётся")


def test_ways_are_told_for_the_picture() -> None:
    """Every way out of a step has a word and a step."""
    steps = """
  - ask: a
    question: a?
    choices: {x: {label: Икс, goto: z}, y: Игрек}
    tries: 2
    after_tries: {goto: z}
  - switch: a
    cases: {y: [{say: y}]}
    else: [{say: other}]
  - llm: m
    prompt: p
    if_fails: [{say: failed}]
  - each: one
    in: "[1]"
    do: [{say: one}]
  - name: z
    say: z
"""
    project = build(steps, {"prompts/p.md.j2": "{% block user %}x{% endblock %}"})
    ways = {
        step.name: [(way.label, way.to.name if way.to else "") for way in step.ways()]
        for step in project.scenarios["talk"].steps
    }
    assert ways["a"][1:] == [("x", "z"), ("after tries", "z")]
    assert [label for label, _ in ways["m"]] == ["", "fails"]
    assert [label for label, _ in ways["one"]] == ["each", "after"]
    assert ways["z"] == [("", "")]


def test_inputs_of_a_scenario_that_starts_by_itself() -> None:
    """Defaults; what had to be given is null."""
    driver = person({"talk": "inputs: {hint: true}\nsteps:\n  - ask: a\n    question: '{{ hint }}'\n"})
    assert driver.say("/talk") == ["да"]
    driver = person({"talk": "inputs: [hint]\nsteps:\n  - ask: a\n    question: '[{{ hint }}]'\n"})
    assert driver.say("/talk") == ["[]"]


def test_language_without_a_talk_or_known_language() -> None:
    """The bot's first language for whose app speaks another; a switch needs no talk."""
    driver = person(language="de")
    assert driver.say("/cancel") == ["Сейчас нечего отменять."]
    assert driver.say("/language en") == ["I now speak English."]


def test_way_that_leads_into_a_scenario_is_no_step() -> None:
    """`goto: a.b` passes the check of names, and ends in an apology."""
    driver = person("  - name: a\n    say: a\n  - ask: q\n    question: q?\n  - goto: a.b\n")
    driver.say("/talk")
    assert driver.say("x")[0].startswith("Ой")


def test_prompt_that_fails() -> None:
    """A prompt's template is an author's text like any other."""
    driver = person(
        "  - llm: m\n    prompt: p\n", files={"prompts/p.md.j2": "{% block user %}{{ nobody }}{% endblock %}"}
    )
    assert driver.say("/talk")[0].startswith("Ой")
    assert driver.problems == ["unknown name: 'nobody' is undefined"]


def test_value_that_is_no_data() -> None:
    """A method that was not called is no value."""
    driver = person("  - set: {a: \"{{ 'x'.upper }}\"}\n")
    assert driver.say("/talk")[0].startswith("Ой")
    assert driver.problems == ["a value that is no text, number, list or map"]


COURTESIES = {
    "Привет!": "Привет! Что я умею — в /help.",
    "добрый день 🌞": "Привет! Что я умею — в /help.",
    "спасибо большое)))": "Пожалуйста! Если что, я здесь. Что я умею — в /help.",
    "ок, спасибо": "Пожалуйста! Если что, я здесь. Что я умею — в /help.",
    "👋": "Привет! Что я умею — в /help.",
    "👍": "Хорошо! Если что, я здесь. Что я умею — в /help.",
    "понятно.": "Хорошо! Если что, я здесь. Что я умею — в /help.",
    "пока": "До встречи! Если что, я здесь.",
    "привет, а сколько стоит?": "",
    "?": "",
    "...": "",
}


@pytest.mark.parametrize("said", COURTESIES)
def test_a_courtesy_gets_a_word(said: str) -> None:
    """Outside of a talk, and where the fallback does no more than speak; whatever else is said goes to the fallback."""
    wanted = COURTESIES[said] or "не понял"
    only_speaks = {"talk": "steps:\n  - say: нет\n", "fallback": "steps:\n  - say: не понял\n"}
    assert person(only_speaks).say(said) == [wanted]
    talks = {"talk": "steps:\n  - say: нет\n", "fallback": "steps:\n  - set: {a: 1}\n  - say: не понял\n"}
    closing = wanted.startswith(("Пожалуйста", "До встречи"))  # a talk may begin with all others
    assert person(talks).say(said) == [wanted if closing else "не понял"]
    triggered = {
        "talk": "starts_on: [привет]\nsteps:\n  - say: да\n",
        "fallback": "steps:\n  - say: нет\n",
    }
    assert person(triggered).say("привет") == ["да"]


def test_a_greeting_after_hours() -> None:
    """Who comes back on another day and says hello is asked again; in a talk of today any text may be the answer."""
    driver = person("\n  - ask: story\n    question: Что случилось?\n  - ask: b\n    question: b?\n")
    driver.say("/talk")
    driver.at += 7 * 3600
    assert driver.say("Здравствуйте!") == ["Здравствуй!", "Что случилось?"]
    assert driver.say("здравствуйте, кот заболел") == ["b?"]


@pytest.mark.parametrize("said", ["можно назад?", "ой, назад", "Назад, пожалуйста", "давай на шаг назад"])
def test_words_with_idle_ones_around(said: str) -> None:
    """«можно назад?» goes back; a story that speaks of going back is an answer."""
    driver = person("\n  - ask: a\n    question: a?\n  - ask: b\n    question: b?\n")
    driver.say("/talk")
    driver.say("раз")
    assert driver.say(said) == ["a?"]
    assert driver.say("хочу назад в прошлое и начать заново") == ["b?"]
