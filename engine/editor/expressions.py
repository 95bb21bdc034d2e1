"""Completion inside `{{ }}`, `{% %}` and bare conditions: variables, their attributes, filters."""

from __future__ import annotations

import re

from msgspec import Struct

from engine.core.template import PEOPLE
from engine.editor.bots import readable
from engine.editor.cursor import Cursor
from engine.editor.scope import Scope, describe, scope_at

_CHAIN = re.compile(r"(?P<base>(?:[^\W\d]\w*(?:\[[^\[\]]*\])?\.)*)(?P<word>\w*)\Z")
_COMPARED = re.compile(r"(?P<base>[^\W\d][\w.]*)\s*[!=]=\s*(?P<quote>['\"])(?P<word>[^'\"]*)\Z")
_REST = re.compile(r"\w*")
_OPEN = re.compile(r"\{\{|\{%|\}\}|%\}|\{#|#\}")


class Typed(Struct, frozen=True):
    """What is being typed of an expression: `goal.ti` is base `goal.` and word `ti`; `filter` behind a `|`. `compared`:
    all of `mood == 'go`, of which `mood` is the base."""

    base: str
    word: str
    filter: bool = False
    compared: str = ""

    @property
    def whole(self) -> str:
        return self.compared or self.base + self.word


def typed_in(text: str, bare: bool) -> Typed | None:
    """The expression that a text ends in; None outside of braces, in a quote that is compared with nothing, or
    when a value is being told."""
    inner = text
    if not bare:
        signs = list(_OPEN.finditer(text))
        if not signs or signs[-1].group() not in ("{{", "{%"):
            return None
        inner = text[signs[-1].end() :]
    compared = _COMPARED.search(inner)
    if compared is not None and inner[: compared.start()].count(compared["quote"]) % 2 == 0:
        return Typed(compared["base"], compared["word"], compared=compared.group())
    if inner.count("'") % 2 or inner.count('"') % 2:
        return None
    found = _CHAIN.search(inner)
    assert found is not None  # noqa: S101 it matches the empty text too
    before = inner[: found.start()].rstrip()
    if found["word"][:1].isdigit() or (before.endswith(".") and not found["base"]):
        return None
    return Typed(found["base"], found["word"], before.endswith("|"))


def proposals(cursor: Cursor, typed: Typed, of_item: bool) -> list[tuple[str, str, str]]:
    """(word, kind, what it is); kind out of variable, attribute, engine, filter, value."""
    if typed.filter:
        return [(name, "filter", "a filter") for name in sorted(PEOPLE.filters) if not name.startswith("_")]
    scope = _scope(cursor, typed, of_item)
    if typed.compared:
        shape = scope.shape(typed.base)
        values = {value for part in shape.parts() for value in part.values or ()} if shape is not None else set()
        return [(value, "value", "") for value in sorted(values, key=str) if isinstance(value, str)]
    if typed.base:
        inner = sorted(scope.attributes(typed.base[:-1]).items())
        return [(name, "attribute", describe(shape)) for name, shape in inner]
    own = [(name, shape) for name, shape in sorted(scope.known.items()) if name not in scope.engine]
    found = [(name, "variable", describe(shape)) for name, shape in own]
    return found + [(name, "engine", describe(shape)) for name, shape in scope.engine.items()]


def _scope(cursor: Cursor, typed: Typed, of_item: bool) -> Scope:
    """Half an expression makes its whole file unreadable: it is looked at with `null` in that place. Beside another
    mistake: what can be read all the same, and what was known when there was none."""
    bot, file = cursor.bot, cursor.file
    loaded = bot.loaded({file: _mended(cursor, typed).encode()})
    scope = scope_at(loaded, file, cursor.line, cursor.column, of_item, mistaken=True)
    good = None if readable(loaded, file) else bot.good.get(file)
    return scope if good is None else scope.beside(scope_at(good, file, cursor.line, cursor.column, of_item))


def _mended(cursor: Cursor, typed: Typed) -> str:
    content, place = cursor.content, cursor.column - 1
    start = place - len(typed.whole)
    rest = _REST.sub("", content[place:], count=1)
    rest = rest[1:] if typed.compared and rest[:1] in ("'", '"') else rest
    before = content[:start]
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        if before.count(opening) > before.count(closing) and closing not in rest:
            rest = f" {closing}{rest}"
    quote = next((sign for sign in "\"'" if before.count(sign) % 2 and sign not in rest), "")
    changed = [*cursor.lines.lines]
    changed[cursor.line - 1] = f"{before}null{rest}{quote}"
    return "\n".join(changed)
