"""What the port promises, over both variants."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from engine.core.effects import SaveRecord, WithdrawRecord
from engine.memory.errors import MemoryFailed
from engine.memory.port import Asked, Incoming, Line, Outgoing, Trod, TurnWrites
from engine.memory.sqlite import SqliteMemory

ANNA, BORIS = "telegram:1", "telegram:2"


def update(number: int, chat: str = ANNA) -> Incoming:
    return Incoming(f"telegram:{number}", chat, b'{"n":%d}' % number, 1000.0 + number)


def every_byte(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


async def test_an_update_is_accepted_once(memory: SqliteMemory) -> None:
    """What the channel offers twice, in one batch, later or after it was handled, is new only once."""
    new = await memory.accept([update(1), update(2), update(1)])
    assert [one.id for one in new] == ["telegram:1", "telegram:2"]
    assert new[0].seq < new[1].seq
    assert await memory.accept([update(2), update(3)]) == [Incoming("telegram:3", ANNA, b'{"n":3}', 1003.0, 3)]
    await memory.commit(TurnWrites(ANNA, 5.0, handled=["telegram:1", "telegram:3"]))
    assert await memory.accept([update(1), update(2), update(3)]) == []
    assert [one.id for one in memory.waiting()] == ["telegram:2"]
    assert memory.waiting()[0].body == b'{"n":2}'


async def test_the_same_update_in_two_calls_of_one_tick(memory: SqliteMemory) -> None:
    """Two pollers at once do not make one message two."""
    first, second = await asyncio.gather(memory.accept([update(1)]), memory.accept([update(1)]))
    assert len(first) + len(second) == 1


async def test_an_unreadable_update_is_set_aside(memory: SqliteMemory) -> None:
    """A quarantined update is not waiting and does not come again."""
    await memory.accept([update(1), update(2)])
    await memory.quarantine("telegram:1", "no such field")
    assert [one.id for one in memory.waiting()] == ["telegram:2"]
    assert await memory.accept([update(1)]) == []
    assert memory._database.rows("SELECT id, reason FROM quarantine") == [("telegram:1", "no such field")]


async def test_a_turn_leaves_all_it_should(memory: SqliteMemory) -> None:
    """Session, outgoing, requests, history, records and standing are there after one commit."""
    await memory.accept([update(1)])
    item = Outgoing(ANNA, b"hello", not_before=7.0)
    await memory.commit(
        TurnWrites(
            ANNA,
            50.0,
            handled=["telegram:1"],
            session=b"\x00session",
            saves=[SaveRecord("goals", "g1", {"title": "Бег"}, "c1")],
            outgoing=[item, Outgoing("mail", b"letter")],
            asked=[("r1", b"prompt")],
            history=[Line(ANNA, 50.0, "user", "привет"), Line(ANNA, 50.5, "assistant", "hello")],
            standing=("check_in", "weight"),
        )
    )
    assert memory.session(ANNA) == b"\x00session"
    assert memory.waiting() == []
    assert memory.outgoing() == [Outgoing(ANNA, b"hello", 1, 0, 7.0), Outgoing("mail", b"letter", 2)]
    assert item.seq == 1
    assert memory.asked() == [Asked(ANNA, "r1", b"prompt", 50.0)]
    assert list(memory.history(ANNA)) == [
        Line(ANNA, 50.0, "user", "привет"),
        Line(ANNA, 50.5, "assistant", "hello"),
    ]
    [record] = memory.records("goals")
    assert (record.person, record.fields, record.holders, record.created_at) == (ANNA, {"title": "Бег"}, "c1", 50)
    counts = memory.count()
    assert (counts.inbox, counts.outbox, counts.asked, counts.chats) == (0, 2, 1, 1)
    assert counts.standing == {("check_in", "weight"): 1}
    assert counts.oldest_outgoing == pytest.approx(time.time() - 50.0, abs=5)


async def test_what_a_turn_leaves_out_stays(memory: SqliteMemory) -> None:
    """No session and no standing in a turn means unchanged; nowhere is counted nowhere."""
    await memory.commit(TurnWrites(ANNA, 1.0, session=b"one", standing=("a", "b")))
    await memory.commit(TurnWrites(ANNA, 2.0, standing=("a", "c")))
    assert memory.session(ANNA) == b"one"
    await memory.commit(TurnWrites(ANNA, 3.0, session=b"two"))
    assert memory.session(ANNA) == b"two"
    assert memory.count().standing == {("a", "c"): 1}
    await memory.commit(TurnWrites(ANNA, 4.0, standing=("", "")))
    assert memory.count().standing == {}
    assert memory.session(BORIS) is None


async def test_the_life_of_an_outgoing_message(memory: SqliteMemory) -> None:
    """Attempts count durably; a certain failure takes its attempt back; what is done is gone."""
    first, second = Outgoing(ANNA, b"1"), Outgoing(ANNA, b"2")
    await memory.commit(TurnWrites(ANNA, 1.0, outgoing=[first, second]))
    await memory.sending(first)
    assert first.attempts == 1
    assert [one.attempts for one in memory.outgoing()] == [1, 0]
    memory.later(first, 99.0)
    assert memory.outgoing()[0] == Outgoing(ANNA, b"1", first.seq, 0, 99.0)
    await memory.flush()
    assert memory.outgoing()[0] == Outgoing(ANNA, b"1", first.seq, 0, 99.0)
    memory.later(first, 120.0)
    await memory.sending(first)
    assert memory.outgoing()[0].attempts == 1
    memory.done(first)
    assert [one.body for one in memory.outgoing()] == [b"2"]
    await memory.flush()
    assert [one.body for one in memory.outgoing()] == [b"2"]
    memory.done(second)
    await memory.flush()
    third = Outgoing(ANNA, b"3")
    await memory.commit(TurnWrites(ANNA, 2.0, outgoing=[third]))
    assert third.seq > second.seq  # a number never comes twice: a late `done` cannot hit another message


async def test_a_reply_ends_its_request(memory: SqliteMemory) -> None:
    """A request that is over is not asked again after a restart."""
    await memory.commit(TurnWrites(ANNA, 1.0, asked=[("r1", b"a"), ("r2", b"b")]))
    await memory.commit(TurnWrites(ANNA, 2.0, replied=["r1", "unknown"], asked=[("r3", b"c")]))
    assert [one.request for one in memory.asked()] == ["r2", "r3"]


async def test_lazy_marks_are_seen_at_once_and_kept(memory: SqliteMemory) -> None:
    """A mark is read back before and after it is written; nobody has to flush it."""
    memory.set_mark("csv:goals", "17")
    memory.delivered(ANNA, "q1", "501")
    memory.delivered(ANNA, "q2", "502")
    memory.delivered(ANNA, "q1", "503")
    assert (memory.mark("csv:goals"), memory.mark("other")) == ("17", None)
    assert [memory.message_of(ANNA, q) for q in ("q1", "q2", "q3")] == ["503", "502", None]
    assert memory.message_of(BORIS, "q1") is None
    for _ in range(100):  # 200 ms is their bound
        if not memory._lazy:
            break
        await asyncio.sleep(0.02)
    assert not memory._lazy
    assert (memory.mark("csv:goals"), memory.message_of(ANNA, "q1")) == ("17", "503")


async def test_the_last_twenty_questions_are_remembered(memory: SqliteMemory) -> None:
    """Old questions fall out, so a chat's list does not grow for ever; a line that was cut is not misread."""
    for number in range(60):
        memory.delivered(ANNA, f"conversation-{number:03}", str(1_000_000 + number))
        await memory.flush()
    assert all(memory.message_of(ANNA, f"conversation-{n:03}") == str(1_000_000 + n) for n in range(40, 60))
    assert memory.message_of(ANNA, "conversation-000") is None
    remembered = [memory.message_of(ANNA, f"conversation-{n:03}") for n in range(60)]
    assert all(message is None or len(message) == 7 for message in remembered)


