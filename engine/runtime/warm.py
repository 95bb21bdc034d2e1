"""Compiles new texts and prompts ahead, so that the first people who come by need not wait for it.

Law: it runs in a thread beside turns. Two may compile the same text at once, and both get the same.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from jinja2.exceptions import TemplateError

from engine.core.because import paths
from engine.core.project import Prompt
from engine.core.template import Expression, Plain, Text, Translated, Value
from engine.project.load import Loaded


def warm(loaded: Loaded, live: Loaded, longest: float) -> None:
    """The scenarios of files that were read anew since `live`, and the prompts; what is left after so many seconds is
    compiled when it is first read, as after a start."""
    before, now = (one.project.prompts if one.project is not None else {} for one in (live, loaded))
    _within(longest, _texts(loaded, live))
    warm_prompts([one for name, one in now.items() if before.get(name) is not one], longest)


def warm_prompts(prompts: Iterable[Prompt], longest: float) -> None:
    """A prompt costs 10 ms, as much as thirty texts."""
    _within(longest, (block.ready for prompt in prompts for block in (prompt.system, prompt.user)))


def _within(longest: float, work: Iterable[Callable[[], object]]) -> None:
    end = time.monotonic() + longest
    for compile_ in work:
        with suppress(TemplateError):  # it is told where it is used
            compile_()
        if time.monotonic() > end:
            return


def _texts(loaded: Loaded, live: Loaded) -> Iterator[Callable[[], object]]:
    for file, made in loaded.files.items():
        if made.scenario is None or live.files.get(file) is made:
            continue
        for step in made.scenario.steps:
            for template in step.templates:
                for part in parts(template):
                    if part.jinja is not None:
                        yield part.jinja.code
                    if isinstance(template, Expression):  # a condition, whose names `dialogue trace` tells
                        paths(template.source)


def parts(template: Any) -> Iterator[Expression | Plain]:
    """What a template of a step is made of."""
    if isinstance(template, (Text, Translated)):
        yield from template.languages.values()
    elif isinstance(template, Value):
        for part in template.parts():
            yield from parts(part)
    elif isinstance(template, (Expression, Plain)):
        yield template
