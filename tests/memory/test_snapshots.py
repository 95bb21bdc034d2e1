"""Sessions in stretches, and the snapshots of scenarios that people finish on."""

from __future__ import annotations

from pathlib import Path

from engine.memory.port import Snapshot, TurnWrites
from engine.memory.sqlite import SqliteMemory

OLD = Snapshot("talk", "v1", 10.0, 20.0, {"scenarios/talk.yaml": "h1", "prompts/a.md.j2": "h2"})
NEW = Snapshot("talk", "v2", 20.0, 0.0, {"scenarios/talk.yaml": "h3", "prompts/a.md.j2": "h2"})
SOURCES = {"h1": b"one", "h2": b"two", "h3": b"three"}


async def stand(memory: SqliteMemory, chat: str, scenario: str) -> None:
    await memory.commit(TurnWrites(chat, 1.0, session=chat.encode(), standing=(scenario, "step")))


def walked(memory: SqliteMemory, scenarios: tuple[str, ...] = ()) -> tuple[int, dict[str, bytes]]:
    """All stretches: how many there were, and what was in them."""
    found: dict[str, bytes] = {}
    count, after = 1, 0
    while True:
        after, rows = memory.sessions(after, scenarios)
        found.update(rows)
        if not after:
            return count, found
        count += 1


async def test_sessions_come_in_stretches_each_once(memory: SqliteMemory) -> None:
    """Whoever asks for all sessions gets each once, and the loop has its turn in between."""
    for number in range(1_100):
        await stand(memory, f"telegram:{number}", "talk" if number % 2 else "other")
    count, found = walked(memory)
    assert count == 3
    assert len(found) == 1_100
    assert found["telegram:7"] == b"telegram:7"
    assert len(walked(memory, ("talk",))[1]) == 550
    assert len(walked(memory, ("talk", "other"))[1]) == 1_100
    assert walked(memory, ("nowhere",))[1] == {}


async def test_no_sessions_at_all(memory: SqliteMemory) -> None:
    """A bot that nobody has written to has one empty stretch; a chat without a session is none."""
    assert memory.sessions() == (0, [])
    await memory.commit(TurnWrites("telegram:1", 1.0, standing=("", "")))
    assert memory.sessions() == (0, [])


async def test_snapshots_and_their_sources(memory: SqliteMemory) -> None:
    """What is kept is there; a content goes with the last snapshot that has it."""
    await memory.keep([OLD, NEW], SOURCES)
    assert memory.snapshots() == [OLD, NEW]
    assert [memory.source(one) for one in SOURCES] == [b"one", b"two", b"three"]
    await memory.let_go([("talk", "v1")])
    assert memory.snapshots() == [NEW]
    assert [memory.source(one) for one in SOURCES] == [None, b"two", b"three"]
    await memory.let_go([("talk", "v2")])
    assert memory.snapshots() == []
    assert memory.source("h2") is None


async def test_a_snapshot_kept_again_takes_the_place_of_the_first(memory: SqliteMemory) -> None:
    """A version that is retired, or live again, is one row."""
    await memory.keep([OLD], SOURCES)
    again = Snapshot("talk", "v1", 10.0, 0.0, OLD.files)
    await memory.keep([again], {})
    assert memory.snapshots() == [again]
    assert memory.source("h1") == b"one"


async def test_snapshots_outlive_a_restart(tmp_path: Path) -> None:
    """They are in the file."""
    memory = SqliteMemory(tmp_path / "engine.db")
    await memory.keep([OLD], SOURCES)
    memory.close()
    memory = SqliteMemory(tmp_path / "engine.db")
    assert memory.snapshots() == [OLD]
    assert memory.source("h1") == b"one"
    memory.close()


async def test_files_that_are_live(tmp_path: Path) -> None:
    """They are in the file; a content goes when neither they nor a snapshot have it."""
    memory = SqliteMemory(tmp_path / "engine.db")
    assert memory.live() == {}
    await memory.keep([OLD], SOURCES)
    await memory.keep_live({"a": "h1", "b": "h9"}, {"h9": b"nine"})
    await memory.let_go([("talk", "v1")])
    assert [memory.source(one) for one in ("h1", "h2", "h9")] == [b"one", None, b"nine"]
    await memory.keep_live({"b": "h8"}, {"h8": b"eight"})
    memory.close()
    memory = SqliteMemory(tmp_path / "engine.db")
    assert memory.live() == {"b": "h8"}
    assert [memory.source(one) for one in ("h1", "h9", "h8")] == [None, None, b"eight"]
    memory.close()
