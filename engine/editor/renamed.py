"""The entry in `renamed:` that a renamed step gets, so that people who are mid-way keep their answers."""

from __future__ import annotations

from engine.core.finding import Span
from engine.core.node import Mapping
from engine.editor.positions import Lines, unquoted
from engine.editor.survey import renames
from engine.project.scenario import ScenarioFile


def noted(made: ScenarioFile, lines: Lines, old: str, new: str) -> list[tuple[Span, str]]:
    """What to write where: the new entry, and older entries that led to the old name (`mass: weight`).

    An entry `new: …` would say that the new name is an old one: it gives way to this one.
    """
    edits: list[tuple[Span, str]] = []
    reused = False
    for key, value in renames(made):
        if key.text == new:
            edits += [(unquoted(key.span, lines), old), (unquoted(value.span, lines), new)]
            reused = True
        elif value.text == old or value.text.startswith(f"{old}."):
            edits.append((unquoted(value.span, lines), new + value.text[len(old) :]))
    return edits if reused else [*edits, _entry(made, lines, old, new)]


def _entry(made: ScenarioFile, lines: Lines, old: str, new: str) -> tuple[Span, str]:
    node = made.node.get("renamed") if made.node is not None else None
    if not isinstance(node, Mapping) or not node.entries:
        return _block(made, lines, f"{old}: {new}", node)
    last_key, last = list(node.entries.values())[-1]
    span = last.span
    if lines.line(node.span.line)[node.span.column - 1 : node.span.column] == "{":
        return _at(made.file, span.end_line, span.end_column), f", {old}: {new}"
    end = len(lines.line(span.end_line)) + 1
    return _at(made.file, span.end_line, end), f"\n{' ' * (last_key.span.column - 1)}{old}: {new}"


def _block(made: ScenarioFile, lines: Lines, entry: str, empty: object) -> tuple[Span, str]:
    """There is no entry yet: a whole `renamed:` at the end of the file, or inside of an empty one."""
    if isinstance(empty, Mapping):
        return empty.span, f"{{{entry}}}"
    last = max((number for number, line in enumerate(lines.lines, 1) if line.strip()), default=1)
    end = len(lines.line(last)) + 1
    return _at(made.file, last, end), f"\nrenamed:\n  {entry}"


def _at(file: str, line: int, column: int) -> Span:
    return Span(file, line, column, line, column)
