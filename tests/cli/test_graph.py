"""`dialogue graph`: forms, files, and what cannot be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main
from engine.memory.open import open_memory

STEPS = "steps:\n  - ask: name\n    question: {ru: Имя?, en: Name?}\n"
TALK = "format: 1\nscenario: talk\ntitle: {ru: Разговор, en: Talk}\nstarts_on: [/talk]\n" + STEPS


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/talk.yaml").write_text(TALK, encoding="utf-8")
    return tmp_path


def test_forms(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Mermaid for one scenario, a page for all; SVG and another language when asked for."""
    monkeypatch.setenv("DATA_DIR", str(root / "data"))
    open_memory("", root / "data").close()
    for arguments, part in (
        (["talk"], 'n1["Имя?"]'),
        (["talk", "--language", "en"], 'n1["Name?"]'),
        (["talk", "--format", "svg"], "<svg xmlns"),
        (["talk", "--format", "html"], "<!doctype html>"),
        ([], "<h1>"),
        (["--format", "mermaid"], 'n0[["Разговор<br/>/talk"]]'),
        (["talk", "--live"], 'n1["Имя?"]'),
    ):
        assert main(["--root", str(root), "graph", *arguments]) == 0
        assert part in capsys.readouterr().out


def test_a_file(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--output writes the picture and prints nothing."""
    assert main(["--root", str(root), "graph", "-o", str(root / "bot.html")]) == 0
    assert capsys.readouterr().out == ""
    assert "Разговор" in (root / "bot.html").read_text(encoding="utf-8")


def test_what_cannot_be_drawn(root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """2 for wrong use, 1 for a memory that cannot be opened and, with the findings, for a bot that cannot be read."""
    assert main(["--root", str(root), "graph", "tolk"]) == 2
    assert "there is no scenario 'tolk'; there are talk" in capsys.readouterr().err
    assert main(["--root", str(root), "graph", "--language", "fr"]) == 2
    monkeypatch.setenv("DATABASE_URL", "sqlite:////proc/none/engine.db")
    assert main(["--root", str(root), "graph", "--live"]) == 1
    (root / "scenarios/talk.yaml").write_text("format: 1\n", encoding="utf-8")
    capsys.readouterr()
    assert main(["--root", str(root), "graph"]) == 1
    assert "missing-key" in capsys.readouterr().err
