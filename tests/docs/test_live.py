"""The second step of the README's tour: change a text while the chat is open; then make a mistake."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from tests.docs.test_examples import shipped
from tests.docs.test_tour import DIALOGUE, written_out

PATIENCE = 20  # seconds for any one thing to appear


class Chat:
    """A `dialogue chat` that stays open."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [str(DIALOGUE), "--root", str(folder), "chat"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "DATA_DIR": str(folder / "data"), "LANGUAGE": "en", "LOG_LEVEL": "INFO"},
            text=True,
            encoding="utf-8",
        )
        self.said, self.logged = self._lines(self.process.stdout), self._lines(self.process.stderr)

    def _lines(self, stream: IO[str] | None) -> queue.Queue[str]:
        lines: queue.Queue[str] = queue.Queue()
        assert stream is not None
        threading.Thread(target=lambda: [lines.put(line.rstrip("\n")) for line in stream], daemon=True).start()
        return lines

    def say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    @staticmethod
    def until(lines: queue.Queue[str], piece: str) -> str:
        """The next line that holds this piece."""
        seen = []
        while True:
            try:
                line = lines.get(timeout=PATIENCE)
            except queue.Empty:
                raise AssertionError("\n".join([f"{piece!r} did not come; only:", *seen])) from None
            if piece in line:
                return line
            seen.append(line)

    def close(self) -> None:
        self.process.communicate(timeout=PATIENCE)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped bot, to be edited."""
    written_out(tmp_path, shipped())
    return tmp_path


@pytest.fixture
def chat(folder: Path) -> Iterator[Chat]:
    """An open chat with the shipped bot."""
    made = Chat(folder)
    yield made
    made.close()


def test_a_text_changes_while_it_runs(chat: Chat, folder: Path) -> None:
    """A saved text is spoken at the next message; a saved mistake is told with its place, and changes nothing."""
    chat.say("/feedback")
    chat.until(chat.said, "How do you like the bot?")
    path = folder / "scenarios/feedback.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("How do you like", "How do you love"), encoding="utf-8")
    chat.until(chat.logged, "Live:")
    chat.say("/feedback")
    chat.until(chat.said, "How do you love the bot?")
    path.write_text(path.read_text(encoding="utf-8").replace("- ask: rating", "- aks: rating"), encoding="utf-8")
    assert "scenarios/feedback.yaml" in chat.until(chat.logged, "feedback.yaml:")
    chat.say("/feedback")
    chat.until(chat.said, "How do you love the bot?")
