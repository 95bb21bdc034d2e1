"""A person's last turns: what came in, which ways it went and why, what was sent."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from engine.core.moments import local
from engine.core.project import Project
from engine.core.trail import decode
from engine.memory.port import Line, Memory
from engine.trace.ways import told

MARGIN = " " * 23


def last_turns(memory: Memory, chat: str, lines: int, project: Project | None, timezone: str) -> Iterator[str]:
    """The last `lines` of the history, told by the clock of `timezone`, and between them the ways of their turns."""
    history = deque(memory.history(chat), maxlen=max(0, lines))
    if not history:
        return
    since = history[0].at
    rows = [(line.at, 0 if line.role == "user" else 2, _line(line, timezone)) for line in history]
    for row in memory.trail(chat):
        if row.at >= since:
            ways = [told(way, project) for way in decode(row.ways)]
            rows += [(row.at, 1, f"{MARGIN}· {way}") for way in ways if way]
    rows.sort(key=lambda row: row[:2])  # the order within a turn stays
    yield from (text for _, _, text in rows)


def _line(line: Line, timezone: str) -> str:
    who = "person" if line.role == "user" else "bot"
    return "\n".join(indented(f"  {moment(line.at, timezone)}  {who:<7} {line.text}", len(MARGIN) + 8))


def indented(text: str, by: int) -> Iterator[str]:
    """Its lines; all but the first that much further in."""
    for number, line in enumerate(text.split("\n")):
        yield f"{' ' * by if number else ''}{line}".rstrip()


def moment(at: float, timezone: str) -> str:
    return f"{local(at, timezone):%Y-%m-%d %H:%M:%S}"
