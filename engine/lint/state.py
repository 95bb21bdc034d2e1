"""What is known of a scenario's variables at one place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from engine.lint.narrow import Possible
from engine.lint.shapes import ANY, Shape, union

UNSET = "unset"  # a shape's `empty` when some way leads here without setting the variable
NO_LABELS = Shape("map", what="the labels of what was chosen so far")


class State(NamedTuple):
    """`variables` that some way here has set; `full` are paths such as `goal.title` that are known not to be null."""

    variables: Mapping[str, Shape] = {}
    full: frozenset[str] = frozenset()

    def with_(self, changed: dict[str, Shape]) -> State:
        """After these are set: what was known of their attributes is known no more."""
        if not changed:
            return self
        full = frozenset(path for path in self.full if path.split(".")[0] not in changed)
        return State({**self.variables, **changed}, full)

    def without(self, names: frozenset[str]) -> State:
        full = frozenset(path for path in self.full if path.split(".")[0] not in names)
        return State({name: shape for name, shape in self.variables.items() if name not in names}, full)

    def knowing(self, paths: frozenset[str]) -> State:
        """When these are not null."""
        if not paths:
            return self
        variables = {name: shape.full() if name in paths else shape for name, shape in self.variables.items()}
        return State(variables, self.full | paths)

    def among(self, possible: Possible) -> State:
        """When only some of their known values are possible."""
        changed = {name: self.variables[name].among(*told) for name, told in possible.items() if name in self.variables}
        return State({**self.variables, **changed}, self.full) if changed else self

    def joined(self, other: State, worn: bool) -> State:
        """Here by one way or the other. `worn`: kinds that still differ are given up, so that a loop ends."""
        variables = {}
        for name in self.variables.keys() | other.variables.keys():
            one, two = self.variables.get(name), other.variables.get(name)
            if one is None or two is None:
                variables[name] = (one or two or ANY).maybe(UNSET)
            elif one == two:
                variables[name] = one
            elif name == "labels":
                variables[name] = Shape("map", {**one.fields, **two.fields}, what=NO_LABELS.what)
            else:
                variables[name] = Shape(empty=one.empty or two.empty) if worn else union([one, two])
        return State(variables, self.full & other.full)
