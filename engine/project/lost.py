"""Lines whose beginning is lost: the dash, the key above them, the plain spaces.

Law: a rule speaks only where the words around leave one meaning: a verb of ours behind the spaces, a list beside it.
"""

from __future__ import annotations

import re

from engine.project.hints import INVISIBLE, Answer
from engine.project.trouble import Trouble, to_blame, whole
from engine.steps import KINDS

DASHES = "—–−‒―•●▪■◦‣∙·○"  # what word processors make of a dash, and what stands before an item in other texts
_PLACED = ("expected <block end>", "expected key", "are not allowed")
_VERB = re.compile(rf"( *)(?:{'|'.join(KINDS)}):(?:\s|$)")
_ITEM = re.compile(rf"( *)- (?:{'|'.join(KINDS)}):(?:\s|$)")
_ABOVE = re.compile(r" *(?:- +)?(\w+):(?:\s|$)")
_UNDER = {"if": "then", "each": "do", "in": "do"}  # what lacks between such a line and steps further right
_HEADS = ("format", "scenario", "title", "description", "starts_on")
_BLANK = re.compile(rf"( *(?:- *)?(?:\w+:)?)([ {''.join(INVISIBLE)}]*[{''.join(INVISIBLE)}][ {''.join(INVISIBLE)}]*)")


def blank(trouble: Trouble) -> Answer | None:
    """Spaces of another kind, as pages and messengers have them, where YAML counts plain ones."""
    for number in to_blame(trouble):
        found = _BLANK.match(trouble.lines[number])
        if found and found.end() < len(trouble.lines[number].rstrip()):
            sign = next(one for one in found[2] if one in INVISIBLE)
            message = f"An invisible character (U+{ord(sign):04X}), which is no plain space, stands before this."
            hint = (message, "Delete what stands before it, and type plain spaces.")
            place = number, found.start(2), found.end(2)
            return "control-character", whole(trouble, number, found.end()), hint, (place, " " * len(found[2]))
    return None


def dash(trouble: Trouble) -> Answer | None:
    """`ask: goal` in the column of the dashes."""
    if not any(one in trouble.problem for one in _PLACED):
        return None
    found = _VERB.match(trouble.here)
    above = (line for line in reversed(trouble.lines[: trouble.line]) if line.strip())
    beside = next((line for line in above if len(line) - len(line.lstrip(" ")) <= len(found[1])), "") if found else ""
    if not found or not beside.startswith(f"{found[1]}- "):
        return None
    hint = ("The dash of this step is lost.", f"Write `- {trouble.here.strip()}`.")
    at = len(found[1])
    return "bad-indentation", whole(trouble, trouble.line, at), hint, ((trouble.line, at, at), "- ")


def key(trouble: Trouble) -> Answer | None:
    """Steps below `- if: …` without `then:`, and below a scenario's head without `steps:`."""
    found = _ITEM.match(trouble.here) if any(one in trouble.problem for one in _PLACED) else None
    number = next((one for one in range(trouble.line - 1, -1, -1) if _is_written(trouble.lines[one])), None)
    if not found or number is None:
        return None
    above = _ABOVE.match(trouble.lines[number])
    name = above[1] if above else ""
    left = len(trouble.lines[number]) - len(trouble.lines[number].lstrip(" "))
    lost = _UNDER.get(name, "") if left < len(found[1]) else ""
    if name in _HEADS and not left and not any(line.startswith("steps:") for line in trouble.lines):
        lost = "steps"
    if not lost:
        return None
    hint = (f"`{lost}:` is lost above these steps.", f"Write `{lost}:` on a line of its own before them.")
    return "bad-indentation", whole(trouble, trouble.line, len(found[1])), hint


def _is_written(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")