async def test_saving_again_changes_the_record(memory: SqliteMemory) -> None:
    """One id is one record: fields are laid over, its owner stays, and an equal save is no change."""
    await memory.commit(TurnWrites(ANNA, 1.0, saves=[SaveRecord("goals", "g", {"a": 1, "b": None}, "c1")]))
    [first] = memory.changes("goals", 0)
    await memory.commit(TurnWrites(BORIS, 2.0, saves=[SaveRecord("goals", "g", {"a": 1}, "c2")]))
    assert memory.changes("goals", first.change) == []
    await memory.commit(TurnWrites(BORIS, 3.0, saves=[SaveRecord("goals", "g", {"c": [1, 2]}, "c2", True)]))
    [record] = memory.changes("goals", first.change)
    assert record.fields == {"a": 1, "b": None, "c": [1, 2]}
    assert (record.person, record.holders, record.created_at, record.updated_at) == (ANNA, "c1 c2", 1.0, 3.0)
    await memory.commit(TurnWrites(BORIS, 4.0, saves=[SaveRecord("goals", "none", {"c": 3}, "c2", True)]))
    assert [one.id for one in memory.records("goals")] == ["g"]


async def test_withdrawn_records(memory: SqliteMemory) -> None:
    """Withdrawn: told to outputs, kept out of the collection; an update does not wake it, a save does."""
    save, withdraw = SaveRecord("goals", "g", {"a": 1}, "c"), WithdrawRecord("goals", "g")
    await memory.commit(TurnWrites(ANNA, 1.0, saves=[save, withdraw, WithdrawRecord("goals", "none")]))
    [gone] = memory.changes("goals", 0)
    assert gone.withdrawn
    assert gone.change == 2
    assert list(memory.records("goals")) == []
    await memory.commit(TurnWrites(ANNA, 2.0, saves=[withdraw, SaveRecord("goals", "g", {"a": 2}, "c", True)]))
    assert memory.changes("goals", gone.change) == []
    await memory.commit(TurnWrites(ANNA, 3.0, saves=[save]))
    [back] = memory.records("goals")
    assert (back.fields, back.created_at, back.change) == ({"a": 1}, 1.0, 3)


