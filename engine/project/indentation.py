"""Which line stands in the wrong column, when YAML only notices at the next one.

Law: nothing is guessed: a line is the odd one when moving it alone, by one or two columns, makes the text readable. Of
several such lines it is one that stands beside the key it should hang under, else one between the columns of all
others, else one that parts two lines of one column, else the one whose column hardly another line begins in.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import yaml

from engine.project.hints import Hint

NEAR = (0, -1, -2, -3, 1)  # lines from the one that the scanner complains of
MOVES = (-1, 1, -2, 2)
MOST_ABOVE = 6  # lines further up that are tried
LONGEST = 60_000  # characters: a longer text is not read again twenty times

_HEAD = re.compile(r":\s+[|>][-+0-9]*\s*$")  # a text of several lines begins under it
_NO_SPACE = re.compile(r"^\s*(-)[a-z_]+:(?:\s|$)")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # a PyYAML built without libyaml has no C loader


def odd_line(lines: list[str], complained: int) -> int | None:
    """The number (from 0) of the line to move; None when no single move helps, or the text is long."""
    if sum(map(len, lines)) > LONGEST:
        return None
    columns = Counter(_column(line) for line in lines if line.strip())
    near = [complained + step for step in NEAR]
    above = range(min(complained, len(lines)) - 1, -1, -1)
    head = next((number for number in above if _HEAD.search(lines[number])), None)
    if head is not None:  # the text under it may be longer than what is near
        near += [head, head + 1]
    near += [number for number in _uneven(lines, complained) if number not in near]
    found = [number for number in near if 0 <= number < len(lines) and _is_odd(lines, number)]
    few = sum(count for column, count in columns.items() if column % 2) <= len(found)

    def likely(number: int) -> tuple[bool, bool, bool, int]:
        column = _column(lines[number])
        return not _hangs(lines, number), not (few and column % 2), not _parts(lines, number), columns[column]

    return min(found, key=likely) if found else None


def _uneven(lines: list[str], complained: int) -> list[int]:
    """The lines above that stand one column off, up to the key that all of them belong to."""
    at, found = _column(lines[complained]), list[int]()
    for number in range(complained - 1, -1, -1):
        column = _column(lines[number])
        if lines[number].strip() and (column < at - 1 or len(found) == MOST_ABOVE):
            break
        if lines[number].strip() and abs(column - at) == 1:
            found.append(number)
    return found


def _hangs(lines: list[str], number: int) -> bool:
    """Whether the line above is a key with nothing behind it, and this one stands no further right."""
    above = next((one for one in reversed(lines[:number]) if one.strip()), "")
    line = lines[number].lstrip()
    return above.rstrip().endswith(":") and _column(lines[number]) <= _column(above) and not line.startswith("-")


def _parts(lines: list[str], number: int) -> bool:
    """Whether the lines above and below stand in one column, and this one in another."""
    above = next((_column(one) for one in reversed(lines[:number]) if one.strip()), None)
    below = next((_column(one) for one in lines[number + 1 :] if one.strip()), None)
    return above is not None and above == below != _column(lines[number])


def first_too_deep(lines: list[str], complained: int) -> int | None:
    """The first of the lines that stand further right than the one complained of, under a key that stands further
    left: a dash is lost there, or a key above."""
    at, first = _column(lines[complained]), None
    for number in range(complained - 1, -1, -1):
        column = _column(lines[number])
        if not lines[number].strip() or lines[number].lstrip().startswith("#"):
            continue
        if column <= at:
            return first if column < at or not lines[number].lstrip().startswith("-") else None
        first = number
    return None


def _is_odd(lines: list[str], number: int) -> bool:
    return bool(lines[number].strip()) and any(_helps(lines, number, by) for by in MOVES)


def _column(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _helps(lines: list[str], number: int, by: int) -> bool:
    line = lines[number]
    if by < 0 and _column(line) < -by:
        return False
    moved = " " * by + line if by > 0 else line[-by:]
    try:
        for _ in yaml.parse("\n".join([*lines[:number], moved, *lines[number + 1 :]]), Loader=_Loader):
            pass
    except yaml.YAMLError:
        return False
    return True


def under_head(lines: list[str], number: int) -> bool:
    """Whether a text of several lines begins above, and this line is meant to belong to it: it is no `key: value`."""
    if re.match(r"\s*(?:-\s|[^\s:]+:(?:\s|$))", lines[number]):
        return False
    above = (one for one in range(number - 1, -1, -1) if lines[one].strip())
    for one in above:
        if _HEAD.search(lines[one]):
            return True
        if re.match(r"\s*(?:-\s+)*[\w.]+:(?:\s|$)", lines[one]):
            return False
    return False


def in_place_of_tabs(lines: list[str], number: int) -> int:
    """As many spaces as bring the line under the keys of the line above, at one of the usual widths; else two each."""
    before, tabs = re.findall(r"^( *)(\t+)", lines[number])[0]
    above = next((one for one in reversed(lines[:number]) if one.strip()), "")
    wanted = len(above) - len(above.lstrip(" -")) - len(before)
    wanted_here = wanted - len(re.findall(r"^ *\t+( *)", lines[number])[0])
    item = above.lstrip().startswith("- ") and not lines[number].lstrip().startswith("- ")
    if item and wanted_here > 0:
        return wanted_here  # one more key of the item above
    return next((width * len(tabs) for width in (2, 4, 8) if width * len(tabs) == wanted), 2 * len(tabs))


def dash_without_space(lines: list[str], number: int) -> tuple[int, int, int] | None:
    """Line, column and end of the dash in `-ask: x`, which is a key to YAML, noticed there or on the next line."""
    above = next((one for one in range(number - 1, -1, -1) if lines[one].strip()), number)
    for one in (number, above):
        found = _NO_SPACE.match(lines[one])
        if found:
            return one, found.start(1), found.end(1)
    return None


def too_deep_below(line: str, number: int) -> Hint:
    """`number` is that of the line (from 1) that shows it."""
    message = f"The lines from here stand further right than line {number}, which they belong beside."
    if line.lstrip().startswith("-"):
        return message, "Begin this line with a dash, as that one; or write the line that is lost above it."
    return message, "Let them begin in one column; or write the key that is lost above this line."
