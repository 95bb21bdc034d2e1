"""Writes gettext PO files. Law: the same entries give the same bytes, and a comment of the translator stays as it is.

Babel folds and escapes the texts; its own writer folds `#| msgid` in the middle of a word and drops empty comments.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

WIDTH = 76  # as gettext's tools fold


class Row(Struct, frozen=True):
    """One entry to be written. `at` is where the text stands (file, line); `previous` what it was translated from."""

    name: str
    source: str
    text: str = ""
    at: tuple[str, int] | None = None
    flags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    previous: str = ""
    obsolete: bool = False


def po(header: str, comments: Iterable[str], rows: Iterable[Row], flags: Iterable[str] = ()) -> bytes:
    """A whole file. `header` are the lines of facts about it (`Language: en`)."""
    first = Row("", "", header, comments=tuple(comments), flags=tuple(flags))
    return "\n".join("\n".join(_lines(row)) + "\n" for row in [first, *rows]).encode()


def new_header(project: str, language: str = "") -> str:
    """The facts that gettext's tools ask for, less dates, which would make each writing another one."""
    facts = {
        "Project-Id-Version": project,
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
    }
    return "".join(f"{name}: {value}\n" for name, value in facts.items())


def _lines(row: Row) -> Iterator[str]:
    mark = "#~ " if row.obsolete else ""
    yield from row.comments
    if row.at is not None and not row.obsolete:
        yield f"#: {_path(row.at[0])}:{row.at[1]}"
    if row.flags:
        yield f"#, {', '.join(row.flags)}"
    if row.previous:
        yield from _text("#~| msgid" if row.obsolete else "#| msgid", row.previous, "#~| " if row.obsolete else "#| ")
    if row.name:
        yield from _text(f"{mark}msgctxt", row.name, mark)
    yield from _text(f"{mark}msgid", row.source, mark)
    yield from _text(f"{mark}msgstr", row.text, mark)


def _text(word: str, text: str, mark: str) -> Iterator[str]:
    from babel.messages.pofile import normalize  # 40 ms, for the commands that write only

    first, *more = normalize(text, prefix=mark, width=WIDTH).split("\n")
    yield f"{word} {first}"
    yield from more


def _path(file: str) -> str:
    """A name with spaces is put between isolates, as gettext does."""
    return f"\u2068{file}\u2069" if " " in file else file
