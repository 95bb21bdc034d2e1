"""Cuts templates into Jinja's tokens: the very same as Jinja's own lexer gives, in a fraction of its time.

Law: whatever the text, tokens and errors are Jinja's. Its lexer tries a regular expression after the other at every
place, ours has one for each state; texts with comments or `raw` are left to Jinja's.
"""

from __future__ import annotations

import re
from ast import literal_eval
from collections.abc import Iterator
from typing import Any

from jinja2 import lexer
from jinja2._identifier import pattern as name_re
from jinja2.exceptions import TemplateSyntaxError
from jinja2.lexer import Token, TokenStream

_BEGIN = re.compile(r"\{[{%]")
_WORDS = (
    rf"(?P<space>\s+)|(?P<float>(?ix:{lexer.float_re.pattern}))|(?P<integer>(?ix:{lexer.integer_re.pattern}))"
    rf"|(?P<name>{name_re.pattern})|(?P<string>{lexer.string_re.pattern})"
    rf"|(?P<operator>{lexer.operator_re.pattern})"
)
_WORD = re.compile(f" *(?:{_WORDS})", re.DOTALL)
_END = {
    "variable": re.compile(r"-\}\}\s*|\}\}"),
    "block": re.compile(r"\+%\}|-%\}\s*|%\}\n?"),
}
_CLOSING = {"{": "}", "(": ")", "[": "]"}


def stream(source: str, name: str | None, filename: str | None, state: str | None) -> TokenStream | None:
    """For environments with `trim_blocks`, `lstrip_blocks`, and everything else as it is by default. `state` is what
    the text begins in: `variable`, `block`, or nothing of these. None: the text is for Jinja's own lexer."""
    if "{#" in source or ("{%" in source and "raw" in source):
        return None
    if "\r" in source:
        source = lexer.newline_re.sub("\n", source)
    return TokenStream(_tokens(source.removesuffix("\n"), name, filename, state or ""), name, filename)


def _tokens(source: str, name: str | None, filename: str | None, state: str) -> Iterator[Token]:
    place, line, at_line_start = 0, 1, True
    brackets: list[str] = []
    while True:
        if not state:
            begin = _BEGIN.search(source, place)
            if begin is None:
                if place < len(source):
                    yield Token(line, "data", source[place:])
                return
            state = "variable" if begin.group() == "{{" else "block"
            text, sign = _before(source, place, begin, state, at_line_start)
            if text:
                yield Token(line, "data", text)
            line += source.count("\n", place, begin.start())
            yield Token(line, f"{state}_begin", begin.group() + sign)
            place = begin.end() + len(sign)
        found = _WORD.match(source, place)
        if found is None:
            if place >= len(source):
                return
            place = len(source) - len(source[place:].lstrip(" "))
            raise TemplateSyntaxError(f"unexpected char {source[place]!r} at {place}", line, name, filename)
        kind, place = found.lastgroup, found.end()
        assert kind is not None  # noqa: S101 every way through the expression is named
        value = found.group(kind)
        if value in "}-+%" and not brackets and (end := _END[state].match(source, found.start(kind))):
            value, place = end.group(), end.end()
            yield Token(line, f"{state}_end", value)
            state, at_line_start = "", value[-1] == "\n"
        elif kind == "operator":
            if value in "{[()]}" and (problem := _unbalanced(value, brackets)):
                raise TemplateSyntaxError(problem, line, name, filename)
            yield Token(line, lexer.operators[value], value)
        elif kind != "space":
            yield Token(line, kind, _value(kind, value, line, name, filename))
        if "\n" in value:
            line += value.count("\n")


def _before(source: str, place: int, begin: re.Match[str], state: str, at_line_start: bool) -> tuple[str, str]:
    """The text before a tag, without the spaces that the tag takes away; and the tag's own sign."""
    text, sign = source[place : begin.start()], source[begin.end() : begin.end() + 1]
    if sign == "-":
        return text.rstrip(), sign
    if sign == "+":
        return text, sign
    if state == "block":
        start = text.rfind("\n") + 1
        if (start or at_line_start) and text[start:].isspace():
            text = text[:start]
    return text, ""


def _unbalanced(sign: str, brackets: list[str]) -> str:
    """Keeps count of the brackets that are open; what is wrong with them."""
    if sign in _CLOSING:
        brackets.append(_CLOSING[sign])
    elif sign in ("}", ")", "]"):
        if not brackets:
            return f"unexpected '{sign}'"
        expected = brackets.pop()
        if expected != sign:
            return f"unexpected '{sign}', expected '{expected}'"
    return ""


def _value(kind: str, written: str, line: int, name: str | None, filename: str | None) -> Any:
    if kind == "name":
        if not written.isidentifier():
            raise TemplateSyntaxError("Invalid character in identifier", line, name, filename)
        return written
    if kind == "string":
        if "\\" not in written:
            return written[1:-1]
        try:
            return written[1:-1].encode("ascii", "backslashreplace").decode("unicode-escape")
        except Exception as error:
            raise TemplateSyntaxError(str(error).split(":")[-1].strip(), line, name, filename) from error
    digits = written.replace("_", "")
    return int(digits, 0) if kind == "integer" else literal_eval(digits)
