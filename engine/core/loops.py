"""`goto`: out of the loops around it, and back for another round (rewalk.md, rule 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.core.holders import withdraw
from engine.core.step import Step
from engine.core.values import OverBounds

if TYPE_CHECKING:
    from engine.core.walk import Walk


def go(walk: Walk, name: str) -> Step:
    """`goto`: out of the loops around when the target stands outside them; a step visited before in this walk
    begins a new round (rule 5)."""
    while True:
        scenario = walk.frame.scenario
        target = scenario.by_name.get(name)
        if target is None:
            raise OverBounds(f"goto leads to «{name}», which is no step of {scenario.id}")
        if walk.frame.state.variables is not None or _inside(walk, target):
            break
        walk.pop()
    key = f"{walk.frame.state.path}{name}"
    if key in walk.conversation.visited:
        _new_round(walk, key, target)
    return target


def _inside(walk: Walk, target: Step) -> bool:
    """Whether the target stands in the body of the loop that the top frame runs."""
    caller = walk.frame.state.caller
    parent = target.parent
    while parent is not None:
        if parent.index == caller:
            return True
        parent = parent.parent
    return False


def _new_round(walk: Walk, key: str, target: Step) -> None:
    """Rule 5: the entries since the loop's head are dropped, also those that a correction left dormant in this
    stretch of the file; all that was written since then is kept as the head's checkpoint. The round is over: what it
    saved stays, what a correction within it has left is withdrawn."""
    conversation = walk.conversation
    keys = list(conversation.visited)
    place = keys.index(key)
    dormant = _dormant(walk, keys[place:], target)
    withdraw(walk, dormant)
    for old in (*keys[place:], *dormant):
        for kept in (
            conversation.journal,
            conversation.said,
            conversation.marks,
            conversation.loops,
            walk.kept_now,
        ):
            kept.pop(old, None)
    conversation.visited = dict.fromkeys(keys[:place])
    conversation.rounds += 1
    conversation.round = conversation.rounds
    wrote = walk.frame.wrote or {}
    variables = walk.scope.variables
    written = sorted(name for name, at in wrote.items() if at >= place)
    for name in written:
        wrote[name] = place
    labels = variables.get("labels") or {}
    conversation.loops[key] = [
        conversation.round,
        {name: variables[name] for name in written if name != "labels"},
        {name: labels[name] for name in written if name in labels},
    ]


def _dormant(walk: Walk, stretch: list[str], target: Step) -> list[str]:
    """Keys of this frame that this walk did not meet, of steps that stand within the stretch that was walked."""
    path, scenario = walk.frame.state.path, walk.frame.scenario
    indexes = {step.name: step.index for step in scenario.steps}

    def index(key: str) -> int:
        own = key.startswith(path) and key[len(path) :].split("/")[0].split("[")[0].split("#")[0]
        return indexes.get(own or "", -1)

    places = [target.index, walk.frame.state.step, *(place for key in stretch if (place := index(key)) >= 0)]
    known = {
        **walk.conversation.journal,
        **walk.conversation.said,
        **walk.conversation.marks,
        **walk.conversation.loops,
    }
    return [key for key in known if key not in walk.conversation.visited and min(places) <= index(key) <= max(places)]
