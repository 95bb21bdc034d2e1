"""Comparisons under `where`: words that there are not, and signs, which would be a part of the value."""

from __future__ import annotations

import re

from engine.core.node import Mapping, Node, Scalar
from engine.core.project import CollectionField
from engine.core.records import COMPARISONS
from engine.lint.world import World
from engine.project.places import span_of
from engine.project.suggest import closest, did_you_mean

_SIGN = r"\s*(<=|>=|!=|<>|==|<|>)\s*(?=\S)"
_WORDS = {"<=": "to", ">=": "from", "<": "below", ">": "above", "!=": "not", "<>": "not"}
LOOSE = ("any", "contact", "file", "list")


def check(world: World) -> None:
    for step in world.by_verb["find"]:
        node = step.node.get("where") if isinstance(step.node, Mapping) else None
        collection = world.project.collections.get(step.in_)
        for name, (_, value) in node.entries.items() if isinstance(node, Mapping) else ():
            if isinstance(value, Mapping):
                _words(world, value, collection.fields.get(name) if collection is not None else None)
            else:
                _signs(world, name, value)


def _words(world: World, node: Mapping, declared: CollectionField | None) -> None:
    """`{abov: 5}` would be a map to be equal to, which only a field of type `any` can be."""
    sure = declared is not None and declared.type not in LOOSE
    for word, (key, _) in node.entries.items():
        if word not in COMPARISONS and (sure or closest(word, COMPARISONS) or node.entries.keys() & COMPARISONS.keys()):
            message, help = f"There is no comparison `{word}`.", did_you_mean(word, COMPARISONS, ours=True)
            world.report("unknown-comparison", "error", key.span, message, help)


def sign_of(node: Node) -> re.Match[str] | None:
    """A sign before the value: `> 5`."""
    first = node.text.lstrip()[:1] if isinstance(node, Scalar) else ""
    return re.match(_SIGN, node.text) if isinstance(node, Scalar) and first and first in "<>!=" else None


def _signs(world: World, name: str, node: Node) -> None:
    """`day: "<= {{ today }}"` looks for a text that begins so."""
    found = sign_of(node)
    if found is not None and isinstance(node, Scalar):
        rest, word = node.text[found.end() :], _WORDS.get(found[1])
        value = f'"{rest}"' if rest[0] in "{[" else rest
        message = f"`{found[1]}` is a part of the value here, letter for letter, and compares nothing."
        help = f"Write `{name}: {{{word}: {value}}}`." if word else f"Write `{name}: {value}`."
        world.report("unknown-comparison", "error", span_of(node, *found.span(1)), message, help)
