"""Reads gettext PO files, knowing where every character of a translation stands in its file.

Law: reading never fails; whatever the bytes are, the answer is the entries that can be read and what is wrong. The
grammar is that of https://www.gnu.org/software/gettext/manual/html_node/PO-Files.html. Babel's reader knows lines only,
takes `#|` for a comment of the translator and keeps one of two entries of the same name.
"""

from __future__ import annotations

import re

from msgspec import Struct, field

from engine.core.finding import Finding, Severity, Span
from engine.core.node import Scalar
from engine.project.encoding import decode
from engine.project.places import lines_of

_LINE = re.compile(
    r'\s*(?:(?P<word>msgctxt|msgid_plural|msgid|msgstr(?:\[\d+\])?)\s*)?(?P<text>"(?:[^"\\]|\\.)*")\s*\Z'
)
_ESCAPE = re.compile(r'\\(?:([ntrabfv\\"])|([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))')
_SHORT = {**dict(zip("ntrabfv", "\n\t\r\a\b\f\v", strict=True)), "\\": "\\", '"': '"'}
_WORDS = "msgctxt, msgid or msgstr and a text in quotes"


class Entry(Struct, frozen=True):
    """`context` is None in the header and in entries that other tools made. `previous` is what the translation was made
    from (`#| msgid`); `guessed`: a tool took it from another entry (`#| msgctxt`). `comments` are the translator's
    lines (`# …`) as written."""

    context: Scalar | None
    source: Scalar
    text: Scalar
    flags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    previous: str = ""
    guessed: bool = False
    obsolete: bool = False

    @property
    def fuzzy(self) -> bool:
        return "fuzzy" in self.flags

    @property
    def name(self) -> str:
        """What text it belongs to: `check_in/weight.question`."""
        return self.context.text if self.context is not None else ""


class PoFile(Struct):
    """`header` is the entry of the empty text, with the file's own facts. `entries` in the order of the file; those in
    use also by the scenario that their names begin with."""

    file: str
    entries: tuple[Entry, ...] = ()
    header: Entry | None = None
    findings: list[Finding] = field(default_factory=list)
    of_scenario: dict[str, tuple[Entry, ...]] = field(default_factory=dict)


def read_po(content: bytes, file: str) -> PoFile:
    text, findings = decode(content, file)
    if text is None:
        return PoFile(file, findings=findings)
    reader = _Reader(file, findings)
    for number, line in enumerate(lines_of(text), 1):
        reader.line(number, line)
    reader.finish()
    named: dict[str, list[Entry]] = {}
    for entry in reader.entries:
        if not entry.obsolete and entry.context is not None:
            named.setdefault(entry.name.partition("/")[0], []).append(entry)
    by_scenario = {scenario: tuple(found) for scenario, found in named.items()}
    return PoFile(file, tuple(reader.entries), reader.header, findings, by_scenario)


class _Open(Struct):
    """The entry being read. `parts` are its texts by their words: pieces of (line, column, what stands in quotes)."""

    parts: dict[str, list[tuple[int, int, str]]] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    old: list[str] = field(default_factory=list)
    obsolete: bool = False
    broken: bool = False  # a line of it is told already


