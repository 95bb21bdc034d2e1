"""The feed with a real memory: everything arrives, in order, once, whatever happens in between."""

from __future__ import annotations

import asyncio
import csv
import json
import logging
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

from engine.core.project import Collection, Project
from engine.memory.errors import MemoryFailed
from engine.memory.port import Record
from engine.outputs.csv import CsvOutput
from engine.outputs.feed import Feed
from engine.outputs.port import Everything, Output
from engine.outputs.tinydb import TinyDbOutput
from tests.outputs.conftest import CHECKINS, LEADS, House, collection, project, until

BOTH = project(LEADS, CHECKINS)


def feed_of(house: House, *outputs: Output, told: Any = lambda *_: None, declared: Project = BOTH) -> Feed:
    made = outputs or (TinyDbOutput(house.data), CsvOutput(house.data))
    return Feed(house.memory, made, lambda: declared, told, waits=(0.01, 0.02), quiet=0.001)


def intents(house: House) -> list[str]:
    with (house.data / "leads.csv").open(newline="") as file:
        return [row["intent"] for row in csv.DictReader(file)]


def documents(house: House, name: str = "leads") -> list[dict[str, Any]]:
    with TinyDB(house.data / "outcomes.json") as database:
        return [dict(row) for row in database.table(name)]


class Failing:
    """A CSV output that fails as often as it is told to."""

    name = "csv"

    def __init__(self, house: House, failures: Sequence[Exception]) -> None:
        self.inner = CsvOutput(house.data)
        self.failures = list(failures)
        self.attempts: list[float] = []
        self.down = threading.Event()  # while set, every attempt fails

    def write(self, shape: Collection, changes: Sequence[Record], everything: Everything) -> None:
        self._fail()
        self.inner.write(shape, changes, everything)

    def claim(self, shapes: Sequence[Collection]) -> list[Path]:
        return self.inner.claim(shapes)

    def state(self, names: Sequence[str]) -> str:
        return self.inner.state(names)

    def check(self, shape: Collection, everything: Everything) -> bool:
        self._fail()
        return self.inner.check(shape, everything)

    def _fail(self) -> None:
        self.attempts.append(time.monotonic())
        if self.failures:
            raise self.failures.pop(0)
        if self.down.is_set():
            raise OSError(28, "No space left on device", "leads.csv")


async def test_what_is_committed_arrives_everywhere(house: House) -> None:
    """Saves, changes and withdrawals reach TinyDB and CSV without anybody waiting for it."""
    feed = feed_of(house)
    await feed.start()
    for number in range(30):
        await house.save("leads", f"l{number}", {"intent": str(number)})
        feed.poke(["leads"])
    await house.save("leads", "l3", {"intent": "three"})
    await house.withdraw("leads", "l4")
    await house.save("checkins", "c", {"weight": 1})
    feed.poke({"leads", "checkins"})
    assert await feed.drain()
    expected = [str(number) for number in range(30)]
    expected[3:5] = ["three"]
    assert intents(house) == expected
    assert sorted(row["id"] for row in documents(house)) == sorted(f"l{number}" for number in range(30) if number != 4)
    assert len(documents(house, "checkins")) == 1
    assert len(house.csv("checkins")) == 2


