"""What is wrong in a file, and where: the one form that loader, lint, reload and editor share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, in code points; the end is exclusive."""

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 2


span_of = partial(tuple.__new__, Span)  # of its five values: a third of the time, and every word of a file has a span


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. `code` is stable (`unknown-key`), `message` one sentence, `help` says what to type instead."""

    span: Span
    code: str
    severity: Severity
    message: str
    help: str = ""

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.span.file, self.span.line, self.span.column, self.code)
