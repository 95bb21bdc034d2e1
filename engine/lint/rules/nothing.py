"""Keys with nothing behind them, and the word `null` where people would read it.

Law: what an author may mean is let be: a branch in which nothing happens, `null` as a value.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from engine.core.asking import LIMITS
from engine.core.fields import BlockType, PlainType, TextType, ValueType
from engine.core.finding import Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.project import Scenario
from engine.lint.world import World

TOLD = {("say", "say"), ("ask", "question"), ("update", "where")}  # by rules of their own, when empty
TEXTS = frozenset(("skip", "choices", "lines", "buttons"))  # keys that hold texts further within
LEFT_OUT = "Write what is meant, or take the key out."
INSTEAD = {
    "set": "Write `name: value` lines under it.",
    "lines": "Name the answers that are shown: `lines: {age: Your age}`.",
    "fields": "Write `field: value` lines under it.",
    "cases": "Write `value: [steps]` lines under it.",
    "starts_on": "For example `starts_on: [/start]`; or take it out.",
    "then": "Write what happens, for example `- say: Hello!`; or take the `if` out.",
    "do": "Write what is done with each, for example `- say: …`.",
}


def check(world: World) -> None:
    for name, data in next(iter(world.project.catalog.values()), {}).items() if world.leads else ():
        file = f"catalog/{name}.yaml"
        if data in ([], {}) and file in world.loaded.sources:
            help = "Write `- id: …` lines, or delete the file."
            world.report("empty-value", "warning", Span(file), "There is no row in this file.", help)
    for front in world.prompt_files.fronts.values() if world.leads else ():
        for name, (key, value) in front.node.entries.items() if front.node is not None else ():
            of_files = name in ("images", "audio") and isinstance(value, Sequence) and not value.items
            if of_files or (name in ("images", "audio", "returns") and _null(value)):
                _nothing(world, key)
    for scenario in world.scenarios.values():
        _head(world, scenario)
        for step in scenario.steps:
            _step(world, step)


def _head(world: World, scenario: Scenario) -> None:
    file = world.loaded.files.get(scenario.file)
    for name, (key, value) in file.node.entries.items() if file is not None and file.node is not None else ():
        if name in ("title", "description"):
            _texts(world, key, value)
        elif name == "starts_on":
            if _null(value):  # a list with nothing in it is as good as none
                _nothing(world, key)
        elif name not in ("steps", "result") and _empty(value):
            _nothing(world, key)


def _step(world: World, step: Any) -> None:
    for name, (key, value) in step.node.entries.items():
        if _something(value) or (isinstance(value, Mapping) and value.entries and _all_something(value)):
            continue
        field = step.FIELDS.get(name)
        if field is None or step.verb == "end" or name == "default" or _meaningless(step, name):
            continue
        told = (step.verb, name) in TOLD
        if name == "if_fails":
            if isinstance(value, Scalar) and _empty(value):
                _nothing(world, key)
        elif name == "lines" and isinstance(value, Sequence) and value.items:
            continue  # names
        elif name in TEXTS or isinstance(field.type, (TextType, PlainType)):
            _texts(world, key, value, told)
        elif isinstance(field.type, BlockType):
            if _empty(value) and name in ("then", "do") and not getattr(step, "else_", None):
                _nothing(world, key)
        elif not told and (_empty(value) or (isinstance(field.type, ValueType) and _null(value))):
            _nothing(world, key)


def _meaningless(step: Any, name: str) -> bool:
    """A limit that its type of answer does not know is told as that."""
    return name in LIMITS and not any(name in kind.limits for kind in step.types)


def _something(node: Node) -> bool:
    """Plainly a text of its own."""
    return isinstance(node, Scalar) and bool(node.text.strip()) and not node.is_null


def _all_something(node: Mapping) -> bool:
    return all(_something(value) for _, value in node.entries.values())


def _empty(node: Node) -> bool:
    """`key:`, `key: []`, `key: {}`."""
    if isinstance(node, Scalar):
        return node.plain and not node.text
    return not (node.items if isinstance(node, Sequence) else node.entries)


def _null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.is_null


def _texts(world: World, key: Scalar, node: Node, told: bool = False) -> None:
    for at, one in _within(key, node):
        if isinstance(one, Scalar) and one.text.strip() and _null(one):
            message = f"People read the word `{one.text}` here."
            world.report("empty-value", "warning", one.span, message, "Write the text, or take the key out.")
        elif not told and (_empty(one) or (isinstance(one, Scalar) and not one.text.strip())):
            _nothing(world, at)


def _within(key: Scalar, node: Node) -> Iterator[tuple[Scalar, Node]]:
    """What stands behind a key, to the last text, where that may be nothing; each with the nearest key."""
    if isinstance(node, Mapping) and node.entries:
        for inner, value in node.entries.values():
            yield from _within(inner, value)
    elif isinstance(node, Sequence) and node.items:
        for item in node.items:
            yield from _within(key, item)
    elif not _something(node):
        yield key, node


def _nothing(world: World, key: Scalar) -> None:
    at: Span = key.span
    help = INSTEAD.get(key.text, LEFT_OUT)
    world.report("empty-value", "warning", at, f"There is nothing behind `{key.text}`.", help)