async def test_a_first_start_tells_of_nothing_mended(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Files that were never there are made, not mended; one that somebody has changed since is told."""
    caplog.set_level(logging.INFO)
    await house.save("leads", "l", {"intent": "x"})
    feed = feed_of(house)
    await feed.start()
    assert await feed.drain()
    assert "written anew" not in caplog.text
    (house.data / "leads.csv").unlink()
    house.memory.set_mark("outputs:clean", "")
    again = feed_of(house, declared=project(LEADS))
    await again.start()
    assert await again.drain()
    assert "csv: leads was not as it should be and was written anew" in caplog.text


async def test_a_collection_goes_only_where_it_was_declared_to_go(house: House) -> None:
    """`outputs: [csv]` makes no table in outcomes.json; nobody declared this one, so it goes to both."""
    only = project(collection("leads", {"intent": "text"}, outputs=("csv",)))
    feed = feed_of(house, declared=only)
    await feed.start()
    await house.save("leads", "a", {"intent": "x"})
    await house.save("wild", "w", {"any": "thing"})
    feed.poke(["leads", "wild"])
    assert await feed.drain()
    assert len(house.csv("leads")) == len(house.csv("wild")) == 2
    assert json.loads((house.data / "outcomes.json").read_text()).keys() == {"wild"}


async def test_what_came_while_nobody_fed_arrives_at_the_start(house: House) -> None:
    """Records that were committed and not handed out (a crash, an undeclared collection) come with the next start."""
    feed = feed_of(house)
    await feed.start()
    await house.save("wild", "a", {"n": 1})
    feed.poke(["wild"])
    assert await feed.drain()
    await house.save("wild", "b", {"n": 2})
    await house.save("leads", "l", {"intent": "x"})
    again = feed_of(house)
    await again.start()
    assert await again.drain()
    assert [row["n"] for row in documents(house, "wild")] == [1, 2]
    assert intents(house) == ["x"]


async def test_an_output_that_was_down_gets_everything_in_order_once(house: House, told: Any) -> None:
    """While the disk is full the other output goes on; then each row is there once; trouble is told once each way."""
    failing = Failing(house, [])
    failing.down.set()
    feed = feed_of(house, failing, TinyDbOutput(house.data), told=told)
    await feed.start()
    for number in range(20):
        await house.save("leads", f"l{number}", {"intent": str(number)})
        feed.poke(["leads"])
        await asyncio.sleep(0.002)
    await until(lambda: len(failing.attempts) >= 4)
    assert told.calls == [("csv", "No space left on device: leads.csv")]
    failing.down.clear()
    await until(lambda: len(told.calls) >= 2)
    assert await feed.drain()
    assert told.calls[1:] == [("csv", "")]
    assert intents(house) == [str(number) for number in range(20)]
    assert len(documents(house)) == 20


async def test_waits_grow(house: House) -> None:
    """A failing output is not asked all the time: each wait is at least as long as it was told to be."""
    failing = Failing(house, [OSError(5, "Input/output error")] * 4)
    feed = Feed(house.memory, [failing], lambda: project(LEADS), waits=(0.01, 0.03, 0.06), quiet=0)
    await feed.start()
    await until(lambda: len(failing.attempts) >= 5)
    gaps = [after - before for before, after in zip(failing.attempts, failing.attempts[1:], strict=False)]
    assert [gap >= wait for gap, wait in zip(gaps, (0.01, 0.03, 0.06, 0.06), strict=False)] == [True] * 4
    assert await feed.drain()


async def test_one_collection_in_trouble_does_not_hold_the_others(house: House, told: Any) -> None:
    """A directory where leads.csv should be is told; check-ins go on; the leads arrive when it is gone."""
    (house.data / "leads.csv").mkdir()
    feed = feed_of(house, CsvOutput(house.data), told=told)
    await feed.start()
    await house.save("leads", "l", {"intent": "x"})
    await house.save("checkins", "c", {"weight": 1})
    feed.poke(["leads", "checkins"])
    await until(lambda: (house.data / "checkins.csv").exists() and len(house.csv("checkins")) == 2)
    assert [reason.split(":")[0] for _, reason in told.calls] == ["Is a directory"]
    (house.data / "leads.csv").rmdir()
    assert await feed.drain()
    assert intents(house) == ["x"]
    assert told.calls[-1] == ("csv", "")


BUGS = [
    (ValueError("Anna +7916"), "ValueError"),
    (MemoryFailed("engine.db is locked"), "engine.db is locked"),
    (OSError("odd"), "OSError"),
    (OSError(5, "Input/output error"), "Input/output error"),
]


@pytest.mark.parametrize(("problem", "said"), BUGS)
async def test_no_failure_stops_the_feed(
    house: House, told: Any, caplog: pytest.LogCaptureFixture, problem: Exception, said: str
) -> None:
    """Even a bug is tried again; what a person wrote, which its words may hold, is neither told nor logged."""
    feed = feed_of(house, Failing(house, [problem]), told=told)
    await feed.start()
    await house.save("leads", "l", {"intent": "x"})
    feed.poke(["leads"])
    await until(lambda: len(told.calls) >= 2)
    assert await feed.drain()
    assert told.calls == [("csv", said), ("csv", "")]
    assert intents(house) == ["x"]
    assert "Anna" not in caplog.text


async def test_drain_does_not_wait_for_what_is_broken(house: House) -> None:
    """One more attempt, then it stops; the next start has everything to do, and does it."""
    failing = Failing(house, [])
    failing.down.set()
    feed = feed_of(house, failing)
    await feed.start()
    await house.save("leads", "l", {"intent": "x"})
    feed.poke(["leads"])
    assert not await feed.drain(timeout=5)
    failing.down.clear()
    again = feed_of(house, failing)
    await again.start()
    assert await again.drain()
    assert intents(house) == ["x"]


async def test_drain_has_a_bound(house: House) -> None:
    """A write that hangs does not hold the stop for longer than it may."""
    release = threading.Event()

    class Hanging(CsvOutput):
        def check(self, shape: Collection, everything: Everything) -> bool:
            release.wait(60)
            return super().check(shape, everything)

    feed = feed_of(house, Hanging(house.data), declared=project(LEADS))
    await feed.start()
    began = time.monotonic()
    assert not await feed.drain(timeout=0.05)
    assert time.monotonic() - began < 30
    release.set()


class Looking(CsvOutput):
    """Counts how often a whole file was compared with the memory."""

    looks = 0

    def check(self, shape: Collection, everything: Everything) -> bool:
        self.looks += 1
        return super().check(shape, everything)


@pytest.mark.parametrize("clean", [True, False])
@pytest.mark.parametrize("touched", [True, False])
async def test_files_are_checked_after_an_unclean_stop_or_when_somebody_wrote(
    house: House, clean: bool, touched: bool
) -> None:
    """A torn line, as a crash leaves it, or what somebody wrote while no bot ran, is mended at the next start; after a
    clean stop nobody reads a file that is as it was left."""
    feed = feed_of(house)
    await feed.start()
    await house.save("leads", "l", {"intent": "x"})
    feed.poke(["leads"])
    assert await feed.drain()
    whole = (house.data / "leads.csv").read_bytes()
    if not clean:
        await feed_of(house).start()  # and never drained
        await asyncio.sleep(0)
    if touched:
        (house.data / "leads.csv").write_bytes(whole + b"2026-09")
    looking = Looking(house.data)
    again = feed_of(house, TinyDbOutput(house.data), looking)
    await again.start()
    assert await again.drain()
    assert (house.data / "leads.csv").read_bytes() == whole
    assert bool(looking.looks) is (touched or not clean)


async def test_a_reload_that_changes_the_columns_rewrites_the_file(house: House) -> None:
    """The header is always the declared one, without a new record and without a restart; also when it changed while
    the bot was stopped."""
    declared = [project(CHECKINS)]
    feed = Feed(house.memory, [CsvOutput(house.data)], lambda: declared[0], quiet=0.001)
    await feed.start()
    await house.save("checkins", "c", {"goal": "g", "weight": 1})
    feed.poke(["checkins"])
    declared[0] = project(collection("checkins", {"goal": "text"}, csv=("goal",)))
    feed.reloaded()
    assert await feed.drain()
    assert house.csv("checkins") == ["goal", "g"]
    again = feed_of(house, declared=project(collection("checkins", {"weight": "number"}, csv=("weight",))))
    await again.start()
    assert await again.drain()
    assert house.csv("checkins") == ["weight", "1"]


async def test_a_damaged_store_brings_every_collection_back(house: House) -> None:
    """When outcomes.json is found damaged all its tables are made anew, not only the one that was written to."""
    feed = feed_of(house)
    await feed.start()
    await house.save("leads", "l", {"intent": "x"})
    await house.save("checkins", "c", {"weight": 1})
    feed.poke(["leads", "checkins"])
    assert await feed.drain()
    (house.data / "outcomes.json").write_text("{")
    again = feed_of(house)
    await again.start()
    await house.save("leads", "m", {"intent": "y"})
    again.poke(["leads"])
    assert await again.drain()
    assert len(documents(house)) == 2
    assert len(documents(house, "checkins")) == 1
    assert len(list(house.data.glob("outcomes.json.damaged-*"))) == 1


async def test_many_pages(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """More records than are read at a time arrive all the same, in order."""
    monkeypatch.setattr("engine.outputs.feed.PAGE", 7)
    for number in range(40):
        await house.save("leads", f"l{number:02}", {"intent": str(number)})
    feed = feed_of(house)
    await feed.start()
    assert await feed.drain()
    assert intents(house) == [str(number) for number in range(40)]
    assert len(documents(house)) == 40


async def test_nothing_to_do(house: House) -> None:
    """A poke with no names does nothing; a feed that was never started does not claim that all is out."""
    feed = feed_of(house, declared=project())
    feed.poke([])
    assert not await feed.drain()
    assert not (house.data / "outcomes.json").exists()
