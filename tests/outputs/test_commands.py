"""`dialogue outcomes` and `dialogue history`, as they are typed, beside a bot that has the memory open."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from tinydb import TinyDB

from engine.cli.main import main
from engine.outputs.csv import CsvOutput
from engine.outputs.feed import Feed
from engine.outputs.tinydb import TinyDbOutput
from tests.outputs.conftest import CHECKINS, LEADS, House, project, until

LEAD = {"client_name": "Анна; [b]", "contact": "+79161234567", "intent": "=1", "notes": "a\nb\tc\x1b[2J"}


@pytest.fixture
async def bot(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A data folder with three leads (one withdrawn), a check-in and some talk; the memory stays open, as in a running
    bot."""
    for name in ("DATA_DIR", "DATABASE_URL", "SMTP_HOST"):
        monkeypatch.delenv(name, raising=False)
    feed = Feed(
        house.memory, [TinyDbOutput(house.data), CsvOutput(house.data)], lambda: project(LEADS, CHECKINS), quiet=0
    )
    await feed.start()
    await house.save("leads", "a", LEAD)
    await house.save("leads", "b", {"client_name": "Боб"}, person="telegram:6")
    await house.save("leads", "c", {"client_name": "gone"})
    await house.withdraw("leads", "c")
    await house.save("checkins", "w", {"weight": 82.5})
    await house.say("telegram:5", "user", "=привет")
    await house.say("telegram:6", "user", "hi")
    await house.say("telegram:5", "assistant", "Как дела?")
    feed.poke(["leads", "checkins"])
    assert await feed.drain()
    return house


def dialogue(house: House, *words: str) -> int:
    return main(["--root", str(house.root), *words])


