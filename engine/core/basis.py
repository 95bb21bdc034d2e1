"""What an entry was made from: the values of the variables that its step reads, by name (rewalk.md, rule 3).

By name, because files change under people: a name that the author's edit brings in changed no value, so it makes
nothing stale; a name that is read no more cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from engine.core.session import PEOPLE, Conversation, digest

Basis = dict[str, str]  # name -> hash of its value, empty for null


def basis_of(names: Iterable[str], variables: Mapping[str, Any], declared: frozenset[str] = frozenset()) -> Basis:
    """Of those of the names that are variables: set, or ever to be set by the scenario."""
    return {
        name: "" if (value := variables.get(name)) is None else digest(value, size=4)
        for name in names
        if name in variables or name in declared
    }


def stands(before: Any, now: Basis) -> bool:
    """Whether what was made from `before` still holds: no name that is read today has another value than then."""
    return isinstance(before, dict) and all(now.get(name, value) == value for name, value in before.items())


def told_of_the_person(conversation: Conversation) -> str:
    """A hash of what a conversation has saved of the person on its way so far: a correction is seen further on."""
    journal = conversation.journal
    told: dict[str, Any] = {}
    for key in conversation.visited:
        entry = journal.get(key)
        if entry is not None and entry.get("k") == PEOPLE:
            told.update(entry.get("v") or {})
    return digest(told, size=4) if told else ""
