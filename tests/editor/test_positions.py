"""Places of ours (code points from 1) and of the editor's (UTF-16 from 0, unless agreed otherwise)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import Position

from engine.core.finding import Span
from engine.editor.positions import Lines, unquoted

TEXTS = st.text(alphabet="aё💡\u2028\u0301\x85 \n\r", max_size=40)


@pytest.mark.parametrize(("encoding", "units"), [("utf-16", 5), ("utf-8", 9), ("utf-32", 4)])
def test_units(encoding: str, units: int) -> None:
    """A Russian letter is one unit of UTF-16 and two of UTF-8; an emoji is two and four."""
    lines = Lines("ы\nщё💡 x", encoding)
    assert lines.position(2, 5) == Position(1, units)
    assert lines.place(Position(1, units)) == (2, 5)


@given(TEXTS, st.sampled_from(["utf-16", "utf-8", "utf-32"]))
def test_there_and_back(text: str, encoding: str) -> None:
    """Every place of every text comes back as itself."""
    lines = Lines(text, encoding)
    for number, line in enumerate(lines.lines, 1):
        for column in range(1, len(line) + 2):
            assert lines.place(lines.position(number, column)) == (number, column)


def test_places_that_are_not_there() -> None:
    """Past the end is the end; the middle of an emoji is its beginning."""
    lines = Lines("a💡b\nc")
    assert lines.place(Position(0, 2)) == (1, 2)
    assert lines.place(Position(0, 99)) == (1, 4)
    assert lines.place(Position(9, 9)) == (10, 1)
    assert lines.position(9, 9) == Position(1, 1)
    assert lines.range(Span("", 1, 2, 1, 3)).end == Position(0, 3)


def test_lines_end_where_editors_end_them() -> None:
    """U+2028 and its like are letters, all three line ends are ends, and a byte order mark is nothing."""
    assert Lines("\ufeffa\u2028b\r\nc\rd\ne").lines == ["a\u2028b", "c", "d", "e"]


@pytest.mark.parametrize(("shown", "inner"), [("'ab'", "ab"), ('"ab"', "ab"), ("ab", "ab"), ("'", "'")])
def test_without_quotes(shown: str, inner: str) -> None:
    """A rename changes the name and leaves its quotes."""
    lines = Lines(f"x: {shown}")
    span = unquoted(Span("", 1, 4, 1, 4 + len(shown)), lines)
    assert lines.line(1)[span.column - 1 : span.end_column - 1] == inner
