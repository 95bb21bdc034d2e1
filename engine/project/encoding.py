"""Bytes of a project's file to text: UTF-8 only, without characters that nobody can see or type."""

from __future__ import annotations

import codecs
import re

from engine.core.finding import Finding, Span

# What YAML does not take as printable. To name all that it takes would cost 5 ms at every start, to compile it.
_UNREADABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
_SAVE = "Open the file in your editor and save it as UTF-8."


def decode(text: str | bytes, file: str) -> tuple[str | None, list[Finding]]:
    """The text without its byte order mark, or None when it is no UTF-8. Control characters become U+FFFD."""
    if isinstance(text, bytes):
        content = text
        if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            message = "This file is saved as UTF-16, which is not read here."
            return None, [Finding(Span(file), "encoding", "error", message, _SAVE)]
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            return None, [_not_utf8(content, error.start, file)]
    text = text.removeprefix("\ufeff")
    found = _UNREADABLE.search(text)
    if found is None:
        return text, []
    message = f"An invisible control character (U+{ord(found.group()):04X}) stands here."
    span = _place(text[: found.start()], file)
    finding = Finding(span, "control-character", "error", message, "Delete it, and type the text around it again.")
    return _UNREADABLE.sub("\ufffd", text), [finding]


def _not_utf8(content: bytes, at: int, file: str) -> Finding:
    before = content[:at].decode("utf-8").removeprefix("\ufeff")
    message = "This file is not saved as UTF-8: the letters from here on cannot be read."
    return Finding(_place(before, file), "encoding", "error", message, _SAVE)


def _place(before: str, file: str) -> Span:
    """The one character that comes after `before`."""
    lines = re.split(r"\r\n|\r|\n", before)
    line, column = len(lines), len(lines[-1]) + 1
    return Span(file, line, column, line, column + 1)
