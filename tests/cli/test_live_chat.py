"""An author who chats in a terminal of their own and edits the bot beside it."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

SCENARIO = "format: 1\nscenario: trip\nstarts_on: [/trip]\nsteps:\n  - ask: city\n    question: Where to?\n"
PATIENCE = 60  # s that a slow machine gets


class Terminal:
    """The author's screen: what they type, and what stands there by then."""

    def __init__(self, screen: int) -> None:
        self.screen = screen
        self.shown = ""

    def types(self, line: str) -> None:
        os.write(self.screen, f"{line}\r".encode())

    def sees(self, words: str) -> None:
        end = time.monotonic() + PATIENCE
        while words not in self.shown:
            assert time.monotonic() < end, self.shown
            if select.select([self.screen], [], [], 0.1)[0]:
                read = os.read(self.screen, 65536).decode(errors="replace")
                if "\x1b[6n" in read:  # where the cursor is, is asked
                    os.write(self.screen, b"\x1b[1;1R")
                self.shown += re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", read)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios/trip.yaml").write_text(SCENARIO, encoding="utf-8")
    ours, theirs = pty.openpty()
    own = ("TELEGRAM_", "LLM_", "SMTP_", "DIALOGUE_", "DATA", "LOG_")
    environ = {name: text for name, text in os.environ.items() if not name.startswith(own)}
    command = [sys.executable, "-m", "engine.cli.main", "--root", str(tmp_path), "chat", "--user", "anna"]
    environ |= {"TERM": "xterm", "COLUMNS": "200"}
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environ, cwd=tmp_path) as running:
        os.close(theirs)
        yield Terminal(ours)
        running.terminate()
    os.close(ours)


def test_what_a_save_does_is_told(terminal: Terminal, tmp_path: Path) -> None:
    """A good save says that it is live and what it means for whom; a bad one, what is held back; all without the log's
    times and names."""
    file = tmp_path / "scenarios/trip.yaml"
    terminal.sees("/quit")
    terminal.types("/trip")
    terminal.sees("Where to?")
    file.write_text(SCENARIO.replace("Where to?", "Which town?"), encoding="utf-8")
    terminal.sees("Live: changed scenarios/trip.yaml")
    terminal.sees("1 person in the middle of it")
    file.write_text(SCENARIO.replace("question", "qestion"), encoding="utf-8")
    terminal.sees("Held back: changed scenarios/trip.yaml.")
    file.write_text(SCENARIO.replace("Where to?", "Which city?"), encoding="utf-8")
    terminal.sees("The files are whole again")
    assert "INFO" not in terminal.shown
