"""Commands that a text names and nothing starts on: people press them, for Telegram shows each as a link.

Law: what an address, a path or a fraction holds is no command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.core.builtin import BUILTIN
from engine.lint.world import World
from engine.project.places import span_of
from engine.project.suggest import closest, did_you_mean, is_typo

_NO_TEXT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\w+://\S+", re.DOTALL)
_COMMAND = re.compile(r"/(?<![^\s(«\"'*_`—–-]/)(?P<name>[a-z][a-z0-9_]{1,31})(?![\w/@-]|\.\w)")


def check(world: World) -> None:
    if world.broken:
        return  # what starts on it may stand in a file that cannot be read
    known = set[str]()
    for _, text in world.said:
        for language, plain in text.languages.items():
            scalar = text.scalars.get(language)
            if "/" not in plain.source or scalar is None or scalar.text != plain.source:
                continue
            covered = _NO_TEXT.sub(lambda one: " " * len(one[0]), plain.source)
            for found in _COMMAND.finditer(covered):
                known = known or _known(world)
                if found["name"] not in known and not _asked_for(world, found["name"]):
                    near = closest(found["name"], known)
                    typo = near is not None and is_typo(found["name"], near)
                    help = f"Let something start on it: `starts_on: [/{found['name']}]`."
                    help = did_you_mean(f"/{found['name']}", [f"/{near}"]) if typo else help
                    message = f"Nothing starts on `/{found['name']}`."
                    severity = "warning" if typo else "info"
                    world.report("unknown-command", severity, span_of(scalar, *found.span()), message, help)


def _known(world: World) -> set[str]:
    found = {one.value for facts in world.facts.values() for one in facts.triggers if one.kind == "command"}
    return found | {"start", *BUILTIN, *_renamed(world)}


def _renamed(world: World) -> Iterator[str]:
    """`command_cancel: stop, quit` in catalog/words.yaml."""
    for words in world.project.words.values():
        for name in BUILTIN:
            yield from (word.strip().lstrip("/") for word in words.get(f"command_{name}", "").split(","))


def _asked_for(world: World, name: str) -> bool:
    """By a condition, such as `start.text == '/prices'`, or by a pattern."""
    patterns = (one.value for facts in world.facts.values() for one in facts.triggers if one.kind == "pattern")
    quoted = any(f"{sign}/{name}".encode() in text for text in world.texts.values() for sign in "'\"")
    return quoted or any(re.search(one, f"/{name}", re.IGNORECASE) for one in patterns)
