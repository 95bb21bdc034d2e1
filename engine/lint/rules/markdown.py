"""Formatting that is not closed: people see the signs.

Law: a text with Jinja statements is let pass, for what it becomes is not known here.
"""

from __future__ import annotations

import re

from engine.channels.markdown import render
from engine.core.finding import Span
from engine.core.node import Scalar
from engine.core.template import Text
from engine.lint.world import World
from engine.project.places import position

_VALUE = re.compile(r"\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
_BOLD = re.compile(r"(?<!\*)\*\*(?=[^\s*])|(?<=[^\s*])\*\*(?!\*)")
_LINK = re.compile(r"\[[^\[\]\n]+\]\((?P<address>[^()\s]*)\)?")
_BACKTICK = "This backtick stands alone, so people see it."
_CODE = re.compile(r"`+")


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        texts = [one for step in scenario.steps for one in step.templates if isinstance(one, Text)]
        for text in texts:
            for language, plain in text.languages.items():
                scalar = text.scalars.get(language)
                if scalar is None or scalar.span.file != scenario.file:
                    continue  # what a translator wrote is `formatting-differs`
                if any(sign in plain.source for sign in ("**", "`", "](")):
                    _text(world, scalar, plain.source)


def _text(world: World, scalar: Scalar, source: str) -> None:
    if "{%" in source or scalar.text != source:
        return
    written = _VALUE.sub(lambda found: "x" * len(found[0]), source)  # of the same length: places stay
    shown = render(written).text
    link = _LINK.search(shown)
    if link:
        address = link["address"]
        message = f"`{address}` is no address that a link can lead to." if address else "This link has no address."
        message = message if link[0].endswith(")") else "This link is not closed by `)`."
        _tell(world, scalar, written.rfind(link[0]), len(link[0]), message, "`[label](https://…)` is a link.")
        return
    for sign, pattern in (("**", _BOLD), ("`", _CODE)):
        left, every = pattern.search(shown), list(pattern.finditer(written))
        if left and every and len(every) % 2:
            help = "Write the sign at both ends, or a backslash before it."
            what = "These stars stand alone, so people see them." if sign == "**" else _BACKTICK
            _tell(world, scalar, every[-1].start(), len(every[-1][0]), what, help)
            return


def _tell(world: World, scalar: Scalar, offset: int, length: int, message: str, help: str) -> None:
    line, column = position(scalar, max(offset, 0))
    at = Span(scalar.span.file, line, column, line, column + length) if offset >= 0 else scalar.span
    world.report("broken-markdown", "warning", at, message, help)
