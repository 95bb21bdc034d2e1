"""Walking a conversation again from its journal: after an edit of the files, for /back, for a correction.

The rules are those of `rewalk.md`; numbers in comments are its rules. Every function works on a copy that its caller
made, so that a walk that fails changes nothing.
"""

from __future__ import annotations

from typing import Any

from engine.core.ground import Ground, split
from engine.core.session import Conversation, FrameState
from engine.core.step import Step
from engine.core.walk import Walk


def walk_again(ground: Ground, conversation: Conversation, speak_from: str = "", remark: str = "") -> Walk:
    """From the first step over all entries that still fit, to where the person stands today."""
    scenario = ground.project.scenarios[conversation.scenario]
    rename(ground, conversation)
    walk = Walk(ground, _emptied(conversation))
    walk.speak_from, walk.remark = speak_from, remark
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
    if not any(one.renamed for one in ground.project.scenarios.values()):
        return

    def today(key: str) -> str:
        for _ in range(20):  # a chain of renames, bounded should it be a circle
            scenario, name = ground.place(conversation.scenario, key)
            if scenario is None or name in scenario.by_name or name not in scenario.renamed:
                break
            *ways, last = split(key)
            visit = last[len(name) :]
            key = "/".join([*ways, scenario.renamed[name].replace(".", "/") + visit])
        return key

    conversation.journal = {today(key): entry for key, entry in conversation.journal.items()}
    conversation.said = {today(key): mark for key, mark in conversation.said.items()}
    conversation.marks = {today(key): mark for key, mark in conversation.marks.items()}
    conversation.loops = {today(key): loop for key, loop in conversation.loops.items()}
    conversation.reopened = today(conversation.reopened) if conversation.reopened else ""
    for pending in {id(one): one for one in (conversation.pending, conversation.shown) if one}.values():
        pending.key = today(pending.key)


def answered_before(conversation: Conversation) -> str:
    """The key that /back leads to: the last answer on the way before the question now standing; "" when none."""
    standing = conversation.pending.key if conversation.pending else ""
    keys = list(conversation.visited)
    if standing in keys:
        keys = keys[: keys.index(standing)]
    for key in reversed(keys):
        entry = conversation.journal.get(key)
        if entry is not None and "a" in entry and not entry.get("d"):
            return key
    return ""


def stand_at(ground: Ground, conversation: Conversation, key: str) -> Walk | None:
    """Open an answered question again, on a copy: a walk that stands there; None when today's way does not reach it.
    Its entry stays until a new answer replaces it (9)."""
    conversation.reopened = key
    walk = walk_again(ground, conversation)
    if walk.ended or conversation.pending is None or conversation.pending.key != key:
        return None
    return walk


def accept_at(ground: Ground, conversation: Conversation, raw: Any) -> bool:
    """A message after an edit (8): when today's step of the question last shown still accepts it, keep it under its
    key. The frame's variables are those of before the edit. True when it was kept."""
    shown, frames = conversation.shown, conversation.frames
    if shown is None or not frames:
        return False
    scenario, name = ground.place(conversation.scenario, shown.key)
    step: Step | None = scenario.by_name.get(name) if scenario else None
    if scenario is None or step is None:
        return False
    top = Walk(ground, _bare(conversation))  # a bare frame to parse in: nothing is walked
    variables: dict[str, Any] = {}
    for state in frames:
        variables.update(state.variables or {})
    top.push(FrameState(scenario.id, step.index, variables=variables))
    entry = step.accepts(top, raw)
    if entry is None:
        return False
    conversation.journal[shown.key] = entry
    step.took(top, shown, entry)
    return True


def _bare(conversation: Conversation) -> Conversation:
    return Conversation(conversation.id, conversation.scenario, conversation.started, conversation.start)
