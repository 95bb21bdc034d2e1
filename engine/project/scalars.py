"""Makes a scalar of a scanner's event: its text, its span, and where each part of its text stands.

Law: what is cheap is done at once (one line: nothing but the span), the rest only for texts over several lines or with
escapes. The lines of a file are only split when such a text is met.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

import yaml

from engine.core.finding import Span, quick_span
from engine.core.node import Scalar
from engine.project import places

# YAML 1.1 (libyaml) ends a line at these, 1.2 and every editor do not: they are hidden from the scanner.
_HIDE = {0x85: "\U000f0085", 0x2028: "\U000f2028", 0x2029: "\U000f2029"}
_SHOW = {ord(hidden): chr(code) for code, hidden in _HIDE.items()}
_Scalar = yaml.ScalarEvent
_LOST = re.compile(r"#[\w{?]")
_QUOTES = ("'", '"')
_PROPERTIES = re.compile(r"(?:(?:&[0-9A-Za-z_-]+|!\S*)\s*)+")


class Source:
    """The text of a file; `scanned` is what the scanner gets, letter by letter at the same places."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file = text, file
        self.hidden = "\x85" in text or "\u2028" in text or "\u2029" in text
        self.scanned = text.translate(_HIDE) if self.hidden else text
        self.lost = {_before_spaces(text, found.start()) for found in _LOST.finditer(text)} - {-1}  # ends of texts
        self.odd = self.hidden or bool(self.lost)

    @cached_property
    def lines(self) -> list[str]:
        return places.lines_of(self.text)

    def stretches(self, line: int, column: int, end_line: int, end_column: int) -> list[tuple[int, int, str]]:
        """What stands between two places, line by line; these count from 0, the stretches' own places from 1."""
        cut = []
        for number in range(line, end_line + 1):
            content = self.lines[number]
            left = column if number == line else 0
            right = end_column if number == end_line else len(content)
            cut.append((number + 1, left + 1, content[left:right]))
        return cut

    def after_properties(self, start: Any) -> tuple[int, int]:
        """Where a scalar itself begins behind its `&anchor` and `!tag`; from 0."""
        found = _PROPERTIES.match(self.scanned, start.index)
        skipped = places.lines_of(found.group()) if found else [""]
        line = start.line + len(skipped) - 1
        return line, len(skipped[-1]) + (start.column if len(skipped) == 1 else 0)


def _before_spaces(text: str, at: int) -> int:
    """Where the spaces before a place begin; -1 when there are none."""
    start = at
    while start and text[start - 1] in " \t":
        start -= 1
    return start if start < at else -1


def word(source: Source, event: Any) -> Scalar | None:
    """What nearly every scalar is: without anchor, tag and escapes, on one line, and nothing is odd in the file."""
    kind = type(event)
    if kind is not _Scalar or event.anchor is not None or event.tag is not None or source.odd:
        return None
    start, end, text, style = event.start_mark, event.end_mark, event.value, event.style
    line, column, until = start.line + 1, start.column + 1, end.column + 1
    if line <= end.line or (style and (style not in _QUOTES or until - column - 2 != len(text))):
        return None
    return Scalar(text, quick_span((source.file, line, column, line, until)), not style)


def make(source: Source, event: Any) -> Scalar:
    """The scalar of a `ScalarEvent`."""
    start, end, style, text = event.start_mark, event.end_mark, event.style, event.value
    line, column, last, until = start.line, start.column, end.line, end.column
    if event.anchor is not None or event.tag is not None:
        line, column = min(source.after_properties(start), (last, until))
    if source.hidden:
        text = text.translate(_SHOW)
    if style and style in "|>":
        return _block(source, text, style, line, column, end)
    span = quick_span((source.file, line + 1, column + 1, last + 1, until + 1))
    if line == last and (not style or until - column - 2 == len(text)):
        return Scalar(text, span, not style)
    quotes = 1 if style else 0
    stretches = source.stretches(line, column + quotes, last, until - quotes)
    return _placed(text, span, places.of_stretches(text, stretches, style or ""), plain=not style)


def _block(source: Source, text: str, style: str, line: int, column: int, end: Any) -> Scalar:
    """A `|` or `>` text. libyaml ends it where the next thing begins; its span ends with its last line."""
    last = min(end.line if end.column else end.line - 1, len(source.lines) - 1)
    while last > line and not source.lines[last].strip():
        last -= 1
    width = len(source.lines[last])
    span = Span(source.file, line + 1, column + 1, last + 1, width + 1)
    if style == "|" or last == line:
        return Scalar(text, span, False, places.of_literal(text, source.lines, line + 1))
    return _placed(text, span, places.of_stretches(text, source.stretches(line + 1, 0, last, width), ""), plain=False)


def _placed(text: str, span: Span, found: tuple[places.Place, ...], plain: bool) -> Scalar:
    return Scalar(text, span, plain, places.line_starts(text, found) if found else (), found)
