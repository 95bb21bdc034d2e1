"""What scenarios see of each other, and nothing else: each is judged in a process, or at a save, of its own."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from engine.answers.bounds import number_limit
from engine.core.project import REQUIRED, Scenario
from engine.core.session import PEOPLE
from engine.core.template import Expression, Value
from engine.core.triggers import Trigger
from engine.lint.shapes import ANY, Shape
from engine.project.load import Loaded
from engine.project.outcomes import OWN_FIELDS
from engine.project.suggest import meant_by

PAIRS = (("min", "max"), ("min_length", "max_length"), ("min_size", "max_size"))
Limit = str | float
"""The name of an input, or a number"""


class Facts(Struct, frozen=True):
    """What other files need to know of a scenario. `inputs` says which must be given."""

    id: str
    file: str
    inputs: Mapping[str, bool]
    kinds: Mapping[str, str]  # of the defaults of its inputs that are no texts: number, boolean or list
    result: Shape | None  # None: it gives nothing back
    triggers: tuple[Trigger, ...]
    named: Mapping[str, frozenset[str]]  # what its steps refer to: kind -> names
    saved: Mapping[str, frozenset[str]]  # collection -> fields that it saves or changes
    only_admin: bool
    literals: Mapping[tuple[str, str], frozenset[bool]]  # (collection, field) -> true or false, all that it saves there
    flags: Mapping[tuple[str, bool], frozenset[str]] = field(default_factory=dict)
    """(field of the result, whether it counts as true) -> the fields that are not null then"""
    limits: tuple[tuple[Limit, Limit], ...] = ()  # the least and the most of questions, where an input is one of them
    numbers: Mapping[str, float] = field(default_factory=dict)  # the defaults of its inputs that are numbers

    @classmethod
    def of(cls, scenario: Scenario) -> Facts:
        named: dict[str, set[str]] = {}
        for step in scenario.steps:
            for reference in step.references:
                named.setdefault(reference.kind, set()).add(reference.name)
        saved, literals = _saved(scenario)
        frozen = {kind: frozenset(names) for kind, names in named.items() if kind != "step"}
        inputs = {name: default is REQUIRED for name, default in scenario.inputs.items()}
        result = ANY if scenario.result is not None else None
        kinds = {name: kind for name, default in scenario.inputs.items() if (kind := _kind(default))}
        own = scenario.id, scenario.file, inputs, kinds, result
        known = *own, scenario.triggers, frozen, saved, scenario.only_admin, literals
        if not scenario.inputs:
            return cls(*known)
        numbers = {
            name: number for name, default in scenario.inputs.items() if (number := number_of(default)) is not None
        }
        return cls(*known, limits=tuple(_limits(scenario)), numbers=numbers)

    def names(self, kind: str) -> frozenset[str]:
        return self.named.get(kind, frozenset())


def _saved(scenario: Scenario) -> tuple[dict[str, frozenset[str]], dict[tuple[str, str], frozenset[bool]]]:
    saved: dict[str, frozenset[str]] = {}
    literals: dict[tuple[str, str], set[bool] | None] = {}
    for step in scenario.steps:
        if step.verb in ("save", "update"):
            collection, fields = str(getattr(step, step.verb)), getattr(step, "fields", None) or {}
            saved[collection] = saved.get(collection, frozenset()).union(fields)
            for name, value in fields.items():
                known = literals.setdefault((collection, name), set())
                if known is not None and value.constant and isinstance(value.data, bool):
                    known.add(value.data)
                else:
                    literals[collection, name] = None
    return saved, {place: frozenset(known) for place, known in literals.items() if known is not None}


def _limits(scenario: Scenario) -> Iterator[tuple[Limit, Limit]]:
    for step in scenario.steps:
        for pair in PAIRS if step.verb == "ask" else ():
            least, most = (_limit(scenario, getattr(step, name, None)) for name in pair)
            if least is not None and most is not None and (isinstance(least, str) or isinstance(most, str)):
                yield least, most


def _limit(scenario: Scenario, value: Any) -> Limit | None:
    name = value.data.source.strip() if isinstance(value, Value) and isinstance(value.data, Expression) else ""
    given = name in scenario.inputs and not any(name in step.writes() for step in scenario.steps)
    return name if given else number_of(value)


def number_of(value: Any) -> float | None:
    """The number that stands in a file."""
    return number_limit(value.data) if isinstance(value, Value) and value.constant else None


def _kind(default: Any) -> str:
    """What is wanted in the place of a default; empty where anything may do."""
    data = default.data if isinstance(default, Value) and default.constant else None
    return next((kind for types, kind in _KINDS if isinstance(data, types)), "")


_KINDS = ((bool, "boolean"), (int | float, "number"), (list, "list"))


Saved = Mapping[str, Mapping[str, frozenset[bool] | None]]
"""Collection -> field -> what is saved there, where that is written out: true, false or both"""


def all_saved(facts: Iterable[Facts]) -> Saved:
    """What the whole bot saves."""
    found: dict[str, dict[str, frozenset[bool] | None]] = {}
    for one in facts:
        for collection, fields in one.saved.items():
            known = found.setdefault(collection, {})
            for name in fields:
                mine, before = one.literals.get((collection, name)), known.get(name, frozenset())
                known[name] = mine | before if mine is not None and before is not None else None
    return found


def never_saved(facts: Iterable[Facts], collection: str, fields: Collection[str]) -> set[str]:
    """The declared fields that no step fills, where some step saves others; not those that are most likely meant by a
    misspelt one."""
    saved = frozenset[str]().union(*(one.saved.get(collection, ()) for one in facts))
    if not saved or collection == PEOPLE:
        return set()
    return set(fields) - saved - meant_by(saved, [*fields, *OWN_FIELDS])


def is_broken(loaded: Loaded) -> bool:
    return any(file.scenario is None for file in loaded.files.values())
