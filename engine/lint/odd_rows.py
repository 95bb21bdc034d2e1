"""What follows from one wrong row of a catalog file: texts that fail on it are told once, at the row.

Law: of two rows that differ, the wrong one is the one whose field nothing reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.core.finding import Finding, Span
from engine.core.node import Mapping, Node, Sequence
from engine.lint.definitions import is_read
from engine.lint.world import World
from engine.project.rows import tables
from engine.project.yaml import read

_SLIP = re.compile(r"`(.+?)` stands in this row alone, and `(.+?)`,")
_OTHER_KIND = re.compile(r"`(\w+)` is (?:the text|one text|a map)")
_OF_KINDS = ("unlike-types", "not-a-list")
_LACKS = re.compile(r"Not every row has `(.+?)`")


def check(world: World) -> None:
    """After all others: of what they found."""
    slips = [one for one in world.loaded.findings if one.code == "unlike-row"]
    for one in slips:
        _follows(world, one)
    lacking = {found[1] for one in world.findings if one.code == "unknown-attribute" and (found := _lacks(one))}
    slipped = {name for one in slips if (slip := _SLIP.match(one.message)) for name in slip.groups()}
    for name in sorted(lacking - slipped):
        _lacking(world, name)


def _lacks(one: Finding) -> re.Match[str] | None:
    return _LACKS.match(one.message)


def _follows(world: World, row: Finding) -> None:
    """A field that is misspelt, or a text among numbers: what is wrong with the field elsewhere."""
    slip = _SLIP.match(row.message)
    if slip is None:
        field = _OTHER_KIND.match(row.message)
        of_kinds = (one for one in world.findings if field and one.code in _OF_KINDS)
        echoes = [one.span for one in of_kinds if field and _is_of(world, one, field[1])]
        if echoes:
            world.findings.append(_at(row, row.span, row.message, row.help, echoes))
        return
    mine, other = slip.groups()
    names = f"(?:{re.escape(mine)}|{re.escape(other)})"
    wanted = re.compile(rf"has no `{names}`|Not every row has `{names}`|reads `{names}` of a row")
    echoes = [one.span for one in world.findings if wanted.search(one.message)]
    at, message = row.span, row.message
    if is_read(world, mine) and not is_read(world, other):
        keys = [key.span for row_ in _rows(world, row.span.file) if (key := _key(row_, other)) is not None]
        if len(keys) == 1:
            message = f"Nothing reads `{other}`, and `{mine}`, which other rows have, is missing here."
            at, other = keys[0], mine
    if echoes or at != row.span:
        world.findings.append(_at(row, at, message, f"Did you mean `{other}`?", [row.span, *echoes]))


def _is_of(world: World, one: Finding, field: str) -> bool:
    """Whether it tells of a field of that name: `place.roles`."""
    at = one.span
    lines = world.texts.get(at.file, b"").decode("utf-8", "replace").split("\n")
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    return f".{field}` (" in one.message or line[at.column - 1 : at.end_column - 1].endswith(f".{field}")


def _at(row: Finding, at: Span, message: str, help: str, echoes: list[Span]) -> Finding:
    return Finding(at, row.code, row.severity, message, help, covers=(at, *sorted(set(echoes))))


def _lacking(world: World, name: str) -> None:
    """Told at the row where exactly one of a file's lacks what others have."""
    found = []
    for file, data in next(iter(world.project.catalog.values()), {}).items():
        if name in str(data):
            lacking = [row for row in _rows(world, f"catalog/{file}.yaml", name) if name not in row.entries]
            found += [lacking] if lacking else []
    if len(found) != 1 or len(found[0]) != 1:
        return
    first = next(iter(found[0][0].entries.values()), None)
    mine = [one for one in world.findings if (lacks := _lacks(one)) and lacks[1] == name]
    if first is None:
        return
    message = f"This row has no `{name}`, which the others have, and a text that reads it fails on this row."
    covers = (first[0].span, *sorted({one.span for one in mine}))
    told = Finding(first[0].span, "unknown-attribute", mine[0].severity, message, mine[0].help, covers=covers)
    world.findings.append(told)


def _rows(world: World, file: str, name: str = "") -> Iterator[Any]:
    """The rows of the tables of a file; of those in which some row has this field."""
    node = read(world.texts[file].decode("utf-8", "replace"), file)[0] if file in world.texts else None
    for rows in tables(node, world.project.languages) if isinstance(node, (Mapping, Sequence)) else ():
        maps = [row for row in rows if isinstance(row, Mapping)]
        if not name or any(name in row.entries for row in maps):
            yield from maps


def _key(row: Mapping, name: str) -> Node | None:
    return row.entries[name][0] if name in row.entries else None
