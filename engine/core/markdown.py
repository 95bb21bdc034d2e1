"""Making a value of a person or a model harmless inside an author's Markdown.

Law: `engine.channels.markdown.render(escape(s))` is exactly `s` without any entity, whatever `s` is. Pure; the
template engine calls it for every value it prints.
"""

from __future__ import annotations

import re

# Every character that can begin, end or change a piece of formatting. `#`, `-`, digits and `.` are none of them: the
# engine's Markdown has no headings and no lists, their signs are shown as they were written.
SPECIAL = r"\`*_~|[]()>"

_TABLE = {ord(character): "\\" + character for character in SPECIAL}
_FOUND = re.compile("[" + re.escape(SPECIAL) + "]")


def escape(value: str) -> str:
    """`5*3` -> `5\\*3`: the text that renders as `value` and nothing else."""
    return value.translate(_TABLE) if _FOUND.search(value) else value


# Formatting around a value is the author's, whatever the value is: `**{{ name }}**` with nothing in it is nothing, and
# blanks at a value's ends stand outside of the signs, which would not be formatting beside a blank. While such a text
# is made the edges of its values are marked, with four characters that Unicode keeps for this.
_OPEN, _FROM, _TO, _CLOSE = "\ufdd0", "\ufdd1", "\ufdd2", "\ufdd3"
_SIGN = r"(\*{1,3}|_|~~|\|\||`)"
# To begin with braces lets it go over all other characters at once.
_HUGS = re.compile(r"\{\{(?:(?<=[*_`]\{\{)|(?<=~~\{\{)|(?<=\|\|\{\{))|\}\}(?:[*_`]|~~|\|\|)")
_NESTED = re.compile(r"\{%-?\s*(set|macro|call|filter)\b")  # there a value's text becomes a value once more
_SIGNS = re.compile(r"\\.|" + _SIGN)  # one behind a backslash is none
_NOTHING = re.compile(f"{_SIGN}{_OPEN}(\\s*){_FROM}{_TO}(\\s*){_CLOSE}\\1")
_BEFORE = re.compile(f"{_SIGN}{_OPEN}(\\s+){_FROM}")
_AFTER = re.compile(f"{_TO}(\\s+){_CLOSE}{_SIGN}")
_MARKS = dict.fromkeys(map(ord, _OPEN + _FROM + _TO + _CLOSE))


def hugs(source: str) -> bool:
    """Whether a template has formatting signs right beside a value."""
    return "{{" in source and _HUGS.search(source) is not None and _NESTED.search(source) is None


def edged(escaped: str) -> str:
    """A value with its edges marked, where they matter."""
    inner = escaped.strip()
    if inner and len(inner) == len(escaped):
        return escaped
    start = escaped.index(inner) if inner else len(escaped)
    end = start + len(inner)
    return f"{_OPEN}{escaped[:start]}{_FROM}{inner}{_TO}{escaped[end:]}{_CLOSE}"


def settled(text: str) -> str:
    """The text with its marks turned into what the author meant."""
    if _OPEN not in text:
        return text
    for _ in range(3):  # signs within signs
        text = _NOTHING.sub(rf"{_OPEN}\2{_FROM}{_TO}\3{_CLOSE}", text)
        text = _BEFORE.sub(lambda at: at[0] if _is_open(at, 1) else f"{_OPEN}{at[2]}{_FROM}{at[1]}", text)
        text = _AFTER.sub(lambda at: f"{at[2]}{_TO}{at[1]}{_CLOSE}" if _is_open(at, 2) else at[0], text)
    return text.translate(_MARKS)


def _is_open(at: re.Match[str], group: int) -> bool:
    """Whether formatting by this sign began before it: then it ends there, else it begins."""
    return [sign[0] for sign in _SIGNS.finditer(at.string, 0, at.start(group))].count(at[group]) % 2 == 1
