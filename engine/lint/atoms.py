"""What a condition says when it is true, or when it is not, as single statements that can be met again: what one branch
has set is there in a later branch under the same condition.

Law: two statements contradict each other only when they surely do.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from jinja2 import nodes

from engine.core.tree import names
from engine.lint.narrow import path
from engine.lint.shapes import Shape


class Atom(NamedTuple):
    """`subject` is `value`, or (`true` false) is not. A condition that compares nothing is its own subject."""

    subject: str
    value: Any
    true: bool
    reads: frozenset[str]  # the names whose change makes it unknown again

    def opposite(self) -> Atom:
        return self._replace(true=not self.true)


NO_ATOMS: frozenset[Atom] = frozenset()


def atoms(condition: nodes.Node, positive: bool) -> frozenset[Atom]:
    """What surely holds when the condition is true (or, `positive` false, when it is not)."""
    if isinstance(condition, nodes.Not):
        return atoms(condition.node, not positive)
    if isinstance(condition, nodes.And | nodes.Or):
        if isinstance(condition, nodes.And) == positive:
            return atoms(condition.left, positive) | atoms(condition.right, positive)
        return frozenset((_itself(condition, positive),))
    if isinstance(condition, nodes.Compare) and len(condition.ops) == 1:
        operand = condition.ops[0]
        name, right = path(condition.expr), operand.expr
        if name and isinstance(right, nodes.Const) and operand.op in ("eq", "ne"):
            return frozenset((equals(name, right.value, (operand.op == "eq") == positive),))
        if name and operand.op in ("in", "notin") and isinstance(right, nodes.List | nodes.Tuple):
            literals = [one.value for one in right.items if isinstance(one, nodes.Const)]
            if len(literals) == len(right.items) and (operand.op == "in") != positive:
                return frozenset((_itself(condition, positive), *(equals(name, one, False) for one in literals)))
    return frozenset((_itself(condition, positive),))


def equals(name: str, value: Any, true: bool) -> Atom:
    return Atom(name, value, true, frozenset((name.split(".")[0],)))


def _itself(condition: nodes.Node, positive: bool) -> Atom:
    return Atom(
        f"{path(condition)}?" if path(condition) else repr(condition), True, positive, frozenset(names(condition))
    )


def denied(atom: Atom, held: Iterable[Atom], variables: Mapping[str, Shape]) -> bool:
    """Whether the statement is surely untrue where others hold and variables are of these shapes."""
    for one in held:
        if one.subject == atom.subject:
            if one.true != atom.true and _same(one.value, atom.value):
                return True
            if one.true and atom.true and not _same(one.value, atom.value):
                return True
    shape = variables.get(atom.subject)
    if not atom.true or shape is None or atom.value is None:
        return False
    return all(part.values is not None and atom.value not in part.values for part in shape.parts())


def _same(one: Any, other: Any) -> bool:
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)
