"""What starts a scenario: a trigger twice, one that another hides, words that are taken, scenarios nobody starts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from engine.core.builtin import BUILTIN
from engine.core.finding import Span, Topic
from engine.core.node import Scalar, Sequence
from engine.core.triggers import Trigger, folded
from engine.lint.facts import Facts
from engine.lint.patterns import HELP, MESSAGE, SLASHES, is_slow, within_slashes
from engine.lint.world import World
from engine.project.prompts import as_prompt
from engine.project.suggest import meant_by

BESIDE_EACH_OTHER = True
STARTED_BY_THE_ENGINE = ("fallback", "start", *BUILTIN)
SAMPLES = ("да", "hello", "5", "спасибо, до завтра!", "x" * 40)  # texts that no honest pattern all takes


_ANY_END = re.compile(r"(?<=\w\w)\*(?!\S)|(?<!\S)\*(?=\w\w)")  # `order*`, as deep links are written
_PATTERN = re.compile(r"\.\*|\.\+|\\[dwsb]|\(\w+(?:\|\w+)+\)|\(\?P<|^\^|[^\s$]\$$")
PAYLOAD = re.compile(r"[A-Za-z0-9_*?\[\]!-]{0,64}")  # of a deep link (core.telegram.org/bots/features), as a glob


def check(world: World) -> None:
    _doubled(world)
    _taken(world)
    _catch_all(world)
    _links(world)
    _nobody_starts(world)
    _nobody_gives(world)


def _nobody_gives(world: World) -> None:
    """A person who starts a scenario gives it no inputs."""
    for name in world.scenarios:
        facts = world.facts[name]
        file = world.loaded.files.get(facts.file)
        node = file.node.get("inputs") if file is not None and file.node is not None else None
        items = node.items if isinstance(node, Sequence) and facts.triggers else []
        for item in [item for item in items if isinstance(item, Scalar) and facts.inputs.get(item.text)]:
            one = item.text
            message = f"Nobody gives the input `{one}` when a person starts this scenario: it is null then."
            help = f"Give it a default: `inputs: {{{one}: …}}`, or take `starts_on` out."
            world.report("missing-input", "warning", item.span, message, help)


def _mine(world: World) -> Iterator[tuple[Facts, Trigger, Span]]:
    for name in world.scenarios:
        facts = world.facts[name]
        for trigger in facts.triggers:
            if trigger.span is not None:
                yield facts, trigger, trigger.span


def _key(trigger: Trigger) -> tuple[str, str, str]:
    return trigger.kind, folded(trigger.value) if trigger.kind == "text" else trigger.value, trigger.payload


def _doubled(world: World) -> None:
    """Of two equal triggers only the first is ever heard."""
    first: dict[tuple[str, str, str], tuple[Facts, Trigger]] = {}
    for facts in world.facts.values():
        for trigger in facts.triggers:
            first.setdefault(_key(trigger), (facts, trigger))
    for facts, trigger, span in _mine(world):
        other, known = first[_key(trigger)]
        if known is not trigger and (known.span != span):
            where = "in this list" if other.id == facts.id else f"of `{other.id}`"
            shown = f"/{trigger.value} {trigger.payload}".strip() if trigger.kind == "command" else trigger.value
            severity = "warning" if other.id == facts.id else "error"
            world.report(
                "duplicate-trigger",
                severity,
                span,
                f"`{shown}` is a trigger {where} already.",
                "Only one scenario can start on it.",
                topic=Topic((other.id,)),
            )


def _taken(world: World) -> None:
    """A text such as «отмена» means something while a question is open."""
    words = {
        folded(word): name
        for language in world.project.words.values()
        for name in BUILTIN
        for word in language.get(f"{name}_words", "").split(",")
        if word.strip()
    }
    for facts, trigger, span in _mine(world):
        name = words.get(folded(trigger.value)) if trigger.kind == "text" else None
        if name is not None and facts.id != name:
            message = f"`{trigger.value}` already means /{name}: within a conversation it never starts this scenario."
            world.report(
                "reserved-trigger",
                "warning",
                span,
                message,
                "Choose another word, or change the engine's in catalog/words.yaml.",
            )


def _links(world: World) -> None:
    commands = [one for facts in world.facts.values() for one in facts.triggers if one.kind == "command"]
    alone = {one.value for one in commands if fnmatchcase("", one.payload)} | {"start"}
    first: dict[str, Trigger] = {}  # of those that never stand alone, each is told once
    for one in commands:
        if one.value not in alone and not one.payload.startswith("/"):
            first.setdefault(one.value, one)
    starts = any(one.value == "start" for one in commands)
    for _, trigger, span in _mine(world):
        if trigger.kind == "text" and not starts and folded(trigger.value) == "start":
            message = (
                "Telegram's own button sends `/start`; without its `/` this is heard only where somebody types it."
            )
            world.report("bad-command", "warning", span, message, "Write `/start`.")
        elif trigger.kind == "command" and trigger.value == "start" and not PAYLOAD.fullmatch(trigger.payload):
            message = "A link carries up to 64 Latin letters, digits, `_` and `-`; so this one never comes by a link."
            help = "For example `/start promo`, or `/start ref_*` for several."
            world.report("bad-command", "warning", span, message, help)
        elif trigger.kind == "command" and trigger.payload.startswith("/"):
            message = f"`{trigger.payload}` is what comes after /{trigger.value} here, and no command of its own."
            help = f"Commands stand in a list: `[/{trigger.value}, {trigger.payload.replace(' ', ', ')}]`."
            world.report("bad-command", "warning", span, message, help)
        elif trigger.kind == "command" and first.get(trigger.value) is trigger:
            whole = f"/{trigger.value} {trigger.payload}"
            message = f"`/{trigger.value}` alone starts nothing: `{whole}` must be typed whole."
            help = f"A command is one word: put `_` for the space, or let `/{trigger.value}` start something too."
            lost = not trigger.payload.isascii()  # a comma: people write commands and texts in different letters
            if lost:
                help = f"If these are two triggers, write a comma: `[/{trigger.value}, {trigger.payload}]`."
            world.report("bad-command", "warning" if lost else "info", span, message, help)


def _catch_all(world: World) -> None:
    for _, trigger, span in _mine(world):
        if trigger.kind == "pattern" and (bare := within_slashes(trigger.value)):
            world.report("bad-pattern", "error", span, SLASHES, f"Write it without them: `{bare}`.")
        if trigger.kind == "text" and _ANY_END.search(trigger.value):
            message = "A text is heard only as it stands, and a message with a star in it comes from nobody."
            help = f'For all that begins or ends so: `{{pattern: "{trigger.value.replace("*", ".*")}"}}`.'
            world.report("bad-pattern", "warning", span, message, help)
        elif trigger.kind == "text" and _PATTERN.search(trigger.value):
            message = "A text is heard only as it stands, and this looks like a pattern."
            world.report("bad-pattern", "warning", span, message, f"Write `{{pattern: '{trigger.value}'}}`.")
        if trigger.kind == "pattern" and is_slow(trigger.value, searched=True):
            world.report("slow-pattern", "warning", span, MESSAGE, HELP)
        if trigger.kind == "pattern" and takes_everything(trigger.value):
            message = "This pattern takes every text, so nothing else is ever heard, the fallback included."
            world.report(
                "catch-all", "warning", span, message, "For what nobody understands write a scenario called `fallback`."
            )


def takes_everything(pattern: str) -> bool:
    return all(re.search(pattern, sample, re.IGNORECASE) for sample in SAMPLES)


def _nobody_starts(world: World) -> None:
    if world.broken:
        return
    run = {name for facts in world.facts.values() for name in facts.names("scenario") if name != facts.id}
    started = run | {as_prompt(name) for name in run} | meant_by(run, world.facts)
    for name, scenario in world.scenarios.items():
        if not scenario.triggers and name not in started and name not in STARTED_BY_THE_ENGINE:
            file = world.loaded.files[scenario.file]
            at = file.node.get("scenario") if file.node is not None else None
            help = "Write `starts_on: [/command]`, or `run` it from another scenario."
            world.report(
                "never-started",
                "warning",
                at.span if at else Span(scenario.file),
                "Nothing starts this scenario.",
                help,
            )
    if len(world.facts) > 1 and "fallback" not in world.facts and world.scenarios:
        first = min(facts.file for facts in world.facts.values())
        if first in {scenario.file for scenario in world.scenarios.values()}:
            message = "No scenario called `fallback` says what to do with a message that nobody understands."
            world.report(
                "no-fallback", "info", Span(first), message, "Until there is one, the engine's own sentence is said."
            )
