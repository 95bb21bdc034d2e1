"""`dialogue impact`, and every fate that an edit can have for somebody."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.cli.main import main
from engine.core.events import Sender, TextReceived
from engine.core.session import Session
from engine.core.turn import advance
from engine.memory.port import TurnWrites
from engine.memory.sqlite import SqliteMemory
from engine.runtime.impact import MOST, Impact, impact, told
from engine.runtime.turns import standing
from tests.driver import build, sources
from tests.reload.stage import put

TALK = """
- ask: name
  question: Имя?
- ask: town
  question: Город?
- ask: size
  question: Размер?
  choices: {small: Малый, large: Большой}
- say: Всё.
"""


def stand(memory: SqliteMemory, scenario: str, body: str, *answers: str, chat: str = "telegram:5") -> None:
    """Somebody in the middle of a talk: what they wrote, to the bot as it was."""
    project, session = build({scenario: body} if "format:" not in body else body), Session()
    for number, text in enumerate([f"/{scenario}", *answers]):
        event = TextReceived(id=f"{chat}{number}", at=1.8e9 + number, sender=Sender(chat), text=text)
        session, _ = advance(project, session, event)
    writes = TurnWrites(chat, 1.8e9, session=session.dump(), standing=standing(session))
    asyncio.run(memory.commit(writes))


@contextmanager
def memory(path: Path | str) -> Iterator[SqliteMemory]:
    opened = SqliteMemory(path)
    try:
        yield opened
    finally:
        opened.close()


CASES = {
    "other texts": (TALK.replace("Город?", "Где?"), "1 person goes on unchanged (at `town`)"),
    "the step is gone": (
        TALK.replace("- ask: town\n  question: Город?\n", ""),
        "1 person stands on `town`, which is gone, and goes on at `size`",
    ),
    "the end is gone": ("- ask: name\n  question: Имя?\n", "1 person stands on `town`, which is gone: nothing is left"),
    "another way": (
        TALK.replace("- ask: town", "- if: name == 'Аня'\n  then: [end]\n- ask: town"),
        "1 person stands on `town`, which is not on their way any more: nothing is left to ask",
    ),
    "a question before": (
        TALK.replace("- ask: town", "- ask: age\n  question: Лет?\n- ask: town"),
        "1 person is asked `age` first, then goes on (at `town`)",
    ),
    "another type": (
        TALK.replace("Имя?", "Номер?\n  answer: integer"),
        "1 person is asked `name` again: the answer given does not fit any more",
    ),
    "renamed": (
        "renamed: {town: city}\nsteps:\n" + TALK.replace("town", "city"),
        "1 person stands on `town`, which is `city` now, and goes on there",
    ),
    "a text that fails": (
        TALK.replace("- ask: town", "- set: {x: '{{ 1 / (name | length - 3) }}'}\n- ask: town"),
        "1 person would get an apology: division by zero",
    ),
    "records are looked up": (
        TALK.replace("- ask: town", "- find: orders\n  in: orders\n- say: '{{ orders | length }}'\n- ask: town"),
        "1 person goes on unchanged (at `town`)",
    ),
    "a text that fails after a look-up": (
        TALK.replace(
            "- ask: town", "- find: orders\n  in: orders\n- set: {x: '{{ 1 / (orders | length) }}'}\n- ask: town"
        ),
        "1 person would get an apology: division by zero",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_every_fate(case: str) -> None:
    """Who stands at the second question, and what the edit means for them; the memory is left as it was."""
    body, line = CASES[case]
    with memory(":memory:") as kept:
        stand(kept, "talk", TALK, "Аня")
        before = kept.session("telegram:5")
        found = asyncio.run(impact(build({"talk": body}), kept))
        assert any(one.strip().startswith(line) for one in told(found)), list(told(found))
        assert kept.session("telegram:5") == before
        assert kept.count().outbox == 0


def test_who_stands_still_after_a_failure() -> None:
    """They have no version of their own: an edit that mends what failed is told, and one that does not."""
    broken = TALK.replace("- ask: size", "- set: {x: '{{ 1 / (name | length - 3) }}'}\n- ask: size")
    with memory(":memory:") as kept:
        stand(kept, "talk", broken, "Аня", "Тверь")
        told_of = {
            body: list(told(asyncio.run(impact(build({"talk": body}), kept)))) for body in (TALK, broken + "- end\n")
        }
    assert told_of[TALK][1:] == ["  1 person, whose talk stood still, goes on at `size`"]
    assert told_of[broken + "- end\n"][1:] == ["  1 person would get an apology: division by zero"]


def test_who_is_not_concerned_is_not_counted() -> None:
    """People in another scenario, people in today's version, people who are through."""
    with memory(":memory:") as kept:
        stand(kept, "talk", TALK, "Аня")
        stand(kept, "talk", TALK, "Аня", "Тверь", "Малый", chat="telegram:6")
        assert asyncio.run(impact(build({"talk": TALK}), kept)).all == 0
        other = build({"talk": TALK + "- say: Ещё.\n"})
        assert asyncio.run(impact(other, kept, among=["elsewhere"])).all == 0
        assert asyncio.run(impact(other, kept, among=["talk"])).all == 1


