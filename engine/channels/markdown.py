"""Markdown, as authors write it, into a text and its entities (offsets in UTF-16 units, as Telegram counts them).

Law: what is no formatting comes out letter for letter: line breaks, `- item`, `1. item`, `# title`, `5 * 3`,
`snake_case_name`. Known: `**bold**`, `*italic*`, `_italic_`, `` `code` ``, fenced code, `~~strike~~`, `||spoiler||`,
`[label](https://…)`, `> quote` (from the line's start, with the space). A backslash before ASCII punctuation takes its
meaning away, inside code too (a person's value may stand there). An unclosed sign is just that sign.

telegramify-markdown 1.4.1 was tried and not taken: it is CommonMark, so `- item` becomes `⦁ item`, `# x` an underlined
`📌 x`, `$5$` code, `__init__` bold, blank lines and leading spaces are lost.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from engine.core.markdown import escape

__all__ = ["Entity", "Rendered", "escape", "render", "units"]


class Entity(Struct, frozen=True):
    """`kind`: bold, italic, code, pre, strikethrough, spoiler, text_link (with `url`), blockquote; Telegram's words."""

    kind: str
    offset: int
    length: int
    url: str = ""


class Rendered(Struct, frozen=True):
    text: str
    entities: tuple[Entity, ...] = ()


# All of these matter only where they stand unescaped; one pass over them is the whole parser.
_TOKEN = re.compile(
    r"\\[!-/:-@\[-`{-~]"
    r"|`+|\*+|_+|~+|\|+|\["
    r"|\](?:\((?:\\[!-/:-@\[-`{-~]|[^\s()\\]|\([^\s()\\]*\))*\))?"
    r"|\n"
    r"|(?m:^)>(?: |(?=\n|\Z))"
    r"|https?://[^\s*~|`<>\\\[\]()]*"  # so that `_` in a bare address is no italic
)
_SPECIAL = re.compile(r"[\\`*_~|\[]|(?m:^)>")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_RUN = re.compile(r"\\[!-/:-@\[-`{-~]|`+")
_QUOTE = re.compile(r">(?: |(?=\n|\Z))")
_FENCE_HEAD = re.compile(r"[ \t]*[\w+#.-]*[ \t]*\n")
_LINK = re.compile(r"(?:https?|tg|ton)://\S", re.IGNORECASE)  # the only schemes that Telegram takes in a text link

_KINDS = {"**": "bold", "*": "italic", "_": "italic", "~~": "strikethrough", "||": "spoiler"}