async def test_a_record_that_several_have_saved(memory: SqliteMemory) -> None:
    """It is withdrawn when the last of those who saved it takes its save back, and by nobody who never did; an equal
    save counts. One that was saved by very many is kept for good."""

    async def step(*saves: SaveRecord | WithdrawRecord) -> list[bool]:
        last = max((one.change for one in memory.changes("goals", 0)), default=0)
        await memory.commit(TurnWrites(ANNA, 1.0, saves=saves))
        return [one.withdrawn for one in memory.changes("goals", last)]

    def save(holder: str) -> SaveRecord:
        return SaveRecord("goals", "g", {"a": 1}, holder)

    def withdraw(holder: str) -> WithdrawRecord:
        return WithdrawRecord("goals", "g", holder)

    assert await step(save("c1"), save("c2"), withdraw("c3")) == [False]
    assert await step(withdraw("c1"), withdraw("c1")) == []
    assert await step(withdraw("c2")) == [True]
    assert await step(save("c1"), withdraw("c2")) == [False]
    assert await step(withdraw("c1")) == [True]
    assert await step(*[save(f"c{number}") for number in range(12)]) == [False]
    assert await step(*[withdraw(f"c{number}") for number in range(12)]) == []


async def test_changes_come_in_order_and_in_pages(memory: SqliteMemory) -> None:
    """An output that reads page by page sees each record's last change once, of its collection only."""
    saves = [SaveRecord("a" if n % 2 else "b", f"r{n}", {"n": n}) for n in range(10)]
    await memory.commit(TurnWrites(ANNA, 1.0, saves=saves))
    await memory.commit(TurnWrites(ANNA, 2.0, saves=[SaveRecord("a", "r1", {"n": 100})]))
    first = memory.changes("a", 0, limit=3)
    rest = memory.changes("a", first[-1].change, limit=3)
    assert [one.id for one in first + rest] == ["r3", "r5", "r7", "r9", "r1"]
    assert [one.id for one in memory.records("a")] == ["r1", "r3", "r5", "r7", "r9"]


