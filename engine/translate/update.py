"""Brings a translator's file up to date with the scenarios.

New texts are added, a text whose words have changed is marked `fuzzy` with its former words beside it (`#| msgid`), an
entry whose text is gone is put aside (`#~`). Law: no translation and no comment is lost, and a second time changes
nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.node import Scalar
from engine.project.load import Loaded
from engine.project.po import Entry, PoFile
from engine.project.translations import Match, Place, bare, has_words, matched
from engine.translate.texts import scenarios_of
from engine.translate.write import Row, new_header, po

FUZZY = "fuzzy"


class Updated(Struct):
    """`counts`: texts in all, new, missing, stale, obsolete."""

    content: bytes
    counts: Counter[str] = field(default_factory=Counter)


def template(loaded: Loaded, project: str) -> Updated:
    """Every text of the bot, without a translation: messages.pot."""
    rows = [_fresh(place) for _, here in scenarios_of(loaded) for place in here if has_words(place.source)]
    counts = Counter({"texts": len(rows)})
    return Updated(po(new_header(project), ("# " + project,), rows, (FUZZY,)), counts)


def updated(loaded: Loaded, language: str, known: PoFile | None, project: str, take_inline: bool = False) -> Updated:
    """The file as it is to be. `take_inline`: what the scenarios say in that language is written into it."""
    entries = known.entries if known is not None else ()
    counts: Counter[str] = Counter()
    rows: list[Row] = []
    left: list[Entry] = []
    named: dict[str, list[Entry]] = {}
    for entry in entries:
        named.setdefault(entry.name.partition("/")[0], []).append(entry)
    for made, here in scenarios_of(loaded):
        matches, unused = matched(here, named.pop(made.id, ()), language)
        left += unused
        rows += _rows(here, matches, language, take_inline, counts)
    left += [entry for rest in named.values() for entry in rest]
    gone = {id(entry) for entry in left}
    aside = [_aside(entry) for entry in entries if id(entry) in gone and entry.text.text]
    counts.update(texts=len(rows), obsolete=len(aside))
    header = known.header if known is not None else None
    if header is None:
        content = po(new_header(project, language), (), [*rows, *aside])
    else:
        content = po(header.text.text, header.comments, [*rows, *aside], header.flags)
    return Updated(content, counts)


def _rows(
    here: Sequence[Place], matches: Sequence[Match], language: str, take_inline: bool, counts: Counter[str]
) -> list[Row]:
    rows = []
    known = {match.place.name: match for match in matches}
    for place in here:
        inline = place.texts[0].languages.get(language)
        match = known.get(place.name)
        if take_inline and inline is not None and next(iter(place.texts[0].languages)) != language:
            comments = match.entry.comments if match is not None else ()
            row = replace(_fresh(place), text=bare(inline.source), comments=comments)
            counts["taken from the scenarios"] += 1
        elif match is not None:
            row = _kept(match)
        elif inline is None and has_words(place.source):
            row = _fresh(place)
            counts["new"] += 1
        else:
            continue
        counts["missing"] += not row.text and inline is None
        counts["stale"] += FUZZY in row.flags
        rows.append(row)
    return rows


def _fresh(place: Place) -> Row:
    return Row(place.name, place.source, at=_at(place.at))


def _kept(match: Match) -> Row:
    """The entry under its text's name and words of today."""
    entry, place = match.entry, match.place
    flags = [flag for flag in entry.flags if flag != FUZZY]
    previous = ""
    if entry.text.text and match.stale:
        previous = entry.previous or (entry.source.text if bare(entry.source.text) != place.source else "")
        if previous != place.source:  # else it reads again as it did when it was translated
            flags = [FUZZY, *flags]
        else:
            previous = ""
    return Row(place.name, place.source, entry.text.text, _at(place.at), tuple(flags), entry.comments, previous)


def _aside(entry: Entry) -> Row:
    return Row(
        entry.name, entry.source.text, entry.text.text, None, entry.flags, entry.comments, entry.previous, obsolete=True
    )


def _at(scalar: Scalar) -> tuple[str, int]:
    return scalar.span.file, scalar.span.line
