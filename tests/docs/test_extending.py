"""docs/extending.md: what it adds is put into a copy of the engine, and nothing that is there is edited but where the
page says so (law 8: a verb is its file and its cases)."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import FENCE, ROOT

PAGE = (ROOT / "docs/extending.md").read_text(encoding="utf-8")
FILE = re.compile(r"\w+ ((?:engine|tests)/\S+)( \(add\))?")
BOT = """format: 1
scenario: talk
starts_on: [/talk]
steps:
  - pause: seen
    text: THESE ARE THE RULES
    button: Read
  - ask: car
    question: Your car?
    answer: plate
  - say: "{{ car }} {{ seen }}"
"""
# As `python -m tests.lint.golden` does for every code.
PAIR = """
from tests.lint.golden import FOLDER, outcome
from engine.lint.explain import rules
case = FOLDER / "shouting.yaml"
case.write_text(rules()["shouting"].wrong, "utf-8")
case.with_suffix(".out").write_text(outcome(case), "utf-8")
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The engine with all that the page adds, and its generated files made anew."""
    root = tmp_path_factory.mktemp("copy")
    unwanted = shutil.ignore_patterns("__pycache__", "node_modules")
    for name in ("engine", "tests", "docs", "scenarios", "prompts", "catalog", "media"):
        shutil.copytree(ROOT / name, root / name, ignore=unwanted)
    for name in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md", "pyproject.toml", ".env.example"):
        shutil.copy(ROOT / name, root / name)
    for fence in FENCE.finditer(PAGE):
        if named := FILE.fullmatch(fence[2].strip()):
            file = root / named[1]
            before = file.read_text(encoding="utf-8") if named[2] else ""
            assert named[2] or not file.exists(), f"{named[1]} is there already"
            file.write_text(before + fence[3], encoding="utf-8")
    run(root, "-m", "docs.make")
    run(root, "-c", PAIR)
    return root


def run(root: Path, *words: str, said: str = "") -> str:
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("COVERAGE_PROCESS_START", None)
    done = subprocess.run(
        [sys.executable, *words], cwd=root, env=environment, input=said, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_what_the_page_adds_passes_the_tests(copy: Path) -> None:
    """The tests that every verb, answer type and code must pass, and those of the docs and the house."""
    chosen = "pause or plate or shouting or complete or house or schema_file or what_is_shown or files_alone"
    passed = run(
        copy,
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen),
        *("tests/steps", "tests/answers", "tests/lint/test_rules.py", "tests/docs/test_complete.py"),
        *("tests/test_house.py", "tests/lint/test_schema.py"),
    )
    assert "failed" not in passed


def test_what_the_page_adds_works_for_authors_and_people(copy: Path, tmp_path: Path) -> None:
    """A bot that uses all of it is linted, drawn and talked to; lint knows what waits for a person."""
    scenario = tmp_path / "scenarios/talk.yaml"
    scenario.parent.mkdir()
    scenario.write_text(BOT, encoding="utf-8")
    command = ("-m", "engine.cli.main", "--root", str(tmp_path))
    assert "shouting" in run(copy, *command, "lint", "--format", "json")
    assert 'n1["THESE ARE THE RULES"]' in run(copy, *command, "graph", "talk")
    assert "class n1,n2 question1" in run(copy, *command, "graph", "talk")
    assert "nothing wrong" in run(copy, *command, "explore")
    talk = run(copy, *command, "chat", said="/talk\nRead\n77\nа123вс77\n")
    assert "Пришли номер машины" in talk
    assert "А123ВС77 да" in talk
    scenario.write_text(BOT + "  - goto: seen\n", encoding="utf-8")
    assert run(copy, *command, "lint", "--ignore", "shouting") == "No mistakes found.\n"  # the circle waits
