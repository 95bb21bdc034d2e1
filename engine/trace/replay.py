"""What would happen now: stored answers walked on today's files, and a talk that is over said again line by line.

Nothing is written. A talk that is over has left no replies of the model: each `llm` step goes on as if it failed.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from engine.channels.markdown import render
from engine.core.effects import AskModel, Effect, FindRecords, SaveRecord, SendMessage, Walked, WithdrawRecord
from engine.core.events import (
    Event,
    FileKind,
    FilesReceived,
    ModelReplied,
    Sender,
    TextReceived,
)
from engine.core.ground import Ground
from engine.core.project import Project
from engine.core.session import Conversation, Session
from engine.core.talk import Talk
from engine.core.template import TemplateFailed
from engine.core.trail import decode
from engine.core.turn import advance, looked_up
from engine.core.values import OverBounds
from engine.memory.port import Line, Memory
from engine.trace.journal import stands
from engine.trace.turns import indented
from engine.trace.ways import short, told

ASKED = 100  # times that a turn may ask the model: a loop that does nothing else has no end
KINDS: tuple[FileKind, ...] = ("photo", "voice", "document", "video", "video_note", "audio")


def walked_again(project: Project, session: Session, conversation: Conversation) -> Iterator[str]:
    """The stored answers of a conversation that is not over, from the first step on, as after an edit."""
    if conversation.scenario not in project.scenarios:
        yield f"on today's files: the scenario `{conversation.scenario}` is gone"
        return
    copy = session.copy()
    conversation = conversation.copy()
    ground = Ground(project, copy, Event(id="replay", at=time.time()))
    before = set(conversation.visited)
    try:
        walk = Talk(ground, conversation).again()
    except (TemplateFailed, OverBounds) as error:
        yield f"on today's files: {error}"
        return
    copy.active, copy.parked = (None if walk.ended else conversation), []
    yield f"on today's files: stands {stands(copy)}"
    dropped = [key for key in conversation.journal if key in before and key not in conversation.visited]
    yield from (f"  no longer on the way: {key}" for key in dropped)
    for effect in ground.effects:
        if isinstance(effect, Walked) and effect.what == "branch":
            yield f"  · {told(effect, project)}"
        elif isinstance(effect, SendMessage):
            yield f"  would be said: {short(effect.text)}"


def said_again(project: Project, memory: Memory, chat: str) -> Iterator[str]:
    """The last conversation that is over, its lines said again to the bot of today."""
    lines = _last_talk(memory, chat)
    if not lines:
        return
    yield "the last talk, said again to today's files:"
    stored = Session.load(memory.session(chat))
    session = Session(dict(stored.person), dict(stored.record))
    person = stored.person
    sender = Sender(
        str(person.get("id", chat)),
        str(person.get("name", "")),
        str(person.get("username", "")),
        str(person.get("language", "")),
    )
    for number, line in enumerate(lines):
        yield f"  person  {line.text}"
        session, effects = _turn(project, memory, session, _event(line, number, sender))
        for effect in effects:
            if isinstance(effect, Walked):
                way = told(effect, project)
                yield from [f"          · {way}"] if way else []
        for effect in effects:
            if isinstance(effect, SendMessage):
                yield from indented(f"  bot     {render(effect.text).text}", 10)
    yield f"  stands: {stands(session)}"


def _last_talk(memory: Memory, chat: str) -> list[Line]:
    """What the person said from the last beginning on."""
    begun = [row.at for row in memory.trail(chat) if any(way.what == "started" for way in decode(row.ways))]
    return [line for line in memory.history(chat) if begun and line.at >= begun[-1] and line.role == "user"]


def _event(line: Line, number: int, sender: Sender) -> TextReceived | FilesReceived:
    """A line of the history as it came in; of a file only its kind is told there."""
    kind, _, caption = line.text.partition("]")
    name = next((one for one in KINDS if kind == f"[{one}"), None)
    if name is None:
        return TextReceived(id=f"replay:{number}", at=line.at, text=line.text, sender=sender)
    file = {"kind": name, "id": "replay", "path": f"media/replay-{number}"}
    return FilesReceived(id=f"replay:{number}", at=line.at, files=(file,), caption=caption.strip(), sender=sender)


def _turn(project: Project, memory: Memory, session: Session, event: Event) -> tuple[Session, list[Effect]]:
    """One line, and the model's silence after it."""
    effects: list[Effect] = []

    def find(query: FindRecords) -> list[dict[str, Any]]:
        unsaved = [one for one in effects if isinstance(one, (SaveRecord, WithdrawRecord))]
        return memory.find(query, session.person.get("id", ""), unsaved, event.at)

    for number in range(ASKED):
        seen = len(effects)
        session, made = advance(project, session, event)
        session = looked_up(project, session, made, event, find, effects.append)
        asked = next((one for one in effects[seen:] if isinstance(one, AskModel)), None)
        if asked is None:
            break
        event = ModelReplied(id=f"{event.id}:{number}", at=event.at, request=asked.request, failure="off")
    return session, effects