@pytest.mark.parametrize(
    "value",
    [10**30, "half \ud83d", {"deep": [1, None, {"x": True}]}, 1.5, "a\x00b"],
    ids=["big number", "half an emoji", "nested", "number", "null character"],
)
async def test_odd_values_survive(memory: SqliteMemory, value: object) -> None:
    """Nothing that a person or a model can say stops the save."""
    await memory.commit(TurnWrites(ANNA, 1.0, saves=[SaveRecord("a", "r", {"value": value})]))
    [record] = memory.records("a")
    assert record.fields["value"] == value


async def test_history_keeps_a_broken_emoji_as_a_question_mark(memory: SqliteMemory) -> None:
    """A line with half of a surrogate pair is kept, and costs no one a turn."""
    lines = [Line(ANNA, 1.0, "assistant", "ok \ud83d"), Line(BORIS, 1.0, "user", "да")]
    await asyncio.gather(*(memory.commit(TurnWrites(line.chat, 1.0, history=[line])) for line in lines))
    assert [line.text for line in memory.history()] == ["ok ?", "да"]


async def test_a_long_history_and_collection_are_read_whole(memory: SqliteMemory) -> None:
    """Reading goes page by page and still gives everything, in order, while others write."""
    lines = [Line(ANNA if n % 3 else BORIS, float(n), "user", str(n)) for n in range(20_050)]
    saves = [SaveRecord("a", f"r{n}", {"n": n}) for n in range(1_234)]
    await memory.commit(TurnWrites(ANNA, 1.0, history=lines, saves=saves))
    assert list(memory.history()) == lines
    assert list(memory.history(BORIS)) == lines[::3]
    reading = memory.records("a")
    first = next(reading)
    await memory.commit(TurnWrites(ANNA, 2.0, saves=[WithdrawRecord("a", "r1000"), SaveRecord("a", "new", {})]))
    assert [first.id, *(one.id for one in reading)] == [f"r{n}" for n in range(1_234) if n != 1_000]


async def test_a_worker_thread_reads_only_what_is_committed(memory: SqliteMemory) -> None:
    """An output's thread sees both records of a turn or neither, while the loop goes on writing."""
    await memory.commit(TurnWrites(ANNA, 0.0, saves=[SaveRecord("a", "x", {"n": -1}), SaveRecord("a", "y", {"n": -1})]))

    def look() -> set[bool]:
        return {len({one.fields["n"] for one in memory.changes("a", 0)}) == 1 for _ in range(300)}

    looking = asyncio.create_task(asyncio.to_thread(look))
    number = 0
    while not looking.done():
        number += 1
        saves = [SaveRecord("a", "x", {"n": number}), SaveRecord("a", "y", {"n": number})]
        await memory.commit(TurnWrites(ANNA, 1.0, saves=saves))
        await asyncio.sleep(0)
    assert await looking == {True}


