"""What Telegram can show: the length of texts, captions and titles, and addresses behind buttons.

Limits: core.telegram.org/bots/api (a message 4096, a caption 1024 characters, in UTF-16 units).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from jinja2 import nodes

from engine.answers.bounds import number_limit
from engine.core.step import Step
from engine.core.template import Plain, Text
from engine.lint.kinds import SAID
from engine.lint.world import World

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
LONGEST_TITLE = 256  # characters of a command's description
MEDIA = ("photo", "video", "document", "voice")
SCHEMES = ("https://", "http://", "tg://")


def check(world: World) -> None:
    longest = _longest(world)
    for verb, field in SAID.items():
        for step in world.by_verb[verb]:
            _texts(world, step, getattr(step, field), longest[step.scenario])
    for step in world.by_verb["say"]:
        _addresses(world, step)
    for scenario in world.scenarios.values():
        if (
            scenario.title is not None
            and not scenario.only_admin
            and any(one.kind == "command" for one in scenario.triggers)
        ):
            _title(world, scenario.title)


def _longest(world: World) -> defaultdict[str, dict[str, int]]:
    """How long each typed answer of a scenario may be; one without `max_length` is a whole message."""
    found = defaultdict[str, dict[str, int]](dict)
    for step in world.by_verb["ask"]:
        if any(kind.name == "text" for kind in step.types):
            most = step.max_length
            limit = number_limit(most.data) if most is not None and most.constant else None
            found[step.scenario][step.ask] = LONGEST_TEXT if limit is None else int(limit)
    return found


def _length(plain: Plain, longest: Mapping[str, int]) -> int:
    """Of what is said for certain, in UTF-16 units, with the longest answers in their places. An answer without a
    limit counts from its second place on: that somebody fills a message with one is no mistake of the author's."""
    parsed = plain.jinja
    if parsed is None:
        return _units(plain.source)
    total, met = 0, set[str]()
    for output in parsed.parsed().iter_child_nodes():
        for part in output.nodes if isinstance(output, nodes.Output) else ():
            if isinstance(part, nodes.TemplateData):
                total += _units(part.data)
            elif isinstance(part, nodes.Name) and (limit := longest.get(part.name)) is not None:
                total += limit if limit < LONGEST_TEXT or part.name in met else 0
                met.add(part.name)
    return total


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _texts(world: World, step: Step, text: Text | None, longest: Mapping[str, int]) -> None:
    if text is None:
        return
    most = LONGEST_CAPTION if any(getattr(step, name, None) is not None for name in MEDIA) else LONGEST_TEXT
    for language, plain in text.languages.items():
        if len(plain.source) <= most // 2 and plain.reads.isdisjoint(longest):
            continue  # a character is two units at the most
        length = _length(plain, longest)
        scalar = text.scalars.get(language)
        if length > most and scalar is not None:
            what = "a caption" if most == LONGEST_CAPTION else "a message"
            how = "are" if not plain.reads else "with the longest answers are"
            world.report(
                "long-text",
                "info",
                scalar.span,
                f"{length} characters {how} more than {what} holds ({most}); the engine sends it in parts.",
                "Say it in several steps, where you want it parted.",
            )


def _title(world: World, title: Text) -> None:
    """Telegram's menu of commands shows it (core.telegram.org/bots/api#botcommand)."""
    for language, plain in title.languages.items():
        length, scalar = len(" ".join(plain.source.split())), title.scalars.get(language)
        if length > LONGEST_TITLE and not plain.reads and scalar is not None:
            message = (
                f"{length} characters are more than the menu of commands shows ({LONGEST_TITLE}); the rest is cut."
            )
            help = "Write a shorter title, and say the rest in the first step."
            world.report("long-text", "info", scalar.span, message, help)


def _addresses(world: World, step: Any) -> None:
    """A button whose address is none is left out without a word."""
    for _, url in step.buttons or ():
        source = getattr(url, "source", "").strip()
        if source and not source.startswith(("{{", "{%", *SCHEMES)) and url.scalar is not None:
            world.report(
                "bad-address",
                "error",
                url.scalar.span,
                f"`{source}` is no address that a button can open.",
                "An address begins with https://.",
            )
        elif url.scalar is not None and re.search(r"\S\s+\S", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "x", source)):
            message = "An address has no spaces, so this button opens nothing."
            world.report("bad-address", "error", url.scalar.span, message, "Take them out, or write `%20`.")
