"""What leaves: in order, until it is out or never will be; what may have arrived once more at most; what goes wrong."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from engine.channels.port import DeliveryFailed, Gone, NotNow, Unknown
from engine.core.effects import Notify
from engine.memory.errors import MemoryFailed
from engine.memory.port import TurnWrites
from engine.memory.sqlite import SqliteMemory
from engine.outputs.mail import Mailer
from engine.runtime import outbox, wires
from engine.runtime.forgetting import forget, paths
from engine.runtime.guard import Guard
from engine.settings import Settings
from tests.runtime.conftest import House, living
from tests.smtp_sink import smtp_sink


@pytest.mark.parametrize(
    ("failing", "attempts", "arrives"),
    [
        ([], 1, True),
        ([NotNow(0.01)] * 5, 6, True),
        ([Unknown("cut")], 2, True),
        ([Unknown("cut"), NotNow(0.01)], 3, True),
        ([Unknown("cut"), Unknown("cut")], 2, False),
        ([Gone("blocked")], 1, False),
        ([DeliveryFailed("bad request")], 2, True),  # what arrives then is that something broke
        ([DeliveryFailed("bad request")] * 2, 2, False),
        ([ZeroDivisionError()], 2, True),
    ],
)
async def test_each_kind_of_failure(
    house: House, monkeypatch: pytest.MonkeyPatch, failing: list[Exception], attempts: int, arrives: bool
) -> None:
    """Not arrived: again until it does. Unknown: once more. Never: dropped, the person hears that
    something broke, and the chat goes on."""
    monkeypatch.setattr(outbox, "AFTER_UNKNOWN", 0.01)
    house.ears.failing = list(failing)
    await house.hears(1, "/help")
    assert house.ears.attempts == attempts
    assert bool(house.ears.heard["telegram:1"]) == arrives
    await house.memory.flush()
    assert house.memory.count().outbox == 0
    assert await house.hears(1, "/help")


async def test_what_was_not_delivered_goes_out_after_a_restart(tmp_path: Path) -> None:
    """In order; a message whose first attempt was cut off by the end comes once more, after two it is given up."""
    house = House(tmp_path)
    for start in range(3):
        bot = house.open()
        house.ears.pause = 3600
        if start == 0:
            await house.says(1, "/register")
            await house.says(2, "/register")
            await asyncio.sleep(0)
        bot.resume()
        await house.ears.tried(min(2 * (start + 1), 4))
        await bot.drain(0.01)
        house.close()
    assert house.ears.attempts == 4  # two each
    assert not any(house.ears.heard.values())


async def test_a_clock_that_was_set_back_holds_nothing_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is to wait until tomorrow, by a clock that was a day ahead, goes out soon after the next start."""
    monkeypatch.setattr(outbox, "AFTER_START", 0.01)
    house = House(tmp_path)
    house.open()
    house.ears.failing = [NotNow(86_400)]
    await house.says(1, "/help")
    await house.ears.tried(1)
    await house.bot.drain(0.01)
    house.close()
    house.open().resume()
    await house.ears.tried(2)
    assert len(house.ears.heard["telegram:1"]) == 1
    await house.bot.drain(0.01)
    house.close()


