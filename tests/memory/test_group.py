"""Group commit: one transaction a tick, and what happens to the waiters when it fails."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.core.effects import SaveRecord
from engine.memory.errors import MemoryFailed
from engine.memory.port import Incoming, Line, Outgoing, TurnWrites
from engine.memory.sqlite import SqliteMemory


def turn(number: int, size: int = 10) -> TurnWrites:
    chat = f"telegram:{number}"
    return TurnWrites(
        chat, 1.0, session=b"s" * size, history=[Line(chat, 1.0, "user", "x")], outgoing=[Outgoing(chat, b"b")]
    )


def commits(memory: SqliteMemory) -> list[str]:
    """The list to which every COMMIT of the memory is added from now on."""
    seen: list[str] = []
    memory._database.connection.set_trace_callback(lambda sql: seen.append(sql) if sql == "COMMIT" else None)
    return seen


async def until(true: Callable[[], bool]) -> None:
    """Wait for what happens by itself; a failure when it does not within five seconds."""
    for _ in range(250):
        if true():
            return
        await asyncio.sleep(0.02)
    pytest.fail("it did not happen")


async def gather(memory: SqliteMemory, turns: list[TurnWrites]) -> list[BaseException | None]:
    return await asyncio.gather(*(memory.commit(one) for one in turns), return_exceptions=True)


async def test_one_tick_is_one_transaction(memory: SqliteMemory) -> None:
    """A hundred turns, an accept, a sending and lazy marks of one tick share one commit, the next tick has its own."""
    item = Outgoing("mail", b"b")
    await memory.commit(TurnWrites("telegram:0", 1.0, outgoing=[item]))
    seen = commits(memory)
    memory.set_mark("a", "1")
    accepting = memory.accept([Incoming("u1", "telegram:1", b"", 1.0)])
    await asyncio.gather(*(memory.commit(turn(n)) for n in range(100)), accepting, memory.sending(item))
    assert len(seen) == 1
    await memory.commit(turn(1))
    assert len(seen) == 2
    assert memory.count().chats == 101 - 1
    await asyncio.sleep(0.25)
    assert len(seen) == 2  # the mark went with the group, its timer has nothing left to do


async def test_lazy_marks_wait_for_company(memory: SqliteMemory) -> None:
    """Many marks are one transaction a little later; a flush with nothing to write writes nothing."""
    seen = commits(memory)
    for number in range(50):
        memory.set_mark("offset", str(number))
        await asyncio.sleep(0)
    assert seen == []
    await memory.flush()
    await memory.flush()
    assert len(seen) == 1
    assert memory.mark("offset") == "49"


async def test_certain_failures_are_marked_at_once(memory: SqliteMemory) -> None:
    """`later` does not wait for company, even where another mark already does."""
    items = [Outgoing("mail", b"b"), Outgoing("mail", b"c")]
    await memory.commit(TurnWrites("telegram:0", 1.0, outgoing=items))
    seen = commits(memory)
    memory.set_mark("a", "1")
    memory.later(items[0], 5.0)
    memory.later(items[1], 5.0)
    await asyncio.sleep(0)
    assert len(seen) == 1


async def test_a_full_disk_fails_the_whole_group_and_passes(tmp_path: Path) -> None:
    """Every waiter hears what to do, nothing of the group is there, and with space again it goes on by itself."""
    memory = SqliteMemory(tmp_path / "engine.db")
    await memory.commit(turn(0))
    pages = memory._database.first("PRAGMA page_count")
    memory._database.rows(f"PRAGMA max_page_count = {pages + 3}")
    turns = [turn(n, size=3_000) for n in range(1, 20)]
    failures = await gather(memory, turns)
    assert all(isinstance(one, MemoryFailed) and "is full: free some space" in str(one) for one in failures)
    assert all(isinstance(one, MemoryFailed) and one.passing for one in failures)
    assert len({id(one) for one in failures}) == len(failures)
    assert memory.count().chats == 1
    assert len(list(memory.history())) == 1
    assert all(one.outgoing[0].seq == 0 for one in turns)
    await memory.commit(turn(1))  # a small one still fits
    memory._database.rows("PRAGMA max_page_count = 100000")
    assert await gather(memory, turns) == [None] * 19
    assert memory.count().chats == 20
    memory.close()


async def test_marks_outlive_a_full_disk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A lazy mark that could not be written is said in the log and written later, by itself."""
    memory = SqliteMemory(tmp_path / "engine.db")
    memory._database.rows(f"PRAGMA max_page_count = {memory._database.first('PRAGMA page_count')}")
    memory.set_mark("big", "x" * 20_000)
    await until(lambda: "is full" in caplog.text)
    memory._database.rows("PRAGMA max_page_count = 100000")
    await until(lambda: not memory._lazy)
    memory.close()
    again = SqliteMemory(tmp_path / "engine.db")
    assert again.mark("big") == "x" * 20_000
    again.close()


