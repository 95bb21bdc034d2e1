"""Texts in several languages whose formatting differs: a `**` or a link was lost or broken on the way.

Law: what counts is how people see it, as engine.channels.markdown shows it; the texts themselves may differ at will.
"""

from __future__ import annotations

import re
from collections import Counter

from engine.channels.markdown import render
from engine.core.template import Plain, Text
from engine.lint.world import World

_VALUE, _BLOCK = re.compile(r"\{\{.*?\}\}", re.DOTALL), re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_SIGNS = re.compile(r"[*_`~|>\[]")  # a text without any has no formatting
_WORDS = {
    "bold": "a `**bold**` stretch",
    "italic": "an `*italic*` stretch",
    "code": "a stretch of `code`",
    "pre": "a block of code",
    "strikethrough": "a `~~struck~~` stretch",
    "spoiler": "a `||spoiler||`",
    "text_link": "a `[link](https://…)`",
    "blockquote": "a `> quote`",
}


def check(world: World) -> None:
    titles = (text for one in world.scenarios.values() for text in (one.title, one.description) if text is not None)
    for text in (*titles, *(text for _, text in world.said)):
        if len(text.languages) > 1:
            _compare(world, text)


def _compare(world: World, text: Text) -> None:
    if not any(_SIGNS.search(one.source) for one in text.languages.values()):
        return
    (first, own), *others = text.languages.items()
    wanted = _formatting(own)
    for language, one in others:
        found = _formatting(one)
        scalar = text.scalars.get(language)
        if found == wanted or scalar is None:
            continue
        kind = next(kind for kind in _WORDS if found[kind] != wanted[kind])
        more, less = (language, first) if found[kind] > wanted[kind] else (first, language)
        message = f"The text in `{more}` has {_WORDS[kind]} that the one in `{less}` has not."
        help = "Each sign stands at both ends, close to its words; a link has no space before its bracket."
        world.report("formatting-differs", "warning", scalar.span, message, help)


def _formatting(text: Plain) -> Counter[str]:
    """How many stretches of each kind people see."""
    source = text.source
    if "{" in source:
        source = _BLOCK.sub("", _VALUE.sub("x", source))
    return Counter(entity.kind for entity in render(source).entities)
