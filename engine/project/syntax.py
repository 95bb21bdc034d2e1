"""YAML that cannot be read: the scanner's complaint, told to a person who writes conversations and no programs.

Law: a rule looks only at the text around the mistake and never guesses silently: what no rule knows is told in the
scanner's own words (`yaml-syntax`). A rule gives the code, the place that the person must change, and the hint.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import yaml

from engine.core.finding import Finding, Mend, Span
from engine.project import lost
from engine.project.heads import colonless, first_line, second_colon, without_braces, without_comma
from engine.project.hints import AFTER_DASH, EMPTY_KEY, MISSING_SPACE, Answer, Hint, lost_comment, unquoted_braces
from engine.project.indentation import (
    dash_without_space,
    first_too_deep,
    in_place_of_tabs,
    odd_line,
    too_deep_below,
    under_head,
)
from engine.project.open_quotes import VALUE, VALUE_AT, open_above, open_or_gone_on, unclosed
from engine.project.quoting import LOST, Mended, mended, quoted, requoted
from engine.project.signs import block_head, no_content, sign
from engine.project.trouble import Trouble, in_better_words, opened, to_blame, trouble_of, value_at, whole

_UNEVEN: Hint = (
    "This line does not begin in the same column as the lines that it belongs to.",
    "Let the dashes of one list stand in one column, and the keys of one step in another.",
)
_TOO_FAR_LEFT: Hint = (
    "This line does not stand far enough right to belong to the text above.",
    "Under `|` or `>` every line of the text begins further right than the key, as far as its first line.",
)
_BRACES = re.compile(VALUE + r"(\{[{%])")
_TAB = re.compile(r"^ *(\t+)\s*\S")
_NO_SPACE = re.compile(r"^\s*(?:-\s+)*[a-z_]+(:)(?=[^\s:/])")
_CONFLICT = re.compile(r"<{7} |={7}$|>{7} ")
_EMPTY_KEY = re.compile(r"^\s*(?:-\s+)*:(?:\s|$)")


def explain(error: yaml.YAMLError, text: str, lines: list[str], file: str) -> Finding:
    """The one finding for a text that YAML cannot read."""
    trouble = trouble_of(in_better_words(error, text), lines)
    for rule in _RULES:
        answer = rule(trouble)
        if answer is not None:
            break
    else:
        answer = _in_its_own_words(trouble)
    code, (line, column, end), (message, help), *rest = answer
    moved = code in ("bad-indentation", "unquoted-braces", "unquoted-sign") and rule not in _SURE
    odd = odd_line(lines, line) if moved else None
    deep = first_too_deep(lines, line) if odd is None and message == _UNEVEN[0] else None
    if odd is not None and (odd != line or code != "bad-indentation"):
        line, column, end = whole(trouble, odd, len(lines[odd]) - len(lines[odd].lstrip()))
        code, (message, help) = "bad-indentation", _UNEVEN
    elif deep is not None:
        place = whole(trouble, deep, len(lines[deep]) - len(lines[deep].lstrip()))
        (line, column, end), (message, help) = place, too_deep_below(lines[line], line + 1)
    span = Span(file, line + 1, column + 1, line + 1, end + 1)
    return Finding(span, code, "error", message, help, _mend(file, rest[0] if rest and odd is None else None))


def _mend(file: str, mended: Mended | None) -> Mend | None:
    if mended is None:
        return None
    (line, column, end), text = mended
    return Mend(Span(file, line + 1, column + 1, line + 1, end + 1), text)


def _in_its_own_words(trouble: Trouble) -> Answer:
    problem = " ".join(part for part in (trouble.problem, trouble.context) if part) or "unreadable"
    help = "Compare this line and the one above with an example: a colon and a space after a key, equal indentation."
    return "yaml-syntax", whole(trouble, trouble.line, trouble.column), (f"YAML cannot be read here: {problem}.", help)


# the rules, most certain first


def _conflict(trouble: Trouble) -> Answer | None:
    """What git leaves in a file where two people changed the same lines."""
    number = next((number for number, line in enumerate(trouble.lines) if _CONFLICT.match(line)), None)
    if number is None:
        return None
    message = "Git could not bring two versions of this file together: both stand here, from `<<<<<<<` to `>>>>>>>`."
    help = "Keep one of the two, or what is right in each, and delete the lines of `<<<<<<<`, `=======` and `>>>>>>>`."
    return "yaml-syntax", (number, 0, len(trouble.lines[number])), (message, help)


def _tabs(trouble: Trouble) -> Answer | None:
    for number in to_blame(trouble):
        found = _TAB.match(trouble.lines[number])
        if found:
            spaces = in_place_of_tabs(trouble.lines, number)
            place = number, found.start(1), found.end(1)
            hint = ("The line is indented with a tab, which YAML does not read.", f"Type {spaces} spaces in its place.")
            return "tab-indentation", place, hint, (place, " " * spaces)
    return None


def _braces(trouble: Trouble) -> Answer | None:
    for number in to_blame(trouble):
        line = trouble.lines[number]
        found = _BRACES.match(line)
        if found:
            hint = unquoted_braces(value_at(line, found.start(1)))
            mend = mended(trouble, number, found.start(1))
            return "unquoted-braces", whole(trouble, number, found.start(1)), hint, mend
    return None


def _escape(trouble: Trouble) -> Answer | None:
    if "escape" not in trouble.problem:
        return None
    message = "Within double quotes `\\` begins an escape, and there is none of this kind."
    hint = (message, "Use 'single quotes' around the text, or write `\\\\` for one `\\`.")
    column = max(trouble.column - 1, 0) if trouble.sign != "\\" else trouble.column
    return "bad-escape", (trouble.line, column, column + 2), hint


def _after_dash(trouble: Trouble) -> Answer | None:
    place = dash_without_space(trouble.lines, trouble.line) if "scalar" not in trouble.context else None
    return ("missing-space", place, AFTER_DASH, ((place[0], place[2], place[2]), " ")) if place else None


def _second_colon(trouble: Trouble) -> Answer | None:
    in_brackets = "flow" in trouble.context and "but got ':'" in trouble.problem
    if in_brackets and trouble.context_line == trouble.line:
        first = max(trouble.here.rfind(sign, 0, trouble.column) for sign in ",{[:") + 1
        rest = re.split(r"[,\]}]", trouble.here[trouble.column :], maxsplit=1)[0]
        value = (trouble.here[first : trouble.column] + rest).rstrip()
        at = trouble.column + len(rest.rstrip()) - len(value.lstrip())
        text, sure = requoted(value.strip())
        lacking = without_comma(trouble, first)
        return lacking or _colon(trouble, value, ((trouble.line, at, at + len(value.lstrip())), text) if sure else None)
    if "mapping values are not allowed" not in trouble.problem:
        return None
    before = trouble.here[: trouble.column]
    found = VALUE_AT.match(before)
    if not found or ":" not in found.group():
        return _deeper(trouble)
    value = value_at(trouble.here, found.end())
    told = second_colon(trouble, found.group(), value) or without_braces(trouble, found.group(), value)
    return told or _colon(trouble, value, mended(trouble, trouble.line, found.end()))


def _colon(trouble: Trouble, value: str, mend: Mended | None) -> Answer:
    message = "This text holds a colon and a space, which YAML takes for one more key."
    hint = (message, f"Put the text in quotes: {quoted(value)}.")
    return "second-colon", (trouble.line, trouble.column, trouble.column + 1), hint, mend


def _deeper(trouble: Trouble) -> Answer:
    missing = _space(trouble, trouble.line - 1) or colonless(trouble, trouble.line - 1)
    if missing:
        return missing
    message = "This line stands further right than its neighbours, as if it belonged to the line above."
    indent = len(trouble.here) - len(trouble.here.lstrip())
    hint = (message, "Let the keys of one step begin in the same column; check the line above as well.")
    return "bad-indentation", whole(trouble, trouble.line, indent), hint


def _no_colon(trouble: Trouble) -> Answer | None:
    """A line that should be `key: value`."""
    if "expected ':'" not in trouble.problem:
        return None
    number = trouble.context_line
    line = trouble.lines[number]
    behind = LOST.search(line)
    if behind:
        comment = line[behind.end() - 1 :].rstrip()
        return "lost-comment", whole(trouble, number, behind.end() - 1), lost_comment(comment)
    missing = _space(trouble, number)
    if missing:
        return missing
    if under_head(trouble.lines, number):
        return "bad-indentation", whole(trouble, number, trouble.context_column), _TOO_FAR_LEFT
    if _FOREIGN.match(line):
        hint = ("This is no comment here.", "A comment begins with `#`; what comes from Markdown is deleted.")
        return "missing-colon", whole(trouble, number, trouble.context_column), hint
    if colon := colonless(trouble, number):
        return colon
    help = "Write `key: value`. A text of several lines needs `|` or quotes."
    hint = ("A key and a colon are expected on this line.", help)
    return "missing-colon", whole(trouble, number, trouble.context_column), hint


_FOREIGN = re.compile(r"\s*(?://|/\*|<!--|```|--)")


def _space(trouble: Trouble, number: int) -> Answer | None:
    found = _NO_SPACE.match(trouble.lines[number]) if number >= 0 else None
    if not found:
        return None
    return "missing-space", (number, found.start(1), found.end(1)), MISSING_SPACE


def _dash(trouble: Trouble) -> Answer | None:
    if not re.search("(sequence entries|mapping keys) are not allowed", trouble.problem):
        return None
    if ":" not in trouble.here[: trouble.column]:
        return _deeper(trouble)
    message = f"A value cannot begin with {trouble.sign} and a space on the line of its key."
    value = quoted(value_at(trouble.here, trouble.column))
    hint = (message, f"Put the text in quotes: {value}. A list begins on the next line.")
    return "unquoted-sign", whole(trouble, trouble.line, trouble.column), hint


def _bracket(trouble: Trouble) -> Answer | None:
    if "flow" not in trouble.context:
        return None
    number, column = opened(trouble)
    inside = trouble.lines[number][column:].split(" #")[0]
    quote = re.search(r"[\[{,]\s*\"[^\"]*\Z", inside)
    if quote and number < trouble.line:
        return unclosed(trouble, number, column + quote.group().index('"') + quote.start())
    sign = inside[:1]
    closing = "]" if sign == "[" else "}"
    message = f"The `{sign}` that opens here is not closed by `{closing}`, or a comma is missing within."
    help = f"Write `{closing}` at its end. Texts with `, : [ ] {{ }}` within need quotes."
    if inside.strip() == sign and re.match(r"\s*-\s", trouble.here):
        message = f"The `{sign}` that opens here is not closed by `{closing}`."
        help = f"Take the `{sign}` out: lines with dashes need none. Or write `{closing}` at its end, on this line."
    return "unclosed-bracket", whole(trouble, number, column), (message, help)


def _block(trouble: Trouble) -> Answer | None:
    """The scanner met something that does not belong to the list or map that it was in."""
    if "expected <block end>" not in trouble.problem and "expected key" not in trouble.problem:
        return None
    if _EMPTY_KEY.match(trouble.here):
        return "empty-key", (trouble.line, trouble.here.index(":"), trouble.here.index(":") + 1), EMPTY_KEY
    start = VALUE_AT.match(trouble.here)
    at = start.end() if start else 0
    if trouble.here[at : at + 1] in ("[", "{") and trouble.column > at:
        if re.fullmatch(r"[\]}]+", trouble.here[trouble.column :].split(" #")[0].strip()):
            message = f"There is one `{trouble.here[trouble.column]}` too many."
            return "unclosed-bracket", whole(trouble, trouble.line, trouble.column), (message, "Delete it.")
        message = f"The text goes on behind its closing bracket; YAML takes `{trouble.here[at]}` for a list or a map."
        hint = (message, f"Put the whole text in quotes: {quoted(value_at(trouble.here, at))}.")
        return "unquoted-sign", whole(trouble, trouble.line, at), hint, mended(trouble, trouble.line, at)
    missing = _space(trouble, trouble.line) or _space(trouble, trouble.line - 1)
    if missing:
        return missing
    indent = len(trouble.here) - len(trouble.here.lstrip())
    sign = trouble.here[indent : indent + 1]
    hint = (
        (f"`{sign}` is no dash of a list.", "Type the short `-` of the keyboard.")
        if sign and sign in lost.DASHES
        else _TOO_FAR_LEFT
        if under_head(trouble.lines, trouble.line)
        else _UNEVEN
    )
    return "bad-indentation", whole(trouble, trouble.line, indent), hint


_RULES: tuple[Callable[[Trouble], Answer | None], ...] = (
    _conflict,
    _tabs,
    lost.blank,
    open_above,
    _braces,
    _escape,
    open_or_gone_on,
    sign,
    block_head,
    _after_dash,
    lost.dash,
    lost.key,
    _second_colon,
    _no_colon,
    _dash,
    no_content,
    _bracket,
    first_line,
    _block,
)
_SURE = (first_line, lost.dash, lost.key)  # no other line is to blame
