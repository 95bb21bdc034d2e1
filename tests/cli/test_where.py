"""A terminal that stands in another folder than the bot's."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.cli.main import main


@pytest.fixture
def bots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a bot in it."""
    assert main(["new", "bot", str(tmp_path / "Мой бот")]) == 0
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.delenv("DIALOGUE_ROOT", raising=False)
    return tmp_path


@pytest.mark.parametrize("command", [["lint", "--no-cache"], ["graph"], ["explore"], ["chat"], ["run"]])
@pytest.mark.parametrize(
    ("place", "told"),
    [
        (".", "There is a bot in `Мой бот`: go there with `cd`, or name it with --root."),
        ("Мой бот/scenarios", "/Мой бот: `cd ..` leads there."),
        ("Мой бот/prompts", "/Мой бот: `cd ..` leads there."),
        ("Мой бот/tests/dialogues", "/Мой бот: `cd ../..` leads there."),
        ("elsewhere", "`dialogue new bot my_bot` makes a start"),
    ],
)
def test_where_no_bot_is(
    bots: Path,
    place: str,
    told: str,
    command: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every command that needs a bot says where one is, and nothing else: the files here are not misplaced."""
    capsys.readouterr()
    monkeypatch.chdir(bots / place)
    assert main(command) in (1, 2)
    shown = "".join(capsys.readouterr())
    assert told in shown
    assert "misplaced-file" not in shown
    assert shown.count("1 error in 1 file.") == 1
    assert not list(Path.cwd().rglob("data")), "nothing is left behind in a wrong folder"


@pytest.mark.parametrize(("unwanted", "coloured"), [("", True), ("1", False)])
@pytest.mark.parametrize("command", ["lint", "test", "explore"])
def test_colours(
    tmp_path: Path,
    command: str,
    unwanted: str,
    coloured: bool,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Findings are coloured on a terminal, and never where NO_COLOR says so."""
    monkeypatch.setenv("NO_COLOR", unwanted)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    main(["--root", str(tmp_path), command])
    assert ("\x1b[" in "".join(capsys.readouterr())) is coloured