def units(text: str) -> int:
    """The length in UTF-16 units, in which Telegram counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def render(markdown: str) -> Rendered:
    """Never fails, whatever the text. Cached; a text without special characters is not parsed at all."""
    if _SPECIAL.search(markdown) is None:
        return Rendered(markdown)
    return _render(markdown)


@lru_cache(maxsize=1024)
def _render(markdown: str) -> Rendered:
    return _Parser(markdown).run()


class _Parser:
    """`pieces` are the output; an entity is first a pair of piece numbers, and gets its offsets at the end."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.pieces: list[str] = []
        self.found: list[tuple[str, int, int, str]] = []
        self.open: list[tuple[str, int]] = []  # signs that wait for their end: (sign, its piece)
        self.quote = -1  # the piece at which a quote began
        self.closing = _closing_runs(source) if "`" in source else {}

    def run(self) -> Rendered:
        position = 0
        while token := _TOKEN.search(self.source, position):
            start, end = token.span()
            if start > position:
                self.pieces.append(self.source[position:start])
            position = self._take(token[0], start, end)
        self.pieces.append(self.source[position:])
        self._end_quote()
        return self._result()

    def _take(self, token: str, start: int, end: int) -> int:
        """Handle one token; returns where to go on."""
        first = token[0]
        if first == "\\":
            self.pieces.append(token[1])
        elif first == "`":
            return self._code(token, start, end)
        elif first == ">":
            self._quote_line()
        elif first == "\n":
            self._line_end(end)
        elif first == "[":
            self.open.append(("[", len(self.pieces)))
            self.pieces.append(token)
        elif first == "]":
            self._link(token)
        elif first == "h":
            self.pieces.append(token)
        elif first == "*" and len(token) == 3:
            for sign in ("*", "**") if self._waits("**") else ("**", "*"):
                self._sign(sign, start, end)
        else:
            self._sign(token, start, end)
        return end

    def _sign(self, sign: str, start: int, end: int) -> None:
        piece = len(self.pieces)
        self.pieces.append(sign)
        if sign not in _KINDS:
            return
        before = self.source[start - 1] if start else " "
        after = self.source[end] if end < len(self.source) else " "
        # `5 * 3` and `2*2=4, 3*3` are no italics: a sign opens at a word's left edge and closes at a right one.
        closes = not before.isspace() and (len(sign) == 2 or not after.isalnum())
        if closes and self._waits(sign):
            self._close(sign, piece, _KINDS[sign], "")
        elif not after.isspace() and not before.isalnum():
            self.open.append((sign, piece))

    def _waits(self, sign: str) -> bool:
        return any(waiting == sign for waiting, _ in self.open[-12:])  # deeper nesting than that is no formatting

    def _close(self, sign: str, piece: int, kind: str, url: str) -> None:
        while True:
            waiting, opened = self.open.pop()
            if waiting == sign:
                break
        self.pieces[opened] = self.pieces[piece] = ""
        self.found.append((kind, opened, piece, url))

    def _link(self, token: str) -> None:
        url = _ESCAPED.sub(r"\1", token[2:-1])
        piece = len(self.pieces)
        if _LINK.match(url) and self._waits("["):
            self.pieces.append(token)
            self._close("[", piece, "text_link", url)
            return
        self.pieces.append(_ESCAPED.sub(r"\1", token))
        if self._waits("["):  # `[note]` is a text, and takes its bracket along
            while self.open.pop()[0] != "[":
                pass

    def _code(self, token: str, start: int, end: int) -> int:
        close = self.closing.get(start)
        if close is None:
            self.pieces.append(token)
            return end
        content, kind = self.source[end:close], "code"
        if len(token) >= 3:
            kind = "pre"
            if "\n" in content:
                content = content[head.end() :] if (head := _FENCE_HEAD.match(content)) else content
                content = content.removesuffix("\n")
        piece = len(self.pieces)
        self.pieces.append(_ESCAPED.sub(r"\1", content))
        self.found.append((kind, piece, piece + 1, ""))
        return close + len(token)

    def _quote_line(self) -> None:
        if self.quote < 0:
            self.open.clear()
            self.quote = len(self.pieces)

    def _line_end(self, end: int) -> None:
        if self.quote >= 0 and _QUOTE.match(self.source, end) is None:
            self._end_quote()
        if self.source.startswith("\n", end):
            self.open.clear()  # formatting does not reach over a blank line
        self.pieces.append("\n")

    def _end_quote(self) -> None:
        if self.quote >= 0:
            self.found.append(("blockquote", self.quote, len(self.pieces), ""))
            self.open.clear()
            self.quote = -1

    def _result(self) -> Rendered:
        text = "".join(self.pieces)
        if not self.found:
            return Rendered(text)
        offsets, offset = [], 0
        for piece in self.pieces:
            offsets.append(offset)
            offset += units(piece)
        offsets.append(offset)
        entities = [
            Entity(kind, offsets[first], offsets[last] - offsets[first], url)
            for kind, first, last, url in sorted(self.found, key=lambda found: (found[1], -found[2]))  # outer first
            if offsets[last] > offsets[first]
        ]
        return Rendered(text, tuple(entities))


def _closing_runs(source: str) -> dict[int, int]:
    """Where a run of backticks begins -> where the next run of the same length does. One pass, so no text is slow."""
    closing: dict[int, int] = {}
    last: dict[int, int] = {}  # length -> where the last run of it began
    for run in _RUN.finditer(source):
        if run[0][0] == "`":
            length = len(run[0])
            if length in last:
                closing[last[length]] = run.start()
            last[length] = run.start()
    return closing