def test_more_people_than_can_be_looked_at() -> None:
    """Of very many only how many there are is told."""
    with memory(":memory:") as kept:
        stand(kept, "talk", TALK, "Аня")
        session = kept.session("telegram:5")
        rows = [
            TurnWrites(f"telegram:{n}", 1.0, session=session, standing=("talk", "town")) for n in range(6, MOST + 8)
        ]

        async def fill() -> None:
            await asyncio.gather(*(kept.commit(one) for one in rows))

        asyncio.run(fill())
        found = asyncio.run(impact(build({"talk": TALK + "- say: Ещё.\n"}), kept))
        assert (found.people.total(), found.unseen) == (MOST, 3)
        assert list(told(found))[-1] == "and 3 people more in the middle of a talk, who were not looked at"
    assert list(told(Impact())) == []


@pytest.fixture
def bot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A bot's folder, and twelve people who stand on the second question."""
    root = tmp_path / "bot"
    put(root, {"talk": TALK, "gone": TALK})
    with memory(root / "data/engine.db") as kept:
        for number in range(12):
            stand(kept, "talk", TALK, "Аня", chat=f"telegram:{number}")
        stand(kept, "gone", TALK, "Аня", chat="telegram:90")
    monkeypatch.setattr(sys, "stdin", None)
    return root


def command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = main(["--root", *words])
    told = capsys.readouterr()
    return code, told.out, told.err


def test_the_command_says_it_before_saving(bot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of the files as they are, of a changed copy of the folder, of one changed file."""
    assert command(capsys, str(bot), "impact") == (0, "Nobody is in the middle of anything that has changed.\n", "")
    without = CASES["the step is gone"][0]
    put(tmp_path / "draft", {"talk": without})
    code, out, _ = command(capsys, str(bot), "impact", str(tmp_path / "draft"))
    assert code == 0
    assert out.splitlines() == [
        "gone: 1 person in the middle of it",
        "  1 person finishes on the version that they began: the scenario is deleted",
        "talk: 12 people in the middle of it",
        "  12 people stand on `town`, which is gone, and go on at `size`",
    ]
    one = tmp_path / "talk.yaml"
    one.write_bytes(sources({"talk": f"mid_flow_edits: finish_old\nsteps:\n{without}"})["scenarios/talk.yaml"])
    assert command(capsys, str(bot), "impact", str(one))[1].splitlines() == [
        "talk: 12 people in the middle of it",
        "  12 people finish on the version that they began",
    ]
    one.write_bytes(sources({"talk": TALK.replace("town", "city")})["scenarios/talk.yaml"])
    assert command(capsys, str(bot), "impact", str(one))[1].splitlines()[1:] == [
        "  12 people stand on `town`, which is gone, and go on at `city`",
        "talk: `town` is gone and `city` is new. If it is the same step under another name, "
        "write `renamed: {town: city}` into scenarios/talk.yaml, so that people keep their answers",
    ]
    new = tmp_path / "extra.yaml"
    new.write_bytes(sources({"extra": "- say: Да."})["scenarios/extra.yaml"])
    assert command(capsys, str(bot), "impact", str(new))[1].startswith("Nobody")


def test_the_command_refuses(bot: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files with mistakes, a file that is not there, a bot that has no memory yet."""
    bad = tmp_path / "talk.yaml"
    bad.write_bytes(sources({"talk": "- sey: Да."})["scenarios/talk.yaml"])
    code, out, err = command(capsys, str(bot), "impact", str(bad))
    assert (code, out) == (1, "")
    assert "scenarios/talk.yaml:5:3: error[unknown-verb]" in err
    assert "nothing would change for anyone" in err
    assert command(capsys, str(bot), "impact", str(tmp_path / "none.yaml"))[0] == 2
    put(tmp_path / "new", {"talk": TALK})
    code, _, err = command(capsys, str(tmp_path / "new"), "impact")
    assert code == 1
    assert "no bot has run here yet" in err
