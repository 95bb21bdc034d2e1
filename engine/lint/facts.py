"""What scenarios see of each other, and nothing else: each is judged in a process, or at a save, of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.core.project import REQUIRED, Scenario, Trigger
from engine.lint.shapes import ANY, Shape
from engine.project.load import Loaded


@dataclass(frozen=True, slots=True)
class Facts:
    """What other files need to know of a scenario. `inputs` says which must be given."""

    id: str
    file: str
    inputs: Mapping[str, bool]
    result: Shape | None  # None: it gives nothing back
    triggers: tuple[Trigger, ...]
    named: Mapping[str, frozenset[str]]  # what its steps refer to: kind -> names
    people: frozenset[str]  # fields that it saves of the person
    only_admin: bool

    @classmethod
    def of(cls, scenario: Scenario) -> Facts:
        named: dict[str, set[str]] = {}
        for step in scenario.steps:
            for reference in step.references:
                named.setdefault(reference.kind, set()).add(reference.name)
        saved = (getattr(step, "fields", None) for step in scenario.steps if getattr(step, "save", "") == "people")
        people = frozenset(name for fields in saved for name in fields or ())
        frozen = {kind: frozenset(names) for kind, names in named.items() if kind != "step"}
        inputs = {name: default is REQUIRED for name, default in scenario.inputs.items()}
        result = ANY if scenario.result is not None else None
        return cls(scenario.id, scenario.file, inputs, result, scenario.triggers, frozen, people, scenario.only_admin)

    def names(self, kind: str) -> frozenset[str]:
        return self.named.get(kind, frozenset())


def is_broken(loaded: Loaded) -> bool:
    return any(file.scenario is None for file in loaded.files.values())
