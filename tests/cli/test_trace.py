"""`dialogue trace`: everybody, one person's way, and what today's files would make of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.memory.open import open_memory

TALK = """format: 1
scenario: talk
title: Разговор
starts_on: [/talk]
steps:
  - ask: name
    question: Как тебя зовут?
  - save: people
    fields: {name: "{{ name }}"}
  - llm: wish
    prompt: wish
    if_fails: Привет
  - ask: age
    question: "{{ wish }}! Сколько тебе лет?"
    answer: integer
  - say: "{{ age }}"
"""


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("scenarios", "prompts"):
        (tmp_path / name).mkdir()
    (tmp_path / "scenarios/talk.yaml").write_text(TALK, encoding="utf-8")
    (tmp_path / "prompts/wish.md.j2").write_text("{% block user %}Да{% endblock %}", encoding="utf-8")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("LLM_BASE_URL", raising=False)
    return tmp_path


@pytest.fixture
def said(root: Path) -> Callable[..., None]:
    """Somebody has said these lines to the bot, whose turns are stored."""
    from engine.core.events import ModelReplied, Sender, TextReceived
    from engine.core.session import Session
    from engine.memory.open import open_memory
    from engine.project.load import Loader
    from engine.runtime.turns import Done, Turns

    def said(chat: str, name: str, *lines: str, reply: bool = True, wish: str = "") -> None:
        project = Loader(root, {}).load().project
        assert project is not None
        memory = open_memory("", root / "data")
        turns = Turns(memory, lambda chat, effect: None, lambda lane: True, memory.forget)
        session = Session()

        def turn(event: TextReceived | ModelReplied) -> Done:
            nonlocal session
            done = asyncio.run(turns.take(project, chat, session, event, ()))
            session = done.session or session
            return done

        for number, text in enumerate(lines):
            at = 1_795_000_000.0 + number
            sender = Sender(chat, name, name.lower(), "ru")
            asked = turn(TextReceived(id=f"{chat}-{number}", at=at, text=text, sender=sender)).asked
            spent = {"seconds": 1.84, "tokens_in": 812, "tokens_out": 96, "tries": 2, "model": "small-1"}
            for one in asked if reply else ():
                answer = {"reply": wish, "spent": spent} if wish else {"failure": "off"}
                turn(ModelReplied(id="r", at=at + 0.5, request=one.request, **answer))
        memory.close()

    return said


def trace(root: Path, *arguments: str) -> int:
    return main(["--root", str(root), "trace", *arguments])


def test_everybody(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """One line a person: when they last spoke, and where they stand."""
    said("telegram:5", "Anna", "/talk", "Анна")
    said("telegram:6", "Boris", "привет")
    assert trace(root) == 0
    first, second = capsys.readouterr().out.splitlines()
    assert first.split()[2:] == ["telegram:6", "Boris", "nowhere"]
    assert second.split()[2:] == ["telegram:5", "Anna", "talk.age"]


@pytest.mark.parametrize("who", ["telegram:5", "5", "@anna", "anna"])
def test_one_person(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str], who: str) -> None:
    """What each step gave, the variables, what waits, and the last messages."""
    said("telegram:5", "Anna", "/talk", "Анна")
    assert trace(root, who) == 0
    printed = capsys.readouterr().out
    for part in (
        "telegram:5  Anna  @anna",
        "stands: talk.age",
        "person.name: Анна",
        "name                     answered: Анна",
        "saved: people ",
        "wish                     model: failed",
        "> age                      waits for an answer",
        "talk: wish = Привет",
        "bot     Привет! Сколько тебе лет?",
        "person  Анна",
    ):
        assert part in printed


def test_a_text_that_came_out_empty(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """The person heard nothing: the trace says so, and where."""
    scenario = root / "scenarios/talk.yaml"
    scenario.write_text(TALK.replace("  - save: people", "  - say: '{{ none }}'\n  - save: people"), encoding="utf-8")
    said("telegram:5", "Anna", "/talk", "Анна")
    assert trace(root, "Anna") == 0
    assert "nothing is said: the text is empty (scenarios/talk.yaml:8)" in capsys.readouterr().out


def test_a_model_that_thinks(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """A request without a reply is shown."""
    said("telegram:5", "Anna", "/talk", "Анна", reply=False)
    assert trace(root, "5", "--lines", "0") == 0
    printed = capsys.readouterr().out
    assert "the model was asked at " in printed
    assert "waits for the model" in printed
    assert "the last turns:" not in printed


def test_replay(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """Today's files over yesterday's answers: where the person would stand, what is gone, what would be said."""
    said("telegram:5", "Anna", "/talk", "Анна")
    scenario = root / "scenarios/talk.yaml"
    scenario.write_text(
        TALK.replace("ask: name\n    question: Как тебя зовут?", "ask: city\n    question: Где ты?").replace(
            "{{ name }}", "{{ city }}"
        ),
        encoding="utf-8",
    )
    assert trace(root, "5", "--replay") == 0
    printed = capsys.readouterr().out
    assert "on today's files: stands talk.city\n" in printed
    assert "  no longer on the way: name\n" in printed
    assert "  would be said: Где ты?\n" in printed
    scenario.write_text(
        TALK.replace("Как тебя зовут?", "'{{ 1 / 0 }}'").replace("ask: name", "ask: nick"), encoding="utf-8"
    )
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("{{ name }}", "{{ nick }}"), encoding="utf-8")
    assert trace(root, "5", "--replay") == 0
    assert "on today's files: division by zero" in capsys.readouterr().out
    scenario.rename(root / "scenarios/other.yaml")
    (root / "scenarios/other.yaml").write_text(TALK.replace("scenario: talk", "scenario: other"), encoding="utf-8")
    assert trace(root, "5", "--replay") == 0
    assert "the scenario `talk` is gone" in capsys.readouterr().out
    (root / "scenarios/other.yaml").write_text("format: 1\n", encoding="utf-8")
    assert trace(root, "5", "--replay") == 1


def test_which_way_and_why(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """Turn by turn: what came in, conditions with what they looked at, what the model took, what was saved and sent."""
    branch = "  - if: age < 18 and name != 'Boris'\n    then:\n      - say: Рано\n  - say: Всё\n"
    (root / "scenarios/talk.yaml").write_text(TALK.replace('  - say: "{{ age }}"\n', branch), encoding="utf-8")
    said("telegram:5", "Anna", "/talk", "Анна", "много", "7", wish="Салют")
    assert trace(root, "5") == 0
    printed = capsys.readouterr().out
    turns = printed[printed.index("the last turns:") :].splitlines()[1:]
    assert [line[23:].strip() for line in turns if line] == [
        "person  /talk",
        "· talk: begun",
        "· name: asked",
        "bot     Как тебя зовут?",
        "person  Анна",
        "· name: answered",
        "· saved in people",
        "· wish: the model is asked (prompt wish)",
        "· wish: the model replied: 1.8 s, 812 + 96 tokens, 2 tries, small-1",
        "· age: asked",
        "bot     Салют! Сколько тебе лет?",
        "person  много",
        "· age: not accepted (wrong_integer)",
        "bot     Нужно целое число, например 5.",
        "person  7",
        "· age: answered",
        "· if age < 18 and name != 'Boris': yes, because age = 7, name = Анна (scenarios/talk.yaml:16)",
        "· talk: ended",
        "bot     Рано",
        "bot     Всё",
    ]


def test_a_talk_that_is_over_said_again(
    root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    """Today's bot is told the same lines; what it would say and save now is shown, and nothing is written."""
    said("telegram:5", "Anna", "/talk", "Анна", "7")
    before = {path: path.read_bytes() for path in (root / "data").glob("engine.db")}
    (root / "scenarios/talk.yaml").write_text(
        TALK.replace("answer: integer", "answer: integer\n    min: 18"), encoding="utf-8"
    )
    assert trace(root, "5", "--replay") == 0
    printed = capsys.readouterr().out
    again = printed[printed.index("the last talk, said again") :]
    assert "· wish: the model failed (off)" in again
    assert "  person  7\n          · age: not accepted (wrong_too_small)" in again
    assert "  stands: talk.age" in again
    assert {path: path.read_bytes() for path in (root / "data").glob("engine.db")} == before


