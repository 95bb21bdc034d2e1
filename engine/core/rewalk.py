"""Walking a conversation again from its journal: after an edit of the files, for /back, for a correction.

The rules are those of `rewalk.md`; numbers in comments are its rules. Every function works on a copy that its caller
made, so that a walk that fails changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from engine.core.ground import Ground, split
from engine.core.loops import begin_anew, carries, last_round, stand_in_last_round
from engine.core.project import Scenario
from engine.core.session import Conversation, Entry, FrameState, is_of
from engine.core.step import Step
from engine.core.walk import Walk


def walk_again(ground: Ground, conversation: Conversation, speak_from: str = "", remark: str = "") -> Walk:
    """From the first step over all entries that still fit, to where the person stands today."""
    scenario = ground.project.scenarios[conversation.scenario]
    rename(ground, conversation)
    stood = conversation.pending
    walk = Walk(ground, _emptied(conversation))
    walk.stood = stood if stood is not None and stood.kind == "input" else None
    walk.speak_from, walk.remark, walk.came_past = speak_from, remark, True
    conversation.version = scenario.version
    walk.begin(scenario, inputs_of(conversation))
    return walk


def inputs_of(conversation: Conversation) -> dict[str, Any]:
    """The first frame's variables before any step: inputs given when the scenario was started."""
    return dict(conversation.start.get("inputs") or {})


def _emptied(conversation: Conversation) -> Conversation:
    conversation.marks = {**conversation.marks, **conversation.said}
    conversation.said = {}
    conversation.frames = []
    conversation.visited = {}
    conversation.round = 0
    conversation.catching_up = True
    if conversation.pending is not None and conversation.pending.kind != "model":
        conversation.pending = None
    return conversation


def rename(ground: Ground, conversation: Conversation) -> None:
    """Old keys under their new names, before anything else (7). A new name may lead into a sub-scenario:
    `renamed: {weight: measure.weight}`."""
    if not ground.project.renames:
        return

    def today(key: str, fits: Callable[[Step], bool] = lambda step: True) -> str:
        key = ground.called_today(conversation.scenario, key)
        for _ in range(20):  # a chain of renames, bounded should it be a circle
            scenario, name = ground.place(conversation.scenario, key)
            if scenario is None or name not in scenario.renamed:
                break
            step = ground.locate(conversation.scenario, key)
            if step is not None and fits(step):
                break  # the name is in use, for something of the same kind
            *ways, last = split(key)
            key = "/".join([*ways, scenario.renamed[name].replace(".", "/") + last[len(name) :]])
        return key

    new = {key: today(key, lambda step, entry=entry: step.fits(entry)) for key, entry in conversation.journal.items()}  # type: ignore[misc] # bound at once
    conversation.journal = {
        new[key]: _made_from_today(ground, conversation.scenario, new[key], entry)
        for key, entry in conversation.journal.items()
    }
    conversation.visited = {new.get(key) or today(key): None for key in conversation.visited}
    conversation.said = {today(key): mark for key, mark in conversation.said.items()}
    conversation.marks = {today(key): mark for key, mark in conversation.marks.items()}
    conversation.loops = _renamed_loops(ground, conversation.scenario, conversation.loops, today)
    conversation.reopened = new.get(conversation.reopened, "")
    for pending in {id(one): one for one in (conversation.pending, conversation.shown) if one}.values():
        pending.key = today(pending.key, Step.takes_input if pending.kind == "input" else Step.asks_outside)


def _renamed_loops(
    ground: Ground, root: str, loops: dict[str, list[Any]], today: Callable[[str], str]
) -> dict[str, list[Any]]:
    """The heads under their new names, the variables of each, and what its last round has left."""
    found = {}
    for key, (number, variables, labels, *rest) in loops.items():
        scenario, _ = ground.place(root, key)
        if scenario is not None and scenario.renamed:
            variables, labels = (
                {_renamed(scenario, name): value for name, value in kept.items()} for kept in (variables, labels)
            )
        for last in rest:
            over = {name: {today(one): kept for one, kept in last[name].items()} for name in ("journal", "said")}
            rest = [{**over, "loops": _renamed_loops(ground, root, last["loops"], today)}]
        found[today(key)] = [number, variables, labels, *rest]
    return found


def _made_from_today(ground: Ground, root: str, key: str, entry: Entry) -> Entry:
    """An entry that knows what it was made from by today's names."""
    scenario, _ = ground.place(root, key)
    before = entry.get("h")
    if scenario is None or not scenario.renamed or not isinstance(before, dict):
        return entry
    today = {_renamed(scenario, name): value for name, value in before.items()}
    return entry if today == before else {**entry, "h": today}


