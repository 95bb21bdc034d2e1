"""Compiles the texts of new scenarios ahead, so that the first people who come by need not wait for it.

Law: it runs in a thread beside turns. Two may compile the same text at once, and both get the same.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from engine.core.because import paths
from engine.core.template import Expression, Plain, Text, Translated, Value
from engine.project.load import Loaded


def warm(loaded: Loaded, live: Loaded, longest: float) -> None:
    """The scenarios of files that were read anew since `live`; what is left after so many seconds is compiled when it
    is first read, as after a start."""
    end = time.monotonic() + longest
    for file, made in loaded.files.items():
        if made.scenario is None or live.files.get(file) is made:
            continue
        for step in made.scenario.steps:
            for template in step.templates:
                for part in parts(template):
                    if part._source is not None:
                        part._source.code()
                    if isinstance(template, Expression):  # a condition, whose names `dialogue trace` tells
                        paths(template.source)
                    if time.monotonic() > end:
                        return


def parts(template: Any) -> Iterator[Expression | Plain]:
    """What a template of a step is made of."""
    if isinstance(template, Text | Translated):
        yield from template.languages.values()
    elif isinstance(template, Value):
        for part in template.parts():
            yield from parts(part)
    elif isinstance(template, Expression | Plain):
        yield template
