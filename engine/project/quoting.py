"""How a text is written in quotes: for the help that says what to type, and for `--fix`, which types it.

Law: no letter is lost or made up but the quotes. Where it is not sure which quotes belong to the text, nothing is
typed.
"""

from __future__ import annotations

import re
from dataclasses import replace

import yaml

from engine.core.finding import Finding, Mend, Span
from engine.core.values import cut
from engine.project.trouble import Trouble, value_at

LONGEST = 60  # characters of a text that a help repeats
Mended = tuple[tuple[int, int, int], str]  # line, column, end column (from 0): what to type in place of that
LOST = re.compile(r"\s+#(?=[\w{?])")  # a comment to YAML, and most likely a part of the text


_ENDS = re.compile(r"\s*(?:\s#(?!\S).*)?$")  # with a comment


def quoted(text: str) -> str:
    """The text as the author should write it, shortened when long."""
    return in_quotes(cut(text.strip(), LONGEST))


def shortened(text: str) -> str:
    """A text in quotes, as a help repeats it."""
    return text if len(text) <= LONGEST + 2 else f"{text[:LONGEST]}…{text[-1]}"


def in_quotes(text: str) -> str:
    if '"' in text or "\\" in text:
        return "'" + text.replace("'", "''") + "'"
    return f'"{text}"'


def requoted(value: str) -> tuple[str, bool]:
    """A value that YAML cannot read as it stands, in quotes; and whether nothing else can be meant. Quotes around the
    whole are taken for the author's: `'I don't'`; those in `"Yes", he said` belong to the text."""
    quote = value[:1]
    if quote not in ('"', "'"):
        return in_quotes(value), True
    around = len(value) > 1 and value[-1] == quote
    closed = _closed_at(value, quote)
    if around and closed in (len(value) - 1, None):
        inner = value[1:-1]
        if quote == '"' and "\\" in inner:
            return '"' + re.sub(r'(\\.)|"', lambda found: found[1] or '\\"', inner) + '"', closed is not None
        return in_quotes(inner.replace("''", "'") if quote == "'" else inner), closed is not None
    behind = value[closed + 1 :] if closed is not None else ""
    joined = not re.search(r"[^\W\d_]", behind) or behind.lstrip()[:1] in ("+", "~", "|")  # no text that goes on
    return in_quotes(value), closed is not None and not joined and not (quote == '"' and "\\" in value)


def _closed_at(value: str, quote: str) -> int | None:
    """Where the quotes are closed that the value opens with; None when they do not come in pairs. One within a word is
    no quote."""
    open_ones, first = 0, None
    for at, sign in enumerate(value):
        if sign != quote:
            continue
        before, after = value[at - 1 : at], value[at + 1 : at + 2]
        if before.isalnum() and after.isalnum():
            continue
        open_ones += 1 if not before or before in " ([{«—–*_" else -1
        if open_ones < 0:
            return None
        if not open_ones and first is None:
            first = at
    return first if not open_ones else None


_WITHIN = re.compile(r"(?:\{\{.*?\}\}|\{%.*?%\}|[^,\[\]{}])+")  # a text in brackets, as far as it goes


def within(line: str, at: int) -> str:
    """The text that begins there, in a list or map on one line."""
    found = _WITHIN.match(line, at)
    return found.group().rstrip() if found else ""


def longer(finding: Finding, lines: list[str]) -> Finding:
    """A finding about braces without quotes that stand in brackets, with all of their text."""
    at = finding.span
    text = within(lines[at.line - 1], at.column - 1)
    if at.end_line != at.line or len(text) <= at.end_column - at.column:
        return finding
    place = Span(at.file, at.line, at.column, at.line, at.column + len(text))
    ends = lines[at.line - 1][at.column - 1 + len(text) :].lstrip()[:1] in (",", "]", "}")
    help = f"Write it as {quoted(text)}."
    return replace(finding, span=place, help=help, mend=Mend(place, in_quotes(text)) if ends else None)


def mended(trouble: Trouble, number: int, at: int) -> Mended | None:
    """The value there in quotes; None when it may go on in the next lines or ends in what may be a part of it."""
    line = trouble.lines[number]
    value = value_at(line, at)
    text, sure = requoted(value)
    if not sure or not _ENDS.match(line, at + len(value)) or _goes_on(trouble.lines, number, at):
        return None
    return (number, at, at + len(value)), text


def _goes_on(lines: list[str], number: int, at: int) -> bool:
    """Whether the next line stands further right than what the value belongs to: its key, or the dash of its list."""
    start = len(lines[number]) - len(lines[number].lstrip(" -"))
    belongs_to = start if start < at else lines[number].rfind("-", 0, at)
    following = next((one for one in lines[number + 1 :] if one.strip() and not one.lstrip().startswith("#")), "")
    return len(following) - len(following.lstrip()) > belongs_to


def as_scalar(text: str) -> str:
    """A text as a value that YAML reads as just that: plain where it can be, also within brackets."""
    try:
        plain = yaml.safe_load(f"[{{a: {text}}}]") == [{"a": text}]
    except yaml.YAMLError:
        plain = False
    return text if plain else in_quotes(text)
