"""One complaint of YAML's scanner, and the lines that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Trouble:
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
