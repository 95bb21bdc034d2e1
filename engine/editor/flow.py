"""Where the cursor stands between the brackets of a YAML value: `{from: goals, label: |`.

Law: as in the outline, the text need not be whole; only what stands before the cursor is looked at.
"""

from __future__ import annotations

from msgspec import Struct, field


class FlowLevel(Struct):
    """One bracket that is still open. `brace`: a map. `at` is the key whose value is being written."""

    brace: bool
    keys: dict[str, str] = field(default_factory=dict)
    at: str = ""
    in_value: bool = False


class Inside(Struct):
    """`typed` is what of a key or a value stands before the cursor, without its opening quote."""

    levels: list[FlowLevel]
    typed: str

    @property
    def at_key(self) -> bool:
        return bool(self.levels) and self.levels[-1].brace and not self.levels[-1].in_value


def is_open(value: str) -> bool:
    """Whether a value that begins with a bracket or a quote goes on past this text."""
    if value[:1] in "\"'" and value:
        return _quote_end(value, 0) < 0
    inner = inside_flow(value)
    return inner is not None and value[:1] in "{["


def inside_flow(text: str) -> Inside | None:
    """The brackets that are open at the end of a value; None when there are none, as in a plain text."""
    if text[:2] in ("{{", "{%") or text[:1] not in ("{", "["):
        return None
    levels: list[FlowLevel] = []
    start = place = 0
    while place < len(text):
        sign = text[place]
        if sign in "\"'" and not text[start:place].strip():
            end = _quote_end(text, place)
            if end < 0:
                return Inside(levels, text[place + 1 :])
            place = end
        elif sign in "{[":
            levels.append(FlowLevel(sign == "{"))
            start = place + 1
        elif sign in "}]" and levels:
            levels.pop()
            if not levels:
                return None
            start = place + 1
        elif sign == "," and levels:
            levels[-1].in_value = False
            start = place + 1
        elif sign == ":" and levels and levels[-1].brace and text[place + 1 : place + 2].strip() == "":
            level = levels[-1]
            level.at, level.in_value = text[start:place].strip().strip("\"'"), True
            level.keys[level.at] = text[place + 1 :].split(",")[0].strip(" }]")
            start = place + 1
        place += 1
    return Inside(levels, text[start:].lstrip())


def keys_after(text: str) -> list[str]:
    """The keys of a map that stand behind the cursor on its line, up to its closing bracket."""
    found, depth, word = [], 0, ""
    for sign in text:
        depth += (sign in "{[") - (sign in "}]")
        if depth < 0:
            break
        if sign == ":" and not depth and word.strip().isidentifier():
            found.append(word.strip())
        word = "" if sign in ",:" else word + sign
    return found


def _quote_end(text: str, place: int) -> int:
    """The index of the quote that closes the one at `place`, or -1."""
    quote = text[place]
    place += 1
    while place < len(text):
        if quote == '"' and text[place] == "\\":
            place += 2
            continue
        if text[place] == quote:
            if quote == "'" and text[place + 1 : place + 2] == "'":
                place += 2
                continue
            return place
        place += 1
    return -1
