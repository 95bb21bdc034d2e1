"""The cursor in a file of a bot, from which every question of an editor is answered."""

from __future__ import annotations

import re

from msgspec import Struct

from engine.core.finding import Span
from engine.editor.bots import Bot
from engine.editor.positions import Lines, contains

_WORD = re.compile(r"\w*")


class Cursor(Struct, frozen=True):
    """`lines` are the file as the editor shows it; `line` and `column` count from 1, as in a `Span`."""

    bot: Bot
    file: str
    lines: Lines
    line: int
    column: int

    @property
    def content(self) -> str:
        """The line it stands in."""
        return self.lines.line(self.line)

    @property
    def word(self) -> tuple[int, int]:
        """Where the word it is on begins and ends in that line, as indexes."""
        content, place = self.content, self.column - 1
        return place - _length(content[:place][::-1]), place + _length(content[place:])

    @property
    def in_prompt(self) -> bool:
        return self.file.startswith("prompts/")

    def on(self, span: Span) -> bool:
        """Whether it stands in a span of its file or right behind it."""
        return contains(span, self.line, self.column)


def _length(text: str) -> int:
    """Of the word that a text begins with."""
    found = _WORD.match(text)
    return found.end() if found else 0
