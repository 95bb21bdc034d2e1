"""Texts in several languages: one that is missing, and one that leaves a name out.

Law: an author who writes in one language is never told to translate; nor is a text without words of its own. It is a
warning only where catalog/bot.yaml names the bot's languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.core.finding import Span
from engine.core.project import Scenario
from engine.core.template import Plain, Text, Translated
from engine.lint.world import World

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_FOR_THE_HOUSE = ("notify",)


def check(world: World) -> None:
    if len(world.project.languages) < 2:
        return
    for scenario in world.scenarios.values():
        texts = list(_texts(scenario))
        if any(len(text.languages) > 1 for text in texts):
            for text in texts:
                _missing(world, text)
                _names(world, text)


def _texts(scenario: Scenario) -> Iterator[Text | Translated]:
    yield from (text for text in (scenario.title, scenario.description) if text is not None)
    for step in scenario.steps:
        for template in step.templates if step.verb not in _FOR_THE_HOUSE else ():
            yield from _of(template)


def _of(template: Any) -> Iterator[Text | Translated]:
    if isinstance(template, Text | Translated):
        yield template
    elif hasattr(template, "parts"):
        yield from (part for part in template.parts() if isinstance(part, Translated))


def _missing(world: World, text: Text | Translated) -> None:
    first = next(iter(text.languages.values()))
    missing = [language for language in world.project.languages if language not in text.languages]
    at = _at(text, first)
    if (
        missing
        and at is not None
        and any(_WORDS.search(_JINJA.sub(" ", one.source)) for one in text.languages.values())
    ):
        listed = ", ".join(f"`{language}`" for language in missing)
        message = f"This text is not there in {listed}; other texts of this scenario are."
        known = ", ".join(
            [*(f"{language}: …" for language in text.languages), *(f"{language}: …" for language in missing)]
        )
        severity = "warning" if _declared(world) else "info"
        world.report("missing-translation", severity, at, message, f"Write `{{{known}}}`.")


def _declared(world: World) -> bool:
    """Whether the bot says which languages it speaks: then a missing text is a mistake, else it may be as meant."""
    return b"languages" in world.loaded.sources.get("catalog/bot.yaml", b"")


def _names(world: World, text: Text | Translated) -> None:
    """Each language puts the same values in."""
    for language, one in text.languages.items():
        missing = sorted(text.reads - one.reads)
        at = _at(text, one, language)
        if missing and at is not None:
            message = f"The text in `{language}` does not use `{missing[0]}`, and the other one does."
            world.report("placeholder-differs", "warning", at, message, "Use the same names in every language.")


def _at(text: Text | Translated, one: Plain, language: str = "") -> Span | None:
    if isinstance(text, Text):
        scalar = text.scalars.get(language or next(iter(text.scalars), ""))
        return scalar.span if scalar is not None else one.span
    return one.scalar.span if one.scalar is not None else one.span