async def test_forget_leaves_nothing_of_a_person(memory: SqliteMemory, tmp_path: Path) -> None:
    """After `forget` no byte of the person's words is in any table; outputs learn what to take out; others stay."""
    for chat, word in ((ANNA, "secret-anna"), (BORIS, "boris")):
        await memory.accept([update(int(chat[-1]) * 10, chat), update(int(chat[-1]) * 10 + 1, chat)])
        await memory.quarantine(f"telegram:{int(chat[-1]) * 10}", word)
        await memory.commit(
            TurnWrites(
                chat,
                1.0,
                session=word.encode(),
                saves=[SaveRecord("goals", f"g-{chat}", {"title": word}, f"c-{chat}")],
                outgoing=[Outgoing(chat, word.encode()), Outgoing(f"mail:5:{chat}", word.encode())],
                asked=[(f"r-{chat}", word.encode())],
                history=[Line(chat, 1.0, "user", word)],
                ways=word.encode(),
                standing=("a", "b"),
            )
        )
        memory.delivered(chat, "q", "1")
    last = memory.changes("goals", 0)[-1].change
    assert await memory.forget(ANNA) == [("goals", f"g-{ANNA}")]
    dump = "\n".join(memory._database.connection.iterdump())
    assert "secret-anna" not in dump
    assert b"secret-anna".hex().upper() not in dump.upper()
    assert f"c-{ANNA}" not in dump
    assert b"secret-anna" not in every_byte(tmp_path)  # freed pages and the log are wiped as well
    [gone] = memory.changes("goals", last)
    assert (gone.id, gone.withdrawn, gone.fields, gone.person) == (f"g-{ANNA}", True, {}, "")
    assert (memory.session(ANNA), memory.message_of(ANNA, "q")) == (None, None)
    assert (memory.session(BORIS), memory.message_of(BORIS, "q")) == (b"boris", "1")
    counts = memory.count()
    assert (counts.inbox, counts.outbox, counts.asked, counts.chats) == (1, 2, 1, 1)
    assert [line.chat for line in memory.history()] == [BORIS]
    assert [way.chat for way in memory.trail()] == [BORIS]


async def test_a_forgotten_person_may_come_back(memory: SqliteMemory) -> None:
    """A record id that is made from the person's values is theirs anew, with nothing of before."""
    await memory.commit(TurnWrites(ANNA, 1.0, saves=[SaveRecord("goals", "g", {"title": "old"}, "c1")]))
    await memory.forget(ANNA)
    again = SaveRecord("goals", "g", {"note": "new"}, "c2")
    await memory.commit(TurnWrites(ANNA, 9.0, saves=[again]))
    [record] = memory.records("goals")
    assert (record.person, record.fields, record.holders, record.created_at) == (ANNA, {"note": "new"}, "c2", 9.0)


async def test_the_trail_is_let_go_after_months() -> None:
    """Which ways people went is read back in order, also of one chat; what is older than 90 days goes by itself."""
    days = [10.0]
    memory = SqliteMemory(clock=lambda: days[0] * 86_400)
    for day, chat in ((10.0, ANNA), (99.0, BORIS), (100.5, ANNA)):
        await memory.commit(TurnWrites(chat, day * 86_400, ways=b"[%d]" % day))
    await memory.commit(TurnWrites(BORIS, 101.0 * 86_400))
    assert [way.ways for way in memory.trail()] == [b"[10]", b"[99]", b"[100]"]
    assert list(memory.trail(BORIS)) == [Trod(BORIS, 99.0 * 86_400, b"[99]")]
    days[0] = 101.0
    await memory.accept([update(1)])
    assert [way.ways for way in memory.trail()] == [b"[99]", b"[100]"]
    memory.close()


async def test_who_was_not_heard_of_for_a_day(memory: SqliteMemory) -> None:
    """Of those who stand somewhere, the ones that are silent are counted apart."""
    now = time.time()
    for chat, at in ((ANNA, now - 90_000), (BORIS, now), ("telegram:3", now - 200_000)):
        await memory.commit(TurnWrites(chat, at, session=b"s", standing=("talk", "name")))
    await memory.commit(TurnWrites("telegram:4", now, standing=("talk", "age")))
    counts = memory.count()
    assert counts.standing == {("talk", "name"): 3, ("talk", "age"): 1}
    assert counts.silent == {("talk", "name"): 2}