CHOICES = """  - if: person.goal
    then:
      - say: Привет снова
  - ask: goal
    question: Чего ты хочешь?
    choices: {lose: Похудеть, other: Другое}
  - if: goal == 'lose'
    then:
      - say: Начнём
  - ask: when
    question: Когда?
"""


def test_choices_by_their_labels(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """What stood on the button; beside a value that a condition looks at, too. Without the files the ids must do."""
    scenario = root / "scenarios/talk.yaml"
    scenario.write_text(TALK[: TALK.index("  - ask: name")] + CHOICES, encoding="utf-8")
    said("telegram:5", "Anna", "/talk", "похудеть")
    assert trace(root, "5") == 0
    printed = capsys.readouterr().out
    assert "goal                     answered: Похудеть\n" in printed
    assert "if, line 6               kept: " in printed
    assert "talk: goal = lose (Похудеть)\n" in printed
    assert "· goal: answered (Похудеть)\n" in printed
    assert "yes, because goal = lose (Похудеть) (scen" in printed
    scenario.write_text("format: 1\n", encoding="utf-8")
    assert trace(root, "5") == 0
    printed = capsys.readouterr().out
    assert "answered: lose\n" in printed
    assert "· goal: answered (lose)\n" in printed


def test_the_clock(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """Moments are told as the bot's people live, and a person's own as they do: 1 795 000 000 is 11:06:40 UTC."""
    save = '    fields: {name: "{{ name }}", timezone: "{{ name }}"}\n'
    (root / "scenarios/talk.yaml").write_text(
        TALK.replace('    fields: {name: "{{ name }}"}\n', save), encoding="utf-8"
    )
    said("telegram:5", "Anna", "/talk", "Asia/Tokyo")
    assert trace(root, "5") == 0
    printed = capsys.readouterr().out
    assert "clock: Asia/Tokyo\n" in printed
    assert "talk: begun 2026-11-18 20:06:40, now" in printed
    assert "  2026-11-18 20:06:40  person  /talk" in printed
    assert trace(root) == 0
    assert capsys.readouterr().out.startswith("2026-11-18 14:06:41  telegram:5")


def test_no_terminal_is_steered(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """What a person wrote is shown without its control characters."""
    said("telegram:5", "Anna", "/talk", "Ан\x1b[2Jна")
    assert trace(root, "5") == 0
    assert "\x1b" not in capsys.readouterr().out


def test_a_long_turn_said_again(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """All that a turn says is shown, however much that is."""
    rounds = "  - each: number\n    in: range(150) | list\n    do:\n      - say: 'Раз {{ number }}'\n  - say: Конец\n"
    (root / "scenarios/talk.yaml").write_text(TALK.replace('  - say: "{{ age }}"\n', rounds), encoding="utf-8")
    said("telegram:5", "Anna", "/talk", "Анна", "7")
    assert trace(root, "5", "--replay") == 0
    again = capsys.readouterr().out.partition("the last talk, said again")[2]
    assert "  bot     Раз 149\n  bot     Конец\n  stands: nowhere" in again


def test_nobody(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """2 for somebody who was never there, 1 for a memory that cannot be opened."""
    open_memory("", root / "data").close()
    assert trace(root, "anna") == 2
    assert "nobody known is 'anna'" in capsys.readouterr().err
    assert trace(root) == 0
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/none/engine.db")
    assert trace(root) == 1
