"""Talks as played: what people can do, what can be expected, and what a failed one says."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import dedent, indent
from typing import Any

import pytest

from engine.talks.player import Played
from engine.talks.report import shown_talk

Perform = Callable[..., Played]
ORDER = """
- user: /coffee
- bot: Что налить?
  buttons: [Латте, Чай]
- user: {press: Чай}
- bot: Сколько чашек?
- user: 2
- bot: Чай тоже хорош.
"""
END = """
- notified: manager
  subject: Заказ
  text: "User: Чай x 2"
- bot: Приятного! *С вас 5*3 рублей.*
  photo: media/cup.jpg
- records: {orders: [{drink: tea, cups: 2}]}
- stands: nowhere
"""


def talk(lines: str, head: str = "") -> str:
    return f"{dedent(head)}talks:\n  Разговор:\n    lines:\n{indent(dedent(lines).strip(), '      ')}\n"


RIGHT = {
    "reply by rule": talk(ORDER + END, 'models: {wish: {fails: "off"}}\n'),
    "reply in its place": talk(
        ORDER
        + """
- model: wish
  asked: [Пожелание к tea, "/Будь.*добр/"]
  replies: Пейте на здоровье!
- notified: manager
- bot: Пейте на здоровье! *
"""
    ),
    "any model": talk(ORDER + END, 'models: {"*": {fails: timeout}}\n'),
    "replies one after another": talk(
        ORDER + "- bot: ...\n- notified: manager\n" + ORDER + "- notified: manager\n- bot: Второе. *\n",
        "models: {wish: [Первое., Второе.]}\n",
    ),
    "the rest is anything": talk(ORDER + "- bot: ...\n- notified: manager\n", 'models: {wish: {fails: "off"}}\n'),
    "message while the model thinks": talk(
        ORDER
        + """
- user: абв
- model: wish
  fails: timeout
- notified: manager
- bot: Приятного! *
- bot: Я пока не понимаю *
"""
    ),
    "restart, time, records of before, settings": talk(
        """
- user: /hello
- bot: "*"
- restart: bot
- after: 1d 2h
- user: {photo: cat.jpg, caption: Кот}
- bot: Спасибо, User !!
- bot: Что взять?
  buttons: [нож, вилка, →, Готово]
- variables: {photo: {kind: photo, caption: Кот}}
- user: {press: вилка}
- buttons: [нож, ✓ вилка, →, Готово]
- user: {press: →}
- user: {press: ложка}
- buttons: [✓ ложка, ←, Готово]
- user: {press: ←}
- user: {press: Готово}
- bot: "вилка и ложка, заказов 2: 2 марта, 16:01"
""",
        """
        at: 2026-03-01 14:00
        settings: {MARK: "!!"}
        people: {user: {}, anna: {name: Анна}}
        records: {orders: [{drink: tea, ago: 3h}, {drink: latte, of: anna}]}
        """,
    ),
    "two people": talk(
        """
- anna: /coffee
- bot: Что налить?
- boris: /hello
- bot: Фото, голос*
- stands: coffee.drink
  of: anna
- anna: 1
- bot: Сколько чашек?
- stands: hello.photo
  of: boris
- records: {orders: 0}
  of: boris
""",
        "people: {anna: {name: Анна}, boris: {name: Борис, username: bob}}\n",
    ),
    "an old button, an edit": talk(
        ORDER.replace("- user: 2\n", "")[: ORDER.index("- user: 2")]
        + """
- user: {press: Латте, of: drink}
- bot: На этот вопрос уже есть ответ*
  buttons: [Исправить ответ]
- notice: На этот вопрос уже есть ответ*
- user: 7
- bot: Число до 5.
- user: {edits: "7", to: "3"}
- notified: manager
- bot: ...
""",
        'models: {wish: {fails: "off"}}\n',
    ),
    "a burst": talk(
        """
- user: /coffee
- bot: "*"
- user: [Чай, 9]
- bot: Сколько чашек?
- bot: Число до 5.
- user: [/hello, раз, {edits: раз, to: рас}, два, {photo: a.jpg}]
- bot: Фото, голос*
- bot: Спасибо, User
- variables: {photo: {kind: photo, caption: "рас\\nдва"}}
- bot: Что взять?
- user: {edits: два, to: три}
- variables: {photo: {kind: photo, caption: "рас\\nтри"}}
- bot: ...
- user: /restart
- bot: ...
- user: [раз, {voice: a.ogg}, {photo: a.jpg}, нож]
- bot: Спасибо, User
- bot: Что взять?
- bot: ...
"""
    ),
    "a burst in the course of time": talk(
        """
