"""What is stored of a conversation that is not over: what each step gave, what it waits for, its variables."""

from __future__ import annotations

from collections.abc import Iterator

from engine.core.events import Event
from engine.core.ground import Ground
from engine.core.project import Project
from engine.core.session import Conversation, Entry, Session
from engine.core.step import Step
from engine.runtime.turns import standing
from engine.trace.turns import moment
from engine.trace.ways import label, short, valued

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


def journal(conversation: Conversation, session: Session, project: Project | None, timezone: str) -> Iterator[str]:
    """The journal: what each step gave, in the order of the way. `project`: as in `ways.told`."""
    state = "now" if conversation is session.active else "left unfinished"
    yield f"{conversation.scenario}: begun {moment(conversation.started, timezone)}, {state} [{conversation.id}]"
    ground = Ground(project, session, Event(id="trace", at=conversation.started)) if project is not None else None
    pending = conversation.pending
    keys = [key for key in conversation.visited if key in conversation.journal]
    keys += [key for key in conversation.journal if key not in conversation.visited]
    for key in keys:
        mark = " " if key in conversation.visited else "~"  # answered on a way that is not taken now
        step = ground.locate(conversation.scenario, key) if ground is not None else None
        called = key if step is None or step.named else f"{step.verb}, line {step.span.line}"
        yield f"  {mark} {called:<24} {_entry(conversation.journal[key], step, project)}"
    if pending is not None:
        yield f"  > {pending.key:<24} waits for {'an answer' if pending.kind == 'input' else f'the {pending.kind}'}"
    for frame in conversation.frames:
        for name, value in (frame.variables or {}).items():
            yield f"    {frame.scenario}: {valued(name, value, frame.scenario, project)}"


def _entry(entry: Entry, step: Step | None, project: Project | None) -> str:
    kind = next((name for name in KINDS if name in entry), "")
    if entry.get("x"):
        return "model: failed"
    if kind == "s":
        return f"saved: {entry.get('k', '')} {entry['s']}"
    given = entry.get(kind)
    if isinstance(given, dict) and "choice" in given:
        given = label(step, given["choice"], project) or given["choice"]
    elif isinstance(given, dict) and "choices" in given:
        given = ", ".join(label(step, one, project) or str(one) for one in given["choices"])
    return f"{KINDS.get(kind, '?')}: {short(given)}"
