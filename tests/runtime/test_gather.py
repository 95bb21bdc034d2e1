"""A question that gathers: a burst is one answer, in one commit, whatever interrupts it."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from engine.channels.port import Received
from engine.core.events import Event, FilesReceived, MessageEdited, Sender, TextReceived
from engine.core.gathering import LONGEST, MOST, Burst, pause
from engine.core.session import Session
from engine.core.turn import advance
from engine.memory.port import Incoming
from engine.runtime.bot import Bot
from tests.driver import build
from tests.runtime.conftest import House, living

STORY = """
- ask: story
  question: What happened?
  answer: [text, photo, voice]
  gather: 0.5s
- ask: more
  question: "[{{ story if story is string else story.caption }}] More?"
- say: "More: {{ more }}"
"""
CHAT = "telegram:1"
ANNA = Sender(CHAT, "Anna", "", "en")


def text(words: str, number: int = 0, sender: Sender = ANNA) -> TextReceived:
    return TextReceived(id=f"u{number}", at=float(number), sender=sender, text=words, message=f"m{number}")


def photo(number: int, kind: str = "photo", caption: str = "") -> FilesReceived:
    file = {"kind": kind, "id": f"f{number}", "path": f"media/{number}.jpg"}
    return FilesReceived(
        id=f"u{number}", at=float(number), sender=ANNA, files=(file,), caption=caption, message=f"m{number}"
    )


class Talk:
    """Anna, who says things without waiting. `open` again is a restart."""

    def __init__(self, house: House, gather: str = "0.5s") -> None:
        self.house = house
        self.sent: dict[str, Event] = {}
        self.open(house.bot, gather)

    def open(self, bot: Bot, gather: str) -> None:
        self.bot = bot
        bot.project = build({"story": STORY.replace("0.5s", gather)})

    async def does(self, *events: Event) -> None:
        for event in events:
            await self.bot.accept([Incoming(event.id, CHAT, b"{}", time.time())])
            self.sent[event.id] = event
            self.bot.receive(Received(CHAT, event, (event.id,)))
            await asyncio.sleep(0.02)

    def go_on(self) -> None:
        """What the channel does with its backlog after a start."""
        for waiting in self.bot.backlog():
            self.bot.receive(Received(CHAT, self.sent[waiting.id], (waiting.id,)))

    async def hears(self) -> list[str]:
        """All that has been said once the chat is quiet."""
        async with asyncio.timeout(10):
            await self.bot.idle(CHAT)
        return self.house.ears.heard[CHAT]


async def test_a_burst_is_one_answer_in_one_commit(house: House) -> None:
    """Until then nothing of it is handled; after it all of it is."""
    talk = Talk(house)
    await talk.does(text("/story", 1), text("one", 2), text("two", 3), text("three", 4))
    assert [one.id for one in talk.bot.backlog()] == ["u2", "u3", "u4"]
    assert (await talk.hears())[1:] == ["[one\ntwo\nthree] More?"]
    assert talk.bot.backlog() == []
    said = [line.text for line in house.memory.history(CHAT) if line.role == "user"]
    assert said == ["/story", "one\ntwo\nthree"]


async def test_files_and_their_captions_come_together(house: House) -> None:
    """Photos are an album, a text between them is a line of the caption; a file of another kind is the next answer."""
    talk = Talk(house)
    await talk.does(text("/story", 1), photo(2, caption="a"), text("b", 3), photo(4), photo(5, "voice"))
    said = await talk.hears()
    assert said[1] == "[a\nb] More?"
    story = Session.load(house.memory.session(CHAT)).active
    assert story is not None
    assert [file["id"] for file in story.journal["story"]["a"]["files"]] == ["f2", "f4"]


@pytest.mark.parametrize("command", ["/help", "/back"])
async def test_a_command_ends_it_at_once(house: House, command: str) -> None:
    """What was gathered is the answer, then the command is obeyed."""
    talk = Talk(house, "60s")  # longer than a test waits
    await talk.does(text("/story", 1), text("one", 2), text("two", 3), text(command, 4))
    said = await talk.hears()
    assert said[1] == "[one\ntwo] More?"
    assert len(said) > 2


async def test_a_message_edited_while_it_is_gathered(house: House) -> None:
    """Counts as it stands in the end; the edit is handled too. Later edits correct their line."""
    talk = Talk(house)
    edit = {"at": 9.0, "sender": ANNA}
    await talk.does(
        text("/story", 1), text("one", 2), text("tow", 3), MessageEdited(id="u4", message="m3", text="two", **edit)
    )
    assert (await talk.hears())[1:] == ["[one\ntwo] More?"]
    assert talk.bot.backlog() == []
    await talk.does(MessageEdited(id="u5", message="m2", text="ONE", **edit))
    assert (await talk.hears())[-1] == "[ONE\ntwo] More?"


async def test_a_restart_in_the_middle_loses_nothing(tmp_path: Path) -> None:
    """A stop does not wait for the burst; after the start it is gathered anew, and handled once."""
    async with living(tmp_path) as house:
        talk = Talk(house, "60s")
        await talk.does(text("/story", 1))
        await talk.hears()
        await talk.does(text("one", 2), text("two", 3))
        async with asyncio.timeout(10):
            await house.bot.drain(30)
        house.close()
        talk.open(house.open(), "0.5s")
        talk.go_on()
        await talk.does(text("three", 4))
        assert (await talk.hears())[1:] == ["[one\ntwo\nthree] More?"]
        assert talk.bot.backlog() == []


def test_a_burst_has_bounds() -> None:
    """In time, in number, of one person, of one kind of file."""
    burst = Burst()
    for number in range(MOST):
        assert burst.takes(text("x", number))
        burst.add(text("x", number), now=number * 1.9, pause=2.0)
        assert burst.until == min(number * 1.9 + 2.0, 2.0 * LONGEST)
    assert not burst.takes(text("one too many"))
    assert not Burst([photo(1)]).takes(photo(2, "voice"))
    assert not Burst([text("mine")]).takes(text("hers", sender=Sender("telegram:2")))
    assert Burst([text("alone", 1)]).whole() == text("alone", 1)


def test_who_is_held_and_who_is_not() -> None:
    """Only what may be a part of the answer that the question takes."""
    project = build({"story": STORY})
    session, _ = advance(project, Session(), text("/story", 1))
    held: list[tuple[Any, float]] = [
        (text("a"), 0.5),
        (photo(1), 0.5),
        (photo(1, "document"), 0.0),
        (text("/cancel"), 0.0),
        (MessageEdited(id="e", at=0, message="m1", text="x"), 0.0),
    ]
    assert [pause(project, session, event) for event, _ in held] == [seconds for _, seconds in held]
    assert pause(project, Session(), text("a")) == 0
    assert pause(build("- say: hi"), session, text("a")) == 0