- user: /hello
- bot: Фото, голос*
- user: раз
- after: 1s
- user: два
- after: 3s
- bot: Спасибо, User
- bot: Что взять?
- variables: {photo: "раз\\nдва"}
"""
    ),
    "the file changes": talk(
        """
- user: /coffee
- bot: "*"
- change: scenarios/coffee.yaml
  replace: "Сколько чашек?"
  by: "Чашек сколько?"
- user: 1
- bot: Чашек сколько?
- change: scenarios/coffee.yaml
  write: "format: 2"
  refused: true
- change: scenarios/coffee.yaml
  replace: "Что налить?"
  by: "Что {{ foo }}?"
  refused: true
- stands: coffee.cups
"""
    ),
    "a scenario is started": talk("- user: {starts: coffee}\n- bot: Что налить?"),
    "too long, giving up": talk(
        """
- user: /coffee
- bot: "*"
- user: {repeats: ча, times: 3}
- bot: "*"
- user: Чай
- bot: "*"
- user: {sends: sticker}
- bot: Число до 5.
- user: много
- stands: nowhere
"""
    ),
}


@pytest.mark.parametrize("text", RIGHT.values(), ids=RIGHT)
def test_right_talks(perform: Perform, text: str) -> None:
    """Everything that a talk can say, in talks that go as they should."""
    played = perform(text)
    assert played.right, shown_talk(played)


@pytest.mark.parametrize(
    "does",
    [
        "{voice: a.ogg}",
        "{document: a.pdf, size: 3}",
        '{location: "55.75, 37.61"}',
        '{contact: "+7 916 123-45-67", name: Анна}',
        "{photo: [a.jpg, b.jpg]}",
        "привет",
    ],
)
def test_what_people_send(perform: Perform, does: str) -> None:
    """Each kind of message reaches the bot."""
    played = perform(talk(f"- user: /hello\n- bot: '*'\n- user: {does}\n- bot: Спасибо*\n- bot: Что взять?"))
    assert played.right, shown_talk(played)


WRONG: dict[str, tuple[str, str]] = {
    "another text": (
        "- user: /coffee\n- bot: Чего изволите?",
        "    user  /coffee\n  - bot   Чего изволите?\n  + bot   Что налить?\n  +       [Латте][Чай]",
    ),
    "other buttons": (
        "- user: /coffee\n- bot: Что налить?\n  buttons: [Латте]",
        "  - bot   Что налить?\n  -       [Латте]\n  + bot   Что налить?\n  +       [Латте][Чай]",
    ),
    "not expected": ("- user: /coffee\n- user: 1\n- bot: ...", "    user  /coffee\n  + bot   Что налить?"),
    "does not come": (
        "- user: /coffee\n- bot: Привет!\n- bot: Что налить?",
        "  - bot   Привет!\n    bot   Что налить?",
    ),
    "no such button": (
        "- user: /coffee\n- bot: ...\n- user: {press: Какао}",
        "  !       There is no button «Какао»; user sees «Латте», «Чай».",
    ),
    "no buttons": ("- user: {press: Какао}", "  !       user sees no buttons."),
    "no buttons of a step": ("- user: {press: Какао, of: milk}", "  !       user sees no buttons of `milk`."),
    "nothing to edit": ("- user: {edits: раз, to: два}", "  !       user has said no «раз» that could be edited."),
    "no location": ("- user: {location: дом}", "  !       A location is `55.75, 37.61`."),
    "stands elsewhere": (
        "- user: /coffee\n- bot: ...\n- stands: nowhere",
        "  - stands  nowhere\n  + stands  coffee.drink",
    ),
    "no record": ("- records: {orders: 1}", "  - records  {orders: 1}\n  + records  orders: no record"),
    "other variables": (
        "- user: /coffee\n- bot: ...\n- user: 1\n- bot: ...\n- variables: {drink: tea}",
        "  - variables  {drink: tea}\n  + variables  {drink: latte}",
    ),
    "nobody": ("- stands: nowhere\n  of: anna", "  + stands  nobody is called anna"),
    "the model has no reply": (
        ORDER,
        "  !       the model is asked and nothing says what it replies; write a line `- model: wish` "
        "with `replies:`, or a rule under `models:`, or let a real model reply once: `dialogue test --record`\n"
        "  !       prompt wish, returns a text\n  !       Будь добр.\n  !       Пожелание к tea",
    ),
    "the model is not asked": ("- model: wish\n  replies: да", "  !       the model was not asked with `wish`"),
    "asked something else": (
        ORDER + "- model: wish\n  asked: какао\n  replies: да",
        "  !       the request does not hold «какао»\n",
    ),
    "a reply that is none": (
        ORDER + "- model: wish\n  replies: {text: да}",
        "  !       this is no reply to `wish`: this prompt is answered with a text",
    ),
    "a broken edit": (
        "- change: scenarios/coffee.yaml\n  replace: 'answer: integer'\n  by: 'answer: intger'",
        "  !       scenarios/coffee.yaml:11: ",
    ),
    "an edit that a reload refuses": (
        "- change: scenarios/coffee.yaml\n  replace: 'Что налить?'\n  by: 'Что {{ foo }}?'",
        "  !       scenarios/coffee.yaml:7: ",
    ),
    "an edit that is right": (
        "- change: scenarios/coffee.yaml\n  replace: Что налить\n  by: Чего налить\n  refused: true",
        "  !       scenarios/coffee.yaml was expected to be refused, and is right",
    ),
    "nothing to replace": (
        "- change: scenarios/coffee.yaml\n  replace: какао\n  by: да",
        "  !       scenarios/coffee.yaml holds 0 times what is to be replaced; once is needed",
    ),
    "no such scenario": ("- user: {starts: cocoa}", "  !       there is no scenario `cocoa`"),
    "never answered": (
        ORDER.replace("- user: 2\n- bot: Чай тоже хорош.", "- user: 2\n- bot: Чай тоже хорош.\n- restart: bot")
        + "- stands: nowhere\n- model: wish\n  replies: да",
        "- stands  nowhere\n  + stands  coffee.wish",
    ),
}


@pytest.mark.parametrize(("lines", "shown"), WRONG.values(), ids=WRONG)
def test_wrong_talks(perform: Perform, lines: str, shown: str) -> None:
    """A failed talk is shown as the talk, with the difference marked."""
    played = perform(talk(lines))
    assert not played.right
    assert shown in shown_talk(played)


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("at: вчера\n", "`вчера` is no moment"),
        ("records: {orders: [{of: anna}]}\n", "nobody is called anna"),
        ("records: {orders: [{ago: давно}]}\n", "`давно` is no length of time"),
    ],
)
def test_a_start_that_cannot_be(perform: Perform, head: str, why: str) -> None:
    """What stands above the lines is checked too."""
    assert why in shown_talk(perform(talk("- user: /coffee\n- bot: ...", head)))


def test_a_record_of_a_field_that_is_not_declared(perform: Perform, root: Any) -> None:
    """A talk that starts with a misspelt field would test nothing."""
    (root / "catalog").mkdir()
    (root / "catalog/outcomes.yaml").write_text("orders:\n  fields: {drink: text, cups: integer}\n", encoding="utf-8")
    shown = shown_talk(perform(talk("- user: /coffee\n- bot: ...", "records: {orders: [{drnk: tea, ago: 2h}]}\n")))
    assert "a record of `orders` has no field `drnk`. Did you mean `drink`?" in shown


def test_a_problem_in_the_files_fails_the_talk(perform: Perform, root: Any) -> None:
    """The apology that a person gets is not enough: the author is told what broke, and where."""
    broken = "format: 1\nscenario: broken\nstarts_on: [/broken]\nsteps:\n  - say: '{{ 1 / 0 }}'\n"
    (root / "scenarios/broken.yaml").write_text(broken, encoding="utf-8")
    shown = shown_talk(perform(talk("- user: /broken\n- bot: ...")))
    assert "  + problem  division by zero (scenarios/broken.yaml:5)" in shown
    assert perform(talk("- user: /broken\n- problem: division*\n- bot: ...")).right


def test_only_the_end_of_a_long_talk_is_shown(perform: Perform) -> None:
    """The reader sees what led there, not everything."""
    lines = "- user: /coffee\n- bot: ...\n" + "- user: чаю\n- bot: ...\n" * 10 + "- user: чаю\n- bot: Нет\n"
    shown = shown_talk(perform(talk(lines)), color=True)
    assert "/coffee" not in shown
    assert shown.splitlines()[2].strip() == "…"
    assert "\x1b[31m  - bot   Нет\x1b[0m" in shown
