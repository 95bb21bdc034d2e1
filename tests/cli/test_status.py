"""`dialogue status` beside no bot at all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.memory.open import open_memory


def test_a_bot_of_a_later_version(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it says that this one does not know is passed over."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    memory = open_memory("", tmp_path / "data")
    said = {
        "at": 1.0,
        "since": 0.0,
        "pid": 5,
        "version": "v",
        "live_since": 0.0,
        "chats": 0,
        "thinking": 0,
        "models": [],
    }
    memory.set_mark("pulse:terminal", json.dumps({**said, "mood": "fine"}))
    memory.close()
    assert main(["--root", str(tmp_path), "status"]) == 1
    assert "terminal: no bot runs; one was last heard of" in capsys.readouterr().out


def test_no_bot_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said plainly, with how to start one; nothing is said to be wrong; a health check still fails."""
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    assert main(["--root", str(tmp_path), "status"]) == 1
    assert "no bot has run here yet (`dialogue run` starts it)" in capsys.readouterr().err
    open_memory("", tmp_path / "data").close()
    assert main(["--root", str(tmp_path), "status"]) == 1
    printed = capsys.readouterr().out
    assert printed.endswith("No bot runs: `dialogue run` starts one.\n")
    assert "well" not in printed
    assert main(["--root", str(tmp_path), "status", "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["well"] is False