class _Reader:
    def __init__(self, file: str, findings: list[Finding]) -> None:
        self.file, self.findings = file, findings
        self.entries: list[Entry] = []
        self.header: Entry | None = None
        self.now = _Open()
        self.word = ""  # the text being read

    def line(self, number: int, line: str) -> None:
        bare = line.strip()
        if not bare:
            return
        if bare.startswith("#~"):
            start = line.index("#~") + 2
            if line[start:].lstrip().startswith("|"):
                self.comment("#" + line[start:].strip())
            else:
                self.keyword(number, line[start:], start, obsolete=True)
        elif bare.startswith("#"):
            self.comment(bare)
        else:
            self.keyword(number, line, 0)

    def comment(self, line: str) -> None:
        if self.now.parts:
            self.finish()
        kind, rest = line[1:2], line[2:].strip()
        if kind == ",":
            self.now.flags += [flag for one in rest.split(",") if (flag := one.strip())]
        elif kind == "|":
            self.now.old.append(rest)
        elif kind not in (":", "."):  # places and a program's remarks are written anew
            self.now.comments.append(line)

    def keyword(self, number: int, line: str, start: int, obsolete: bool = False) -> None:
        found = _LINE.match(line)
        if found is None:
            self.wrong(number, start, line)
            return
        word = found["word"] or self.word
        if found["word"] == "msgctxt" or (found["word"] == "msgid" and "msgid" in self.now.parts):
            if self.now.parts:
                self.finish()
        elif not word or (found["word"] and word in self.now.parts):
            self.wrong(number, start, line)
            return
        self.word, self.now.obsolete = word, obsolete
        piece = (number, start + found.start("text") + 2, found["text"][1:-1])
        self.now.parts.setdefault(word, []).append(piece)

    def finish(self) -> None:
        """The entry ends here."""
        now, self.now, self.word = self.now, _Open(), ""
        if not now.parts or now.broken:
            return
        first = next(iter(now.parts.values()))[0]
        if "msgid_plural" in now.parts:
            help = "Forms stand inside one text: {{ count | plural('step', 'steps') }}."
            self.add(self.at(*now.parts["msgid_plural"][0]), "An entry with msgid_plural is not read here.", help)
            return
        if "msgid" not in now.parts or "msgstr" not in now.parts:
            missing = "msgid" if "msgid" not in now.parts else "msgstr"
            self.add(self.at(*first), f"This entry has no {missing}.", f'Write `{missing} ""` under it.')
            return
        source = self.scalar(now.parts["msgid"])
        context = self.scalar(now.parts["msgctxt"]) if "msgctxt" in now.parts else None
        old = _previous(now.old)
        guessed = context is not None and old.get("msgctxt", context.text) != context.text
        entry = Entry(
            context,
            source,
            self.scalar(now.parts["msgstr"]),
            tuple(now.flags),
            tuple(now.comments),
            old.get("msgid", ""),
            guessed,
            now.obsolete,
        )
        if context is None and not source.text and not now.obsolete:
            self.header = self.header or entry
        else:
            self.entries.append(entry)

    def scalar(self, pieces: list[tuple[int, int, str]]) -> Scalar:
        """The text of the pieces together, with the place of each stretch of it."""
        line, column, written = pieces[0]
        if len(pieces) == 1 and "\\" not in written:  # nearly all
            return Scalar(written, self.at(line, column, written), plain=False)
        text, places = "", []
        for line, column, written in pieces:
            places.append((len(text), line, column))
            at = 0
            for escape in _ESCAPE.finditer(written):
                text += written[at : escape.start()] + self.meant(escape, line, column)
                at = escape.end()
                places.append((len(text), line, column + at))
            text += written[at:]
        begins = pieces[1] if len(pieces) > 1 and not pieces[0][2] else pieces[0]  # `msgstr ""`, and the text below
        (first_line, first_column, _), (last_line, last_column, last) = begins, pieces[-1]
        span = Span(self.file, first_line, first_column - 1, last_line, last_column + len(last) + 1)
        return Scalar(text, span, plain=False, places=tuple(places))

    def meant(self, escape: re.Match[str], line: int, column: int) -> str:
        short, octal, hexadecimal, strange = escape.groups()
        if strange is not None:
            span = Span(self.file, line, column + escape.start(), line, column + escape.end())
            self.add(span, f"`\\{strange}` means nothing here.", "Write `\\\\` for a backslash itself.")
            return str(strange)
        if short is not None:
            return _SHORT[short]
        return chr(int(octal, 8) if octal is not None else int(hexadecimal, 16))

    # findings ---------------------------------------------------------------------------------------------------

    def wrong(self, number: int, start: int, line: str) -> None:
        """A line that is none."""
        rest = line[start:]
        column = start + len(rest) - len(rest.lstrip()) + 1
        span = Span(self.file, number, column, number, max(len(line.rstrip()) + 1, column + 1))
        self.now.broken = True
        if rest.count('"') - rest.count('\\"') not in (0, 2):
            message, help = (
                "A quote is missing, or there is one too many.",
                'Inside of a text a quote is written `\\"`.',
            )
        else:
            message, help = f"Expected {_WORDS} here.", "Delete the line, or begin it with `# ` as a comment."
        self.add(span, message, help)

    def at(self, line: int, column: int, text: str) -> Span:
        return Span(self.file, line, column - 1, line, column + len(text) + 1)

    def add(self, span: Span, message: str, help: str, severity: Severity = "error") -> None:
        self.findings.append(Finding(span, "translation-syntax", severity, message, help))


def _previous(lines: list[str]) -> dict[str, str]:
    """What stands in `#|` comments, by its word. What cannot be read there is no harm."""
    found: dict[str, str] = {}
    word = ""
    for line in lines:
        match = _LINE.match(line)
        if match is None:
            continue
        word = match["word"] or word
        raw = match["text"][1:-1]
        found[word] = found.get(word, "") + _ESCAPE.sub(lambda one: _SHORT.get(one[1] or "", one[0]), raw)
    return found
