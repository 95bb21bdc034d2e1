"""Where a place inside a YAML scalar's text stands in the file.

Law: a place is exact wherever the text can be followed through the file: plain, quoted (escapes too), literal and
folded scalars. Lines and columns count from 1, in code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from yaml.scanner import Scanner

from engine.core.finding import Span
from engine.core.node import Scalar

Place = tuple[int, int, int]  # offset in the text, line, column

_BREAK = re.compile(r"\r\n|\r|\n")
_PIECES = {
    '"': re.compile(r"(\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.))|[^\\]+"),  # a last `\` only joins lines
    "'": re.compile(r"('')|[^']+"),
    "": re.compile(r"(?!)()|.+"),
}


def lines_of(text: str) -> list[str]:
    """The lines of a file as YAML counts them (not `splitlines`, which also breaks at U+2028 and others)."""
    return _BREAK.split(text) if "\r" in text else text.split("\n")


def position(scalar: Scalar, offset: int) -> tuple[int, int]:
    """(line, column) in the file of the character at `offset` of `scalar.text`."""
    if scalar.places:
        start, line, column = scalar.places[max(0, bisect_right(scalar.places, (offset, 1 << 60, 0)) - 1)]
        return line, column + max(0, offset - start)
    if scalar.offsets:
        number = min(scalar.text.count("\n", 0, offset), len(scalar.offsets) - 1)
        line, column = scalar.offsets[number]
        return line, column + offset - (scalar.text.rfind("\n", 0, offset) + 1)
    return scalar.span.line, scalar.span.column + offset + (0 if scalar.plain else 1)


def span_of(scalar: Scalar, start: int, end: int) -> Span:
    """What stands between two offsets of `scalar.text`."""
    line, column = position(scalar, start)
    last, final = position(scalar, max(end - 1, start))
    following = position(scalar, end)
    final = following[1] if end < len(scalar.text) and following[0] == last and following[1] > final else final + 1
    return Span(scalar.span.file, line, column, last, final)


def of_literal(text: str, lines: list[str], first: int) -> tuple[tuple[int, int], ...]:
    """(line, column) of each line of a `|` text, whose first line is `lines[first]`."""
    parts = text.split("\n")
    indent = 0
    for number, part in enumerate(parts):
        if part and first + number < len(lines):
            indent = len(lines[first + number]) - len(part)
            break
    return tuple((first + number + 1, indent + 1) for number in range(len(parts)))


def of_stretches(text: str, stretches: list[tuple[int, int, str]], quote: str) -> tuple[Place, ...]:
    """Follow a folded, quoted or several-line text through the file. A stretch is (line, column, what stands there)."""
    places: list[Place] = []
    at = 0
    for line, column, piece, escape in _pieces(stretches, quote):
        if escape:
            at = max(text.find(_unescaped(piece), at), at)
            places.append((at, line, column))
            at += 1
            continue
        bare = piece.strip(" \t")
        found = text.find(bare, at) if bare else -1
        if found >= 0:
            places.append((found, line, column + len(piece) - len(piece.lstrip(" \t"))))
            at = found + len(bare)
    return tuple(places)


def _unescaped(escape: str) -> str:
    """The sign that is meant: `\\n`, `\\u00e9`, or a quote that is written twice."""
    code = escape[1]
    if len(escape) > 2:
        return chr(min(int(escape[2:], 16), 0x10FFFF))  # noqa: FURB166 `\\x41` is no `0x41`
    return str(Scanner.ESCAPE_REPLACEMENTS.get(code, code)) if escape[0] == "\\" else code


def line_starts(text: str, places: tuple[Place, ...]) -> tuple[tuple[int, int], ...]:
    """(line, column) of each line of the text, by its places."""
    starts = []
    at = 0
    for part in text.split("\n"):
        _, line, column = places[max(0, bisect_right(places, (at, 1 << 60, 0)) - 1)]
        starts.append((line, column))
        at += len(part) + 1
    return tuple(starts)


def _pieces(stretches: list[tuple[int, int, str]], quote: str) -> Iterator[tuple[int, int, str, bool]]:
    for line, column, content in stretches:
        for piece in _PIECES[quote].finditer(content):
            yield line, column + piece.start(), piece.group(), bool(piece.group(1))
