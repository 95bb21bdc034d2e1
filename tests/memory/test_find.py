"""What `find` gives to a scenario, over both variants."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from engine.core.effects import FindRecords, SaveRecord, WithdrawRecord
from engine.core.records import matches
from engine.memory.port import TurnWrites
from engine.memory.sqlite import SqliteMemory

ANNA, BORIS = "telegram:1", "telegram:2"
GOALS: dict[str, dict[str, Any]] = {
    "g1": {"title": "Бег", "status": "active", "weight": 80, "due": "2026-11-21T10:00:00+03:00"},
    "g2": {"title": "Вес", "status": "done", "weight": "82.5", "ok": True},
    "g3": {"title": "Сон", "status": "active", "weight": None, 'od"d': "x", "lines": "a\nb"},
}


@pytest.fixture
async def filled(memory: SqliteMemory) -> SqliteMemory:
    for at, (name, fields) in enumerate(GOALS.items(), start=100):
        await memory.commit(TurnWrites(ANNA, float(at), saves=[SaveRecord("goals", name, fields)]))
    await memory.commit(TurnWrites("group:9", 103.0, person=BORIS, saves=[SaveRecord("goals", "b1", GOALS["g1"])]))
    await memory.commit(TurnWrites(ANNA, 104.0, saves=[SaveRecord("other", "o1", {"title": "Бег"})]))
    return memory


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [row["id"] for row in rows]


def query(where: dict[str, Any] | None = None, **more: Any) -> FindRecords:
    return FindRecords("r", "goals", where or {}, **more)


WHERES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["g1", "g2", "g3"]),
    ({"status": "active"}, ["g1", "g3"]),
    ({"status": "active", "title": "Сон"}, ["g3"]),
    ({"status": ["done", "old"]}, ["g2"]),
    ({"status": {"not": "active"}}, ["g2"]),
    ({"weight": "80"}, ["g1"]),
    ({"weight": 82.5}, ["g2"]),
    ({"weight": {"above": 10}}, ["g1", "g2"]),
    ({"weight": None}, ["g3"]),
    ({"ok": "true"}, ["g2"]),
    ({'od"d': "x"}, ["g3"]),
    ({"lines": "a\nb"}, ["g3"]),
    ({"id": "g2"}, ["g2"]),
    ({"id": ["g2", "g3"]}, ["g2", "g3"]),
    ({"id": "b1"}, []),
    ({"due": "2026-11-21T07:00:00+00:00"}, ["g1"]),
    ({"created_at": {"from": "1970-01-01T00:01:41+00:00"}}, ["g2", "g3"]),
    ({"created_at": "1970-01-01T00:01:41.000+00:00"}, ["g2"]),
    ({"nothing": "x"}, []),
    ({"title": "' OR 1=1 --"}, []),
]


@pytest.mark.parametrize(("where", "expected"), WHERES)
async def test_where(filled: SqliteMemory, where: dict[str, Any], expected: list[str]) -> None:
    """SQL narrows only as far as the pure rules say; a person sees their own records."""
    found = filled.find(query(where), ANNA)
    assert ids(found) == expected
    assert all(matches(row, where) for row in found)


async def test_rows_look_as_expressions_see_them(filled: SqliteMemory) -> None:
    """Fields with their types, the id, and both times as ISO 8601 in UTC."""
    [row] = filled.find(query({"id": "g2"}), ANNA)
    when = "1970-01-01T00:01:41.000+00:00"
    assert row == GOALS["g2"] | {"id": "g2", "created_at": when, "updated_at": when}


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"order": "-created_at"}, ["g3", "g2", "g1"]),
        ({"order": "-created_at", "limit": 1}, ["g3"]),
        ({"order": "title", "limit": 2}, ["g1", "g2"]),
        ({"order": "-weight"}, ["g2", "g1", "g3"]),
        ({"everyone": True}, ["g1", "g2", "g3", "b1"]),
        ({"everyone": True, "order": "-created_at", "limit": 2}, ["b1", "g3"]),
    ],
)
async def test_order_and_limit(filled: SqliteMemory, more: dict[str, Any], expected: list[str]) -> None:
    """Order, limit and everyone mean the same whether SQL or Python does them."""
    assert ids(filled.find(query(**more), ANNA)) == expected
    beside_sql = query({"id": {"not": "none"}}, **more)
    assert ids(filled.find(beside_sql, ANNA)) == expected


async def test_newest_first_within_one_turn(memory: SqliteMemory) -> None:
    """Records of one instant come newest first too."""
    await memory.commit(TurnWrites(ANNA, 1.0, saves=[SaveRecord("goals", f"g{n}", {}) for n in range(3)]))
    assert ids(memory.find(query(order="-created_at"), ANNA)) == ["g2", "g1", "g0"]
    assert ids(memory.find(query({"id": {"not": "x"}}, order="-created_at"), ANNA)) == ["g2", "g1", "g0"]


UNSAVED: list[list[SaveRecord | WithdrawRecord]] = [
    [SaveRecord("goals", "g4", {"title": "Новая", "status": "active"})],
    [SaveRecord("goals", "g2", {"status": "active"})],
    [SaveRecord("goals", "g1", {"status": "done"}), SaveRecord("goals", "g1", {"status": "active", "weight": 1})],
    [SaveRecord("goals", "g1", {"title": "Бег"})],
    [WithdrawRecord("goals", "g1")],
    [WithdrawRecord("goals", "g1"), SaveRecord("goals", "g1", {"x": 1})],
    [
        SaveRecord("goals", "g1", {"x": 1}, "one"),
        SaveRecord("goals", "g1", {}, "two"),
        WithdrawRecord("goals", "g1", "one"),
    ],
    [
        SaveRecord("goals", "g1", {"x": 1}, "one"),
        WithdrawRecord("goals", "g1", "one"),
        WithdrawRecord("goals", "g1", "two"),
    ],
    [WithdrawRecord("goals", "g1"), SaveRecord("goals", "g1", {"x": 1}, only_existing=True)],
    [WithdrawRecord("goals", "none"), SaveRecord("goals", "none", {"x": 1}, only_existing=True)],
    [SaveRecord("goals", "b1", {"status": "active", "x": 2}, only_existing=True)],
    [SaveRecord("other", "g1", {"status": "done"})],
    [],
]


@pytest.mark.parametrize("unsaved", UNSAVED)
@pytest.mark.parametrize("everyone", [False, True])
async def test_unsaved_is_seen_as_if_committed(
    filled: SqliteMemory, unsaved: list[SaveRecord | WithdrawRecord], everyone: bool
) -> None:
    """A find before the commit gives exactly what a find after it gives."""
    wheres: list[dict[str, Any]] = [{}, {"status": "active"}, {"weight": {"above": 0}}, {"id": "g1"}]
    queries = [query(where, everyone=everyone, order="-created_at") for where in wheres]
    before = [filled.find(asked, ANNA, unsaved, at=200.0) for asked in queries]
    await filled.commit(TurnWrites(ANNA, 200.0, saves=unsaved))
    assert [filled.find(asked, ANNA) for asked in queries] == before


async def test_an_unsaved_record_of_one_who_was_forgotten(filled: SqliteMemory) -> None:
    """Coming back within one turn shows nothing of before."""
    await filled.forget(ANNA)
    [row] = filled.find(query(), ANNA, [SaveRecord("goals", "g1", {"x": 1})])
    assert {name: row[name] for name in row if not name.endswith("_at")} == {"x": 1, "id": "g1"}


async def test_find_in_the_same_tick_as_a_commit(memory: SqliteMemory) -> None:
    """What was acknowledged is found; what is not yet committed is not."""
    commit = asyncio.create_task(memory.commit(TurnWrites(ANNA, 1.0, saves=[SaveRecord("goals", "g", {})])))
    await asyncio.sleep(0)
    assert memory.find(query(), ANNA) == []
    await commit
    assert ids(memory.find(query(), ANNA)) == ["g"]
