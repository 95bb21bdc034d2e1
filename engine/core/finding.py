"""What is wrong in a file, and where: the one form that loader, lint, reload and editor share."""

from __future__ import annotations

from dataclasses import dataclass, field
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


quick_span = partial(tuple.__new__, Span)  # of its five values, in a third of the time: every word of a file has one


class Mend(NamedTuple):
    """What to type in place of a stretch of one line; given only when nothing else can be meant."""

    span: Span
    text: str


Kind = Literal["", "hole", "in a row", "items", "label", "list", "map", "mixed", "never", "row", "slip", "text"]


class Topic(NamedTuple):
    """What a finding is about, for whoever looks for its cause or for what follows from it: its words may change at any
    time. `names` are as authors wrote them: variables, values, scenarios, languages; `field` is one that is asked of
    these; `kind` tells apart what stands under one code; `why` says why a value may be null, or what else it may be;
    `instead` is what stands, or should stand, in its place."""

    names: tuple[str, ...] = ()
    field: str = ""
    kind: Kind = ""
    why: str = ""
    instead: str = ""


NO_TOPIC = Topic()


@dataclass(frozen=True, slots=True)
class Finding:
    """One mistake. `code` is stable (`unknown-key`), `message` one sentence, `help` says what to type instead. `covers`
    are places where a name is used that is misspelt here: there it is not told as well. `about` is the text whose
    translation it is: it is told only where nothing else is wrong in that text. `topic` is what other findings know it
    by."""

    span: Span
    code: str
    severity: Severity
    message: str
    help: str = ""
    mend: Mend | None = field(default=None, compare=False)
    covers: tuple[Span, ...] = field(default=(), compare=False)
    about: Span | None = field(default=None, compare=False)
    topic: Topic = field(default=NO_TOPIC, compare=False)

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.span.file, self.span.line, self.span.column, self.code)
