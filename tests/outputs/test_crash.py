"""kill -9 in the middle of writing outputs."""

from __future__ import annotations

import asyncio
import csv
import signal
import subprocess
import sys
from pathlib import Path

from tinydb import TinyDB

from engine.outputs.csv import CsvOutput
from engine.outputs.feed import Feed
from engine.outputs.tinydb import TinyDbOutput
from tests.outputs.conftest import CHECKINS, LEADS, House, project

ROUNDS = 9

# Saves without end, says each id once it is committed, and kills itself at the given fsync of an output: before a
# temporary file is renamed, after it, or when a row is appended.
BOT = """
import asyncio, os, signal, sys
from pathlib import Path
from engine.outputs.csv import CsvOutput
from engine.outputs.feed import Feed
from engine.outputs.tinydb import TinyDbOutput
from tests.outputs.conftest import CHECKINS, LEADS, House, project

round, deadly = int(sys.argv[2]), int(sys.argv[3])
real, calls = os.fsync, 0

def fsync(descriptor):
    global calls
    calls += 1
    if calls == deadly:
        os.kill(os.getpid(), signal.SIGKILL)
    real(descriptor)

os.fsync = fsync

async def main():
    house = House(Path(sys.argv[1]))
    house._turns = round * 1000
    outputs = [TinyDbOutput(house.data), CsvOutput(house.data)]
    feed = Feed(house.memory, outputs, lambda: project(LEADS, CHECKINS), quiet=0)
    await feed.start()
    number = 0
    while True:
        name = f"r{round}-{number:04}"
        await house.save("leads", name, {"intent": name})
        await house.save("checkins", "same", {"goal": name})
        print(name, flush=True)
        feed.poke(["leads", "checkins"])
        number += 1
        await asyncio.sleep(0.001)

asyncio.run(main())
"""


async def test_killed_while_writing_all_rows_are_there_once(tmp_path: Path) -> None:
    """Killed at nine different instants of its writing, again and again on the same data: every lead that was committed
    stands once in the CSV file and once in outcomes.json, both of which are whole at every instant."""
    committed: list[str] = []
    for number in range(ROUNDS):
        command = [sys.executable, "-c", BOT, str(tmp_path), str(number), str(number + 1)]
        done = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=60, cwd=Path(__file__).parents[2]
        )
        assert done.returncode == -signal.SIGKILL, done.stderr
        committed += done.stdout.split()
        if (tmp_path / "data" / "outcomes.json").exists():
            TinyDB(tmp_path / "data" / "outcomes.json").close()
    house = House(tmp_path)
    outputs = [TinyDbOutput(house.data), CsvOutput(house.data)]
    feed = Feed(house.memory, outputs, lambda: project(LEADS, CHECKINS), quiet=0)
    await feed.start()
    assert await feed.drain()
    stored = sorted(record.id for record in house.memory.records("leads"))
    assert set(committed) <= set(stored)
    with (house.data / "leads.csv").open(newline="") as file:
        assert sorted(row["intent"] for row in csv.DictReader(file)) == stored
    with TinyDB(house.data / "outcomes.json") as database:
        assert sorted(row["id"] for row in database.table("leads")) == stored
        assert len(database.table("checkins")) == 1
    assert len(house.csv("checkins")) == 2
    assert not list(house.data.glob("*.damaged-*"))
    house.memory.close()
