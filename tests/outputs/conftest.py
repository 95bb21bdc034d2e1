"""What the tests of outputs share: a real memory, saves into it, and a project that declares three collections."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from engine.core.effects import SaveRecord, WithdrawRecord
from engine.core.project import Collection, CollectionField, Project
from engine.memory.port import Line, Record, TurnWrites
from engine.memory.sqlite import SqliteMemory

AT = 1_790_000_000.0  # 2026-09-21T14:13:20 UTC
LEAD_COLUMNS = ("timestamp", "chat_id", "client_name", "contact", "intent", "notes", "source", "status")


def collection(name: str, fields: dict[str, str], csv: tuple[str, ...] = (), **more: Any) -> Collection:
    return Collection(
        name, fields={key: CollectionField(key, kind) for key, kind in fields.items()}, csv_columns=csv, **more
    )


LEADS = collection(
    "leads",
    {name: "contact" if name == "contact" else "text" for name in LEAD_COLUMNS[2:]},
    csv=LEAD_COLUMNS,
)
CHECKINS = collection("checkins", {"goal": "text", "weight": "number", "report": "any"})


def project(*collections: Collection) -> Project:
    return Project(
        scenarios={},
        prompts={},
        collections={each.name: each for each in collections},
        models={},
        catalog={},
        words={},
        settings={},
    )


def record(number: int, fields: dict[str, Any], *, name: str = "leads", **more: Any) -> Record:
    """A record as memory would give it; `number` makes its id, its time and its place among the changes."""
    at = more.pop("created_at", AT + number)
    return Record(
        name,
        f"r{number}",
        more.pop("person", f"telegram:{number}"),
        fields,
        created_at=at,
        updated_at=more.pop("updated_at", at),
        change=more.pop("change", number + 1),
        **more,
    )


class House:
    """A data folder with the engine's memory in it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.data.mkdir(exist_ok=True)
        self.memory = SqliteMemory(self.data / "engine.db")
        self._turns = 0

    async def save(self, name: str, identity: str, fields: dict[str, Any], person: str = "telegram:5") -> None:
        await self._turn(person, SaveRecord(name, identity, fields))

    async def withdraw(self, name: str, identity: str, person: str = "telegram:5") -> None:
        await self._turn(person, WithdrawRecord(name, identity))

    async def say(self, chat: str, role: str, text: str, at: float = AT) -> None:
        await self.memory.commit(TurnWrites(chat, at, history=[Line(chat, at, role, text)]))

    async def _turn(self, person: str, write: SaveRecord | WithdrawRecord) -> None:
        self._turns += 1
        await self.memory.commit(TurnWrites(person, AT + self._turns, saves=[write]))

    def csv(self, name: str) -> list[str]:
        return (self.data / f"{name}.csv").read_text().splitlines()


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that happens in another thread; at most ten seconds."""
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110 - a file changes: there is no event to wait for
            await asyncio.sleep(0.005)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    yield made
    made.memory.close()


@pytest.fixture
def told() -> Callable[..., Any]:
    """A callback that remembers what it was called with, in `calls`."""

    def call(*words: str) -> None:
        call.calls.append(words)  # type: ignore[attr-defined]

    call.calls = []  # type: ignore[attr-defined]
    return call
