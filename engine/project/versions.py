"""A scenario's version: a hash of its file and of the files of all scenarios that it can run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import blake2b

from engine.core.project import Scenario


def callees_of(scenario: Scenario) -> list[str]:
    """The scenarios that its steps run themselves."""
    return [reference.name for step in scenario.steps for reference in step.references if reference.kind == "scenario"]


def reached(
    scenario: str, scenarios: Mapping[str, Scenario], callees: Mapping[str, Iterable[str]]
) -> dict[str, Scenario]:
    """The scenario and all that it can run."""
    found: dict[str, Scenario] = {}
    queue = [scenario]
    while queue:
        one = queue.pop()
        if one not in found and one in scenarios:
            found[one] = scenarios[one]
            queue += callees[one]
    return found


def version_of(parts: Mapping[str, Scenario]) -> str:
    """A hash of the files of a scenario and of all that it can run."""
    return blake2b(repr(sorted((one, part.version) for one, part in parts.items())).encode(), digest_size=6).hexdigest()
