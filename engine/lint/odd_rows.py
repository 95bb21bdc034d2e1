"""What follows from one wrong row of a catalog file: texts that fail on it are told once, at the row.

Law: of two rows that differ, the wrong one is the one whose field nothing reads.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.finding import Finding, Span
from engine.core.node import Mapping, Node, Sequence
from engine.lint.definitions import is_read
from engine.lint.world import World
from engine.project.rows import tables
from engine.project.suggest import proposal
from engine.project.yaml import read

_OF_KINDS, _OF_FIELDS = ("unlike-types", "not-a-list"), ("unknown-attribute", "unused-field")
IN_A_ROW = "in a row"


def check(world: World) -> None:
    """After all others: of what they found."""
    mixed = [one for one in world.findings if one.topic.kind == "mixed"]
    for row in world.loaded.findings if mixed else ():
        if row.topic.kind == "row":
            _no_map(world, row, mixed)
    slips = [one for one in world.loaded.findings if one.code == "unlike-row"]
    for one in slips:
        _follows(world, one)
    lacking = {one.topic.field for one in world.findings if one.topic.kind == IN_A_ROW}
    slipped = {name for one in slips if one.topic.kind == "slip" for name in (one.topic.field, one.topic.instead)}
    for name in sorted(lacking - slipped):
        _lacking(world, name)


def _no_map(world: World, row: Finding, mixed: list[Finding]) -> None:
    """Each text that reads a field of the rows fails on it."""
    fields = {name for one in _rows(world, row.span.file) for name in one.entries}
    echoes = [one.span for one in mixed if one.topic.field in fields]
    if echoes:
        world.findings.append(_at(row, row.span, row.message, row.help, echoes))


def _follows(world: World, row: Finding) -> None:
    """A field that is misspelt, or a text among numbers: what is wrong with the field elsewhere."""
    mine, other = row.topic.field, row.topic.instead
    if row.topic.kind != "slip":
        of_kinds = (one for one in world.findings if mine and one.code in _OF_KINDS)
        echoes = [one.span for one in of_kinds if _is_of(world, one, mine)]
        if echoes:
            world.findings.append(_at(row, row.span, row.message, row.help, echoes))
        return
    echoes = [one.span for one in world.findings if one.code in _OF_FIELDS and one.topic.field in (mine, other)]
    at, message = row.span, row.message
    if is_read(world, mine) and not is_read(world, other):
        keys = [key.span for row_ in _rows(world, row.span.file) if (key := _key(row_, other)) is not None]
        if len(keys) == 1:
            message = f"Nothing reads `{other}`, and `{mine}`, which other rows have, is missing here."
            at, other = keys[0], mine
    if echoes or at != row.span:
        world.findings.append(_at(row, at, message, proposal(other), [row.span, *echoes]))


def _is_of(world: World, one: Finding, field: str) -> bool:
    """Whether it tells of a field of that name: `place.roles`."""
    at = one.span
    lines = world.texts.get(at.file, b"").decode("utf-8", "replace").split("\n")
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    return any(name.endswith(f".{field}") for name in one.topic.names) or line[
        at.column - 1 : at.end_column - 1
    ].endswith(f".{field}")


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
    mine = [one for one in world.findings if one.topic.kind == IN_A_ROW and one.topic.field == name]
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
