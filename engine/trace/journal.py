"""What is stored of a conversation that is not over: what each step gave, what it waits for, its variables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.session import Conversation, Entry, Session
from engine.runtime.turns import standing
from engine.trace.turns import moment
from engine.trace.ways import short

KINDS = {
    "a": "answered",
    "c": "confirmed",
    "r": "model",
    "f": "found",
    "s": "saved",
    "n": "notified",
    "v": "kept",
    "u": "updated",
}


def stands(session: Session) -> str:
    scenario, step = standing(session)
    parked = f" (+{len(session.parked)} unfinished)" if session.parked else ""
    return (f"{scenario}.{step}" if scenario else "nowhere") + parked


def journal(conversation: Conversation, active: bool) -> Iterator[str]:
    """The journal: what each step gave, in the order of the way."""
    state = "now" if active else "left unfinished"
    yield f"{conversation.scenario}: begun {moment(conversation.started)}, {state} [{conversation.id}]"
    pending = conversation.pending
    keys = [key for key in conversation.visited if key in conversation.journal]
    keys += [key for key in conversation.journal if key not in conversation.visited]
    for key in keys:
        mark = " " if key in conversation.visited else "~"  # answered on a way that is not taken now
        yield f"  {mark} {key:<24} {_entry(conversation.journal[key])}"
    if pending is not None:
        yield f"  > {pending.key:<24} waits for {'an answer' if pending.kind == 'input' else f'the {pending.kind}'}"
    for frame in conversation.frames:
        for name, value in (frame.variables or {}).items():
            yield f"    {frame.scenario}: {name} = {short(value)}"


def _entry(entry: Entry) -> str:
    kind = next((name for name in KINDS if name in entry), "")
    if entry.get("x"):
        return "model: failed"
    if kind == "s":
        return f"saved: {entry.get('k', '')} {entry['s']}"
    return f"{KINDS.get(kind, '?')}: {short(entry.get(kind))}"
