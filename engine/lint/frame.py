"""One finding as a person reads it in a terminal: where, what, the line itself with carets beneath, what to do.

Law: the carets stand under the right letters in every alphabet (wide letters, emoji, tabs), and nothing of the file can
command the terminal.
"""

from __future__ import annotations

import unicodedata

from engine.core.finding import Finding

TAB = "    "
WIDTH = 120  # cells of a source line that are shown; of a longer one, the part around the carets

_STYLE = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "info": "\x1b[1;36m", "bold": "\x1b[1m", "dim": "\x1b[34m"}
_OFF = "\x1b[0m"


def frame(finding: Finding, source_line: str, color: bool = False) -> str:
    """Without a final line break. `source_line` is the line that the finding begins on; without one, no frame is drawn.

    `file:12:3: error[unknown-key] message`, the line, carets, and `= help: …`.
    """

    def styled(text: str, style: str) -> str:
        return f"{_STYLE[style]}{text}{_OFF}" if color and text else text

    span = finding.span
    place = styled(f"{printable(span.file)}:{span.line}:{span.column}:", "bold")
    head = styled(f"{finding.severity}[{finding.code}]", finding.severity)
    lines = [f"{place} {head} {printable(finding.message)}"]
    margin = " " * len(str(span.line))
    bar = styled("|", "dim")
    if source_line.strip():
        shown, before, marked = _window(finding, source_line)
        lines.append(f"{margin} {bar}")
        lines.append(f"{styled(str(span.line), 'dim')} {bar} {shown}".rstrip())
        lines.append(f"{margin} {bar} {' ' * before}{styled('^' * marked, finding.severity)}")
    if finding.help:
        lines.append(f"{margin} {styled('=', 'dim')} {styled('help:', 'bold')} {printable(finding.help)}")
    return "\n".join(lines)


def printable(text: str) -> str:
    """The text on one line, without anything that a terminal obeys: escape sequences, right-to-left overrides."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_shown(letter) for letter in text)


def _shown(letter: str) -> str:
    if letter == "\t":
        return TAB
    kind = unicodedata.category(letter)
    if letter == "\u200d" or letter.isprintable() or kind == "Zs":
        return letter  # the joiner holds emoji together
    return "\ufffd"


def cells(text: str) -> int:
    """How many columns of a terminal the (printable) text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _window(finding: Finding, source_line: str) -> tuple[str, int, int]:
    """The part of the line to show, the cells before the carets, and how many carets."""
    span = finding.span
    line = source_line.rstrip()
    start = min(span.column - 1, len(line))
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    end = max(min(end, len(line)), start)
    before, marked, after = (printable(part) for part in (line[:start], line[start:end], line[end:]))
    if cells(before) + cells(marked) > WIDTH:
        before = _last(before, WIDTH // 3)
    marked = _first(marked, WIDTH - cells(before))
    after = _first(after, max(WIDTH - cells(before) - cells(marked), 1))
    return before + marked + after, cells(before), max(cells(marked), 1)


def _first(text: str, room: int) -> str:
    """The beginning of a text that is too long, with an ellipsis."""
    if cells(text) <= room:
        return text
    kept = text[: room - 1]
    while cells(kept) > room - 1:
        kept = kept[:-1]
    return kept + "…"


def _last(text: str, room: int) -> str:
    if cells(text) <= room:
        return text
    kept = text[-(room - 1) :]
    while cells(kept) > room - 1:
        kept = kept[1:]
    return "…" + kept
