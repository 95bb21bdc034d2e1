"""What we show to others explores clean: every bot of the docs, every starter, each scenario that `new` makes."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main
from engine.explore.report import explore
from engine.talks.coverage import Coverage
from tests.docs.pages import Section
from tests.docs.test_examples import SECTIONS, versions

BOTS = [section for section in SECTIONS if section.talks and section.files]


@pytest.mark.parametrize("section", BOTS, ids=lambda one: one.name)
def test_a_bot_of_the_docs(section: Section) -> None:
    """No crash, dead end, endless circle, over-long message, unanswerable question or unreachable step, also after the
    section's edits; and no bound cut the walk short."""
    for project in versions(section):
        coverage = Coverage()
        coverage.watch(project)
        explored = explore(project, coverage, 60_000, 3_600)  # bounded by turns, not by the machine
        assert [f"{one.kind}: {one.message} ({one.span})" for one in explored.found] == []
        whole = explored.whole  # by itself: pytest would take minutes to print all of it
        assert whole


@pytest.mark.parametrize("like", ["lead", "survey", "quiz", "booking", "check_in"])
def test_a_new_bot(
    tmp_path: Path, like: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`dialogue new bot` with a scenario of each kind: nothing is found, and nothing is left unreached."""
    monkeypatch.chdir(tmp_path)
    assert main(["new", "bot", "mine"]) == 0
    assert main(["--root", "mine", "new", "scenario", "other", "--like", like]) == 0
    capsys.readouterr()
    assert main(["--root", "mine", "explore"]) == 0
    assert "100 % of steps and ways; nothing wrong" in capsys.readouterr().out
