"""The terminal's screen for pipes and `--json`: one line in is one message, what the bot says is printed plainly.

Law: a line is read only when it is asked for, so a script that waits for an answer before it writes the next line
never waits in vain, and one that writes all at once is heard in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys
import threading
from typing import Any, Self

from engine.channels.markdown import render
from engine.core.effects import Button, Media, SendMessage
from engine.core.keyboard import DONE


class ScriptScreen:
    """`descriptor` is what is read (standard input). `as_json` prints one object a message."""

    one_by_one = True

    def __init__(self, as_json: bool, descriptor: int = 0) -> None:
        self._json = as_json
        self._lines = _Lines(descriptor)
        self._stopped = False
        self._waiting = False  # what the last object said

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        return None

    async def read(self) -> str | None:
        return None if self._stopped else await self._lines.next()

    def show(self, message: SendMessage) -> None:
        text = as_json(message) if self._json else as_text(message)
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        self._waiting = message.waiting

    def over(self) -> None:
        """A talk that ends without a word: one more object, so that the last one says how things are."""
        if self._json and self._waiting:
            self.show(SendMessage(""))

    def close_question(self, chosen: str) -> None:
        """A script knows what it chose."""

    def problem(self, text: str) -> None:
        sys.stderr.write(text + "\n")

    def thinking(self) -> None:
        """Nobody looks on."""

    def stop(self) -> None:
        self._stopped = True


def as_json(message: SendMessage) -> str:
    """The contract's object (design, section 4): these keys and no others. Links are lines of the text."""
    return json.dumps(
        {
            "text": "\n".join(filter(None, [plain(message.text), *link_lines(message)])),
            "choices": [{"value": button.value, "label": button.label} for button in choices(message)],
            "media": {"kind": message.media.kind, "source": source_of(message.media)} if message.media else None,
            "step": message.step,
            "scenario": message.scenario,
            "waiting": message.waiting,
        },
        ensure_ascii=False,
    )


def as_text(message: SendMessage) -> str:
    """Text, file, numbered choices, links; each on lines of their own."""
    lines = [plain(message.text), *media_lines(message), *choice_lines(message), *link_lines(message)]
    return "\n".join(filter(None, lines))


def plain(markdown: str) -> str:
    return printable(render(markdown).text)


def printable(text: str) -> str:
    """Without control characters: what a model or a person wrote must not steer somebody's terminal."""
    return text if text.isprintable() else "".join(c for c in text if c in "\n\t" or not _is_control(c))


def _is_control(character: str) -> bool:
    return character < " " or "\x7f" <= character <= "\x9f"


def media_lines(message: SendMessage) -> list[str]:
    return [printable(f"[{message.media.kind}: {source_of(message.media)}]")] if message.media else []


def choice_lines(message: SendMessage) -> list[str]:
    """Choices bear the number that may be typed for them. Those that have none are typed by their label: the buttons
    beside choices (skip, another page), and choices that are numbers themselves."""
    numbered = [
        (f"{button.number}. {button.label}" if button.number else f"[{button.label}]") for button in choices(message)
    ]
    return [printable(line) for line in numbered]


def choices(message: SendMessage) -> list[Button]:
    """The buttons that a typed line can stand for: no links, no «done» (several are typed at once: 1, 3)."""
    return [button for button in message.buttons if not button.url and _sign(button) != DONE]


def _sign(button: Button) -> str:
    """`!skip`, `!next`… for a button that is no choice of the author's; no choice's token begins so."""
    pressed = button.token.partition(":")[2]
    return pressed if pressed.startswith("!") else ""


def link_lines(message: SendMessage) -> list[str]:
    return [printable(f"{button.label}: {button.url}") for button in message.buttons if button.url]


def source_of(media: Media) -> str:
    file: dict[str, Any] = media.file or {}
    return media.source or str(file.get("path") or file.get("id", ""))


class _Lines:
    """UTF-8 lines of a file descriptor. A thread reads, because neither a file nor a Windows pipe can be awaited; it
    reads the descriptor itself, since a daemon thread that holds sys.stdin's lock would break the interpreter's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._rest = b""
        self._ended = False

    async def next(self) -> str | None:
        """The next line without its end, None at the end of input."""
        while b"\n" not in self._rest and not self._ended:
            more = await self._more()
            self._rest, self._ended = self._rest + more, not more
        line, end, self._rest = self._rest.partition(b"\n")
        return line.decode("utf-8-sig", "replace").rstrip("\r") if line or end else None

    async def _more(self) -> bytes:
        loop = asyncio.get_running_loop()
        got: asyncio.Future[bytes] = loop.create_future()

        def settle(data: bytes) -> None:
            if not got.done():  # cancelled meanwhile
                got.set_result(data)

        def work() -> None:
            try:
                data = os.read(self._descriptor, 65_536)
            except OSError:  # closed, or the terminal is gone
                data = b""
            with contextlib.suppress(RuntimeError):  # the loop ended before the line came
                loop.call_soon_threadsafe(settle, data)

        threading.Thread(target=work, name="terminal-input", daemon=True).start()
        return await got
