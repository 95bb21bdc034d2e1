"""outcomes.json, read with TinyDB as its users do."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from tinydb import TinyDB, where

from engine.memory.port import Record
from engine.outputs.atomic import kept_aside
from engine.outputs.port import StartedAnew
from engine.outputs.tinydb import TinyDbOutput
from tests.outputs.conftest import CHECKINS, LEADS, record


def rows(folder: Path, name: str = "leads") -> list[dict[str, Any]]:
    with TinyDB(folder / "outcomes.json") as database:
        return [dict(row) for row in database.table(name)]


def all_of(*records: Record) -> Callable[[], Iterable[Record]]:
    return lambda: iter(records)


def never() -> Iterable[Record]:
    raise AssertionError("the whole collection was read for one row")


@pytest.fixture
def output(tmp_path: Path) -> TinyDbOutput:
    """One whose file is there, as the feed has it after its first attempt."""
    made = TinyDbOutput(tmp_path)
    with pytest.raises(StartedAnew):
        made.write(LEADS, [], all_of())
    return made


def test_a_document_is_the_record(tmp_path: Path, output: TinyDbOutput) -> None:
    """Id, person and times stand beside the fields, whose types are kept."""
    one = record(1, {"weight": 82.5, "photo": {"path": "media/a.jpg"}, "tags": ["=1"]}, name="checkins", updated_at=1.0)
    output.write(CHECKINS, [one], all_of(one))
    assert rows(tmp_path, "checkins") == [
        {
            "id": "r1",
            "person": "telegram:1",
            "created_at": "2026-09-21T14:13:21+00:00",
            "updated_at": "1970-01-01T00:00:01+00:00",
            "weight": 82.5,
            "photo": {"path": "media/a.jpg"},
            "tags": ["=1"],
        }
    ]
    assert (tmp_path / "outcomes.json").stat().st_mode & 0o777 == 0o600


def test_changes_are_laid_over(tmp_path: Path, output: TinyDbOutput) -> None:
    """New, changed, withdrawn and repeated records in one batch; other tables, and TinyDB's numbers, stay."""
    first = [record(number, {"intent": letter}) for number, letter in enumerate("abc", 1)]
    other = record(1, {"goal": "g"}, name="checkins")
    output.write(CHECKINS, [other], all_of(other))
    output.write(LEADS, first, all_of(*first))
    changes = [
        record(3, {"intent": "C", "notes": "n"}),
        replace(first[0], withdrawn=True),
        record(4, {"intent": "d"}),
        record(5, {}, withdrawn=True),
    ]
    for _twice in range(2):
        output.write(LEADS, changes, never)
        assert [(row["id"], row["intent"]) for row in rows(tmp_path)] == [("r2", "b"), ("r3", "C"), ("r4", "d")]
    assert len(rows(tmp_path, "checkins")) == 1
    with TinyDB(tmp_path / "outcomes.json") as database:
        [found] = database.table("leads").search(where("id") == "r4")
        assert found.doc_id == 4


def test_every_value_that_memory_can_hold(tmp_path: Path, output: TinyDbOutput) -> None:
    """Half a surrogate pair, a zero byte and a huge number come back from json as they went in."""
    fields = {"a": "x\ud83d", "b": "\0", "c": 2**80, "d": "}\n},\n", "": {"id": None}}
    one = record(1, fields)
    output.write(LEADS, [one], all_of(one))
    [row] = json.loads((tmp_path / "outcomes.json").read_text())["leads"].values()
    assert {key: row[key] for key in fields} == fields
    assert not output.check(LEADS, all_of(one))


def test_the_file_may_be_in_anybodys_layout(tmp_path: Path, output: TinyDbOutput) -> None:
    """After a program of the user has written it with TinyDB's own storage all goes on."""
    one, two = record(1, {"intent": "a"}), record(2, {"intent": "b"})
    output.write(LEADS, [one], all_of(one))
    with TinyDB(tmp_path / "outcomes.json", indent=1) as database:
        database.table("mine").insert({"id": ["odd"]})
        database.table("leads").insert({"id": ["odd"]})
    output.write(LEADS, [two], never)
    assert [row["id"] for row in rows(tmp_path)] == ["r1", ["odd"], "r2"]
    assert len(rows(tmp_path, "mine")) == 1


