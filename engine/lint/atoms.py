"""What a condition says when it is true, or when it is not, as single statements that can be met again: what one branch
has set is there in a later branch under the same condition.

Law: two statements contradict each other only when they surely do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import nodes

from engine.core.tree import names
from engine.lint.narrow import path
from engine.lint.shapes import Shape


class Atom(NamedTuple):
    """`subject` is one of `values`, or (`true` false) none of them. What compares nothing is its own subject."""

    subject: str
    values: frozenset[Any]
    true: bool
    reads: frozenset[str]  # the names whose change makes it unknown again

    def opposite(self) -> Atom:
        return Atom(self.subject, self.values, not self.true, self.reads)


NO_ATOMS: frozenset[Atom] = frozenset()


@lru_cache(maxsize=1024)  # a tree is one object wherever the same words stand (core/tree.py)
def atoms(condition: nodes.Node, positive: bool) -> frozenset[Atom]:
    """What surely holds when the condition is true (or, `positive` false, when it is not)."""
    if isinstance(condition, nodes.Not):
        return atoms(condition.node, not positive)
    if isinstance(condition, (nodes.And, nodes.Or)):
        if isinstance(condition, nodes.And) == positive:
            return atoms(condition.left, positive) | atoms(condition.right, positive)
        return frozenset((_itself(condition, positive),))
    if isinstance(condition, nodes.Compare) and len(condition.ops) == 1 and path(condition.expr):
        operator, right = condition.ops[0].op, condition.ops[0].expr
        listed = right.items if isinstance(right, (nodes.List, nodes.Tuple)) else [right]
        literals = frozenset(one.value for one in listed if isinstance(one, nodes.Const))
        single = not isinstance(right, (nodes.List, nodes.Tuple))
        if len(literals) == len(listed) and operator in (("eq", "ne") if single else ("in", "notin")):
            return frozenset((among(path(condition.expr), literals, (operator in ("eq", "in")) == positive),))
    return frozenset((_itself(condition, positive),))


def among(name: str, values: frozenset[Any], true: bool) -> Atom:
    return Atom(name, values, true, frozenset((name.split(".")[0],)))


def _itself(condition: nodes.Node, positive: bool) -> Atom:
    name = path(condition)
    if name:
        return counts(name, positive)
    return Atom(repr(condition), _TRUE, positive, frozenset(names(condition)))


_TRUE = frozenset((True,))
THERE = "!"  # behind a name, the subject of the statement that it is not null


def counts(name: str, positive: bool) -> Atom:
    """That what stands at a path counts as true: it is neither null nor empty nor nought."""
    return Atom(f"{name}?", _TRUE, positive, frozenset((name.split(".")[0],)))


def there(name: str) -> Atom:
    """That a variable is not null, which on a way that does not set it is surely not so."""
    return Atom(name + THERE, _TRUE, True, frozenset((name,)))


def holds(atom: Atom, held: Iterable[Atom], variables: Mapping[str, Shape]) -> bool:
    """Whether the statement is surely so where others hold and variables are of these shapes."""
    subject = atom.subject
    told = [(one.values, one.true) for one in held if one.subject == subject]
    shape = variables.get(subject)
    if shape is None and not told:
        return False
    if shape is not None and not shape.empty and shape.parts() and all(one.values for one in shape.parts()):
        told.append((frozenset().union(*(one.values or () for one in shape.parts())), True))
    if atom.true:
        return any(true and values <= atom.values for values, true in told)
    return any(values.isdisjoint(atom.values) if true else values >= atom.values for values, true in told)
