"""Takes one language out of the maps of texts in scenarios, once a file of translations has it.

Law: nothing else in a file changes, and people read the same as before, which is tried before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.core.node import Mapping
from engine.project.load import Loaded, Loader
from engine.project.scenario import ScenarioFile
from engine.project.translations import bare

_BREAK = re.compile(r"(\r\n|\r|\n)")
Cut = tuple[int, int, int, int]  # first line and column, last line and column (exclusive), as in Span


def without(loaded: Loaded, loader: Loader, language: str, file: str, content: bytes) -> dict[str, bytes]:
    """The scenarios without their texts in `language`, which `content`, to be written to `file`, has. Only files that
    change. Raises ValueError when people would read something else then."""
    changed = {}
    for name, made in loaded.files.items():
        cuts = list(_cuts(made, language))
        if cuts:
            changed[name] = _cut(loaded.sources[name], cuts)
    before = loader.build(dict(loaded.sources))
    after = loader.another().build({**loaded.sources, file: content, **changed})
    if _read_by_people(before) != _read_by_people(after):
        raise ValueError(f"the texts in {language} cannot be taken out of the scenarios as they are written")
    return changed


def _read_by_people(loaded: Loaded) -> dict[str, dict[str, str]]:
    return {
        place.name: {language: bare(one.source) for language, one in sorted(place.texts[0].languages.items())}
        for made in loaded.files.values()
        for place in made.places()
    }


def _cuts(made: ScenarioFile, language: str) -> Iterator[Cut]:
    seen: set[int] = set()
    for text, node in made.texts:
        if not isinstance(node, Mapping) or id(node) in seen or language not in node or len(node.entries) < 2:
            continue
        seen.add(id(node))
        if next(iter(text.languages)) != language:  # else it is what the others are translated from
            yield _of_entry(node, list(node), language)


def _of_entry(node: Mapping, keys: list[str], language: str) -> Cut:
    key, value = node.entries[language]
    at = keys.index(language)
    if node.span.column == node.key(keys[0]).span.column:  # a line a language
        last = value.span.end_line + (value.span.end_column > 1)
        return key.span.line, 1, last, 1
    if at:
        before = node.entries[keys[at - 1]][1].span
        return before.end_line, before.end_column, value.span.end_line, value.span.end_column
    after = node.key(keys[1]).span
    return key.span.line, key.span.column, after.line, after.column


def _cut(content: bytes, cuts: list[Cut]) -> bytes:
    text = content.decode()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    text = text.removeprefix("\ufeff")
    starts = [0, *(found.end() for found in _BREAK.finditer(text)), len(text)]
    for line, column, end_line, end_column in sorted(cuts, reverse=True):
        start = starts[line - 1] + column - 1
        end = starts[min(end_line, len(starts)) - 1] + end_column - 1
        text = text[:start] + text[end:]
    return (mark + text).encode()
