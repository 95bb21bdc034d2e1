"""Lines that lost what they begin with: the colon of their key, their dash, the key above them.

Law: a word counts as a key when it is one of ours, or stands as a key elsewhere in the file.
"""

from __future__ import annotations

import re

from engine.project.hints import Hint
from engine.project.quoting import Mended
from engine.project.trouble import Place, Trouble, whole
from engine.steps import KINDS

_KEY = re.compile(r"\s*(?:-\s+)*([^\W\d]\w*)((?: +[^\s:#]+)*)\s*$")
_OF_STEPS = ("then", "else", "do", "steps", "if_fails")
_OF_EXPRESSIONS = ("if", "switch", "in")
_FIELDS = frozenset(field for kind in KINDS.values() for field in kind.FIELDS)
_OURS = frozenset(("format", "scenario", "title", "starts_on", "steps", *KINDS, *_FIELDS))


def colonless(trouble: Trouble, number: int) -> tuple[str, Place, Hint] | None:
    """`format 1`."""
    found = _KEY.match(trouble.lines[number]) if number >= 0 else None
    if not found:
        return None
    key = re.compile(rf"\s*(?:-\s+)*{found[1]}:(?:\s|$)")
    if found[1] not in _OURS and not any(key.match(line) for line in trouble.lines):
        return None
    written = f"{found[1]}: {found[2].strip(' =') or '…'}"
    hint = (f"There is no colon after `{found[1]}`.", f"Write `{written}`.")
    return "missing-colon", whole(trouble, number, found.start(1)), hint


def second_colon(trouble: Trouble, before: str, value: str) -> tuple[str, Place, Hint, Mended | None] | None:
    """`then: goto: end`, `if: age < 18:`: the first colon ends the key, and the second belongs to no text."""
    key = before.strip(" -:")
    verb = value.split(":")[0]
    if key in _OF_STEPS and verb in KINDS:
        place = trouble.line, len(before), len(before) + len(value)
        message = f"`{verb}` begins a step, and this stands behind `{key}:`."
        hint = (message, f"Write it below, with a dash: `- {value}`.")
        return "second-colon", place, hint, None
    if key in _OF_EXPRESSIONS and value.endswith(":"):
        place = trouble.line, trouble.column, trouble.column + 1
        hint = ("This line ends with a second colon.", f"Write `{key}: {value[:-1]}`.")
        return "second-colon", place, hint, (place, "")
    return None


_MAPS = frozenset(("choices", "fields", "where", "with", "lines", "set", "if_fails", "returns", "renamed", "inputs"))
_VALUE = r"(?:\[[^\]\n]*\]|[^,:\[])+"
_PAIRS = re.compile(rf"[^,:]+: +{_VALUE}(?:, *[\w?]+: +{_VALUE})+")


def without_braces(trouble: Trouble, before: str, value: str) -> tuple[str, Place, Hint, None] | None:
    """`choices: yes: Yes, no: No`, and `- id: tea, price: 3`."""
    key = before.strip(" -:")
    of_row = before.lstrip().startswith("- ") and key not in KINDS and _PAIRS.fullmatch(f"{key}: {value}")
    if not of_row and not (key in _MAPS and _PAIRS.fullmatch(value)):
        return None
    whole = f"{key}: {value}" if of_row else value
    hint = ("Several keys on one line stand between braces.", f"Write `{{{whole}}}`.")
    return "second-colon", (trouble.line, len(before), len(before) + len(value)), hint, None


def without_comma(trouble: Trouble, first: int) -> tuple[str, Place, Hint, None] | None:
    """`{id: tea price: 3}`, where `price:` stands elsewhere in the file."""
    found = re.fullmatch(r"\s*(\S.*?)\s*;?\s+([^\W\d]\w*)\s*", trouble.here[first : trouble.column])
    at = first + found.start(2) if found else 0
    keys = re.compile(rf"(?<!\w){found[2]}\s*:") if found else None
    if not found or not keys or sum(len(keys.findall(line)) for line in trouble.lines) < 2:
        return None
    hint = (f"There is no comma before `{found[2]}`.", f"Write `{found[1]}, {found[2]}: …`.")
    return "second-colon", (trouble.line, at, at + len(found[2])), hint, None


def first_line(trouble: Trouble) -> tuple[str, Place, Hint] | None:
    """The file's first line stands further right than others, or has no dash and others have."""
    number = next((number for number, line in enumerate(trouble.lines) if re.match(r"\s*[^\s#]", line)), 0)
    line = trouble.lines[number]
    indent = len(line) - len(line.lstrip())
    if "expected '<document start>'" not in trouble.problem or trouble.column or number >= trouble.line:
        return None
    if "block sequence" in trouble.problem and not indent:
        hint = ("A list begins below, and this line is no item of it.", f"Write a dash before it: `- {line.strip()}`.")
    elif indent:
        message = "The file begins further right than it goes on."
        hint = (message, "Take the spaces before this line out; or write the key that it belongs to above it.")
    else:
        return None
    return "bad-indentation", whole(trouble, number, indent), hint
