"""A comma in a text between braces, where YAML takes it for the end of an entry: `{yes: Yes, please, no: No}`.

Law: an entry without a colon is never meant, save where no entry at all has one (`{a, b}`, which is told elsewhere).
"""

from __future__ import annotations

import re

from engine.core.finding import Finding, Mend, Span
from engine.core.node import Node, Scalar, Sequence
from engine.project.hints import MISSING_SPACE, decimal_comma
from engine.project.quoting import quoted, requoted

CODES = ("comma-in-text", "decimal-comma")
_WHOLE = re.compile("-?[0-9]+")


Entries = dict[str, tuple[Scalar, Node]]


def torn(
    lines: list[str], entries: Entries, key: Scalar, value: Node
) -> tuple[str, tuple[Scalar, Node], Finding] | None:
    """The name of an entry, what it is with this `key` and `value`, and the finding; None when they are in order.
    `lines` are those of the file, `entries` those before."""
    name, _, rest = key.text.partition(":")
    if key.plain and rest and name.isidentifier() and not rest.startswith("/"):  # `{id:q, n: 3}`
        entry = Scalar(name, key.span), Scalar(rest, key.span)
        return name, entry, Finding(key.span, "missing-space", "error", *MISSING_SPACE)
    if colonless := _colonless(lines, key, value):
        return colonless
    last = next(reversed(entries), None)
    found = None if last is None else _with(lines, last, entries[last][1], key, value)
    return None if last is None or found is None else (last, (entries[last][0], found[0]), found[1])


_COLONLESS = re.compile(r"([^\W\d]\w*) +(?:= *)?([^=\s].*)")


def _colonless(lines: list[str], key: Scalar, value: Node) -> tuple[str, tuple[Scalar, Node], Finding] | None:
    """`{id: tea, price 3}`, where `price:` stands elsewhere in the file."""
    found = _COLONLESS.fullmatch(key.text) if key.plain and _is_empty(value) else None
    if found is None or not any(re.search(rf"(?<!\w){found[1]}\s*:", line) for line in lines):
        return None
    message, help = f"There is no colon after `{found[1]}`.", f"Write `{found[1]}: {found[2]}`."
    entry = Scalar(found[1], key.span), Scalar(found[2], key.span)
    return found[1], entry, Finding(key.span, "missing-colon", "error", message, help)


def _with(lines: list[str], name: str, before: Node, key: Scalar, value: Node) -> tuple[Node, Finding] | None:
    """The value before with what was torn off it."""
    if _is_empty(before) or not _is_empty(value) or ":" in _text(lines, _after(key.span, value.span)):
        return None
    if not isinstance(before, Scalar):
        message = f"`{key.text}` has no colon and no value."
        return before, Finding(key.span, "comma-in-text", "error", message, f"Write `{key.text}: …`, or take it out.")
    start, end = before.span, key.span
    span = Span(start.file, start.line, start.column, end.end_line, end.end_column)
    written = _text(lines, span)
    whole, comma, rest = written.partition(",")
    if before.plain and comma and _WHOLE.fullmatch(whole) and rest.isdigit():
        return before, Finding(span, "decimal-comma", "error", *decimal_comma(whole, rest))
    text, sure = requoted(written)
    message = f"Between braces a comma ends an entry, so `{key.text}` is a key here, with nothing behind it."
    help = f"Put the text in quotes: {quoted(written) if text[1:-1] == written else text}."
    if before.plain and any(re.search(rf"(?<!\w){re.escape(name)}\s*:\s*\[", line) for line in lines):
        help = f"In brackets it is a list: `[{written}]`."
        listed = Sequence([Scalar(one.strip(), span) for one in written.split(",")], span)
        return listed, Finding(span, "comma-in-text", "error", message, help)
    mend = Mend(span, text) if sure and span.line == span.end_line else None
    return Scalar(written, span, plain=False), Finding(span, "comma-in-text", "error", message, help, mend)


def _is_empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.plain and not node.text


def _after(one: Span, other: Span) -> Span:
    return Span(one.file, one.end_line, one.end_column, other.line, other.column)


def _text(lines: list[str], span: Span) -> str:
    """What stands there, on one line."""
    if span.line == span.end_line:
        return lines[span.line - 1][span.column - 1 : span.end_column - 1]
    inner = (line.strip() for line in lines[span.line : span.end_line - 1])
    ends = span.end_line <= len(lines)  # else the file ends there, in the middle of a map
    last = lines[span.end_line - 1][: span.end_column - 1].strip() if ends else ""
    return " ".join((lines[span.line - 1][span.column - 1 :].strip(), *inner, last))
