"""kill -9 at random instants: what was acknowledged is there, and nothing is half there."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from engine.memory.sqlite import SqliteMemory


def run_and_kill(path: Path, seconds: float) -> set[tuple[str, int]]:
    """Starts the process, kills it that long after its first acknowledgement; all (chat, turn) it acknowledged."""
    command = [sys.executable, str(Path(__file__).with_name("killed.py")), str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": "."}) as child:
        assert child.stdout is not None
        lines = [child.stdout.readline()]
        time.sleep(seconds)  # the random instant
        os.kill(child.pid, signal.SIGKILL)
        lines += child.stdout.readlines()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {(chat, int(number)) for chat, number in whole}


def test_nothing_acknowledged_is_lost_and_nothing_is_half(tmp_path: Path) -> None:
    """Six kills of one growing memory: session, history, records, messages and requests agree in each chat."""
    path = tmp_path / "engine.db"
    chance = random.Random()  # a new instant each run: any of them must do
    for _ in range(6):
        acknowledged = run_and_kill(path, chance.uniform(0.0, 0.15))
        assert acknowledged
        memory = SqliteMemory(path)
        assert memory._database.first("PRAGMA integrity_check") == "ok"
        records = {(one.id, one.fields["n"]) for one in memory.records("a")}
        requests = {one.request for one in memory.asked()}
        outgoing = {(one.lane, int(one.body)): one.attempts for one in memory.outgoing()}
        waiting = {one.id for one in memory.waiting()}
        turns = 0
        for chat in (f"chat{n}" for n in range(8)):
            last = int(memory.session(chat) or b"0")
            numbers = range(1, last + 1)
            turns += last
            assert all(number <= last for one, number in acknowledged if one == chat)
            assert [line.text for line in memory.history(chat)] == [str(n) for n in numbers for _ in range(2)]
            assert {(f"{chat}-{n}", n) for n in numbers} <= records
            assert {f"{chat}-{n}" for n in numbers} <= requests
            assert waiting.isdisjoint(f"{chat}:{n}" for n in numbers)
        assert all(outgoing[one] == 1 for one in acknowledged)  # the attempt was durable before it was told
        assert (len(records), len(requests), len(outgoing)) == (turns, turns, turns)
        memory._database.rows("DELETE FROM inbox")  # the child would handle what waits; here it starts a new update
        memory._database.rows("DELETE FROM seen")
        memory.close()