async def test_a_second_attempt_waits_for_the_wire(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing answers it is not used up; what certainly did not arrive is tried without asking."""
    monkeypatch.setattr(outbox, "AFTER_UNKNOWN", 0.01)
    monkeypatch.setattr(wires, "FIRST", 0.01)
    house.ears.failing, house.ears.silent = [NotNow(0.01), Unknown("hangs")], 3
    said = await house.hears(1, "/help")
    assert len(said) == 1
    assert (house.ears.attempts, house.ears.probes) == (3, 4)


async def test_one_answer_speaks_for_all_that_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """After an outage nobody asks a thousand times."""
    monkeypatch.setattr(outbox, "AFTER_UNKNOWN", 0.01)
    house.ears.failing = [Unknown("hangs")] * 20
    async with asyncio.timeout(10):
        await asyncio.gather(*(house.hears(number, "/help") for number in range(20)))
    assert all(len(house.ears.heard[f"telegram:{number}"]) == 1 for number in range(20))
    assert house.ears.probes <= 2


async def test_a_letter_that_is_refused_holds_up_no_other(tmp_path: Path) -> None:
    """«Later» is about one letter; the next one goes out at once. The refused one is in the memory."""
    async with smtp_sink() as sink, living(tmp_path) as house:
        house.bot.mail = Mailer(
            host="127.0.0.1", manager="boss@example.com", port=sink.port, sender="bot@example.com", timeout=5
        )
        sink.next["DATA"] = "451 later"
        for number in range(3):
            notify = Notify(f"n{number}", "manager", f"Lead {number}", "x")
            done = house.bot.chats._turns.sorted("telegram:1", [notify])
            await house.memory.commit(TurnWrites("telegram:1", time.time(), outgoing=done.outgoing))
            house.bot._perform("telegram:1", done)
        async with asyncio.timeout(10):
            while len(sink.mails) < 2 or len(house.memory.outgoing()) > 1:  # the server has it before we hear so
                await asyncio.sleep(0.01)
                await house.memory.flush()
        assert len(house.memory.outgoing()) == 1


async def test_a_letter_that_nobody_knows_of_is_told_to_the_admin(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Taken twice without a word: not a third time, and the admin hears of it. A dead server uses no attempt up."""
    monkeypatch.setattr(outbox, "AFTER_UNKNOWN", 0.01)
    async with smtp_sink() as sink, living(tmp_path, ADMIN_CHAT_ID="77") as house:
        house.bot.mail = Mailer(
            host="127.0.0.1", manager="boss@example.com", port=sink.port, sender="bot@example.com", timeout=0.3
        )
        sink.silent_after_data = True
        done = house.bot.chats._turns.sorted("telegram:1", [Notify("n", "manager", "Lead", "x")])
        await house.memory.commit(TurnWrites("telegram:1", time.time(), outgoing=done.outgoing))
        house.bot._perform("telegram:1", done)
        async with asyncio.timeout(10):
            while not house.ears.heard["telegram:77"]:  # noqa: ASYNC110 - nor is what a channel hears
                await asyncio.sleep(0.01)
        assert "tried 2 times" in house.ears.heard["telegram:77"][0].replace("\\", "")
        assert len({mail.message["Message-ID"] for mail in sink.mails}) == 1
        assert len(sink.mails) == 2


async def test_the_admin_is_told_of_a_problem_once(tmp_path: Path) -> None:
    """Also while nothing can be written: then the log alone has it."""
    async with living(tmp_path, ADMIN_CHAT_ID="77") as house:
        for _ in range(3):
            house.bot.admin.tell("The model fails")
        await asyncio.gather(*house.bot._tasks)
        async with asyncio.timeout(5):
            await house.bot.busy.idle()
        assert house.ears.heard["telegram:77"] == ["The model fails"]


async def test_a_damaged_talk_begins_anew(house: House) -> None:
    """Bytes in the memory that nobody can read shut nobody out."""
    await house.hears(1, "/register")
    house.memory._database.rows("UPDATE chats SET session = x'7b7b'")
    assert await house.hears(1, "/register")


async def test_an_engine_fault_costs_one_message(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The update is set aside, the person hears of it, and the next one is taken."""

    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr("engine.runtime.turns.advance", broken)
    assert "сломалось" in (await house.hears(1, "/register"))[0]
    assert house.memory.count().set_aside == 1
    monkeypatch.undo()
    assert await house.hears(1, "/register")


async def test_a_full_memory_is_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is lost of what was queued; the log says so once."""
    commit, fails = house.memory.commit, [MemoryFailed("full"), MemoryFailed("full")]

    async def full(turn: object) -> None:
        if fails:
            raise fails.pop()
        await commit(turn)  # type: ignore[arg-type] # as it came

    monkeypatch.setattr(house.memory, "commit", full)
    assert await house.hears(1, "/register")
    assert house.bot.chats.failing == ""


async def test_forgetting_stops_what_is_under_way(house: House) -> None:
    """Messages that wait and model requests of the person go, others' stay."""
    house.ears.failing = [NotNow(600)]
    for _ in range(5):
        await house.says(1, "/help")
    await asyncio.sleep(0.05)
    await house.bot._forget("telegram:1")
    assert len(house.bot.outbox) <= 1
    assert house.memory.session("telegram:1") is None


@pytest.mark.parametrize("by", ["themselves", "the shell"])
async def test_a_letter_about_a_forgotten_person_never_leaves(house: House, by: str) -> None:
    """It waited for the mail server when they asked to be forgotten, or `dialogue forget` was called beside the bot; a
    letter about another goes out."""
    sent, away = [], [NotNow(0.1), NotNow(0.1)]

    class Away:
        async def send(self, effect: Notify) -> None:
            if away:
                raise away.pop()
            sent.append(effect.text)

    house.bot.mail = Away()  # type: ignore[assignment] # all that is asked of it here
    for number in (1, 2):
        done = house.bot.chats._turns.sorted(
            f"telegram:{number}", [Notify(f"n{number}", "manager", "Lead", f"{number}")]
        )
        await house.memory.commit(TurnWrites(f"telegram:{number}", time.time(), outgoing=done.outgoing))
        house.bot._perform(f"telegram:{number}", done)
    await asyncio.sleep(0.01)
    if by == "themselves":
        await house.bot._forget("telegram:1")
    else:
        data = house.bot.settings.data_dir
        beside = SqliteMemory(data / "engine.db")
        await forget(beside, data, "telegram:1")
        beside.close()
    async with asyncio.timeout(5):
        await asyncio.gather(*house.bot.outbox._tasks.values())
    assert sent == ["2"]
    await house.memory.flush()
    assert not house.memory.outgoing()


def test_a_rate_lets_as_many_through_as_flow_back() -> None:
    """A minute's worth at once, then one for each that flows back; a model's reply always."""
    from engine.core.events import ModelReplied, Sender, TextReceived

    now = [0.0]
    guard = Guard(Settings(Path(), Path(), messages_per_minute=6), clock=lambda: now[0])
    said = TextReceived(id="1", at=0, sender=Sender("telegram:1"), text="x")
    assert [guard.has_room("c", said, 0) for _ in range(8)] == [True] * 6 + [False] * 2
    now[0] = 10.5
    assert [guard.has_room("c", said, 0) for _ in range(2)] == [True, False]
    assert guard.has_room("d", said, 0)
    assert not guard.has_room("d", said, 10_000)
    assert guard.has_room("d", ModelReplied(id="2", at=0, request="r"), 10_000)
    assert guard.once("c", "too_fast")
    assert not guard.once("c", "too_fast")
    now[0] += 100
    assert guard.once("c", "too_fast")


def test_paths_of_files_are_found_wherever_they_stand() -> None:
    """Only people's files: a map with a kind and a path under media/."""
    photo = {"kind": "photo", "path": "media/a.jpg", "id": "x"}
    kept = {"a": [photo, {"b": {"kind": "voice", "path": "media/b.ogg"}}], "path": "media/no", "c": "media/no"}
    assert sorted(paths(kept)) == ["media/a.jpg", "media/b.ogg"]
    assert list(paths({"kind": "photo", "path": "/etc/passwd"})) == []


async def test_the_pulse_is_read_back(house: House) -> None:
    """What the bot leaves is what status reads; an old one means that none runs."""
    from engine.runtime.pulse import Pulse, beats

    pulse = Pulse(house.bot, house.bot.thinking._models)  # type: ignore[arg-type] # the real ones
    pulse.troubles.set("The output csv", "No space left")
    pulse._beat()
    [beat] = beats(house.memory)
    assert (beat.channel, beat.runs, beat.troubles) == ("telegram", True, {"The output csv": "No space left"})
    pulse.stopped()
    assert not beats(house.memory)[0].runs
    assert time.time() - beat.at < 5
