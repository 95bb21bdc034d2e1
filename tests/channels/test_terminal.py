"""The terminal chat as a script and as a person meet it; the engine behind it is tests/channels/echo_bot.py."""

from __future__ import annotations

import asyncio
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from engine.channels.markdown import render
from engine.channels.port import DeliveryFailed, NotNow
from engine.channels.terminal import TerminalChannel
from engine.channels.terminal_input import NotSent, body_of
from engine.channels.terminal_person import formatted
from engine.channels.terminal_script import ScriptScreen, as_json, as_text
from engine.core.effects import AnswerPress, Button, Media, SendMessage
from engine.core.events import TextReceived
from engine.memory.port import Incoming
from tests.channels.echo_bot import MENU, EchoHost, chat

PROGRAM = [sys.executable, "-m", "tests.channels.echo_bot"]
ROOT = Path(__file__).parents[2]


def script(lines: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *options], input=lines, capture_output=True, encoding="utf-8", cwd=ROOT, timeout=30, check=False
    )


def test_script_answers_each_line_in_order() -> None:
    """Lines written all at once are heard one by one; a slow reply is printed before the next line's."""
    done = script("\ufeffпривет\r\n\nthink\nask contact\nmenu\n1\npage\nlast without an end", "--begin")
    menu = "Куда едем?\n[photo: docs/img/talk.svg]\n1. Москва\n2. Тверь\n[Пропустить]\nКарта: https://example.com/map\n"
    assert done.stdout == (
        f"{menu}echo привет\nпридумал\nТелефон?\n{menu}5 * 3 = 15 * 1\n"
        "Куда едем?\n1. Тверь\nЕщё раз\n1. Москва\n2. Тверь\necho last without an end\n"
    )
    assert (done.stderr, done.returncode) == ("", 0)


def test_json_prints_exactly_the_contracts_object() -> None:
    """--json prints one object a message, with the six keys of the contract."""
    done = script("menu\n1\nown photo\n", "--json")
    menu, notice, photo = map(json.loads, done.stdout.splitlines())
    assert menu == {
        "text": "Куда едем?\nКарта: https://example.com/map",
        "choices": [
            {"value": "msk", "label": "Москва"},
            {"value": "tvr", "label": "Тверь"},
            {"value": "!skip", "label": "Пропустить"},
        ],
        "media": {"kind": "photo", "source": "docs/img/talk.svg"},
        "step": "city",
        "scenario": "trip",
        "waiting": True,
    }
    assert (notice["text"], notice["waiting"], notice["media"], notice["choices"]) == (
        "5 * 3 = 15 * 1",
        False,
        None,
        [],
    )
    assert photo["media"] == {"kind": "photo", "source": "media/x.jpg"}


def test_a_conversation_by_turns() -> None:
    """A script that waits for each answer before it writes the next line is not kept waiting."""
    with subprocess.Popen(PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, encoding="utf-8") as bot:
        assert bot.stdin is not None
        assert bot.stdout is not None
        for word in ("one", "two", "think"):
            bot.stdin.write(word + "\n")
            bot.stdin.flush()
            assert bot.stdout.readline() == ("придумал\n" if word == "think" else f"echo {word}\n")
        bot.stdin.write("/quit\n")
        bot.stdin.flush()
        assert bot.stdout.read() == ""
        assert bot.wait(10) == 0


def test_files_contacts_and_places(tmp_path: Path) -> None:
    """photo:, voice:, contact: and location: come in as what they are; a missing or bad file is told and not sent."""
    Image.new("RGB", (40, 30)).save(tmp_path / "my photo.jpg")
    (tmp_path / "note.ogg").write_bytes(b"12345")
    (tmp_path / "empty.pdf").touch()
    lines = [
        f"photo:{tmp_path}/my photo.jpg",
        f"voice:{tmp_path}/note.ogg",
        "contact:+7 916 123-45-67",
        "location:55.75, 37.61",
        "location:here",
        f"photo:{tmp_path}/none.jpg",
        f"photo:{tmp_path}/note.ogg",
        f"document:{tmp_path}/empty.pdf",
    ]
    done = script("\n".join(lines))
    size = (tmp_path / "my photo.jpg").stat().st_size
    assert done.stdout.splitlines() == [
        f"photo my photo.jpg {size} 40",
        "voice note.ogg 5 None",
        "anna +7 916 123-45-67",
        "55.75 37.61",
        "echo location:here",
    ]
    missing, no_picture, empty = done.stderr.splitlines()
    assert "there is no such file" in missing
    assert "is no picture" in no_picture
    assert "0 bytes" in empty


