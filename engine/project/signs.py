"""Texts that begin with a sign that means something else to YAML, such as `*`, `@`, `>` or `]`."""

from __future__ import annotations

import re

from engine.project.hints import Answer
from engine.project.open_quotes import VALUE
from engine.project.quoting import in_quotes, mended, quoted, within
from engine.project.trouble import Trouble, to_blame, value_at, whole

_SIGN = re.compile(VALUE + r"([@`%]|(?:[*&!]|[|>](?![-+\d]*\s*(?:#|$)))(?=\S))")  # `|-` begins a text of several lines
_MESSAGE = "A text that begins with {} must stand in quotes; the sign means something else to YAML."


def sign(trouble: Trouble) -> Answer | None:
    """A value that begins with a sign that means something to YAML."""
    for number in reversed(to_blame(trouble)):
        line = trouble.lines[number]
        found = _SIGN.match(line)
        if found and (number == trouble.line or number == trouble.context_line):
            first = found.group(1)
            if line.strip().startswith("```"):
                hint = ("This line is Markdown, and no part of the file.", "Delete it, and the one that closes it.")
                return "unquoted-sign", whole(trouble, number, found.start(1)), hint
            message = _MESSAGE.format(first)
            help = f"Write it as {quoted(value_at(line, found.start(1)))}."
            mend = mended(trouble, number, found.start(1))
            return "unquoted-sign", whole(trouble, number, found.start(1)), (message, help), mend
    started = trouble.context in ("while scanning an alias", "while scanning an anchor")
    number, at = (trouble.context_line, trouble.context_column) if started else (trouble.line, trouble.column)
    text = within(trouble.lines[number], at)
    if text.startswith("```"):
        hint = ("This line is Markdown, and no part of the file.", "Delete it, and the one that closes it.")
        return "unquoted-sign", (number, at, at + len(text)), hint
    if text and (started or "cannot start any token" in trouble.problem):
        place = number, at, at + len(text)
        hint = (_MESSAGE.format(text[0]), f"Write it as {quoted(text)}.")
        return "unquoted-sign", place, hint, (place, in_quotes(text))
    return None


def block_head(trouble: Trouble) -> Answer | None:
    """`say: > Hello`."""
    if "block scalar" not in trouble.context or "expected a comment or a line break" not in trouble.problem:
        return None
    at, sign = trouble.context_column, trouble.here[trouble.context_column : trouble.context_column + 1]
    message = f"`{sign}` begins a text of several lines, which stands below it, further right."
    help = f"Put the text in quotes: {quoted(value_at(trouble.here, at))}; or write it on the next line."
    return "unquoted-sign", whole(trouble, trouble.line, at), (message, help)


def no_content(trouble: Trouble) -> Answer | None:
    """A value that begins with `]`, `}` or a comma."""
    if "expected the node content" not in trouble.problem or "flow" in trouble.context:
        return None
    message = _MESSAGE.format(trouble.sign)
    help = f"Write it as {quoted(value_at(trouble.here, trouble.column))}."
    mend = mended(trouble, trouble.line, trouble.column)
    return "unquoted-sign", whole(trouble, trouble.line, trouble.column), (message, help), mend
