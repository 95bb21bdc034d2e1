"""A name that stands where its value is meant: `set: {total: price}` without `{{ }}`.

Law: a word that is a text anywhere else in the bot may be one here too, and is told as an info at most.
"""

from __future__ import annotations

import re

from engine.core.node import Mapping, Scalar
from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.bare import Bare, bare_result
from engine.lint.world import World
from engine.project.outcomes import OUTCOMES


def check(world: World) -> None:
    if any(_A_NOTHING.search(world.source(one.file)) for one in world.scenarios.values()):
        _nothing(world)
    for step in world.by_verb["set"]:
        _beside(world, step)
    for scenario in (world.scenarios[name] for name in world.whole):
        if (result := bare_result(scenario)) is not None:
            name = result.text.strip()
            message = f"`{name}` is a text here, letter for letter, and not the value."
            help = f'Write `"{{{{ {name} }}}}"` for the value; if the text is meant, put it in quotes: "{name}".'
            world.report("forgotten-braces", "warning", result.span, message, help)
        for one in world.bare[scenario.id]:
            text = one.scalar.text.strip()
            sure = one.sure or one.key == text or not any(names & one.names for names in world.reads[scenario.id])
            if not one.sure and _is_a_word(world, scenario, one, text):
                continue
            if not sure or (not one.sure and _stands_elsewhere(world, one, text)):
                severity, message = "info", f"`{text}` is a text here, and a variable is called so."
            else:
                severity, message = "warning", f"`{text}` is a text here, letter for letter, and not the value."
            help = f'Write `"{{{{ {text} }}}}"` for the value; if the text is meant, put it in quotes: "{text}".'
            world.report("forgotten-braces", severity, one.scalar.span, message, help)


def _beside(world: World, step: Step) -> None:
    """`"{{ count }} + 1"`."""
    values = step.node.get("set") if isinstance(step.node, Mapping) else None
    scalars = [value for _, value in values.entries.values()] if isinstance(values, Mapping) else []
    for value in (one for one in scalars if isinstance(one, Scalar) and "}}" in one.text):
        if (found := _BESIDE.fullmatch(value.text)) is not None:
            message = f"`{value.text.strip()}` is a text here: only what stands between the braces is reckoned."
            whole = " ".join(part.strip("{} ") for part in found.groups() if part)
            world.report("forgotten-braces", "warning", value.span, message, f'Write `"{{{{ {whole} }}}}"`.')


_BESIDE = re.compile(
    r"\s*(\{\{[^{}]*\}\})\s*(?:([=!<>]=|[<>])\s*(\{\{[^{}]*\}\}|'[^']*'|[\w.]+)|([+*])\s*(\d+(?:\.\d+)?))\s*"
)


def _nothing(world: World) -> None:
    """`default: none`: in a file it is a word as any other, and counts as true. Of a `set` the conditions tell it."""
    for step in (*world.by_verb["ask"], *world.by_verb["save"], *world.by_verb["run"]):
        for field in ("default", "fields", "with"):
            node = step.node.get(field) if isinstance(step.node, Mapping) else None
            values = [value for _, value in node.entries.values()] if isinstance(node, Mapping) else [node]
            for value in values:
                if isinstance(value, Scalar) and value.plain and value.text in _NOTHING and not _compared(world, value):
                    message = f"`{value.text}` is a text here, letter for letter, and counts as true."
                    world.report("forgotten-braces", "warning", value.span, message, "Write `null`.")


_A_NOTHING = re.compile(rb": *(?:[Nn]one|nil|undefined|NULL) *[,}\r\n]")
_NOTHING = frozenset(("none", "None", "nil", "undefined", "NULL"))


def _compared(world: World, value: Scalar) -> bool:
    """Whether it is a word of the bot's own: a choice, a value of a field, what a condition compares with."""
    word = re.compile(rf"['\"]{value.text}['\"]|(?<!\w){value.text}\s*:|[\[,]\s*{value.text}\s*[\],]".encode())
    return any(word.search(content) for content in world.texts.values())


def _is_a_word(world: World, scenario: Scenario, one: Bare, text: str) -> bool:
    """A value of a field, a case, or a text that some expression compares with."""
    collection = world.project.collections.get(str(getattr(one.step, one.step.verb, "")))
    collection = collection or world.project.collections.get(str(getattr(one.step, "in_", "")))
    if collection is not None and not collection.declared and OUTCOMES in world.mistaken:
        return True  # its values are not known
    field = collection.fields.get(one.key) if collection is not None else None
    if field is not None and text in field.values:
        return True
    if any(text in _cases(step) for step in scenario.steps):
        return True
    if one.key == text:
        return False
    quoted = (f"'{text}'".encode(), f'"{text}"'.encode())
    return any(each in content for content in world.texts.values() for each in quoted)


def _cases(step: Step) -> frozenset[str]:
    return frozenset(getattr(step, "cases", None) or ())


def _stands_elsewhere(world: World, one: Bare, text: str) -> bool:
    """As a value of the same key."""
    entry = re.compile(rf"\b{re.escape(one.key)}:[ \t]*{re.escape(text)}[ \t]*(?=[,}}\r\n]|\Z)".encode())
    return sum(len(entry.findall(content)) for content in world.texts.values()) > 1