def test_a_files_path_is_not_made_from_its_name(tmp_path: Path) -> None:
    """What is kept under DATA_DIR is named by the message's own id; an unknown kind of file ends in .bin."""
    (tmp_path / "..evil.zzz").write_text("x")
    (tmp_path / "song.OGG").write_text("x")
    path = body_of("document:..evil.zzz", "17-1", (tmp_path,))["file"]["path"]
    assert path == "media/terminal-17-1.bin"
    assert body_of("audio:song.OGG", "17-2", (tmp_path,))["file"]["path"] in (
        "media/terminal-17-2.ogg",
        "media/terminal-17-2.oga",
    )
    with pytest.raises(NotSent):
        body_of("document:..evil.zzz", "17-3", (tmp_path / "elsewhere",))


def test_control_characters_do_not_reach_a_terminal() -> None:
    """What a model or a person wrote cannot steer the terminal."""
    assert as_text(SendMessage(text="a\x1b[2Jb\nc\td\x07")) == "a[2Jb\nc\td"
    assert json.loads(as_json(SendMessage(text="a\x1bb\u202f")))["text"] == "ab\u202f"


def test_numbers_are_those_that_may_be_typed() -> None:
    """Counted from the first of all pages; what no number may be typed for bears none."""
    page = (Button("Омск", "q:6", value="omsk", number=11), Button("2 раза", "q:2"), Button("←", "q:!back"))
    assert as_text(SendMessage(text="Где?", buttons=page)) == "Где?\n11. Омск\n[2 раза]\n[←]"


def test_formatting_for_a_person() -> None:
    """Markdown becomes styled stretches, right past letters that count two in UTF-16; a link's address follows it."""
    assert formatted(render("🙂 **жир *оба*** [сайт](https://a.b) `x`")) == [
        ("", "🙂 "),
        ("bold", "жир "),
        ("bold italic", "оба"),
        ("", " "),
        ("underline", "сайт"),
        ("ansibrightblack", " (https://a.b)"),
        ("", " "),
        ("ansicyan", "x"),
    ]
    assert formatted(render("")) == []


def test_closed_output_ends_the_chat() -> None:
    """When nobody reads any more (`| head`) the chat ends instead of waiting for ever."""
    with subprocess.Popen(
        PROGRAM, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=ROOT, encoding="utf-8"
    ) as bot:
        assert bot.stdin is not None
        assert bot.stdout is not None
        assert bot.stderr is not None
        bot.stdout.close()
        bot.stdin.write("one\n")
        bot.stdin.flush()
        assert "the output is closed" in bot.stderr.readline()
        bot.wait(10)  # though its input is still open


async def test_backlog_comes_first_and_strangers_wait(capsys: pytest.CaptureFixture[str]) -> None:
    """What was accepted before a stop is understood first; what cannot be read is set aside, others' is left."""
    host = chat(ScriptScreen(False, os.open(os.devnull, os.O_RDONLY)))
    body = b'{"text": "old", "sender": {"id": "terminal:anna", "name": "anna"}}'
    backlog = [
        Incoming("terminal:1", "terminal:anna", body, 5.0),
        Incoming("terminal:2", "terminal:anna", b"{}", 5.0),
        Incoming("terminal:3", "terminal:boris", body, 5.0),
    ]
    await host.serve(backlog)
    assert capsys.readouterr().out == "echo old\n"
    (event,) = host.events
    assert isinstance(event, TextReceived)
    assert (event.id, event.at, event.text) == ("terminal:1", 5.0, "old")
    assert list(host.quarantined) == ["terminal:2"]


async def test_unique_ids_and_remembered_questions(capsys: pytest.CaptureFixture[str]) -> None:
    """Equal lines are different messages; only the last questions are remembered for another page."""
    read, write = os.pipe()
    os.write(write, b"same\nsame\n")
    os.close(write)
    host = chat(ScriptScreen(False, read))
    await host.serve()
    os.close(read)
    assert len(host.accepted) == 2
    for number in range(25):
        await host.channel.deliver("terminal:anna", SendMessage(text=f"Q{number}", question=f"q{number}"))
    assert set(host.questions) == {f"q{number}" for number in range(25)}
    assert len(set(host.questions.values())) == 25
    assert "Q24" in capsys.readouterr().out


async def test_what_a_terminal_cannot_do(tmp_path: Path) -> None:
    """Another user's message waits, a vanished file fails, and there is no menu of commands to publish."""
    channel = TerminalChannel(ScriptScreen(False), "anna", tmp_path)
    with pytest.raises(NotNow):
        await channel.deliver("terminal:boris", AnswerPress("p", "x"))
    with pytest.raises(DeliveryFailed):
        await channel.download({"id": str(tmp_path / "gone.jpg")})
    await channel.typing("terminal:boris")
    await channel.typing("terminal:anna")
    await channel.announce(EchoHost(channel).project)


