"""One complaint of YAML's scanner, and the lines that it is about."""

from __future__ import annotations

import re
from typing import Any

import yaml
from msgspec import Struct

Place = tuple[int, int, int]  # line, column, end column
PURE_LIMIT = 100_000  # characters: beyond it the slow loader is not asked for its better words


class Trouble(Struct):
    """One complaint of the scanner. Lines and columns count from 0 here."""

    problem: str
    context: str
    line: int
    column: int
    context_line: int
    context_column: int
    lines: list[str]

    @property
    def here(self) -> str:
        return self.lines[self.line]

    @property
    def sign(self) -> str:
        return self.here[self.column : self.column + 1]


def trouble_of(error: Any, lines: list[str]) -> Trouble:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        return Trouble(str(error), "", 0, 0, 0, 0, lines)
    context = getattr(error, "context_mark", None) or mark
    last = len(lines) - 1
    return Trouble(
        (error.problem or "").replace("did not find expected", "expected").replace("'\\x00'", "the end"),
        error.context or "",
        min(mark.line, last),
        mark.column,
        min(context.line, last),
        context.column,
        lines,
    )


def in_better_words(error: yaml.YAMLError, text: str) -> yaml.YAMLError:
    """The pure loader's complaint about the same text; libyaml's are poorer."""
    if len(text) > PURE_LIMIT:
        return error
    text = _ASKING.sub(".", text)
    try:
        for _ in yaml.parse(text, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as better:
        return better
    return error


def opened(trouble: Trouble) -> tuple[int, int]:
    """Where the innermost bracket opens that is not closed before the trouble. The scanner tells it, save where a dash
    stands within, which it takes for the beginning of everything."""
    here = trouble.lines[trouble.context_line][trouble.context_column : trouble.context_column + 1]
    if here in ("[", "{"):
        return trouble.context_line, trouble.context_column
    for first in range(trouble.line, max(-1, trouble.line - 50), -1):
        found = _BRACKET.match(trouble.lines[first])
        open_ones = _unclosed(trouble, first, found.end() - 1) if found else []
        if open_ones:
            return open_ones[-1]
    return trouble.context_line, trouble.context_column


# In brackets the pure loader, and it alone, ends a text at its `?`: `{question: Why?}`.
_ASKING = re.compile(r"(?<=[^\s\[{,])\?|\?(?=\s*[},\]])")
_BRACKET = re.compile(r"\s*(?:-\s+)*(?:[^\s:#\"'\[{][^:\"']*:\s+)?[\[{]")
_TOKENS = re.compile(r"""\"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|\s\#.*|[\[\]{}]""")


def _unclosed(trouble: Trouble, first: int, column: int) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for number in range(first, trouble.line + 1):
        line = trouble.lines[number][: trouble.column] if number == trouble.line else trouble.lines[number]
        for token in _TOKENS.finditer(line, column if number == first else 0):
            if token[0] in ("[", "{"):
                found.append((number, token.start()))
            elif token[0] in ("]", "}") and found:
                found.pop()
    return found


def whole(trouble: Trouble, line: int, column: int) -> Place:
    """From the column to the end of what is written on the line."""
    width = len(trouble.lines[line].rstrip())
    column = min(column, max(width - 1, 0))
    return line, column, max(width, column + 1)


def value_at(line: str, column: int) -> str:
    """The rest of the line as one value, without a comment and without what closes a list around it."""
    value = re.sub(r"\s#.*$", "", line[column:]).strip()
    while value and value[-1] in "]}," and value.count("{") + value.count("[") < value.count("}") + value.count("]"):
        value = value[:-1].rstrip()
    return value.rstrip(",") or line[column:].strip()


def to_blame(trouble: Trouble) -> range:
    """The lines that can be to blame: those of the value that the scanner was in the middle of, at most twenty."""
    first = trouble.context_line if trouble.context.startswith("while scanning") else trouble.line - 1
    return range(max(0, first, trouble.line - 20), trouble.line + 1)