def _renamed(scenario: Scenario, name: str) -> str:
    for _ in range(20):
        in_use = name in scenario.writes or any(step.name == name for step in scenario.steps)
        if name not in scenario.renamed or in_use:
            break
        name = scenario.renamed[name]
    return name


class Before(Struct, frozen=True):
    """An answer that /back may lead to: its key; the loops that then begin as at first, innermost first; and the loop
    whose last round it was given in, when that is over."""

    key: str
    begun: tuple[str, ...] = ()
    over: str = ""


def answered_before(conversation: Conversation) -> Iterator[Before]:
    """The answers before the question now standing, the last one first. Past a loop's head they are those of the round
    before, as long as it is known, then those before the loop."""
    standing = conversation.pending.key if conversation.pending else ""
    keys = list(conversation.visited)
    if standing in keys:
        keys = keys[: keys.index(standing) + 1]
    begun: tuple[str, ...] = ()
    for key in reversed(keys):
        if key != standing and "a" in conversation.journal.get(key, ()):
            yield Before(key, begun)
        over = last_round(conversation, key).get("journal", {})
        yield from (Before(one, begun, key) for one in reversed(over) if "a" in over[one])
        if carries(conversation, key):
            begun = (*begun, key)


def within_reach(conversation: Conversation) -> Iterator[Before]:
    """The answers that a second thought may be about: those of the round in which the person is, and as long as none is
    given in it, those of the round that has just ended."""
    over = ""
    for number, before in enumerate(answered_before(conversation)):
        if before.begun or (number and before.over != over):
            break
        over = before.over
        yield before


def entry_of(conversation: Conversation, before: Before) -> Entry:
    """What was answered then; empty when it is not known any more."""
    journal = last_round(conversation, before.over).get("journal", {}) if before.over else conversation.journal
    found: Entry = journal.get(before.key, {})
    return found


def answer_in(conversation: Conversation, message: str) -> Before | None:
    """The answer that came in this message."""
    key = conversation.answered_by(message)
    if key is not None:
        return Before(key)
    over = (before for before in within_reach(conversation) if before.over)
    return next((one for one in over if message and is_of(entry_of(conversation, one), message, "t")), None)


def go_before(ground: Ground, conversation: Conversation, before: Before) -> None:
    """Bring the loops, on a copy, to where they were when that answer was given."""
    for head in before.begun:
        begin_anew(ground, conversation, head)
    if before.over:
        stand_in_last_round(ground, conversation, before.over)


def stand_at(ground: Ground, conversation: Conversation, key: str) -> Walk | None:
    """Open an answered question again, on a copy: a walk that stands there; None when today's way does not reach it.
    Its entry stays until a new answer replaces it (9)."""
    conversation.reopened = key
    walk = walk_again(ground, conversation)
    if walk.ended or conversation.pending is None or conversation.pending.key != key:
        return None
    return walk


def asked_today(ground: Ground, conversation: Conversation) -> tuple[Walk, Step] | None:
    """Today's step of the question last shown, and a bare frame to parse an answer in: nothing is walked."""
    shown = conversation.shown
    step = ground.locate(conversation.scenario, shown.key) if shown is not None else None
    if step is None:
        return None
    walk = Walk(ground, _bare(conversation))
    variables = next((dict(one.variables) for one in reversed(conversation.frames) if one.variables is not None), {})
    walk.push(FrameState(step.scenario, step.index, variables=variables))
    return walk, step


def accept_at(ground: Ground, conversation: Conversation, raw: Any) -> bool:
    """A message after an edit (8): when today's step of the question last shown still accepts it, keep it under its
    key. The frame's variables are those of before the edit. True when it was kept."""
    shown = conversation.shown
    asked = asked_today(ground, conversation)
    if shown is None or asked is None:
        return False
    top, step = asked
    entry = step.accepts(top, raw)
    if entry is None:
        return False
    put(ground, conversation, shown.key, {**entry, "q": shown.question})
    step.took(top, shown, entry)
    return True


def put(ground: Ground, conversation: Conversation, key: str, entry: Entry) -> None:
    """Place an answer into the journal before a walk; it survives should that walk fail."""
    conversation.journal[key] = entry
    ground.kept.setdefault(conversation.id, {})[key] = entry


def _bare(conversation: Conversation) -> Conversation:
    return Conversation(conversation.id, conversation.scenario, conversation.started, conversation.start)
