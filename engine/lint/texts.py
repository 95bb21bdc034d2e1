"""Every text, value and expression of a step, with its syntax tree and its place in the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from jinja2 import nodes
from msgspec import Struct

from engine.core.finding import Finding, Span
from engine.core.node import Scalar
from engine.core.sandbox import Sandbox
from engine.core.template import PEOPLE, PLAIN, Expression, Plain, Text, Translated, Value
from engine.lint.shapes import Shape
from engine.lint.spot import Source, source_of
from engine.lint.state import State
from engine.project.prompts import PromptFiles


class Written(Struct):
    """One text with Jinja in it, which stands in a scalar of a file."""

    part: Expression | Plain
    scalar: Scalar
    environment: Sandbox

    @property
    def tree(self) -> nodes.Node:
        """An expression's node when it is `bare`, else a whole template."""
        assert self.part.jinja is not None  # noqa: S101 it has Jinja in it
        return self.part.jinja.parsed()

    @property
    def bare(self) -> bool:
        return isinstance(self.part, Expression)

    def source(self) -> Source:
        return source_of(self.part, self.scalar, self.tree)


class Reading(NamedTuple):
    """What reading an expression gave, and what was found, where the names were these. `unsure`: how often a name was
    read that some way there does not set."""

    state: State
    own: Mapping[str, Shape]
    shape: Shape
    told: tuple[Finding, ...]
    unsure: int


def written(template: Any) -> list[Written]:
    """The texts with Jinja in them of a `Text`, `Plain`, `Translated`, `Expression` or `Value`."""
    if isinstance(template, Text):
        scalars = template.scalars
        return [
            Written(plain, scalars[language], PEOPLE)
            for language, plain in template.languages.items()
            if plain.jinja is not None and language in scalars
        ]
    parts = template.parts() if isinstance(template, Value) else (template,)
    return [
        Written(one, one.scalar, PLAIN)
        for part in parts
        for one in (part.languages.values() if isinstance(part, Translated) else (part,))
        if one.jinja is not None and one.scalar is not None
    ]


def all_written(templates: Iterable[Any]) -> Iterator[Written]:
    for template in templates:
        yield from written(template)


def source_of_prompt(files: PromptFiles, template: str) -> Source:
    file, body, first = files.files[template], files.bodies[template], files.fronts[template].body_line

    def at(offset: int) -> tuple[int, int]:
        return first + body.count("\n", 0, offset), offset - body.rfind("\n", 0, offset)

    return Source(body, file, Span(file, first, 1, first, 2), at, tree=files.trees.get(template))
