"""Values that read as an expression of known names, and stand without `{{ }}`: they are texts, letter for letter.

Law: what stands in quotes is meant as a text, and so is a name that no step has set before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from msgspec import Struct

from engine.core.choices import Made
from engine.core.media import KINDS
from engine.core.node import Mapping as MapNode
from engine.core.node import Node, Scalar
from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint.flow import Flow
from engine.lint.shapes import ANY, Shape

_PATH = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_NAMES = re.compile(_PATH)
_OPERAND = rf"(?:{_PATH}|\d+(?:\.\d+)?)"
_EXPRESSION = re.compile(rf"{_OPERAND}(?:\s*[-+*/~]\s*{_OPERAND})+|{_PATH}(?=\s*\|\s*\w+(?:\([^()]*\))?\Z).*")
_SAID = re.compile(r"'[^']*'|\"[^\"]*\"|\b(?:and|or|not|is|none|null|true|false)\b")
_COMPARED = rf"\s*(?:[=!<>]=|[<>])\s*(?:-?{_OPERAND}|'[^']*'|\"[^\"]*\")"
_TESTED = rf"(?:not\s+)?{_PATH}(?:{_COMPARED}|\s+is\s+(?:not\s+)?(?:none|null))?"
_CONDITION = re.compile(rf"{_TESTED}(?:\s+(?:and|or)\s+{_TESTED})*")
_MAPS = frozenset(("set", "fields", "where", "with", "if_fails"))
_TEXTS = frozenset(("default", "say", "question", *KINDS))
Variables = Mapping[str, Shape]


class Bare(Struct, frozen=True):
    """`key` is what the value is for. `names` are those that it would read. `sure`: it is more than one plain name."""

    step: Step
    key: str
    scalar: Scalar
    names: frozenset[str]
    sure: bool


def bare_values(scenario: Scenario, flow: Flow, builtins: Variables) -> Iterator[Bare]:
    for step in scenario.steps:
        state = flow.before.get(step.index)
        if state is None or not isinstance(step.node, MapNode):
            continue
        for key, scalar, known in _values(step, step.node, state.variables):
            found = _read(scalar.text.strip(), known, builtins)
            if found is not None:
                yield Bare(step, key, scalar, *found)


def bare_result(scenario: Scenario) -> Scalar | None:
    """`result: amount`, where `amount` is a variable."""
    node = scenario.result.node if scenario.result is not None else None
    return node if _is_plain(node) and node.text.strip() in scenario.writes else None


def _values(step: Any, node: MapNode, variables: Variables) -> Iterator[tuple[str, Scalar, Variables]]:
    """The plain values of a step: what each is for, and which names it could read."""
    for field, (_, value) in node.entries.items():
        if field in _TEXTS and _is_plain(value):
            yield field, value, variables
        elif field in _MAPS and isinstance(value, MapNode):
            seen = dict(variables)
            for key, (_, inner) in value.entries.items():
                if _is_plain(inner):
                    yield key, inner, seen
                if field == "set":
                    seen[key] = ANY
        elif field == "choices" and isinstance(value, MapNode) and isinstance(getattr(step, "choices", None), Made):
            for key in ("label", "value", "also"):
                shown = value.get(key)
                if _is_plain(shown):
                    yield key, shown, {**variables, "item": ANY}


def _is_plain(node: Node | None) -> TypeGuard[Scalar]:
    return isinstance(node, Scalar) and node.plain and "{" not in node.text and len(node.text) < 100


def _read(text: str, known: Variables, builtins: Variables) -> tuple[frozenset[str], bool] | None:
    """The names that a text would read as an expression, and whether it can hardly be meant as a text."""
    if _NAMES.fullmatch(text):
        paths = [text]
    elif _EXPRESSION.fullmatch(text):
        paths = _NAMES.findall(text.partition("|")[0])
    elif _CONDITION.fullmatch(text):
        paths = _NAMES.findall(_SAID.sub(" ", text))
    else:
        return None
    if not paths or not all(_is_known(path, known, builtins) for path in paths):
        return None
    return frozenset(path.partition(".")[0] for path in paths), text not in known or text == "item"


def _is_known(path: str, known: Variables, builtins: Variables) -> bool:
    root, *attributes = path.split(".")
    shape = known.get(root)
    if shape is None:
        shape = builtins.get(root) if attributes else None
    for name in attributes:
        if shape is None or shape.kind != "map" or name not in shape.fields:
            return root == "item" and "item" in known
        shape = shape.fields[name]
    return shape is not None
