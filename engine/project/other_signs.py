"""Signs and words of other languages within an expression, and what one writes here."""

from __future__ import annotations

import re

from engine.core.template import PEOPLE

SIGNS = {
    "&": "Write `and`.",
    "!": "Write `not`, or `!=` for what is not equal.",
    "?": "Write `'one' if condition else 'other'`.",
    "$": "A name stands without `$`.",
    "#": "Take it out; a comment stands between `{#` and `#}`.",
    "≥": "Write `>=`.",
    "≤": "Write `<=`.",
    "≠": "Write `!=`.",
    "×": "Write `*`.",
    "÷": "Write `/`.",
    **dict.fromkeys("−–—", "Write the short `-` of the keyboard."),
} | dict.fromkeys("“”„«»‘’`", "A text stands in straight quotes: `'…'`.")


WORDS = {
    word: help
    for words, help in (
        ("equals equal eq равно равен", "Equal is written `==`."),
        ("greater more above over gt больше выше старше", "More than is written `>`."),
        ("less below under lt меньше ниже младше", "Less than is written `<`."),
        ("contains includes has like содержит", "Write it the other way round: `'word' in text`."),
        ("between между", "Write `1 <= n <= 5`."),
        ("then тогда do goto say", "The condition ends before it; what is to happen stands under `then:`."),
        ("for", "A list is gone through by filters: `rows | selectattr('left', 'gt', 0) | list`."),
        ("и", "Write `and`."),
        ("или", "Write `or`."),
        ("не", "Write `not`."),
    )
    for word in words.split()
}


def of_sign(text: str, at: int) -> str:
    """What to write for a sign that no expression has."""
    if text.startswith("??", at) or text.startswith("?:", at):
        return "Write `or`: `name or 'friend'`."
    if text.startswith("?.", at):
        return "Write `.` alone: null has no parts, and gives null."
    return SIGNS.get(text[at], "")


_TAG = re.compile(r"\{\{-?\s*(if|elif|else|endif|for|endfor|set|include|block)\s*\Z")
_BEHIND_FILTER = re.compile(r"\|\s*(\w+)\s*\Z")


def instead(text: str, start: int, end: int, begins: bool, bare: bool) -> str:
    """What to write for a word of an expression that does not belong there; `begins`: it stands first in its tag."""
    shown, left = text[start:end], text[:start]
    if tag := _TAG.search(left):
        return f"That is a tag: `{{% {tag[1]} … %}}`."
    if shown == ":" and (given := _BEHIND_FILTER.search(left)):
        return f"What a filter takes stands in brackets: `{given[1]}(…)`."
    if shown == ":" and re.search(r"[(,]\s*\w+\s*\Z", left):
        return "What has a name is given with `=`: `plus(days=1)`."
    if shown in ("<", ">", "<=", ">=", "==", "!=") and re.search(r"\b(and|or)\s*\Z", left):
        return "Name the value on both sides: `n > 1 and n < 5`."
    behind = re.match(r"\|*\s*(\w+)", text[start:])
    name = behind[1] if behind is not None else ""
    called = shown == name and text[end:].lstrip().startswith("(")
    if name in PEOPLE.filters and (shown.startswith("|") or called):
        return f"A filter stands behind one `|`: `… | {name}`."
    if shown.startswith("|") and (left.endswith("|") or text.startswith("||", start)):
        return "Write `or`."
    if shown == "." and (left.endswith(".") or text.startswith("..", start)):
        return "The whole numbers from 1 to 5 are `range(1, 6)`."
    if shown == "=" and left.endswith(("+", "-", "*", "/")):
        return "The new value is written whole: `count + 1`."
    if shown == "=" and left.endswith(("==", "!=")):
        return f"Write `{left[-2:]}`."
    if shown.startswith("}"):
        return "A value stands in two braces: `{{ name }}`."
    if shown.startswith("%") and begins:
        return "Write `{{ value }}`, or `{% tag %}`."
    if shown == "," and bare:
        return "A list stands in square brackets: `['a', 'b']`."
    return WORDS.get(shown, "")