async def test_list_counts(bot: House, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Each collection with the number of its records and the last change; withdrawn ones do not count."""
    assert dialogue(bot, "outcomes", "list") == 0
    assert capfdbinary.readouterr().out.decode().splitlines() == [
        "collection\trecords\tlast change",
        "leads\t2\t2026-09-21T14:13:22+00:00",
        "checkins\t1\t2026-09-21T14:13:25+00:00",
    ]


async def test_list_rows_piped(bot: House, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """A pipe gets a line a record with tabs between; a tab or line end in a text can not break it."""
    assert dialogue(bot, "outcomes", "list", "leads") == 0
    rows = [line.split("\t") for line in capfdbinary.readouterr().out.decode().splitlines()]
    assert rows[1] == [
        "2026-09-21T14:13:21+00:00", "5", "Анна; [b]", "+79161234567", "'=1", "a\\nb\\tc\\x1b[2J", "", "",
    ]  # fmt: skip
    assert len(rows) == 3


def test_list_rows_on_a_terminal(bot: House) -> None:
    """A terminal gets a table; what a person wrote neither steers it nor is taken for markup."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "engine.cli.main", "--root", str(bot.root), "outcomes", "list", "leads"]
    environment = {**os.environ, "COLUMNS": "200", "TERM": "xterm"}
    subprocess.run(command, stdout=theirs, check=True, env=environment, timeout=60)
    os.close(theirs)
    shown = os.read(ours, 65536).decode()
    os.close(ours)
    assert "client_name" in shown
    assert "2026-09-21 14:13 " in shown  # for people: to the minute
    assert "Анна; [b]" in shown
    assert "\x1b[2J" not in shown


async def test_export(bot: House, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """CSV is what the CSV output holds, for Excel with BOM and semicolons; JSON is what TinyDB holds."""
    assert dialogue(bot, "outcomes", "export", "leads") == 0
    assert capfdbinary.readouterr().out == (bot.data / "leads.csv").read_bytes()
    target = tmp_path / "leads for excel.csv"
    assert dialogue(bot, "outcomes", "export", "leads", "--excel", "--output", str(target)) == 0
    content = target.read_bytes()
    assert content.startswith(b"\xef\xbb\xbftimestamp;chat_id;")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[1][2] == "Анна; [b]"
    assert dialogue(bot, "outcomes", "export", "leads", "--format", "json", "--output", "-") == 0
    exported = json.loads(capfdbinary.readouterr().out)
    with TinyDB(bot.data / "outcomes.json") as database:
        assert exported == [dict(row) for row in database.table("leads")]


async def test_export_of_nothing(bot: House, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """An empty collection is a header, or an empty list."""
    await bot.withdraw("checkins", "w")
    assert dialogue(bot, "outcomes", "export", "checkins", "--format", "json") == 0
    assert json.loads(capfdbinary.readouterr().out) == []
    assert dialogue(bot, "outcomes", "export", "checkins") == 0
    assert len(capfdbinary.readouterr().out.splitlines()) == 1


async def test_rebuild(bot: House, capsys: pytest.CaptureFixture[str]) -> None:
    """Files that were lost or spoiled come back; right ones are left alone."""
    before = {path.name: path.read_bytes() for path in bot.data.glob("*.csv")}
    (bot.data / "leads.csv").unlink()
    (bot.data / "checkins.csv").write_text("spoiled")
    (bot.data / "outcomes.json").write_text("spoiled")
    assert dialogue(bot, "outcomes", "rebuild", "checkins") == 0
    assert capsys.readouterr().out.splitlines() == [
        "tinydb: leads: written anew",
        "tinydb: checkins: written anew",
        "csv: checkins: written anew",
    ]
    assert dialogue(bot, "outcomes", "rebuild") == 0
    assert capsys.readouterr().out.splitlines() == [
        "tinydb: leads: was right",
        "tinydb: checkins: was right",
        "csv: leads: written anew",
        "csv: checkins: was right",
    ]
    assert {path.name: path.read_bytes() for path in bot.data.glob("*.csv")} == before


async def test_rebuild_that_fails(bot: House, capsys: pytest.CaptureFixture[str]) -> None:
    """What can not be written is told; the other output is mended all the same."""
    (bot.data / "outcomes.json").unlink()
    (bot.data / "outcomes.json").mkdir()
    assert dialogue(bot, "outcomes", "rebuild") == 1
    said = capsys.readouterr()
    assert "tinydb: Is a directory" in said.err
    assert "csv: leads: was right" in said.out


async def test_the_bot_goes_on_after_a_rebuild(bot: House) -> None:
    """A file that the command wrote while the bot was running is not spoiled by the bot's next row."""
    output = CsvOutput(bot.data)
    feed = Feed(bot.memory, [output], lambda: project(LEADS), quiet=0)
    await feed.start()
    await bot.save("leads", "d", {"client_name": "before"})
    feed.poke(["leads"])
    await until(lambda: b"before" in (bot.data / "leads.csv").read_bytes())
    (bot.data / "leads.csv").unlink()
    # Beside the bot's loop, as a command is: both wait for the same lock.
    assert await asyncio.to_thread(dialogue, bot, "outcomes", "rebuild", "leads") == 0
    await bot.save("leads", "e", {"client_name": "after"})
    feed.poke(["leads"])
    assert await feed.drain()
    with (bot.data / "leads.csv").open(newline="") as file:
        assert [row["client_name"] for row in csv.DictReader(file)] == ["Анна; [b]", "Боб", "before", "after"]


async def test_history(bot: House, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    """Who said what and when, of all people or of one, as CSV or as JSON lines."""
    assert dialogue(bot, "history", "export") == 0
    rows = list(csv.reader(io.StringIO(capfdbinary.readouterr().out.decode(), newline="")))
    assert rows[:2] == [
        ["time", "person", "role", "text"],
        ["2026-09-21T14:13:20+00:00", "telegram:5", "user", "'=привет"],
    ]
    assert len(rows) == 4
    target = tmp_path / "talk.jsonl"
    options = ["--person", "telegram:5", "--format", "jsonl", "--output", str(target)]
    assert dialogue(bot, "history", "export", *options) == 0
    assert [json.loads(line)["text"] for line in target.read_text().splitlines()] == ["=привет", "Как дела?"]


@pytest.mark.parametrize("who", ["5", "telegram:5"])
async def test_history_of_somebody(bot: House, capfdbinary: pytest.CaptureFixture[bytes], who: str) -> None:
    """A person is called here as in `dialogue trace`."""
    assert dialogue(bot, "history", "export", "--person", who, "--format", "jsonl") == 0
    lines = capfdbinary.readouterr().out.decode().splitlines()
    assert [json.loads(line)["text"] for line in lines] == ["=привет", "Как дела?"]


WRONG = [
    (["history", "export", "--person", "nobody"], 2, "nobody known is 'nobody'; `dialogue trace` lists everybody"),
    (["outcomes", "list", "lead"], 2, "there are: leads, checkins"),
    (["outcomes", "export", "leads", "--excel", "--format", "json"], 2, "--excel"),
    (["history", "export", "--excel", "--format", "jsonl"], 2, "--excel"),
    (["outcomes", "export", "leads", "--output", "."], 1, "was not written"),
]


@pytest.mark.parametrize(("words", "code", "said"), WRONG)
async def test_wrong_use(
    bot: House, capsys: pytest.CaptureFixture[str], words: list[str], code: int, said: str
) -> None:
    """A mistake in the command is one sentence that says what to type."""
    assert dialogue(bot, *words) == code
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("words", [["outcomes", "list"], ["history", "export"], ["trace"], ["status"]])
def test_where_no_bot_has_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    """It is said, and no empty memory is made."""
    monkeypatch.delenv("DATA_DIR", raising=False)
    assert main(["--root", str(tmp_path), *words]) == 1
    assert "no bot has run here yet" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


async def test_nothing_was_saved_yet(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """A bot that ran and saved nothing has no collections."""
    assert dialogue(house, "outcomes", "export", "leads") == 2
    assert "nothing was saved yet" in capsys.readouterr().err
