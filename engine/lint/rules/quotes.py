"""Quotes that are part of the text, where YAML's were meant: one that nothing opens, and typographic ones.

Law: typographic quotes in what people read are let be, and so is a `"` after a digit, which may mean inches.
"""

from __future__ import annotations

import re

from engine.core.finding import Span
from engine.core.node import Scalar
from engine.core.template import Value
from engine.lint.world import World
from engine.project.places import span_of
from engine.project.quoting import in_quotes
from engine.project.spoken import every
from engine.project.yaml import read

_CURLY = re.compile(r"\s*[“„”‘’](\{\{[^{}]*\}\}|\w+)[“”‘’]\s*")
_AROUND = re.compile(r"\s*[“„”«»‘’](.+)[“”«»‘’]\s*")


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        file = world.loaded.files[scenario.file]
        if file.node is not None and _odd(world.source(scenario.file)):
            _stray(world, [one for one in every(file.node) if isinstance(one, Scalar)])
        values = (one.node for step in scenario.steps for one in step.templates if isinstance(one, Value))
        for node in values:
            for one in every(node) if node is not None else ():
                found = _CURLY.fullmatch(one.text) if isinstance(one, Scalar) and one.plain else None
                if found is not None:
                    _curly(world, one.span, found[1])
        for trigger in world.facts[scenario.id].triggers:
            found = _AROUND.fullmatch(trigger.value) if trigger.kind == "text" else None
            if found is not None and trigger.span is not None:
                _curly(world, trigger.span, found[1])
    for name, source in world.loaded.sources.items() if world.leads else ():
        node = read(source, name)[0] if name.startswith("catalog/") and (_odd(source) or _torn(source)) else None
        if node is not None:
            scalars = [one for one in every(node) if isinstance(one, Scalar)]
            _stray(world, scalars)
            _brackets(world, scalars)


def _odd(source: bytes) -> bool:
    """Whether on some line a quote may be alone; most files have none."""
    inner = source.split(b'"')[1::2]  # between the first and the second, the third and the fourth, ...
    return source.count(b'"') % 2 > 0 or any(b"\n" in one or b"\r" in one for one in inner)


def _stray(world: World, scalars: list[Scalar]) -> None:
    for one in scalars:
        text = one.text
        if one.plain and text.count('"') == 1 and text.endswith('"') and not text[-2:-1].isdigit():
            message = 'This `"` closes nothing, so it is a part of the text.'
            help = f"Take it out, or write it before the text as well: {in_quotes(text[:-1])}."
            world.report("stray-quote", "warning", span_of(one, len(text) - 1, len(text)), message, help)


def _torn(source: bytes) -> bool:
    """Whether on some line a bracket may close what nothing opens."""
    return any(line.count(b"]") > line.count(b"[") for line in source.split(b"\n") if b"]" in line)


def _brackets(world: World, scalars: list[Scalar]) -> None:
    """`[` is lost, and the list is a text that ends in `]`."""
    for one in scalars:
        if one.plain and one.text.endswith("]") and one.text.count("]") > one.text.count("["):
            message = "This `]` closes nothing, so it is a part of the text."
            at = span_of(one, len(one.text) - 1, len(one.text))
            world.report("stray-bracket", "warning", at, message, f"A list begins with `[`: `[{one.text}`.")


def _curly(world: World, at: Span, inner: str) -> None:
    message = "These quotes are no quotes to YAML, so they are a part of the text."
    world.report("stray-quote", "warning", at, message, f"Type straight ones: {in_quotes(inner)}.")
