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
    """--output writes the picture in the form that the file's name says, and prints nothing but where."""
    for arguments, file, start in (
        ([], "bot.html", "<!doctype html>"),
        ([], "bot.svg", "<svg xmlns"),
        (["talk"], "talk.SVG", "<svg xmlns"),
        (["talk"], "talk.txt", "flowchart"),
        (["talk", "--format", "svg"], "talk.html", "<svg xmlns"),
    ):
        assert main(["--root", str(root), "graph", *arguments, "-o", str(root / file)]) == 0
        assert capsys.readouterr() == ("", f"wrote {root / file}\n")
        assert (root / file).read_text(encoding="utf-8").startswith(start)
        assert "Разговор" in (root / file).read_text(encoding="utf-8") or arguments
    assert main(["--root", str(root), "graph", "-o", str(root / "bot.png")]) == 2
    assert "name a file that ends in .svg or .html" in capsys.readouterr().err
    assert not (root / "bot.png").exists()


@pytest.mark.parametrize(("arguments", "told"), [([], "dialogue graph -o bot.html"), (["talk"], "")])
def test_on_a_terminal(
    root: Path, arguments: list[str], told: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page for a browser does not run over the screen; Mermaid, which is to be read and copied, does."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    assert main(["--root", str(root), "graph", *arguments]) == (2 if told else 0)
    shown = capsys.readouterr()
    assert told in shown.err
    assert bool(shown.out) is not bool(told)


def test_the_page_is_called_as_the_bot_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name in the page's language, where it has one; else by its folder."""
    assert main(["--root", str(root), "graph"]) == 0
    assert f"<h1>{root.name}</h1>" in capsys.readouterr().out
    (root / "catalog").mkdir()
    named = "languages: [ru, en]\nname: {ru: Тренер, en: Coach}\n"
    (root / "catalog/bot.yaml").write_text(named, encoding="utf-8")
    for arguments, name in (([], "Тренер"), (["--language", "en"], "Coach")):
        assert main(["--root", str(root), "graph", *arguments]) == 0
        assert f"<h1>{name}</h1>" in capsys.readouterr().out


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
