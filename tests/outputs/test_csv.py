"""The CSV files, byte by byte and on a disk that fails."""

from __future__ import annotations

import csv
import errno
import io
import os
import resource
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from engine.core.project import Collection
from engine.memory.port import Record
from engine.outputs.atomic import kept_aside
from engine.outputs.cells import whole
from engine.outputs.csv import CsvOutput
from engine.outputs.sheet import EXCEL, table
from tests.outputs.conftest import AT, CHECKINS, LEAD_COLUMNS, LEADS, collection, record

ANYTHING = Collection("notes", declared=False)


def all_of(*records: Record) -> Callable[[], Iterable[Record]]:
    return lambda: iter(records)


def never() -> Iterable[Record]:
    raise AssertionError("the whole collection was read for one appended row")


def read(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_leads_have_exactly_the_declared_header(tmp_path: Path) -> None:
    """leads.csv: `timestamp` is when the lead was made, `chat_id` the number of the Telegram chat."""
    lead = record(
        1,
        {"client_name": "Анна", "contact": "+79161234567", "intent": "сайт", "source": "telegram", "status": "new"},
        person="telegram:77",
    )
    CsvOutput(tmp_path).write(LEADS, [lead], all_of(lead))
    assert (tmp_path / "leads.csv").read_bytes().decode() == (
        "timestamp,chat_id,client_name,contact,intent,notes,source,status\n"
        "2026-09-21T14:13:21+00:00,77,Анна,+79161234567,сайт,,telegram,new\n"
    )


def test_declared_fields_stand_behind_the_engines_own(tmp_path: Path) -> None:
    """Without `csv:` the header is id, times, person, then the fields; a field nobody declared has no column."""
    one = record(1, {"weight": 82.5, "goal": "=1", "report": {"kind": "photo", "path": "media/a.jpg"}, "stray": 1})
    CsvOutput(tmp_path).write(CHECKINS, [one], all_of(one))
    assert read(tmp_path / "checkins.csv") == [
        ["id", "created_at", "updated_at", "person", "goal", "weight", "report"],
        ["r1", "2026-09-21T14:13:21+00:00", "2026-09-21T14:13:21+00:00", "telegram:1", "'=1", "82.5", "media/a.jpg"],
    ]


def test_every_own_column_can_be_asked_for(tmp_path: Path) -> None:
    """A declared header may name the engine's own columns; a declared field of that name goes first."""
    columns = ("id", "person", "chat_id", "timestamp", "created_at", "updated_at", "unknown")
    odd = collection("odd", {"timestamp": "text"}, csv=columns)
    one = record(1, {"timestamp": "вчера", "unknown": "x"}, person="me", updated_at=AT + 60)
    CsvOutput(tmp_path).write(odd, [one], all_of(one))
    assert read(tmp_path / "odd.csv")[1] == [
        "r1", "me", "me", "вчера", "2026-09-21T14:13:21+00:00", "2026-09-21T14:14:20+00:00", "x",
    ]  # fmt: skip


def test_a_new_record_is_appended(tmp_path: Path) -> None:
    """Adding a row reads nothing of the rest, and leaves the same file (a reader's open file goes on)."""
    output, path = CsvOutput(tmp_path), tmp_path / "leads.csv"
    output.write(LEADS, [record(1, {"intent": "a"})], all_of(record(1, {"intent": "a"})))
    inode = path.stat().st_ino
    output.write(LEADS, [record(2, {"intent": "b"})], never)
    assert [row[4] for row in read(path)] == ["intent", "a", "b"]
    assert path.stat().st_ino == inode
    assert path.stat().st_mode & 0o777 == 0o600


CHANGES: list[tuple[str, list[Record], list[str]]] = [
    ("changed", [record(1, {"intent": "A"}, change=9)], ["A", "b", "c"]),
    ("withdrawn", [record(2, {}, withdrawn=True, change=9)], ["a", "c"]),
    ("withdrawn before it was written", [record(4, {}, withdrawn=True)], ["a", "b", "c"]),
    ("written twice", [record(3, {"intent": "c"})], ["a", "b", "c"]),
    ("made late, of an earlier time", [record(0, {"intent": "0"}, change=9)], ["0", "a", "b", "c"]),
    ("new and changed in one batch", [record(4, {"intent": "d"}), record(1, {"intent": "A"})], ["A", "b", "c", "d"]),
    ("made anew after it was forgotten", [record(1, {"intent": "n"}, created_at=AT + 50)], ["b", "c", "n"]),
    ("new, then withdrawn, in one batch", [record(4, {}), record(4, {}, withdrawn=True)], ["a", "b", "c"]),
]


@pytest.mark.parametrize(("_what", "changes", "intents"), CHANGES, ids=[case[0] for case in CHANGES])
def test_a_change_leaves_the_rows_as_they_now_are(
    tmp_path: Path, _what: str, changes: list[Record], intents: list[str]
) -> None:
    """Whatever changed, each record is one row, in the order in which they were made; nothing else is read for it."""
    output = CsvOutput(tmp_path)
    first = [record(number, {"intent": letter}) for number, letter in enumerate("abc", 1)]
    output.write(LEADS, first, all_of(*first))
    output.write(LEADS, changes, never)
    assert [row[4] for row in read(tmp_path / "leads.csv")[1:]] == intents


def test_an_undeclared_collection_has_every_field_ever_seen(tmp_path: Path) -> None:
    """A new field makes a new column for all rows; a column whose last value goes disappears."""
    output, path = CsvOutput(tmp_path), tmp_path / "notes.csv"
    one, two = record(1, {"text": "a"}, name="notes"), record(2, {"mood": 3, "text": "b"}, name="notes")
    output.write(ANYTHING, [one], all_of(one))
    output.write(ANYTHING, [two], all_of(one, two))
    assert [row[4:] for row in read(path)] == [["text", "mood"], ["a", ""], ["b", "3"]]
    output.write(ANYTHING, [record(3, {"text": "c"}, name="notes")], never)
    output.write(ANYTHING, [replace(two, withdrawn=True)], all_of(one, record(3, {"text": "c"}, name="notes")))
    assert [row[4:] for row in read(path)] == [["text"], ["a"], ["c"]]


def test_another_declaration_is_another_file(tmp_path: Path) -> None:
    """When the columns change, all rows are written anew with the new ones."""
    output, one = CsvOutput(tmp_path), record(1, {"goal": "g", "weight": 3})
    output.write(CHECKINS, [one], all_of(one))
    output.write(collection("checkins", {"goal": "text"}, csv=("goal", "id")), [one], all_of(one))
    assert read(tmp_path / "checkins.csv") == [["goal", "id"], ["g", "r1"]]


@pytest.mark.parametrize("what", ["edited", "deleted", "replaced", "torn"])
def test_what_others_did_to_the_file_is_mended(tmp_path: Path, what: str) -> None:
    """A file that somebody edited, deleted or replaced is made whole with the next row."""
    output, path = CsvOutput(tmp_path), tmp_path / "leads.csv"
    one, two = record(1, {"intent": "a"}), record(2, {"intent": "b"})
    output.write(LEADS, [one], all_of(one))
    if what == "edited":
        path.write_text("mine\n")
    elif what == "deleted":
        path.unlink()
    elif what == "replaced":
        other = tmp_path / "other"
        other.write_bytes(path.read_bytes())
        other.replace(path)
    else:
        path.write_bytes(path.read_bytes()[:-3])
    output.write(LEADS, [two], all_of(one, two))
    assert [row[4] for row in read(path)] == ["intent", "a", "b"]


def test_what_a_manager_wrote_into_the_file_is_kept_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Excel's columns and marks are not lost with the next lead: the log says where they are. The last few are kept; a
    file that was only copied or touched is none."""
    output, path = CsvOutput(tmp_path), tmp_path / "leads.csv"
    rows = [record(number, {"intent": "a"}) for number in range(1, 10)]
    output.write(LEADS, rows[:1], all_of(*rows[:1]))
    os.utime(path, (1, 1))
    output.write(LEADS, rows[1:2], all_of(*rows[:2]))
    assert kept_aside(tmp_path) == []
    for number in range(3, 10):
        path.write_text(f"\ufeffИмя;Статус\nАнна;позвонили {number}\n", encoding="utf-8")
        output.write(LEADS, rows[number - 1 : number], all_of(*rows[:number]))
        assert len(read(path)) == number + 1
    kept = kept_aside(tmp_path)
    assert len(kept) == 5
    assert "позвонили 9" in {one.read_text("utf-8-sig").split(";")[-1].strip() for one in kept}
    assert kept[0].name in caplog.text
    assert "Анна" not in caplog.text


@pytest.mark.parametrize(
    ("what", "kept", "kept_in_new_columns"),  # a file that may be another hand's: a copy too many does no harm
    [
        ("edited", 1, 1),
        ("row taken out", 1, 1),
        ("nothing", 0, 0),
        ("touched", 0, 1),
        ("torn", 0, 1),
        ("deleted", 0, 0),
        ("lost ledger", 0, 0),
    ],
)
@pytest.mark.parametrize("new_columns", [False, True])
def test_what_was_changed_while_no_bot_ran_is_kept_aside(
    tmp_path: Path, what: str, kept: int, kept_in_new_columns: int, new_columns: bool
) -> None:
    """The next start makes the file whole, with the lead that came meanwhile; of a file that nobody changed, or that a
    crash cut short, no copy is made."""
    declared = replace(LEADS, csv_columns=("intent",)) if new_columns else LEADS
    path, rows = tmp_path / "leads.csv", [record(number, {"intent": str(number)}) for number in (1, 2, 3)]
    CsvOutput(tmp_path).write(LEADS, rows[:2], all_of(*rows[:2]))
    left = path.read_text()
    if what == "edited":
        path.write_text(left + "позвонить Анне\n", encoding="utf-8")
    elif what == "row taken out":
        path.write_text(left.splitlines(keepends=True)[0] + left.splitlines(keepends=True)[2])
    elif what == "touched":
        os.utime(path, (1, 1))
    elif what == "torn":
        path.write_text(left[:-3])
    elif what == "deleted":
        path.unlink()
    elif what == "lost ledger":
        (tmp_path / ".csv.prints").write_text("{")
    CsvOutput(tmp_path).check(declared, all_of(*rows))
    assert [row[0 if new_columns else 4] for row in read(path)] == ["intent", "1", "2", "3"]
    found = [one.read_text(encoding="utf-8") for one in kept_aside(tmp_path)]
    assert len(found) == (kept_in_new_columns if new_columns else kept)
    assert what != "edited" or found[0].endswith("позвонить Анне\n")


def test_check_compares_and_mends(tmp_path: Path) -> None:
    """A right file is left alone, a wrong one is made anew; an empty collection has its header."""
    path, one = tmp_path / "leads.csv", record(1, {"intent": "a"})
    assert CsvOutput(tmp_path).check(LEADS, all_of(one))
    assert not CsvOutput(tmp_path).check(LEADS, all_of(one))
    path.write_bytes(path.read_bytes() + b"2026-")
    assert CsvOutput(tmp_path).check(LEADS, all_of(one))
    assert CsvOutput(tmp_path).check(LEADS, all_of(replace(one, withdrawn=True)))
    assert path.read_text() == ",".join(LEAD_COLUMNS) + "\n"


def test_rights_and_links_of_the_user_are_kept(tmp_path: Path) -> None:
    """A file that was opened to a group stays so when it is rewritten; a link leads where it led."""
    shared = tmp_path / "shared"
    shared.mkdir()
    (tmp_path / "leads.csv").symlink_to(shared / "leads.csv")
    output, one = CsvOutput(tmp_path), record(1, {"intent": "a"})
    output.write(LEADS, [one], all_of(one))
    (shared / "leads.csv").chmod(0o640)
    output.write(LEADS, [replace(one, fields={"intent": "b"})], all_of(replace(one, fields={"intent": "b"})))
    assert (tmp_path / "leads.csv").is_symlink()
    assert (shared / "leads.csv").stat().st_mode & 0o777 == 0o640
    assert read(shared / "leads.csv")[1][4] == "b"


def test_a_directory_in_the_place(tmp_path: Path) -> None:
    """The error says what stands there; once it is gone all rows arrive."""
    output, path, one = CsvOutput(tmp_path), tmp_path / "leads.csv", record(1, {"intent": "a"})
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        output.write(LEADS, [one], all_of(one))
    path.rmdir()
    output.write(LEADS, [one], all_of(one))
    assert len(read(path)) == 2
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".csv.lock", ".csv.prints", "leads.csv"]


def full_disk(path: Path, action: Callable[[], None]) -> int:
    """Do it in a child process whose files may not grow beyond what `path` holds and 30 bytes; its errno."""
    child = os.fork()
    if child == 0:
        code = 0
        try:
            import signal

            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            limit = path.stat().st_size + 30
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            action()
        except OSError as problem:
            code = problem.errno or 1
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("way", ["append", "rewrite"])
def test_a_full_disk_leaves_the_file_whole(tmp_path: Path, way: str) -> None:
    """When there is no room for a row the file stays as it was, without a part of it, and the error is told."""
    output, path = CsvOutput(tmp_path), tmp_path / "leads.csv"
    one, two = record(1, {"intent": "a"}), record(2, {"intent": "b" * 100})
    if way == "rewrite":
        two = replace(one, fields={"intent": "b" * 100})
    output.write(LEADS, [one], all_of(one))
    before = path.read_bytes()
    assert full_disk(path, lambda: output.write(LEADS, [two], all_of(one, two))) == errno.EFBIG
    assert path.read_bytes() == before
    assert sorted(entry.name for entry in tmp_path.iterdir()) == [".csv.lock", ".csv.prints", "leads.csv"]
    output.write(LEADS, [two], all_of(one, two))
    assert b"b" * 100 in path.read_bytes()


def test_a_managers_excel_has_titles_and_phones() -> None:
    """Titles stand above the columns where the file gives any, and a phone number is no 7,9E+10."""
    titled = replace(LEADS, titles={"timestamp": "Когда", "contact": "Контакт", "client_name": "=Клиент"})
    one = record(1, {"contact": "+79161234567, @anna", "client_name": "+79161234567", "notes": "+7"})
    made = b"".join(table(titled, [one], EXCEL)).decode("utf-8-sig").splitlines()
    assert made[0] == "Когда;chat_id;'=Клиент;Контакт;intent;notes;source;status"
    assert made[1].split(";")[2:4] == ["'+79161234567", "+7 916 123-45-67, @anna"]
    plain = b"".join(table(titled, [one])).decode().splitlines()
    assert plain[0].startswith("timestamp,chat_id,client_name,contact,")
    assert '"+79161234567, @anna"' in plain[1]


def test_for_excel() -> None:
    """A byte order mark, semicolons, decimal commas, plain moments, CR LF: a Russian Excel opens it with a double
    click."""
    made = b"".join(table(CHECKINS, [record(1, {"goal": "a;b", "weight": 82.5})], EXCEL))
    assert (
        made
        == (
            "\ufeffid;created_at;updated_at;person;goal;weight;report\r\n"
            'r1;2026-09-21 14:13:21;2026-09-21 14:13:21;telegram:1;"a;b";82,5;\r\n'
        ).encode()
    )


VISITS = collection(
    "visits", {"at": "datetime", "note": "text"}, csv=("timestamp", "at", "note"), timezone="Europe/Moscow"
)
MOMENTS = [  # what a field holds, in a CSV file, for Excel
    ("2026-12-01T10:00:00+00:00", "2026-12-01T10:00:00+00:00", "2026-12-01 13:00:00"),
    ("2026-12-01T10:00", "2026-12-01T10:00", "2026-12-01 10:00:00"),
    ("2026-12-01", "2026-12-01", "2026-12-01"),
    ("0001-01-01T00:00:00+09:00", "0001-01-01T00:00:00+09:00", "0001-01-01T00:00:00+09:00"),
    ("завтра днём в три", "завтра днём в три", "завтра днём в три"),
    (5, "5", "5"),
    (None, "", ""),
]


@pytest.mark.parametrize(("at", "plain", "excel"), MOMENTS)
def test_moments_stand_in_the_bots_time_zone(tmp_path: Path, at: Any, plain: str, excel: str) -> None:
    """17:13 in Moscow is not shown as 14:13; a text that looks like a moment stays as the person wrote it."""
    one = record(1, {"at": at, "note": "2026-12-01T10:00:00+00:00"}, name="visits")
    CsvOutput(tmp_path).write(VISITS, [one], all_of(one))
    assert read(tmp_path / "visits.csv")[1] == ["2026-09-21T17:13:21+03:00", plain, "2026-12-01T10:00:00+00:00"]
    made = b"".join(table(VISITS, [one], EXCEL)).decode("utf-8-sig")
    assert made.splitlines()[1] == f"2026-09-21 17:13:21;{excel};2026-12-01T10:00:00+00:00"


def test_another_time_zone_writes_the_file_anew(tmp_path: Path) -> None:
    """After an edit of bot.yaml no file tells the hours of two zones."""
    output, one, two = CsvOutput(tmp_path), record(1, {}, name="visits"), record(2, {}, name="visits")
    output.write(VISITS, [one], all_of(one))
    output.write(replace(VISITS, timezone="Asia/Omsk"), [two], all_of(one, two))
    assert [row[0] for row in read(tmp_path / "visits.csv")[1:]] == [
        "2026-09-21T20:13:21+06:00",
        "2026-09-21T20:13:22+06:00",
    ]


HARD = ["\r", "\n", "\r\n", "\0", '"', "=1", "'", ",", "\ud800", " "]
TEXTS = st.text(st.characters(), max_size=8) | st.sampled_from(HARD)
FIELDS = st.fixed_dictionaries({}, optional={"client_name": TEXTS, "contact": TEXTS, "notes": TEXTS, "status": TEXTS})
BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 9), FIELDS, st.booleans(), st.integers(0, 3)), min_size=1, max_size=4), max_size=6
)


@settings(max_examples=80)
@example(batches=[[(0, {"client_name": ""}, False, 0)], [(0, {}, False, 0)]], undeclared=True)
@given(batches=BATCHES, undeclared=st.booleans())
def test_grown_equals_made_anew(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Any]], undeclared: bool
) -> None:
    """Any saves, changes and withdrawals in any batches: the file is byte for byte the one made anew, and a reader
    gets every text back but for the apostrophe of what began like a formula."""
    folder = tmp_path_factory.mktemp("csv")
    shape = replace(LEADS, fields={}, csv_columns=(), declared=False) if undeclared else LEADS
    grown, now = CsvOutput(folder), dict[str, Record]()
    for batch in batches:
        changes = []
        for number, fields, withdrawn, shift in batch:
            before = now.get(f"r{number}")
            at = before.created_at if before else AT + number * 0.5 + shift
            now[f"r{number}"] = record(number, fields, withdrawn=withdrawn, created_at=at)
            changes.append(now[f"r{number}"])
        grown.write(shape, changes, lambda: now.values())
    path = folder / "leads.csv"
    if not batches:
        return
    content = path.read_bytes()
    assert not CsvOutput(folder).check(shape, lambda: now.values())
    assert content == b"".join(table(shape, [each for each in now.values() if not each.withdrawn]))
    rows = list(csv.DictReader(io.StringIO(content.decode(), newline="")))
    living = sorted((each for each in now.values() if not each.withdrawn), key=lambda each: (each.created_at, each.id))
    for row, each in zip(rows, living, strict=True):
        for name, text in each.fields.items():
            assert row[name].removeprefix("'") == whole(text).removeprefix("'")
