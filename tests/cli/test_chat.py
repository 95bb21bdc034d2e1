"""`dialogue chat` and `dialogue run` in a pipe: what a script, or a machine without a terminal, meets."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.cli.main import main

SCENARIO = """\
format: 1
scenario: trip
starts_on: [/trip]
steps:
  - say: Привет!
  - ask: city
    question: Куда едем?
    choices: {msk: Москва, tvr: Тверь}
  - say: "Значит, {{ city }}."
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/trip.yaml").write_text(SCENARIO, encoding="utf-8")
    return tmp_path


def dialogue(root: Path, *arguments: str, lines: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    own = ("TELEGRAM_", "LLM_", "SMTP_", "DIALOGUE_", "DATA", "LOG_")
    environ = {name: text for name, text in os.environ.items() if not name.startswith(own)} | variables
    return subprocess.run(
        [sys.executable, "-m", "engine.cli.main", "--root", str(root), *arguments],
        input=lines,
        capture_output=True,
        encoding="utf-8",
        env=environ,
        cwd=root,
        timeout=60,
        check=False,
    )


def test_chat_json_is_scriptable(project: Path) -> None:
    """A scenario named on the command line begins at once; each reply is one object; the end of input ends it."""
    done = dialogue(project, "chat", "trip", "--user", "anna", "--json", lines="2\n")
    assert done.returncode == 0, done.stderr
    hello, question, answer = map(json.loads, done.stdout.splitlines())
    assert hello["text"] == "Привет!"
    assert question == {
        "text": "Куда едем?",
        "choices": [{"value": "msk", "label": "Москва"}, {"value": "tvr", "label": "Тверь"}],
        "media": None,
        "step": "city",
        "scenario": "trip",
        "waiting": True,
    }
    assert answer["text"] == "Значит, tvr."


def test_a_talk_that_ends_without_a_word(project: Path) -> None:
    """The last object says that nothing is asked any more; a question that stands has no second object."""
    steps = "  - ask: a\n    question: a?\n  - ask: b\n    question: b?\n"
    (project / "scenarios/trip.yaml").write_text(SCENARIO.split("steps:")[0] + "steps:\n" + steps, encoding="utf-8")
    done = dialogue(project, "chat", "trip", "--json", lines="x\ny\n")
    said = [(one["text"], one["waiting"]) for one in map(json.loads, done.stdout.splitlines())]
    assert said == [("a?", True), ("b?", True), ("", False)], done.stderr
    assert dialogue(project, "chat", "trip", lines="x\ny\n").stdout == "a?\nb?\n"


def test_chat_goes_on_after_a_restart(project: Path) -> None:
    """The conversation outlives the process, by user."""
    first = dialogue(project, "chat", "--user", "anna", lines="/trip\n")
    assert first.stdout == "Привет!\nКуда едем?\n1. Москва\n2. Тверь\n", first.stderr
    assert dialogue(project, "chat", "--user", "anna", lines="Москва\n").stdout == "Значит, msk.\n"


def test_a_question_that_gathers_in_a_pipe(project: Path) -> None:
    """The next line is read when everything that the last one caused has been printed."""
    steps = "  - ask: a\n    question: a?\n    gather: 0.5s\n  - ask: b\n    question: b?\n    gather: 0.5s\n"
    text = f'format: 1\nscenario: trip\nstarts_on: [/trip]\nsteps:\n{steps}  - say: "{{{{ a }}}} {{{{ b }}}}"\n'
    (project / "scenarios/trip.yaml").write_text(text, encoding="utf-8")
    done = dialogue(project, "chat", "--user", "anna", "--json", lines="/trip\none\ntwo\n")
    assert [json.loads(line)["text"] for line in done.stdout.splitlines()] == ["a?", "b?", "one two"], done.stderr


def test_run_without_a_token_is_the_terminal(project: Path) -> None:
    """`run` chats here when there is no token, and start-up says what is off."""
    done = dialogue(project, "run", lines="/trip\n")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Привет!\n")
    assert "Telegram: off" in done.stderr
    assert "LLM: off" in done.stderr


@pytest.mark.parametrize("command", ["run", "chat"])
def test_bad_settings_stop_it(project: Path, command: str) -> None:
    """One message with every bad variable, exit 2."""
    done = dialogue(project, command, TELEGRAM_BOT_TOKEN="oops", SMTP_PORT="x")
    assert done.returncode == 2
    assert "TELEGRAM_BOT_TOKEN" in done.stderr
    assert "SMTP_PORT" in done.stderr
    assert "oops" not in done.stderr


@pytest.mark.parametrize("command", ["run", "chat"])
def test_the_bots_own_settings_are_told_beside_the_engines(project: Path, command: str) -> None:
    """One message names every bad variable, whoever declares it; exit 2."""
    (project / "catalog").mkdir()
    text = "settings:\n  HOURS: {type: number, default: 12}\n  CHANNEL: {type: text, required: true}\n"
    (project / "catalog/bot.yaml").write_text(text, encoding="utf-8")
    done = dialogue(project, command, HOURS="many", SMTP_PORT="x", DATABASE_URL="postgresql://bot:hush@db/bot")
    assert done.returncode == 2
    said = [line.split(":")[0].strip() for line in done.stderr.splitlines()[1:]]
    assert sorted(said) == ["CHANNEL", "DATABASE_URL", "HOURS", "SMTP_PORT"], done.stderr
    assert "HOURS: must be a number, and is 'many'" in done.stderr
    assert "hush" not in done.stderr
    assert dialogue(project, command, HOURS="many", CHANNEL="x").returncode == 2
    assert dialogue(project, command, HOURS="3", CHANNEL="x").returncode == 0


def test_a_setting_that_is_not_there_is_null(project: Path) -> None:
    """None is required: the talk goes on, and start-up names what scenarios lack; one that is set is not named."""
    steps = '  - say: "{{ settings.CHANNEL if settings.CHANNEL else 0 }} {{ settings.hello }}"\n'
    (project / "scenarios/trip.yaml").write_text(SCENARIO.split("steps:")[0] + "steps:\n" + steps, encoding="utf-8")
    done = dialogue(project, "chat", "trip", HELLO="5")
    assert done.stdout == "0 5\n", done.stderr
    assert "Settings: CHANNEL not set" in done.stderr
    assert dialogue(project, "chat", "trip", HELLO="5", CHANNEL="here").stdout == "here 5\n"


def test_a_model_with_an_address_of_its_own_is_told(project: Path) -> None:
    """Start-up does not say that every model is off when catalog/models.yaml has one."""
    (project / "catalog").mkdir()
    text = "here:\n  model: m\n  base_url: http://localhost:1/v1\n  key_variable: HERE_KEY\n"
    (project / "catalog/models.yaml").write_text(text, encoding="utf-8")
    assert "LLM of catalog/models.yaml: on, here at localhost (no HERE_KEY)\n" in dialogue(project, "chat").stderr
    assert "here at localhost\n" in dialogue(project, "chat", HERE_KEY="x").stderr


def test_a_letter_whose_server_is_away_keeps_no_chat_from_ending(project: Path) -> None:
    """It waits in the memory: the chat ends with its input, and so does the next one."""
    text = SCENARIO.replace("  - ask: city", "  - notify: manager\n    text: Поехали\n  - ask: city")
    (project / "scenarios/trip.yaml").write_text(text, encoding="utf-8")
    away = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": "1", "SMTP_FROM": "a@b.ru", "MANAGER_EMAIL": "c@d.ru"}
    done = dialogue(project, "chat", lines="/trip\nМосква\n", **away)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Значит, msk.")
    assert "no connection to the mail server" in done.stderr
    assert dialogue(project, "chat", lines="/help\n", **away).returncode == 0
    assert "1 out" in dialogue(project, "status").stdout


def test_unknown_scenario(project: Path) -> None:
    """A scenario that is not there is wrong use, with the nearest name."""
    done = dialogue(project, "chat", "trap")
    assert done.returncode == 2
    assert "did you mean trip?" in done.stderr


@pytest.mark.parametrize("name", ["", " ", "a\nb"])
def test_a_users_name(name: str) -> None:
    """The name makes the chat's key: it must be one that can be read."""
    with pytest.raises(SystemExit) as ended:
        main(["chat", "--user", name])
    assert ended.value.code == 2
