"""Quotes that are opened and not closed, and texts that go on behind their closing quote.

Law: a quote is only said to be open where the next one, lines later, plainly opens a text of its own.
"""

from __future__ import annotations

import re

from engine.project.hints import Answer
from engine.project.quoting import mended, requoted, shortened
from engine.project.trouble import Trouble, value_at, whole

VALUE = r"^\s*(?:-\s+)*(?:[^\s:#\"'\[{][^:\"']*:\s+)?"
VALUE_AT = re.compile(VALUE)
FURTHEST = 60  # lines above
_OPENS = re.compile(r"(?:^|[:\[{,-])\s+(?=\")|[\[{](?=\")")  # a value begins behind it


def open_above(trouble: Trouble) -> Answer | None:
    """A `"` that the next one, which begins another value, has closed: what stands there is then no text any more. Or
    nothing closes it at all."""
    last = trouble.context_line if _in_quotes(trouble) else trouble.line
    lines = range(last, max(-1, last - FURTHEST), -1)
    with_quotes = [number for number in lines if '"' in trouble.lines[number]]
    if len(with_quotes) > 1 and with_quotes[0] >= last - 1:
        closing, number = trouble.lines[with_quotes[0]], with_quotes[1]
        line = re.sub(r"\\.", "xx", trouble.lines[number])
        column = line.rfind('"')
        if line.count('"') % 2 and _begins_value(line, column) and _begins_value(closing, closing.index('"')):
            return unclosed(trouble, number, column)
    return unclosed(trouble, trouble.context_line, trouble.context_column) if _in_quotes(trouble) else None


def _in_quotes(trouble: Trouble) -> bool:
    return "quoted scalar" in trouble.context and "escape" not in trouble.problem


def _begins_value(line: str, column: int) -> bool:
    return any(found.end() == column for found in _OPENS.finditer(line))


def open_or_gone_on(trouble: Trouble) -> Answer | None:
    """An opening quote without its closing one, which may only be noticed at the next quote, lines later."""
    for number in range(trouble.line, max(-1, trouble.line - 20), -1):
        line = trouble.lines[number]
        start = VALUE_AT.match(line)
        at = start.end() if start else 0
        quote = line[at : at + 1]
        if quote not in ('"', "'"):
            continue
        if number == trouble.line and quote in line[at + 1 : trouble.column]:
            message = "The text goes on behind its closing quote."
            help = f"Put the whole text in quotes: {shortened(requoted(value_at(line, at))[0])}."
            mend = mended(trouble, number, at)
            return "text-after-quote", whole(trouble, number, trouble.column), (message, help), mend
        body = re.sub(r"\\.", "xx", line) if quote == '"' else line.replace("''", "xx")
        if body.count(quote) % 2 and number < trouble.line:
            return unclosed(trouble, number, at)
        if number < trouble.line:
            return None
    return None


def unclosed(trouble: Trouble, line: int, column: int) -> Answer:
    quote = trouble.lines[line][column : column + 1]
    hint = (f"This {quote} opens a text that is never closed.", f"Write {quote} at the end of the text as well.")
    return "unclosed-quote", whole(trouble, line, column), hint
