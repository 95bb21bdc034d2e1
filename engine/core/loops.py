"""The rounds of a loop: `goto` back for another one (rewalk.md, rule 5), /back into the one before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from engine.core.frame import Frame
from engine.core.ground import Ground, split
from engine.core.holders import withdraw
from engine.core.project import Scenario
from engine.core.session import Conversation
from engine.core.step import Step

OVER = 3  # place of the last round in a loop's checkpoint [round, variables, labels, last round]


def new_round(ground: Ground, conversation: Conversation, frame: Frame, target: Step, key: str) -> None:
    """Rule 5: the entries since the loop's head are dropped, also those that a correction left dormant in this
    stretch of the file; all that was written since then is kept as the head's checkpoint, and beside it the round that
    is over, for one /back. What it saved stays, what a correction within it has left is withdrawn."""
    keys = list(conversation.visited)
    place = keys.index(key)
    over = _round(conversation, keys[place:])
    dormant = _dormant(conversation, frame, keys[place:], target)
    withdraw(ground, conversation, dormant)
    _drop(conversation, [*keys[place:], *dormant])
    for old in (*keys[place:], *dormant):
        ground.kept[conversation.id].pop(old, None)
    conversation.visited = dict.fromkeys(keys[:place])
    conversation.round = _next_round(conversation)
    wrote = frame.wrote or {}
    variables = frame.scope.variables
    written = sorted(name for name, at in wrote.items() if at >= place)
    for name in written:
        wrote[name] = place
    labels = variables.get("labels") or {}
    conversation.loops[key] = [
        conversation.round,
        {name: variables[name] for name in written if name != "labels"},
        {name: labels[name] for name in written if name in labels},
        over,
    ]


def carried(checkpoint: Sequence[Any], frame: Frame) -> dict[str, Any]:
    """What the rounds before have left, less what today's file no longer writes."""
    written = frame.scenario.writes
    variables = {name: value for name, value in checkpoint[1].items() if name in written}
    labels = {name: label for name, label in checkpoint[2].items() if name in written}
    if labels:
        variables["labels"] = {**(frame.scope.variables.get("labels") or {}), **labels}
    return variables


def _next_round(conversation: Conversation) -> int:
    conversation.rounds += 1
    return conversation.rounds


# the round before -----------------------------------------------------------------------------------------------


def _round(conversation: Conversation, stretch: list[str]) -> dict[str, Any]:
    """What a round that ends has left: its journal, what was said in it, and the checkpoints that it began from. Those
    of loops within have their own last round with them; that of its own head has not, for /back goes one round back."""
    head = stretch[0]
    loops = {key: conversation.loops[key] for key in stretch if key in conversation.loops}
    if head in loops:
        loops[head] = loops[head][:OVER]
    return {
        "journal": {key: conversation.journal[key] for key in stretch if key in conversation.journal},
        "said": {key: conversation.said[key] for key in stretch if key in conversation.said},
        "loops": loops,
    }


def last_round(conversation: Conversation, head: str) -> Mapping[str, Any]:
    """The round that ended at this head last, empty when it is not known any more."""
    checkpoint = conversation.loops.get(head, ())
    return checkpoint[OVER] if len(checkpoint) > OVER else {}


def carries(conversation: Conversation, head: str) -> bool:
    """Whether rounds of this loop have left values that the next one goes on with."""
    checkpoint = conversation.loops.get(head)
    return checkpoint is not None and bool(checkpoint[1] or checkpoint[2])


def stand_in_last_round(ground: Ground, conversation: Conversation, head: str) -> None:
    """The round before is the one that goes on; the round begun since is dropped, and what it saved is withdrawn."""
    over = last_round(conversation, head)
    _leave(ground, conversation, head, over["journal"])
    conversation.journal.update(over["journal"])
    conversation.said.update(over["said"])
    conversation.loops.update(over["loops"])


def begin_anew(ground: Ground, conversation: Conversation, head: str) -> None:
    """The person goes back to before the loop: it begins as at first, with nothing carried over from its rounds. The
    round is dropped; what was saved in those that were finished stays, so the new one needs a number of its own."""
    _leave(ground, conversation, head, ())
    conversation.loops[head] = [_next_round(conversation), {}, {}]


def _leave(ground: Ground, conversation: Conversation, head: str, more: Iterable[str]) -> None:
    """Drop the round that the person is in."""
    keys = list(conversation.visited)
    place = keys.index(head)
    conversation.visited = dict.fromkeys(keys[:place])
    scenario, name = ground.place(conversation.scenario, head)
    target = scenario.by_name.get(name) if scenario is not None else None
    left = keys[place:]
    if scenario is not None and target is not None:
        path = head[: len(head) - len(split(head)[-1])]
        left += _within(conversation, scenario, path, [target.index, _last(scenario, target)], [*left, *more])
    withdraw(ground, conversation, left)
    _drop(conversation, left)


def _drop(conversation: Conversation, keys: Iterable[str]) -> None:
    kept: tuple[dict[str, Any], ...] = (
        conversation.journal,
        conversation.said,
        conversation.marks,
        conversation.loops,
    )
    for old in keys:
        for one in kept:
            one.pop(old, None)


# dormant entries ------------------------------------------------------------------------------------------------


def _dormant(conversation: Conversation, frame: Frame, stretch: list[str], target: Step) -> list[str]:
    """Keys of this frame that this walk did not meet, of steps that stand within the loop or the stretch walked."""
    scenario, state = frame.scenario, frame.state
    places = [target.index, state.step, _last(scenario, target)]
    return _within(conversation, scenario, state.path, places, stretch)


def _last(scenario: Scenario, head: Step) -> int:
    """The index of the last step that leads back to this head."""
    back = (step.index for step in scenario.steps[head.index :] if any(way.to is head for way in step.ways()))
    return max(back, default=head.index)


def _within(
    conversation: Conversation, scenario: Scenario, path: str, places: list[int], stretch: Iterable[str]
) -> list[str]:
    """Known keys off the way whose steps stand in the file between the first and the last of all these."""
    indexes = {step.name: step.index for step in scenario.steps}

    def index(key: str) -> int:
        own = key.startswith(path) and key[len(path) :].split("/")[0].split("[")[0].split("#")[0]
        return indexes.get(own or "", -1)

    places = [*places, *(place for key in stretch if (place := index(key)) >= 0)]
    known = {**conversation.journal, **conversation.said, **conversation.marks, **conversation.loops}
    return [key for key in known if key not in conversation.visited and min(places) <= index(key) <= max(places)]
