"""One bot a DATA_DIR."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from engine.runtime.lock import Taken, alone

HOLD = """
import sys
from pathlib import Path
from engine.runtime.lock import alone

with alone(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_one_memory_in_two_folders(tmp_path: Path) -> None:
    """DATABASE_URL names the same file: the second bot is refused, with a DATA_DIR of its own too."""
    memory = tmp_path / "shared/engine.db"
    with alone(tmp_path / "a", memory):
        with pytest.raises(Taken, match="DATABASE_URL"), alone(tmp_path / "b", memory):
            pass
        with alone(tmp_path / "b", tmp_path / "b/engine.db"):
            pass


def test_a_second_bot_is_refused_until_the_first_is_gone(tmp_path: Path) -> None:
    """The lock goes with the process, also when that is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "held\n"
        with pytest.raises(Taken, match="DATA_DIR"), alone(tmp_path):
            pass
        first.kill()
    with alone(tmp_path):
        pass
