"""A value that is misspelt where it is declared, among choices, in `values:` or in what a prompt returns: told once,
there, and not wherever the right one stands.

Law: the odd one stands nowhere else in the bot, and the right one at least twice.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.finding import Finding, Severity
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.lint.definitions import stands
from engine.lint.missing import written_choices
from engine.lint.world import World
from engine.project.outcomes import OUTCOMES
from engine.project.suggest import closest, is_typo, proposal, proposed
from engine.project.yaml import read

OF_VALUES = frozenset(("never-equal", "unknown-case", "if-fails-differs", "value-not-declared", "unknown-attribute"))


def check(world: World) -> None:
    """After all others: of what they found."""
    of_values = [one for one in world.findings if one.code in OF_VALUES]
    told = [(one, one.topic.names[0]) for one in of_values if one.topic.kind == "never"]
    misspelt = {one.span for one in world.findings if one.code == "misspelt-name"}
    for declared in _declared(world) if told else ():
        odd = declared.text if declared.span not in misspelt else ""
        near = {right for one, value in told if (right := _meant(one, value, odd))}
        right = near.pop() if odd and len(near) == 1 else ""
        if right and stands(world, odd) == 1 and stands(world, right) > 1:
            echoes = [one for one, value in told if value in (odd, right)]
            severity: Severity = "error" if any(one.severity == "error" for one in echoes) else "warning"
            message = f"Nothing else knows `{odd}`, which stands here; `{right}` is what is asked for elsewhere."
            covers = (declared.span, *sorted({one.span for one in echoes}))
            help = proposal(right)
            world.findings.append(Finding(declared.span, "misspelt-name", severity, message, help, covers=covers))


def _meant(one: Finding, value: str, odd: str) -> str:
    """What stands for the odd value elsewhere, by a finding that says that `value` is never met."""
    if value != odd:
        possible = one.topic.names[1:]
        return value if is_typo(odd, value) or (odd in possible and closest(value, possible) in (None, odd)) else ""
    return proposed(one.help, alone=False)


def _declared(world: World) -> Iterator[Scalar]:
    """The values that are written out for others to use."""
    for front in world.prompt_files.fronts.values():
        yield from _listed(front.node.get("returns") if front.node is not None else None)
    outcomes = read(world.texts[OUTCOMES], OUTCOMES)[0] if OUTCOMES in world.texts else None
    yield from _listed(outcomes)
    for step in world.by_verb["ask"]:
        yield from written_choices(step).values()


def _listed(node: Node | None) -> Iterator[Scalar]:
    """The items of all lists within."""
    if isinstance(node, Mapping):
        for _, value in node.entries.values():
            yield from _listed(value)
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                yield item
            else:
                yield from _listed(item)
