"""What is known of a scenario's variables at one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from functools import lru_cache
from itertools import chain, permutations
from types import MappingProxyType
from typing import NamedTuple

from engine.lint.atoms import NO_ATOMS, THERE, Atom, counts, holds, there
from engine.lint.narrow import Possible
from engine.lint.shapes import ANSWERS, Bounds, Shape, union

UNSET = "unset"  # a shape's `empty` when some way leads here without setting the variable
PAST = ".past its loop"  # behind a name in `full`: the item of an `each` that is over
NO_LABELS = Shape("map", what="the labels of what was chosen so far")
Under = Mapping[tuple[frozenset[Atom], str], Shape]
"""(statements, variable) -> what the variable is wherever all of them hold; of a path such as `plan.day`: that it is
not null there"""
NOWHERE: frozenset[frozenset[Atom]] = frozenset()
MOST_NEVER = 12
MOST_UNDER = 200  # in a scenario with more of them than that, nothing is known under conditions
MOST_TOGETHER = 6  # variables that one way sets and the other does not, of which each tells of the others
MOST_ATOMS = 3  # statements that one variable hangs on


class State(NamedTuple):
    """`variables` that some way here has set; `full` are paths such as `goal.title` that are known not to be null;
    `held` is what the conditions on the way here have said."""

    variables: Mapping[str, Shape] = {}
    full: frozenset[str] = frozenset()
    held: frozenset[Atom] = NO_ATOMS
    under: Under = MappingProxyType({})
    never: frozenset[frozenset[Atom]] = frozenset()  # statements that are not all so on any way here

    def with_(self, changed: dict[str, Shape]) -> State:
        """After these are set: what was known of their attributes is known no more."""
        if not changed:
            return self
        return self._forgetting(changed.keys(), {**self.variables, **changed})

    def without(self, names: frozenset[str]) -> State:
        return self._forgetting(names, {name: one for name, one in self.variables.items() if name not in names})

    def _forgetting(self, names: Set[str], variables: dict[str, Shape]) -> State:
        full, held, under, never = self.full, self.held, self.under, self.never
        if full:
            full = frozenset(path for path in full if path.split(".")[0] not in names)
        if held:
            held = frozenset(atom for atom in held if atom.reads.isdisjoint(names))
        if under:
            under = {
                key: one
                for key, one in under.items()
                if key[1].partition(".")[0] not in names and all(atom.reads.isdisjoint(names) for atom in key[0])
            }
        if never:
            never = frozenset(one for one in never if all(atom.reads.isdisjoint(names) for atom in one))
        return State(variables, full, held, under, never)

    def knowing(self, paths: frozenset[str]) -> State:
        """When these are not null."""
        if not paths:
            return self
        variables = {name: shape.full() if name in paths else shape for name, shape in self.variables.items()}
        told = {one + THERE for one in paths} if self.under else ()
        for (wanted, name), shape in self.under.items() if told else ():
            if all(one.subject in told for one in wanted):
                variables[name] = shape
        return self._replace(variables=variables, full=self.full | paths)

    def telling(self, flag: str, told: Iterable[tuple[str, bool]]) -> State:
        """Where these variables are not null when the flag is true, or when it is not."""
        there = ((one, positive, self.variables.get(one)) for one, positive in told)
        more = {
            (frozenset((counts(flag, positive),)), one): shape.full()
            for one, positive, shape in there
            if shape and shape.empty
        }
        return self._replace(under={**self.under, **more}) if more else self

    def among(self, possible: Possible) -> State:
        """When only some of their known values are possible."""
        changed = {name: self.variables[name].among(*told) for name, told in possible.items() if name in self.variables}
        return self._replace(variables={**self.variables, **changed}) if changed else self

    def within(self, limits: Iterable[tuple[str, Bounds]]) -> State:
        """Where numbers are no smaller and no larger than these."""
        changed: dict[str, Shape] = {}
        for name, (least, most) in limits:
            if name in self.variables:
                changed[name] = changed.get(name, self.variables[name]).bounded(least, most)
        return self._replace(variables={**self.variables, **changed}) if changed else self

    def holding(self, atoms: frozenset[Atom]) -> State:
        """Where these statements hold: what is so under them is so."""
        if not atoms:
            return self
        held = self.held | atoms
        if not self.under:
            return self._replace(held=held)
        told = {
            name: shape
            for (wanted, name), shape in self.under.items()
            if all(holds(atom, held, self.variables) for atom in wanted)
        }
        paths = frozenset(one for one in told if "." in one)
        changed = {name: shape for name, shape in told.items() if name not in paths} if paths else told
        return self._replace(variables={**self.variables, **changed}, full=self.full | paths, held=held)

    def joined(self, other: State, worn: bool) -> State:
        """Here by one way or the other. `worn`: kinds that still differ are given up, so that a loop ends."""
        variables: dict[str, Shape] = {}
        for name, one in self.variables.items():
            two = other.variables.get(name)
            if two is one or two == one:
                variables[name] = one
            elif two is None:
                variables[name] = one.maybe(UNSET)
            elif name == "labels":
                unsure = any(labels.open or labels.kind != "map" for labels in (one, two))
                variables[name] = Shape("map", {**one.fields, **two.fields}, unsure, what=NO_LABELS.what)
            else:
                variables[name] = Shape(empty=one.empty or two.empty) if worn else union([one, two])
        for name in other.variables.keys() - variables.keys():
            variables[name] = other.variables[name].maybe(UNSET)
        under = self._under_both(other, variables, worn) if self.held or other.held or self.under or other.under else {}
        parting = not worn and ((self.held and other.held) or self.never or other.never)
        never = self._never_both(other) if parting else NOWHERE
        return State(variables, self.full & other.full, self.held & other.held, under, never)

    def _never_both(self, other: State) -> frozenset[frozenset[Atom]]:
        """What is not so on one way, together with what is not so on the other."""
        mine, theirs = self.held - other.held, other.held - self.held
        found = set[frozenset[Atom]]()
        if len(mine) * len(theirs) <= MOST_NEVER:
            pairs = (frozenset((one.opposite(), two.opposite())) for one in mine for two in theirs)
            found = {pair for pair in pairs if not any(atom.opposite() in pair for atom in pair)}
        found |= {one for one in self.never if other.denies(one)} | {one for one in other.never if self.denies(one)}
        return frozenset(found) if len(found) <= MOST_NEVER else NOWHERE

    def denies(self, atoms: frozenset[Atom]) -> bool:
        """Whether these statements are never all so here."""
        if self.never and any(one <= atoms for one in self.never):
            return True
        return any(holds(atom.opposite(), self.held, self.variables) for atom in atoms)

    def _under_both(self, other: State, variables: Mapping[str, Shape], worn: bool) -> Under:
        """What stays true of variables that one way or the other leaves empty."""
        if worn:
            return {}  # what hangs on what is followed for some rounds only: else many circles take minutes
        unsure = [name for name, shape in variables.items() if shape.empty and self._differs(other, name)]
        parting = self.held ^ other.held
        if not self.under and not other.under and (not unsure or (len(unsure) == 1 and not parting)):
            return {}
        found: dict[tuple[frozenset[Atom], str], Shape] = {}
        mine, theirs = _Way(self), _Way(other)
        of_one_way = ((frozenset((atom,)), name) for atom in parting for name in unsure)
        candidates = {*self.under, *other.under, *of_one_way}
        for here, lacks, told, absent in (
            (self, other, mine.denied, theirs.denied),
            (other, self, theirs.denied, mine.denied),
        ):
            alone = [name for name in unsure if name in here.variables and name not in lacks.variables]
            sure = [name for name in unsure if name in here.variables and _counts(here.variables[name])]
            told |= dict.fromkeys(map(_is_nought, sure), True)
            absent |= dict.fromkeys(map(_is_there, alone), True)
            if len(unsure) <= MOST_TOGETHER and len(candidates) + len(unsure) ** 2 <= MOST_UNDER:
                beside = [name for name in unsure if name not in here.variables]
                candidates |= {(_is_there(name), one) for name, one in permutations(alone, 2)}
                candidates |= {(_is_nought(name), one) for name in sure for one in beside}
        for atoms, name in candidates if len(candidates) <= MOST_UNDER else ():
            if name not in variables:
                if (atoms, name) in self.under and (atoms, name) in other.under:  # a path
                    found[atoms, name] = self.under[atoms, name]
                continue
            more = parting if _may_need_more(atoms) else ()
            for wanted in chain((atoms,), (atoms | {one} for one in more)):
                one, two = mine.where(wanted, name), theirs.where(wanted, name)
                if one is not None and two is not None and not (one is NEVER and two is NEVER):
                    known = two if one is NEVER else one if two is NEVER else one if one == two else union([one, two])
                    if known.empty != variables[name].empty:
                        found[wanted, name] = known
                    break
        return found

    def _differs(self, other: State, name: str) -> bool:
        one, two = self.variables.get(name), other.variables.get(name)
        return one is None or two is None or one.empty != two.empty


class _Way:
    """One of two ways that meet. `denied`: whether such statements are never all so on it, as far as that was asked."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.denied: dict[frozenset[Atom], bool] = {}
        self.beneath: dict[str, list[tuple[frozenset[Atom], Shape]]] = {}  # as `under`, by the variable
        for (atoms, name), shape in state.under.items():
            self.beneath.setdefault(name, []).append((atoms, shape))

    def where(self, atoms: frozenset[Atom], name: str) -> Shape | None:
        """What the variable is here wherever the statements hold; None when it may be unset."""
        if (atoms, name) in self.state.under:
            return self.state.under[atoms, name]
        if atoms not in self.denied:
            self.denied[atoms] = self.state.denies(atoms)
        if self.denied[atoms]:
            return NEVER
        shape = self.state.variables.get(name)
        if shape is not None and shape.empty != UNSET:
            return shape
        return next((one for few, one in self.beneath.get(name, ()) if few <= atoms), None)


@lru_cache(maxsize=1024)  # asked at every place where ways meet
def _may_need_more(atoms: frozenset[Atom]) -> bool:
    """Whether a variable may hang on one statement more beside these."""
    return len(atoms) < MOST_ATOMS and not any(one.subject.endswith(THERE) for one in atoms)


@lru_cache(maxsize=1024)  # as those
def _is_there(name: str) -> frozenset[Atom]:
    return frozenset((there(name),))


@lru_cache(maxsize=1024)
def _is_nought(name: str) -> frozenset[Atom]:
    return frozenset((counts(name, False),))


def _counts(shape: Shape) -> bool:
    """Whether whatever it is counts as true: an answer of letters, a day, a choice."""
    parts = () if shape.empty else shape.parts()
    marked = (part.kind == "text" and not part.marks.isdisjoint(ANSWERS) for part in parts if not part.values)
    return bool(parts) and all(marked) and all(all(part.values) for part in parts if part.values)


NEVER = Shape("never")  # the statement never holds on this way
