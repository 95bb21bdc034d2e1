"""`dialogue trace`: everybody, one person's way, and what today's files would make of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cli.main import main

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
    from engine.core.codec import encode
    from engine.core.effects import AskModel, SendMessage
    from engine.core.events import Event, ModelReplied, Sender, TextReceived
    from engine.core.session import Session
    from engine.core.turn import advance
    from engine.memory.open import open_memory
    from engine.memory.port import Line, TurnWrites
    from engine.project.load import Loader

    def said(chat: str, name: str, *lines: str, reply: bool = True) -> None:
        project = Loader(root, {}).load().project
        assert project is not None
        memory = open_memory("", root / "data")
        session = Session()
        history: list[Line] = []
        asked: list[AskModel] = []

        def turn(event: Event) -> None:
            nonlocal session
            session, effects = advance(project, session, event)
            told = [Line(chat, event.at, "assistant", one.text) for one in effects if isinstance(one, SendMessage)]
            history.extend(told)
            asked.extend(one for one in effects if isinstance(one, AskModel))

        for number, text in enumerate(lines):
            at = 1_795_000_000.0 + number
            history.append(Line(chat, at, "user", text))
            sender = Sender(chat, name, name.lower(), "ru")
            turn(TextReceived(id=f"{chat}-{number}", at=at, text=text, sender=sender))
            while reply and asked:
                turn(ModelReplied(id="r", at=at, request=asked.pop().request, failure="off"))
        writes = TurnWrites(chat, at, session=session.dump(), history=history)
        writes.asked = [(one.request, encode(one)) for one in asked]
        asyncio.run(memory.commit(writes))
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


def test_a_model_that_thinks(root: Path, said: Callable[..., None], capsys: pytest.CaptureFixture[str]) -> None:
    """A request without a reply is shown."""
    said("telegram:5", "Anna", "/talk", "Анна", reply=False)
    assert trace(root, "5", "--lines", "0") == 0
    printed = capsys.readouterr().out
    assert "the model was asked at " in printed
    assert "waits for the model" in printed
    assert "history:" not in printed


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


def test_nobody(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """2 for somebody who was never there, and for a memory that cannot be opened."""
    assert trace(root, "anna") == 2
    assert "nobody known is 'anna'" in capsys.readouterr().err
    assert trace(root) == 0
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/none/engine.db")
    assert trace(root) == 2
