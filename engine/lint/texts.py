"""Every text, value and expression of a step, with its syntax tree and its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes

from engine.core.node import Scalar
from engine.core.sandbox import Sandbox
from engine.core.template import PEOPLE, PLAIN, Expression, Plain, Text, Translated, Value
from engine.lint.spot import Source, source_of


@dataclass(frozen=True, slots=True)
class Written:
    """One text with Jinja in it. `tree` is an expression's node when `bare`, else a whole template."""

    part: Expression | Plain
    tree: nodes.Node
    source: Source
    environment: Sandbox

    @property
    def bare(self) -> bool:
        return isinstance(self.part, Expression)


def written(template: Any) -> Iterator[Written]:
    """The texts with Jinja in them of a `Text`, `Plain`, `Translated`, `Expression` or `Value`."""
    if isinstance(template, Text):
        for language, plain in template.languages.items():
            if plain._source is not None:
                yield from _one(plain, PEOPLE, template.scalars.get(language))
    elif isinstance(template, Translated):
        for plain in template.languages.values():
            yield from _one(plain, PLAIN)
    elif isinstance(template, Value):
        for part in template.parts():
            yield from written(part)
    elif isinstance(template, Expression | Plain):
        yield from _one(template, PLAIN)


def all_written(templates: Iterable[Any]) -> Iterator[Written]:
    for template in templates:
        yield from written(template)


def _one(part: Expression | Plain, environment: Sandbox, scalar: Scalar | None = None) -> Iterator[Written]:
    parsed = part._source
    source = source_of(part, scalar) if parsed is not None else None
    if parsed is not None and source is not None:
        yield Written(part, parsed.parsed(), source, environment)
