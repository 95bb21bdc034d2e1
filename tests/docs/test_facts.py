"""What README, ARCHITECTURE and the operator's page claim, held against the project."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from engine.cli.main import commands
from engine.logs import FILE_BYTES, FILES
from engine.steps import KINDS
from engine.variables import LEVELS, READERS
from tests.docs.pages import ROOT, blocks, pages, sections
from tests.docs.test_tour import run, written_out

# In the contract (design, section 4) and written by others: they may come later than the page that names them.
CONTRACT = {"run", "chat", "lint", "rules", "test", "graph", "schema", "new", "outcomes"}


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_every_dependency_has_its_reason() -> None:
    """The table in ARCHITECTURE names each required package of pyproject.toml, and no other."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    required = {re.split(r"[><=\[]", one)[0] for one in project["dependencies"]}
    part = read("ARCHITECTURE.md").split("## Dependencies")[1].split("\n## ")[0]
    named = {
        name
        for row in re.findall(r"^\| ([^|]+) \|", part, re.MULTILINE)[2:]
        for name in re.split(r", ", row.split(", beside")[0])
    }
    assert named == required


def test_counts_in_words() -> None:
    """The numbers of verbs and recipes that the pages tell are right."""
    recipes = len(sections(ROOT / "docs/cookbook.md")) - 1
    assert f"{recipes} things people want" in read("README.md")
    assert f"There are {len(KINDS)} verbs" in " ".join(read("README.md").split())
    assert recipes >= 20


def test_install_lines() -> None:
    """The lines for Windows and for conda are those of Makefile and environment.yml."""
    windows = re.search(r"py -3\.11 -m venv .*", read("Makefile"))
    assert windows is not None
    assert windows[0] in read("README.md")
    assert "conda activate dialogue-engine" in read("README.md")
    assert "name: dialogue-engine" in read("environment.yml")
    assert all(re.search(rf"^{goal}:", read("Makefile"), re.MULTILINE) for goal in ("run", "test"))


def test_settings_and_commands_exist() -> None:
    """Every variable in the README's table and every command in any page is real."""
    text = read("README.md")
    table = text.split("| variable |")[1].split("\n\n")[0]
    assert set(re.findall(r"`([A-Z_]+)`", table)) <= set(READERS)
    told = {word for page in pages() for word in re.findall(r"\bdialogue ([a-z]+)\b", code_of(page))}
    assert told <= set(commands()) | CONTRACT


def code_of(page: Path) -> str:
    """What stands in backticks and in shell fences."""
    text = page.read_text(encoding="utf-8")
    shell = [block.text for block in blocks(page) if block.language in ("sh", "bash")]
    return "\n".join([*re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL)), *shell])


def test_shell_lines_are_understood() -> None:
    """Every `dialogue …` line of the pages has options that the command knows."""
    for page in pages():
        for block in blocks(page):
            for line in block.text.splitlines() if block.language == "sh" else ():
                words = shlex.split(line, comments=True)
                if words[:1] == ["dialogue"] and words[1] in commands():
                    options = [word for word in words[2:] if word.startswith("--")]
                    shown = subprocess.run(
                        [sys.executable, "-m", "engine.cli.main", *_with_inner(words[1:]), "--help"],
                        capture_output=True,
                        text=True,
                        check=True,
                        cwd=ROOT,
                    ).stdout
                    assert [one for one in options if one not in shown and one != "--root"] == [], block.place


def _with_inner(words: list[str]) -> list[str]:
    return words[:2] if words[0] in ("outcomes", "history", "translate") else words[:1]


def test_log_facts() -> None:
    """Levels, size and number of log files are as the operator's page says."""
    text = read("docs/operating.md")
    assert f"{FILE_BYTES // 1_000_000} MB" in text
    assert FILES == 3
    assert "three old ones" in text
    assert [level for level in LEVELS if f"`{level}`" not in text and level != "CRITICAL"] == []


@pytest.mark.parametrize("deleted", ["moods.csv", "outcomes.json"])
def test_data_facts(tmp_path: Path, deleted: str) -> None:
    """A deleted file of outcomes is made anew; a backup made as the page says, and put back, knows everything."""
    scenario = """format: 1
scenario: mood
starts_on: [/mood]
steps:
- ask: mood
  question: How are you?
- save: moods
  fields: {mood: "{{ mood }}"}
"""
    written_out(tmp_path, {"scenarios/mood.yaml": scenario})
    run(tmp_path, "chat", said="/mood\nfine\n")
    lines = next(block.text for block in blocks(ROOT / "docs/operating.md") if "backup" in block.text).splitlines()
    back_up, restore = (shlex.split(line)[1:] for line in lines)
    run(tmp_path, *back_up)
    (tmp_path / "data" / deleted).unlink()
    run(tmp_path, "outcomes", "rebuild")
    assert "fine" in (tmp_path / "data" / deleted).read_text(encoding="utf-8")
    shutil.rmtree(tmp_path / "data")
    run(tmp_path, *restore)
    assert "fine" in run(tmp_path, "outcomes", "list", "moods")
    elsewhere = [sys.executable, "-m", "engine.cli.main", "outcomes", "list", "moods", "--root", str(tmp_path)]
    assert "fine" in subprocess.run(elsewhere, cwd=ROOT, capture_output=True, text=True, check=True).stdout
