"""Commands that a text names and nothing starts on: people press them, for Telegram shows each as a link.

Law: what an address, a path, a fraction or a price (`50 € /month`) holds is no command.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.core.builtin import BUILTIN
from engine.core.finding import Topic
from engine.core.template import Text
from engine.lint.world import World
from engine.project.places import span_of
from engine.project.suggest import closest, did_you_mean, is_typo, proposal

_NO_TEXT = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\w+://\S+", re.DOTALL)
_TEXT = re.compile(r"((?<=')[^'{}]*\s[^'{}]*(?=')|(?<=\")[^\"{}]*\s[^\"{}]*(?=\"))|.", re.DOTALL)  # with a space in it
_COMMAND = re.compile(r"/(?<![^\s(«\"'*_`—–-]/)(?P<name>[a-z][a-z0-9_]{1,31})(?![\w/@-]|\.\w)")
_AMOUNT = re.compile(r"(?:[€$£¥₽₴₸%]|(?:\d|\}\}|\b[A-Z]{3})(?P<unit>))[ \t]*\Z")
_UNITS = frozenset(
    re.findall(
        r"\w+",
        "class day guest head hour hr item kg km lesson min minute mo month night person piece seat session unit user "
        "visit week year yr",
    )
)


def check(world: World) -> None:
    if world.broken:
        return  # what starts on it may stand in a file that cannot be read
    for _, text in world.said:
        for language, plain in text.languages.items():
            scalar = text.scalars.get(language)
            if "/" not in plain.source or scalar is None or scalar.text != plain.source:
                continue
            covered = _NO_TEXT.sub(_covered, plain.source)
            for found in _COMMAND.finditer(covered):
                severity, help = _judged(world, found["name"])
                if severity == "info" and (other := _translated(text, plain.source, found["name"])):
                    severity, help = "warning", proposal(f"/{other}", ", as the text has it in another language")
                if help and not (severity == "info" and _is_price(plain.source[: found.start()], found["name"])):
                    at, message = span_of(scalar, *found.span()), f"Nothing starts on `/{found['name']}`."
                    world.report("unknown-command", severity, at, message, help, topic=Topic((found["name"],)))


def _translated(text: Text, source: str, name: str) -> str:
    """A command is no word: in each language it is the same one."""
    others = [one.source for one in text.languages.values() if one.source != source]
    found = [other for one in others for other in _COMMAND.findall(_NO_TEXT.sub(_covered, one)) if other != name]
    return found[0] if len({*found}) == 1 and f"/{found[0]}" not in source else ""


def _covered(code: re.Match[str]) -> str:
    """Nothing but the texts in it: `{{ ' Write /visit' if hint }}`."""
    return _TEXT.sub(lambda one: one[1] or " " * len(one[0]), code[0])


def _is_price(before: str, name: str) -> bool:
    amount = _AMOUNT.search(before)
    return amount is not None and (amount["unit"] is None or name in _UNITS)


def _judged(world: World, name: str) -> tuple[str, str]:
    """How much it matters that a text names this command, and what to do; both empty where nothing is wrong."""
    judged = world.commands
    if not judged:  # of the whole bot, and the same few commands stand in many texts
        judged |= dict.fromkeys(_known(world), ("", ""))
    if name not in judged:
        near = closest(name, [one for one, told in judged.items() if not told[1]])
        judged[name] = "info", f"Let something start on it: `starts_on: [/{name}]`."
        if _asked_for(world, name):
            judged[name] = "", ""
        elif near is not None and is_typo(name, near):
            judged[name] = "warning", did_you_mean(f"/{name}", [f"/{near}"])
    return judged[name]


def _known(world: World) -> set[str]:
    """What something starts on, and what a condition compares with: `start.text == '/prices'`."""
    found = {one.value for facts in world.facts.values() for one in facts.triggers if one.kind == "command"}
    some = (text for text in world.texts.values() if b"'/" in text or b'"/' in text)  # as few have
    quoted = (name.decode() for text in some for name in _QUOTED.findall(text))
    return found | {"start", *BUILTIN, *_renamed(world), *quoted}


_QUOTED = re.compile(rb"['\"]/([a-z][a-z0-9_]{1,31})['\"]")


def _renamed(world: World) -> Iterator[str]:
    """`command_cancel: stop, quit` in catalog/words.yaml."""
    for words in world.project.words.values():
        for name in BUILTIN:
            yield from (word.strip().lstrip("/") for word in words.get(f"command_{name}", "").split(","))


def _asked_for(world: World, name: str) -> bool:
    """By a pattern."""
    patterns = (one.value for facts in world.facts.values() for one in facts.triggers if one.kind == "pattern")
    return any(re.search(one, f"/{name}", re.IGNORECASE) for one in patterns)