async def test_one_bad_turn_does_not_cost_the_others(memory: SqliteMemory, caplog: pytest.LogCaptureFixture) -> None:
    """A value that cannot be stored fails its own turn only, for good, and leaves nothing of it."""
    bad = TurnWrites("telegram:9", 1.0, session=b"s", history=[Line("telegram:9", 1.0, "user", object())])  # type: ignore[arg-type]  # the mistake
    memory.set_mark("half \ud83d", "1")
    first, failure, second = await gather(memory, [turn(1), bad, turn(2)])
    assert (first, second) == (None, None)
    assert isinstance(failure, MemoryFailed)
    assert not failure.passing
    assert "cannot be stored" in str(failure)
    assert memory.session("telegram:9") is None
    assert len(list(memory.history())) == 2
    assert "dropped" in caplog.text
    await memory.commit(turn(3))


async def test_a_waiter_that_was_cancelled_is_written(memory: SqliteMemory) -> None:
    """Cancelling one task disturbs no other, whether the group succeeds or is written one by one."""
    for bad in (False, True):
        tasks = [asyncio.create_task(memory.commit(turn(n))) for n in range(3)]
        if bad:
            wrong = TurnWrites("x", 1.0, handled=[1.5], outgoing=[Outgoing("x", object())])  # type: ignore[list-item, arg-type]  # the mistake
            tasks.append(asyncio.create_task(memory.commit(wrong)))
        await asyncio.sleep(0)
        tasks[0].cancel()
        tasks[-1].cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert isinstance(results[0], asyncio.CancelledError)
        assert results[1] is None
    assert memory.count().chats == 3


async def test_the_bot_waits_for_another_process_without_stopping(tmp_path: Path) -> None:
    """While a command writes, turns wait, the loop goes on, reads go on, and then all of them are written."""
    memory = SqliteMemory(tmp_path / "engine.db")
    await memory.commit(turn(0))
    other = sqlite3.connect(tmp_path / "engine.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("INSERT INTO marks VALUES ('by', 'another')")
    writing = [asyncio.create_task(memory.commit(turn(1)))]
    longest, until = 0.0, time.perf_counter() + 0.3
    while time.perf_counter() < until:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest = max(longest, time.perf_counter() - began)
        assert memory.session("telegram:0") is not None
        if len(writing) == 1:
            writing.append(asyncio.create_task(memory.commit(turn(2))))
    assert not any(one.done() for one in writing)
    assert longest < 0.1
    other.execute("COMMIT")
    other.close()
    await asyncio.gather(*writing)
    assert memory.count().chats == 3
    assert memory.mark("by") == "another"
    memory.close()


async def test_a_lock_that_stays_is_told(tmp_path: Path) -> None:
    """After some seconds the waiters hear who is in the way; afterwards writing works again."""
    memory = SqliteMemory(tmp_path / "engine.db", lock_patience=0.1)
    other = sqlite3.connect(tmp_path / "engine.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(MemoryFailed, match=r"Another program keeps .*engine.db locked: close") as told:
        await memory.commit(turn(1))
    assert told.value.passing
    other.execute("ROLLBACK")
    other.close()
    await memory.commit(turn(1))
    memory.close()


async def test_two_processes_write_in_turn(tmp_path: Path) -> None:
    """Two memories over one file (a bot and a command) number messages and changes without a clash."""
    bot, command = SqliteMemory(tmp_path / "engine.db"), SqliteMemory(tmp_path / "engine.db")
    turns = [turn(n) for n in range(40)]
    for index, one in enumerate(turns):
        one.saves = [SaveRecord("a", f"r{index}", {})]
    await asyncio.gather(*((bot if n % 2 else command).commit(one) for n, one in enumerate(turns)))
    assert sorted(one.outgoing[0].seq for one in turns) == list(range(1, 41))
    assert [one.change for one in bot.changes("a", 0)] == list(range(1, 41))
    assert await command.forget("telegram:3") == [("a", "r3")]
    assert bot.session("telegram:3") is None
    await bot.commit(turn(3))
    assert command.session("telegram:3") is not None
    bot.close()
    command.close()


async def test_a_damaged_file_in_use(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Reads and writes of a file that was overwritten under the bot say what to do, and that waiting does not help."""
    path = tmp_path / "engine.db"
    memory = SqliteMemory(path)
    await asyncio.gather(*(memory.commit(turn(n, 2_000)) for n in range(400)))
    memory.close()
    size = path.stat().st_size
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * (size - 4096))
    caplog.set_level(logging.WARNING)
    try:
        memory = SqliteMemory(path)
        for attempt in (lambda: memory.session("telegram:7"), memory.outgoing):
            with pytest.raises(MemoryFailed, match=r"is damaged.*put a backup in its place"):
                attempt()
        with pytest.raises(MemoryFailed, match="is damaged") as told:
            await memory.commit(turn(1))
        assert not told.value.passing
    finally:
        memory.close()


def test_a_command_without_a_loop(tmp_path: Path) -> None:
    """Marks of a plain command, and of two loops one after another, are written; a new loop never waits for an old."""
    memory = SqliteMemory(tmp_path / "engine.db")
    memory.set_mark("a", "1")

    async def once(number: int) -> None:
        memory.set_mark("b", str(number))
        memory._group.nudge(0)
        if number:
            await memory.commit(turn(number))

    asyncio.run(once(0))
    asyncio.run(once(1))
    memory.set_mark("c", "3")
    memory.close()
    again = SqliteMemory(tmp_path / "engine.db")
    assert [again.mark(name) for name in "abc"] == ["1", "1", "3"]
    again.close()
