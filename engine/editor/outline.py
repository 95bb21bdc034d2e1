"""Where the cursor stands in a YAML text that need not be readable yet: which maps and lists it is in, by indentation.

Law: only what stands on the lines counts; no parser is asked, for while one types the text is mostly broken.
"""

from __future__ import annotations

import re
from typing import Literal

from msgspec import Struct, field

from engine.editor.flow import inside_flow, is_open, keys_after

_KEY = re.compile(
    r"""(?P<key>"[^"]*"|'[^']*'|[^\s#\[\]{}"'&*!|>%@`,-][^#\n]*?|-\S[^#\n]*?)\s*:(?=\s|$)\s*(?P<value>.*)"""
)
_BLOCK = re.compile(r"(?:[&!]\S+\s+)*[|>][-+0-9]*\s*(?:#.*)?\Z")


class Level(Struct):
    """A map or a list around the cursor. `at` is the key that leads on to the cursor, `keys` are all keys of the map
    with what is written behind them."""

    kind: Literal["map", "list"]
    column: int = -1
    keys: dict[str, str] = field(default_factory=dict)
    at: str = ""


class Place(Struct):
    """`levels` from the outermost in. `role`: `key` when a key (or a step, an item) may be typed here, `value` behind a
    key, `text` inside a text over several lines. `typed` is what of it stands before the cursor, in whole: for a value
    all from its beginning. `flow`: between brackets. `dash`: a new item begins here, whose dash is not written yet."""

    levels: list[Level]
    role: Literal["key", "value", "text"]
    typed: str
    flow: bool = False
    dash: bool = False


class _Scan:
    """Reads line by line. `held` is a value that goes on over the next lines: (column of its key, what it is, text)."""

    def __init__(self) -> None:
        self.levels: list[Level] = []
        self.held: tuple[int, Literal["block", "flow"], list[str]] | None = None

    def read(self, line: str) -> None:
        """A whole line."""
        if self.held is not None and self._goes_on(line):
            return
        content = line.strip()
        if not content or content.startswith("#"):
            return
        column, rest = self.dashes(line)
        found = _KEY.match(rest)
        if found:
            self.keyed(column, found["key"], found["value"])
        value = found["value"] if found else rest
        owner = column if found else column - 2
        if _BLOCK.match(value):
            self.held = (owner, "block", [])
        elif is_open(value):
            self.held = (owner, "flow", [value])

    def _goes_on(self, line: str) -> bool:
        assert self.held is not None  # noqa: S101 the caller looked
        column, what, text = self.held
        indent = len(line) - len(line.lstrip())
        if what == "block" and (not line.strip() or indent > column):
            text.append(line)
            return True
        if what == "flow" and (indent > column or not line.strip()):
            text.append(line)
            if not is_open("\n".join(text)):
                self.held = None
            return True
        self.held = None
        return False

    def dashes(self, line: str) -> tuple[int, str]:
        """Go into the list items that a line begins; what follows them and its column (from 0)."""
        column = len(line) - len(line.lstrip(" "))
        rest = line[column:]
        while rest == "-" or rest.startswith("- "):
            self.leave(column, "list")
            if not (self.levels and self.levels[-1].kind == "list" and self.levels[-1].column == column):
                self.levels.append(Level("list", column))
            inner = rest[1:].lstrip(" ")
            column += len(rest) - len(inner)
            rest = inner
        return column, rest

    def keyed(self, column: int, key: str, value: str) -> None:
        self.leave(column, "map")
        if not (self.levels and self.levels[-1].kind == "map" and self.levels[-1].column == column):
            self.levels.append(Level("map", column))
        level = self.levels[-1]
        level.at = key.strip("\"'")
        level.keys[level.at] = value.strip()

    def leave(self, column: int, kind: str) -> None:
        """Close what ends before something of this kind at this column. A list may stand right under its key."""
        while self.levels:
            last = self.levels[-1]
            if last.column < column or (last.column == column and (kind == "list" or last.kind == kind)):
                break
            self.levels.pop()


def place_at(lines: list[str], line: int, column: int) -> Place:
    """Where a cursor (from 1) stands."""
    scan = _Scan()
    for content in lines[: line - 1]:
        scan.read(content)
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    after = lines[line - 1][column - 1 :] if line <= len(lines) else ""
    place = _held(scan, before) or _on_line(scan, before, after)
    if place.flow and place.levels[-1].kind == "map":
        for key in keys_after((place.typed if place.role == "key" else "") + after):
            place.levels[-1].keys.setdefault(key, "")
    _add_following(place, lines[line:])
    return place


def _held(scan: _Scan, before: str) -> Place | None:
    """Inside a text or brackets that began on a line above."""
    if scan.held is None:
        return None
    column, what, text = scan.held
    indent = len(before) - len(before.lstrip())
    if indent <= column and (what == "flow" or before.strip() or len(before) <= column):
        return None
    typed = "\n".join([*text, before])
    if what == "block":
        return Place(scan.levels, "text", typed)
    return _in_flow(scan.levels, typed)


def _on_line(scan: _Scan, before: str, after: str) -> Place:
    column, rest = scan.dashes(before)
    found = _KEY.match(rest)
    if found and rest[: found.start("value")].endswith((" ", "\t")):
        scan.keyed(column, found["key"], found["value"])
        return _in_flow(scan.levels, found["value"])
    if rest.startswith(("{", "[", '"', "'")):
        scan.leave(column, "map")
        return _in_flow(scan.levels, rest)
    if not (before + after).strip():
        column = len(before)
        scan.leave(column, "list")
        if scan.levels and scan.levels[-1].kind == "list" and scan.levels[-1].column == column:
            return Place([*scan.levels, Level("map", column + 2)], "key", rest, dash=True)
    whole = _KEY.match(rest + after)
    levels = _children(scan, column)
    if whole and levels and levels[-1].kind == "map":
        levels[-1].keys[whole["key"].strip("\"'")] = whole["value"]
    return Place(levels, "key", rest)


def _children(scan: _Scan, column: int) -> list[Level]:
    """The levels when something new begins at this column: one more of the last map, or the first of a new one."""
    scan.leave(column, "map")
    levels = scan.levels
    if levels and levels[-1].column == column:
        return levels
    return [*levels, Level("map", column)]


def _in_flow(levels: list[Level], typed: str) -> Place:
    inner = inside_flow(typed)
    if inner is None:
        return Place(levels, "value", typed)
    made = [Level("map" if one.brace else "list", -1, one.keys, one.at) for one in inner.levels]
    return Place([*levels, *made], "key" if inner.at_key else "value", inner.typed, flow=True)


def _add_following(place: Place, lines: list[str]) -> None:
    """Keys of the innermost map that stand below the cursor."""
    if place.flow or not place.levels or place.levels[-1].kind != "map":
        return
    level = place.levels[-1]
    for line in lines:
        content = line.lstrip(" ")
        indent = len(line) - len(content)
        if not content or content.startswith("#") or indent > level.column:
            continue
        found = _KEY.match(content)
        if indent < level.column or not found or content.startswith("- "):
            return
        level.keys.setdefault(found["key"].strip("\"'"), found["value"])


def in_front_matter(lines: list[str], line: int, column: int) -> Place | None:
    """Where a cursor stands in the YAML at the head of a prompt file; None below it."""
    fences = [number for number, content in enumerate(lines, 1) if content.rstrip() == "---"]
    if not fences or line <= fences[0] or (len(fences) > 1 and line >= fences[1]):
        return None
    end = fences[1] - 1 if len(fences) > 1 else len(lines)
    return place_at(lines[fences[0] : end], line - fences[0], column)