async def test_ids_of_handled_updates_are_dropped_after_days() -> None:
    """The list of handled ids is bounded: old ones go as new updates come, recent ones stay."""
    days = [10.0]
    memory = SqliteMemory(clock=lambda: days[0] * 86_400)
    old = [Incoming(f"t:{n:05}", ANNA, b"", 0.0) for n in range(5_000)]
    recent = [Incoming(f"u:{n:05}", ANNA, b"", 0.0) for n in range(3_000)]
    await memory.accept(old)
    days[0] = 12.0
    assert await memory.accept(old[:10]) == []
    days[0] = 20.0
    for start in range(0, 3_000, 500):
        await memory.accept(recent[start : start + 500])
    left = {row[0][0] for row in memory._database.rows("SELECT id FROM seen")}
    assert left == {"u"}
    assert await memory.accept(recent[:10]) == []
    memory.close()


async def test_a_closed_memory_says_so(memory: SqliteMemory) -> None:
    """Closing writes what waits, may be done twice, and using it afterwards is told plainly."""
    pending = asyncio.create_task(memory.commit(TurnWrites(ANNA, 1.0, session=b"s")))
    await asyncio.sleep(0)
    memory.close()
    await pending
    memory.close()
    with pytest.raises(MemoryFailed, match="closed"):
        await memory.commit(TurnWrites(ANNA, 1.0))
    with pytest.raises(MemoryFailed, match="closed"):
        memory.session(ANNA)


async def test_a_backup_is_a_whole_memory(memory: SqliteMemory, tmp_path: Path) -> None:
    """A copy opens as a memory of its own, is private, and never writes over a file that is there."""
    await memory.commit(TurnWrites(ANNA, 1.0, session=b"s"))
    target = tmp_path / "copies" / "monday.db"
    memory.backup(target)
    assert target.stat().st_mode & 0o777 == 0o600
    copy = SqliteMemory(target)
    assert copy.session(ANNA) == b"s"
    copy.close()
    with pytest.raises(FileExistsError, match="name a new file"):
        memory.backup(target)


async def test_a_chat_that_moves_takes_everything_along(memory: SqliteMemory) -> None:
    """Talk, history, what waits, the messages of its questions, model requests; nothing stays under the old name. A
    talk that the new name has already stays, an empty one gives way."""
    for old, new, standing, kept in (("t:1", "t:-1", ("", ""), b"old"), ("t:2", "t:-2", ("s", "ask"), b"new")):
        await memory.accept([Incoming(f"u{old}", old, b"{}", 1.0)])
        item = Outgoing(old, b"x")
        await memory.commit(
            TurnWrites(old, 1.0, session=b"old", standing=("s", "ask"), outgoing=[item, Outgoing(f"media:{old}", b"y")],
                       asked=[(f"r{old}", b"?")], history=[Line(old, 1.0, "user", "hi")])
        )  # fmt: skip
        memory.delivered(old, "q", "77")
        await memory.commit(TurnWrites(new, 2.0, session=b"new", standing=standing))
        await memory.move(old, new)
        await memory.move(old, new)  # told twice
        await memory.flush()
        assert (memory.session(old), memory.session(new)) == (None, kept)
        assert memory.message_of(new, "q") == "77"
        assert [line.text for line in memory.history(new)] == ["hi"]
        assert {one.chat for one in memory.asked() if one.request == f"r{old}"} == {new}
        assert [one.chat for one in memory.waiting() if one.id == f"u{old}"] == [new]
        assert {one.lane for one in memory.outgoing()} >= {new, f"media:{new}"}
        assert old not in {one.lane for one in memory.outgoing()}
    await memory.commit(TurnWrites("t:-3", 3.0, session=b"mine", standing=("", "")))
    await memory.move("t:3", "t:-3")  # told once more after a restart
    assert memory.session("t:-3") == b"mine"
