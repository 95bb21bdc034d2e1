"""Two rules of the engine that talk tests and the explorer brought to light."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.talks.check import language_of
from engine.talks.player import Played
from engine.talks.report import shown_talk

Outer = Callable[[str, str], None]
Perform = Callable[..., Played]
OUTER = """
format: 1
scenario: outer
title: Снаружи
starts_on: [/outer]
steps:
  - if: person.nick
    then:
      - say: Привет, {{ person.nick }}!
  - ask: nick
    question: Как звать?
  - save: people
    fields: {nick: "{{ nick }}"}
  - set: {loud: "{{ person.nick | upper }}"}
  - run: inner
    as: RESULT
AFTER"""
INNER = """
format: 1
scenario: inner
title: Внутри
steps:
  - ask: drink
    question: Что пить?
  - ask: size
    question: Сколько?
  - say: "{{ drink }} {{ size }}"
"""


@pytest.fixture
def outer(root: Path) -> Callable[[str, str], None]:
    def write(result: str, after: str) -> None:
        text = OUTER.replace("    as: RESULT\n", f"    as: {result}\n" if result else "").replace("AFTER", after)
        (root / "scenarios/outer.yaml").write_text(text.lstrip(), encoding="utf-8")
        (root / "catalog").mkdir(exist_ok=True)
        (root / "catalog/outcomes.yaml").write_text(
            "people: {fields: {nick: text}}\norders: {fields: {drink: text, cups: integer}}\n"
        )
        (root / "scenarios/inner.yaml").write_text(INNER.lstrip(), encoding="utf-8")

    return write


LEFT = """
talks:
  Раз:
    - user: /outer
    - bot: Как звать?
    - user: Аня
    - bot: Что пить?
    - user: /hello
    - bot: "*"
    - user: да
    - bot: ...
    - user: 1
    - bot: ...
    - stands: {}
"""


@pytest.mark.parametrize(
    ("result", "after", "offered"),
    [("", "", False), ("", "  - end\n", False), ("", "  - say: Пока\n", True), ("drunk", "", True)],
)
def test_nothing_at_stake(outer: Outer, perform: Perform, result: str, after: str, offered: bool) -> None:
    """Who stands at the beginning of a scenario run as the last thing has nothing to go on with; else it is offered."""
    outer(result, after)
    played = perform(LEFT.replace("{}", "nowhere"))
    assert played.right, shown_talk(played)
    said = [pair.told.effect for pair in played.scenes[-1].pairs if pair.told is not None]
    assert any("Вернёмся к разговору «Внутри»" in getattr(one, "text", "") for one in said) is offered


@pytest.mark.parametrize(("after", "offered"), [("", False), ("  - say: Пока\n", True)])
def test_stake_is_judged_by_the_files_of_today(outer: Outer, perform: Perform, after: str, offered: bool) -> None:
    """An edit of a file that the conversation can run makes its standing at the beginning of that one no loss."""
    outer("", after)
    change = "    - change: scenarios/inner.yaml\n      replace: Что пить?\n      by: Что налить?\n    - user: /hello\n"
    shown = shown_talk(perform(LEFT.replace("    - user: /hello\n", change)))
    assert ("Вернёмся к разговору «Внутри»" in shown) is offered


def test_something_at_stake_inside(outer: Callable[[str, str], None], perform: Callable[..., Played]) -> None:
    """An answer given inside is something, and the conversation is called by what the person stood in."""
    outer("", "")
    talk = LEFT.replace("    - user: /hello\n", "    - user: чай\n    - bot: Сколько?\n    - user: /hello\n")
    shown = shown_talk(perform(talk.replace("{}", "somewhere")))
    assert "Вернёмся к разговору «Внутри»?" in shown


def test_a_branch_on_the_person_stays(outer: Callable[[str, str], None], perform: Callable[..., Played]) -> None:
    """Saving who the person is does not change the way that was taken before; correcting it is seen further on."""
    outer("", "")
    played = perform("""
        talks:
          Раз:
            - user: /outer
            - bot: Как звать?
            - user: Аня
            - bot: Что пить?
            - user: чай
            - bot: Сколько?
            - user: /back
            - bot: Что пить?
            - user: кофе
            - bot: Сколько?
            - user: {edits: Аня, to: Яна}
            - bot: Исправил.
            - bot: Сколько?
            - variables: {nick: Яна, loud: ЯНА, drink: кофе}
    """)
    assert played.right, shown_talk(played)


@pytest.mark.parametrize(
    ("text", "language"),
    [("Привет! /start https://example.com", "ru"), ("Hello, Анна!", "en"), ("5", "en"), ("Готово: LLM и CRM", "ru")],
)
def test_language(text: str, language: str) -> None:
    """By its letters; commands and addresses do not count."""
    assert language_of(text) == language


def test_language_of_a_message(perform: Callable[..., Played]) -> None:
    """`language:` beside a bot's line."""
    text = "talks:\n  a:\n    - user: /coffee\n    - bot: '*'\n      language: {}\n"
    assert perform(text.format("ru")).right
    assert not perform(text.format("en")).right
