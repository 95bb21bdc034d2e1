"""What names mean while a template runs: a frame's variables over the turn's built-in names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2.runtime import Context

from engine.core.lenient import Lenient
from engine.core.sandbox import Sandbox


class Scope:
    """What names mean during one turn in one frame: the frame's variables over the turn's built-in names.

    `declared` are all names that the scenario can set: one not set yet is null, any other name is unknown.
    """

    __slots__ = ("_contexts", "builtins", "declared", "variables")

    def __init__(self, variables: Mapping[str, Any], declared: frozenset[str], builtins: Mapping[str, Any]) -> None:
        self.variables = variables
        self.declared = declared
        self.builtins = builtins
        self._contexts: dict[int, Context] = {}

    def __contains__(self, name: str) -> bool:
        return name in self.declared or name in self.variables or name in self.builtins

    def __getitem__(self, name: str) -> Any:
        if name == "labels":
            return Lenient(self.variables.get(name) or ())
        if name in self.variables:
            return self.variables[name]
        if name in self.declared:
            return None
        return self.builtins[name]

    def keys(self) -> list[str]:
        return [*self.builtins, *self.declared, *self.variables]

    def context(self, environment: Sandbox) -> Context:
        found = self._contexts.get(id(environment))
        if found is None:
            found = self.fresh(environment)
            self._contexts[id(environment)] = found
        return found

    def fresh(self, environment: Sandbox) -> Context:
        return Context(environment, self, None, {}, globals=environment.globals)  # type: ignore[arg-type] # Context only asks `in` and `[]` of it