async def test_a_question_delivered_before_the_chat_runs(capsys: pytest.CaptureFixture[str]) -> None:
    """The outbox of a restart may speak before the channel runs."""
    channel = TerminalChannel(ScriptScreen(False), "anna", Path())
    await channel.deliver("terminal:anna", MENU)
    assert capsys.readouterr().out.startswith("Куда едем?")


@pytest.mark.parametrize(("name", "hint"), [("trap", "did you mean trip?"), ("zzz", "there are: trip")])
async def test_unknown_scenario(name: str, hint: str) -> None:
    """A scenario that is not there ends the chat with a reason."""
    host = chat(ScriptScreen(False), scenario=name)
    await host.serve()
    assert hint in host.channel.failure


async def test_reading_can_be_cancelled() -> None:
    """A runtime that stops does not wait for a line that nobody writes; the late line is nobody's."""
    read, write = os.pipe()
    host = chat(ScriptScreen(False, read))
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(host.serve(), 0.1)
    os.write(write, b"late\n")
    os.close(write)
    await asyncio.sleep(0.05)
    os.close(read)
    assert host.accepted == {}


@pytest.mark.skipif(sys.platform == "win32", reason="there is no pty")
def test_a_person_at_a_real_terminal() -> None:
    """Prompt, formatting, choices, thinking, history, Ctrl-C clears the line and Ctrl-D leaves."""
    import pty
    import termios

    parent, child = pty.openpty()
    termios.tcsetwinsize(child, (30, 100))
    with subprocess.Popen(
        [*PROGRAM, "--person"],
        stdin=child,
        stdout=child,
        stderr=child,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "NO_COLOR": "", "PROMPT_TOOLKIT_NO_CPR": "1"},
    ) as bot:
        os.close(child)
        try:
            _talk(_Reader(parent), parent)
            assert bot.wait(10) == 0
        finally:
            bot.kill()
    os.close(parent)


def _talk(see: _Reader, parent: int) -> None:
    # Type only while the prompt stands (`>`): while it is redrawn, the terminal itself takes Ctrl-C and Ctrl-D.
    see.until("Ctrl-D", ">")
    os.write(parent, b"menu\r")
    see.until("\x1b[0;1mКуда", "1. Москва", "[Пропустить]", "https://example.com/map", ">")
    os.write(parent, b"1\r")
    see.until("✓ ", "Москва", "5 * 3", ">")
    os.write(parent, b"think\r")
    see.until("думаю…", "придумал", ">")
    os.write(parent, b"ask contact\r")
    see.until("contact:+79161234567", ">")
    os.write(parent, b"photo:/no/such.jpg\r")
    see.until("there is no such file", ">")
    os.write(parent, b"thrown away\x03")
    see.until("thrown away", ">")
    os.write(parent, b"kept\r")
    see.until("echo kept", ">")
    os.write(parent, b"\x1b[A\r")  # up: the last line again
    see.until("echo kept", ">")
    os.write(parent, b"\x04")
    see.rest()
    assert "echo thrown" not in see.all


class _Reader:
    """Reads a pty until all of the words were seen in order, each after the one before."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._from = 0
        self.all = ""
        self._bytes = b""

    def until(self, *words: str) -> None:
        deadline = time.monotonic() + 15
        for word in words:
            while (found := self.all.find(word, self._from)) < 0:
                assert time.monotonic() < deadline, f"{word!r} was not seen in {self.all[self._from :]!r}"
                if select.select([self._descriptor], [], [], 0.1)[0]:
                    self._take()
            self._from = found + len(word)

    def rest(self) -> None:
        """Until the program has left the terminal; it waits for its last output to be read."""
        while self._take():
            pass

    def _take(self) -> bool:
        try:
            more = os.read(self._descriptor, 65_536)
        except OSError:  # how Linux tells the end of a pty
            return False
        self._bytes += more
        self.all = self._bytes.decode("utf-8", "ignore")
        return bool(more)


async def test_an_authors_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The text is said all the same, and nothing is promised."""
    channel = TerminalChannel(ScriptScreen(False), "anna", tmp_path)
    await channel.deliver("terminal:anna", SendMessage(text="Привет", media=Media("photo", "media/none.jpg")))
    await channel.deliver("terminal:anna", SendMessage(text="Вот", media=Media("photo", "https://example.com/x.jpg")))
    assert capsys.readouterr().out == "Привет\nВот\n[photo: https://example.com/x.jpg]\n"
