"""`dialogue test`: exit codes, -k, --update, --fail-under, what it prints."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import pytest

from engine.cli.main import main

SCENARIO = """
format: 1
scenario: hello
starts_on: [/hello]
steps:
  - ask: name
    question: Как тебя зовут?
    skip: true
  - if: name
    then:
      - say: "Привет, {{ name }}!"
"""
TALKS = """
talks:
  Знакомство:
    - user: /hello
    - bot: Как тебя зовут?
    - user: Анна
    - bot: Привет, Анна!
  Без имени:
    - user: /hello
    - bot: Как тебя зовут?
    - user: {press: Пропустить}
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {"scenarios/hello.yaml": SCENARIO, "tests/dialogues/hello.yaml": TALKS}.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    return tmp_path


def test_all_is_well(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0, the figure of each scenario, and how many passed."""
    assert main(["--root", str(root), "test", "--fail-under", "100"]) == 0
    printed = capsys.readouterr().out
    assert "hello  100.0 %\n" in printed
    assert "2 of 2 talks passed; " in printed


def test_some_talks_only(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """-k takes the talks whose name holds the words; no figure then, unless it is asked for."""
    assert main(["--root", str(root), "test", "-k", "знакомство"]) == 0
    assert capsys.readouterr().out.startswith("1 of 1 talks passed")
    assert main(["--root", str(root), "test", "-k", "знакомство", "--fail-under", "90"]) == 1
    printed = capsys.readouterr().out
    assert "never: 5 (ask name: skip), 8 (if: no)" in printed
    assert "hello: 66.7 % is below 90 %" in printed
    assert main(["--root", str(root), "test", "-k", "знакомство", "--missed"]) == 0
    assert "    scenarios/hello.yaml:8: if: no\n" in capsys.readouterr().out


def test_a_failed_talk(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1, and the talk with the difference marked; --update writes it down, and then all is well."""
    scenario = root / "scenarios/hello.yaml"
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("Привет,", "Здравствуй,"), encoding="utf-8")
    assert main(["--root", str(root), "test", str(root)]) == 1
    printed = capsys.readouterr().out
    assert "  - bot   Привет, Анна!\n  + bot   Здравствуй, Анна!\n" in printed
    assert "1 of 2 talks passed, 1 failed" in printed
    assert main(["--root", str(root), "test", "--update"]) == 0
    assert "wrote " in capsys.readouterr().out
    talks = (root / "tests/dialogues/hello.yaml").read_text(encoding="utf-8")
    assert talks == TALKS.lstrip().replace("Привет,", "Здравствуй,")


def test_update_has_no_room(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A talk on one line cannot be written anew: that is told, and it still fails."""
    path = root / "tests/dialogues/hello.yaml"
    path.write_text("talks:\n  Раз: [{user: /hello}]\n", encoding="utf-8")
    assert main(["--root", str(root), "test", "--update"]) == 1
    assert "a line of its own" in capsys.readouterr().err


def test_wrong_use(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """2: no such path, no talks, a talk file or a bot that cannot be read."""
    assert main(["--root", str(root), "test", "nowhere.yaml"]) == 2
    assert "there is no nowhere.yaml" in capsys.readouterr().err
    assert main(["--root", str(root), "test", "-k", "ничего такого"]) == 2
    path = root / "tests/dialogues/hello.yaml"
    path.write_text("talks: []\n", encoding="utf-8")
    assert main(["--root", str(root), "test"]) == 2
    assert "hello.yaml:1:8: error[bad-talk]" in capsys.readouterr().out
    (root / "scenarios/hello.yaml").write_text("format: 1\n", encoding="utf-8")
    assert main(["--root", str(root), "test"]) == 2
    assert "scenarios/hello.yaml:1:1: error[missing-key]" in capsys.readouterr().out


def test_a_bot_without_talks(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said what to do, and nothing of the folder that is not there."""
    for file in (root / "tests").rglob("*.yaml"):
        file.unlink()
    for folder in ("tests/dialogues", "tests"):
        if (root / folder).is_dir():
            (root / folder).rmdir()
    assert main(["--root", str(root), "test"]) == 2
    printed = capsys.readouterr().out
    assert "There is no talk test here." in printed
    assert "Errno" not in printed


def test_watch(root: Path) -> None:
    """--watch plays all, then what an edit touches, until it is stopped: a scenario's talks, a talk file's own, and all
    that failed."""
    other = SCENARIO.replace("hello", "bye").replace("Привет", "Пока")
    (root / "scenarios/bye.yaml").write_text(other.lstrip(), encoding="utf-8")
    bye = TALKS.replace("/hello", "/bye").replace("Привет", "Пока")
    (root / "tests/dialogues/bye.yaml").write_text(bye.lstrip(), encoding="utf-8")
    command = [sys.executable, "-m", "engine.cli.main", "--root", str(root), "test", "--watch"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as process:
        assert process.stdout is not None

        def after(file: str, old: str, new: str) -> str:
            path = root / file
            path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
            return _until(process.stdout, "talks passed")  # type: ignore[arg-type] # it is a pipe

        try:
            assert "4 of 4 talks passed" in _until(process.stdout, "talks passed")
            assert "1 of 2 talks passed, 1 failed" in after("scenarios/hello.yaml", "Привет,", "Здравствуй,")
            assert "2 of 3 talks passed, 1 failed" in after("scenarios/bye.yaml", "steps:", "steps: # more")
            assert "2 of 2 talks passed" in after("tests/dialogues/hello.yaml", "Привет,", "Здравствуй,")
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130


def _until(lines: IO[str], part: str) -> str:
    return next(line for line in lines if part in line)
