"""Places of a file as the editor counts them, and as we do.

Law: ours count from 1 in code points (`engine.core.finding.Span`), the editor's from 0 in the units that it asked for:
UTF-16 unless it can do better. Lines end as the protocol and YAML say: at `\\n`, `\\r\\n`, `\\r` only.
"""

from __future__ import annotations

from lsprotocol import types

from engine.core.finding import Span
from engine.project.places import lines_of

UTF16 = types.PositionEncodingKind.Utf16


class Lines:
    """The lines of one text. `encoding` is what was agreed with the editor."""

    def __init__(self, text: str, encoding: str = UTF16) -> None:
        self.text = text.removeprefix("\ufeff")
        self.lines = lines_of(self.text)
        self.encoding = encoding

    def line(self, number: int) -> str:
        """Line `number`, from 1; empty past the end."""
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def position(self, line: int, column: int) -> types.Position:
        """Our place as the editor's; what lies past the end becomes the end."""
        if line > len(self.lines):
            line, column = len(self.lines), len(self.lines[-1]) + 1
        before = self.line(line)[: max(column - 1, 0)]
        return types.Position(max(line - 1, 0), self._units(before))

    def range(self, span: Span) -> types.Range:
        return types.Range(self.position(span.line, span.column), self.position(span.end_line, span.end_column))

    def place(self, position: types.Position) -> tuple[int, int]:
        """The editor's place as ours. One in the middle of a character is the place before it."""
        content = self.line(position.line + 1)
        if self.encoding == types.PositionEncodingKind.Utf32 or content.isascii():
            return position.line + 1, min(position.character, len(content)) + 1
        units = 0
        for column, character in enumerate(content, 1):
            units += self._units(character)
            if units > position.character:
                return position.line + 1, column
        return position.line + 1, len(content) + 1

    def offset(self, line: int, column: int) -> int:
        """Our place as an index of the lines joined by `\\n` (`joined`)."""
        return sum(len(one) + 1 for one in self.lines[: line - 1]) + column - 1

    @property
    def joined(self) -> str:
        return "\n".join(self.lines)

    def _units(self, text: str) -> int:
        if self.encoding == types.PositionEncodingKind.Utf32:
            return len(text)
        if self.encoding == types.PositionEncodingKind.Utf8:
            return len(text.encode("utf-8", "surrogatepass"))
        return len(text.encode("utf-16-le", "surrogatepass")) // 2


def contains(span: Span, line: int, column: int) -> bool:
    """Whether the cursor stands in the span or right behind it."""
    return (span.line, span.column) <= (line, column) <= (span.end_line, span.end_column)


def unquoted(span: Span, lines: Lines) -> Span:
    """The span of a scalar on one line without its quotes."""
    shown = lines.line(span.line)[span.column - 1 : span.end_column - 1]
    if span.line == span.end_line and len(shown) > 1 and shown[0] in "\"'" and shown[0] == shown[-1]:
        return Span(span.file, span.line, span.column + 1, span.line, span.end_column - 1)
    return span