@pytest.mark.parametrize("how", ["next record", "check after a restart"])
def test_what_was_changed_by_hand_is_kept_aside(
    tmp_path: Path, output: TinyDbOutput, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """A valid file with another's words in it is written over, and they are not lost; once, and not without them."""
    path, one, two = tmp_path / "outcomes.json", record(1, {"intent": "a"}), record(2, {"intent": "b"})
    output.write(LEADS, [one], all_of(one))
    output.write(LEADS, [one], all_of(one))
    assert kept_aside(tmp_path) == []
    path.write_text(path.read_text().replace('"intent":"a"', '"intent":"позвонить"'), encoding="utf-8")
    edited = path.read_bytes()
    again = TinyDbOutput(tmp_path)
    if how == "next record":
        again.write(LEADS, [replace(one, fields={"intent": "A"})], never)
    else:
        assert again.check(LEADS, all_of(one))
    again.write(LEADS, [two], never)
    assert [one.read_bytes() for one in kept_aside(tmp_path)] == [edited]
    assert kept_aside(tmp_path)[0].name in caplog.text
    assert "позвонить" not in path.read_text() + caplog.text


DAMAGE = {
    "cut": lambda whole: whole[: len(whole) // 2],
    "empty": lambda whole: b"",
    "no tables": lambda whole: b"[1]",
    "a list in a table": lambda whole: b'{"leads": {"1": []}}',
    "a list in our layout": lambda whole: b'{\n"leads": {\n"1": []\n}\n}\n',
    "no number": lambda whole: b'{"leads": {"x": {}}}',
    "zeros": lambda whole: bytes(len(whole)),
    "something behind": lambda whole: whole + b"}\n",
    "no UTF-8": lambda whole: b'{"\xff',
    "a line that is none": lambda whole: b'{\n"leads"\n}\n',
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_set_aside(
    tmp_path: Path, output: TinyDbOutput, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    """It is kept under another name, with a warning, and every collection is asked for again."""
    one, other = record(1, {"intent": "a"}), record(1, {"goal": "g"}, name="checkins")
    output.write(LEADS, [one], all_of(one))
    output.write(CHECKINS, [other], all_of(other))
    path = tmp_path / "outcomes.json"
    broken = DAMAGE[damage](path.read_bytes())
    path.write_bytes(broken)
    with caplog.at_level(logging.WARNING), pytest.raises(StartedAnew):
        output.write(LEADS, [one], all_of(one))
    assert output.check(LEADS, all_of(one))
    assert output.check(CHECKINS, all_of(other))
    assert len(rows(tmp_path)) == len(rows(tmp_path, "checkins")) == 1
    [aside] = tmp_path.glob("outcomes.json.damaged-*")
    assert aside.read_bytes() == broken
    assert "set aside" in caplog.text


def test_damaged_twice_in_a_second(tmp_path: Path, output: TinyDbOutput) -> None:
    """The first damaged file is not written over by the second."""
    for content in (b"1", b"2", b"3"):
        (tmp_path / "outcomes.json").write_bytes(content)
        with pytest.raises(StartedAnew):
            output.check(LEADS, all_of())
    assert sorted(path.read_bytes() for path in tmp_path.glob("*.damaged-*")) == [b"1", b"2", b"3"]


def test_check_compares_and_mends(tmp_path: Path, output: TinyDbOutput) -> None:
    """A right table is left alone; a wrong row, one too many and one too few are mended."""
    one, two = record(1, {"intent": "a"}), record(2, {"intent": "b"})
    assert not output.check(LEADS, all_of())
    assert output.check(LEADS, all_of(one, two))
    assert not output.check(LEADS, all_of(two, one))
    assert output.check(LEADS, all_of(one, record(2, {"intent": "B"})))
    assert output.check(LEADS, all_of(one, replace(two, withdrawn=True)))
    assert [row["intent"] for row in rows(tmp_path)] == ["a"]


def test_a_table_that_is_gone_is_filled_from_memory(tmp_path: Path, output: TinyDbOutput) -> None:
    """A table that somebody dropped comes back whole with the next record, in the order in which records were made."""
    one, two = record(1, {"intent": "a"}), record(2, {"intent": "b"})
    output.write(LEADS, [two], all_of(two, one))
    assert [row["intent"] for row in rows(tmp_path)] == ["a", "b"]


def test_a_directory_in_the_place(tmp_path: Path) -> None:
    """The error is one that the feed tries again."""
    (tmp_path / "outcomes.json").mkdir()
    with pytest.raises(OSError, match="directory"):
        TinyDbOutput(tmp_path).write(LEADS, [], all_of())
