"""The README's tour and the tutorial as a newcomer walks them: in an empty folder, with the real commands."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, Block, Section, sections
from tests.docs.talks import written
from tests.docs.test_examples import shipped

DIALOGUE = Path(sys.executable).parent / "dialogue"
WALKED = ("README.md", "docs/tutorial.md")


def run(folder: Path, *words: str, said: str = "", code: int = 0) -> str:
    """A command in the folder, with no settings but these; what it prints."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "SYSTEMROOT", "TMPDIR")}
    done = subprocess.run(
        [str(DIALOGUE), "--root", str(folder), *words],
        input=said,
        env={**kept, "DATA_DIR": str(folder / "data")},
        cwd=folder,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode == code, f"{words}: {done.stdout}\n{done.stderr}"
    return done.stdout


def written_out(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module", params=WALKED)
def place(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Section]]:
    """A folder with all that the page has written, and its sections."""
    folder = tmp_path_factory.mktemp("bot")
    found = sections(ROOT / request.param, tour=True)
    if request.param == "README.md":
        written_out(folder, shipped())
        run(folder, "chat", said="/language en\n")
    written_out(folder, {name: texts[-1] for name, texts in found[-1].files.items()})
    return folder, found


def test_talks_in_the_terminal(place: tuple[Path, list[Section]]) -> None:
    """`dialogue chat` says what the pages say, for every talk without a model that no later step has changed. The
    records stand where the page says: a CSV file, and the list of `dialogue outcomes`."""
    folder, found = place
    final = found[-1].files
    talks = [
        block
        for section in found
        for block in section.talks
        if "# the model:" not in block.text and section.files.items() <= final.items()
    ]
    for number, block in enumerate(talks):
        user = ["--user", f"guest{number}"] if "tutorial" in block.page else []
        shown = run(folder, "chat", *user, said=_typed(block)).split("\n")
        assert [undated(line) for line in shown if line.strip()] == [undated(line) for line in _expected(block)], (
            block.place
        )
    collection = "moods" if (folder / "scenarios/mood.yaml").exists() else "bookings"
    assert len((folder / f"data/{collection}.csv").read_text(encoding="utf-8").splitlines()) >= 2
    assert run(folder, "outcomes", "list", collection).strip()


def undated(line: str) -> str:
    """The page was written on another day."""
    return re.sub(r"\d{1,2} [A-Z][a-z]+ \d{4}", "DAY", line)


def _typed(block: Block) -> str:
    return "".join(f"{words}\n" for sign, words, _ in written(block.text) if sign == ">")


def _expected(block: Block) -> list[str]:
    return [undated(line) for line in block.text.split("\n") if line and not line.startswith(("> ", "# "))]


def test_lint_and_talk_tests(place: tuple[Path, list[Section]]) -> None:
    """`dialogue lint` is content with what the page has written, and `dialogue test` with its talk test."""
    folder, _ = place
    run(folder, "lint")
    shown = run(folder, "test")
    assert "1" in shown


def test_the_assistant_page_is_a_bot(tmp_path: Path) -> None:
    """The bot on the page for AI assistants has nothing for lint to find, and its talk test passes."""
    page = sections(ROOT / "docs/assistant.md", tour=True)
    written_out(tmp_path, {name: texts[-1] for name, texts in page[-1].files.items()})
    run(tmp_path, "lint")
    run(tmp_path, "test")


def test_a_broken_talk_test_is_told(place: tuple[Path, list[Section]], tmp_path: Path) -> None:
    """A talk test that expects another text fails."""
    folder, _ = place
    other = tmp_path / "other"
    shutil.copytree(folder, other, ignore=shutil.ignore_patterns("data"))
    test = next((other / "tests/dialogues").glob("*.yaml"))
    text = test.read_text(encoding="utf-8")
    changed = text.replace("bot: Sun does", "bot: Rain does").replace("bot: We will cook", "bot: We never cook")
    test.write_text(changed, encoding="utf-8")
    run(other, "test", code=1)
