"""The turn: `advance(project, session, event) -> (session, effects)`, pure (law 1).

Every event of every channel, of the model and of the memory goes through here, and so do tests, the explorer and
replays. A turn that fails (a template, a bound) returns the session as it was, an apology, and a report.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from typing import Any

from msgspec.structs import replace

from engine.core.answer import Raw
from engine.core.door import Door, start_of
from engine.core.effects import AnswerPress, CloseQuestion, Effect, FindRecords, KeepFile, ReportProblem, SendMessage
from engine.core.events import (
    ChoicePressed,
    ContactReceived,
    Event,
    FilesReceived,
    LocationReceived,
    MessageEdited,
    ModelReplied,
    QuestionLost,
    RecordsFound,
    ScenarioChosen,
    TextReceived,
)
from engine.core.ground import Ground
from engine.core.house import House
from engine.core.project import Project
from engine.core.session import Entry, Session
from engine.core.talk import STUCK
from engine.core.template import TemplateFailed
from engine.core.triggers import command_of
from engine.core.values import OverBounds, clean

LOOKUPS = 100  # finds in one turn that are answered with what is there; after them nothing is found


def advance(project: Project, session: Session, event: Event) -> tuple[Session, tuple[Effect, ...]]:
    """One turn. `session` is not changed; the same arguments give the same result."""
    after = session.copy()
    _meet(after, event)
    ground = Ground(project, after, event)
    house = House(ground)
    try:
        _route(Door(house), event)
        house.put_back()
    except (TemplateFailed, OverBounds) as error:
        after, effects = _trouble(session, house, event, error)
        return after, effects
    effects = _with_press(ground.effects, event)
    return after, _with_keyboard_dropped(after, effects)


def looked_up(
    project: Project,
    session: Session,
    made: Iterable[Effect],
    event: Event,
    find: Callable[[FindRecords], Iterable[dict[str, Any]]],
    take: Callable[[Effect], None],
) -> Session:
    """The session once every record is looked up that the turn of `event`, which has `made` these effects, asks for.
    `take` gets the other effects in their order, so that `find` can know what was saved before it."""
    pending, looked = deque(made), 0
    while pending:
        effect = pending.popleft()
        if not isinstance(effect, FindRecords):
            take(effect)
            continue
        looked += 1
        rows = tuple(find(effect)) if looked <= LOOKUPS else ()
        found = RecordsFound(id=f"{event.id}:{looked}", at=event.at, request=effect.request, records=rows)
        session, more = advance(project, session, found)
        pending.extendleft(reversed(more))
    return session


def raw_of(event: Event) -> Raw:
    """A person's input as the raw answer that the journal keeps."""
    if isinstance(event, TextReceived):
        return clean(event.text)
    if isinstance(event, ChoicePressed):
        return {"choice": event.choice}
    if isinstance(event, FilesReceived):
        caption = clean(event.caption)
        return {"files": list(event.files), "caption": caption}
    if isinstance(event, ContactReceived):
        return {"contact": {"phone": clean(event.phone), "name": clean(event.name), "own": event.own}}
    if isinstance(event, LocationReceived):
        return {"location": {"latitude": event.latitude, "longitude": event.longitude}}
    return {"other": getattr(event, "what", "")}


def _meet(session: Session, event: Event) -> None:
    sender = event.sender
    if sender is not None:
        session.person.update(
            id=sender.id, name=clean(sender.name), username=clean(sender.username), language=sender.language
        )


def _route(door: Door, event: Event) -> None:
    if isinstance(event, ModelReplied):
        door.model_replied(event)
    elif isinstance(event, RecordsFound):
        door.records_found(event)
    elif isinstance(event, QuestionLost):
        door.lost(event.question)
    elif isinstance(event, ScenarioChosen):
        door.house.start(event.scenario, start_of())
    elif isinstance(event, MessageEdited):
        door.edited(event.message, clean(event.text))
    elif isinstance(event, ChoicePressed):
        door.pressed(event)
    elif isinstance(event, TextReceived):
        command = command_of(event.text)
        if command is not None:
            door.command(*command, text=clean(event.text))
        else:
            door.said(raw_of(event), clean(event.text))
    else:
        door.said(raw_of(event), "")


def _trouble(
    before: Session, house: House, event: Event, error: TemplateFailed | OverBounds
) -> tuple[Session, tuple[Effect, ...]]:
    """Nothing of the turn is kept but the answers given in it: the author mends the file, and the talk goes on."""
    after = before.copy()
    _meet(after, event)
    walk = house.walk
    where = walk.frame.step.span if walk is not None and walk.frames and walk.frame.step is not None else None
    span = error.span if isinstance(error, TemplateFailed) and error.span is not None else where
    effects: list[Effect] = [ReportProblem(str(error), span)]
    conversation = after.active
    answers = _answers(house, conversation.id) if conversation is not None else {}
    if conversation is not None and answers:
        conversation.journal.update(answers)
        conversation.version = STUCK  # walked again at the next message, on files that may be mended by then
        if conversation.reopened in answers:
            conversation.reopened = ""
        effects += [one for one in house.ground.effects if isinstance(one, (CloseQuestion, KeepFile))]
    effects.append(SendMessage(Ground(house.ground.project, after, event).word("trouble")))
    return after, _with_press(effects, event)


def _answers(house: House, conversation: str) -> dict[str, Entry]:
    """What came from outside in this turn: it is kept. What was saved or sent is not: those effects are dropped."""
    made = house.ground.kept.get(conversation, {})
    return {key: entry for key, entry in made.items() if entry.keys() & {"a", "c", "r", "f"}}


def _with_press(effects: list[Effect], event: Event) -> tuple[Effect, ...]:
    """A press is answered first of all: the button's spinner runs until then."""
    if isinstance(event, ChoicePressed) and event.press:
        notice: Any = next((one for one in effects if isinstance(one, AnswerPress)), AnswerPress(event.press))
        return (notice, *(one for one in effects if not isinstance(one, AnswerPress)))
    return tuple([one for one in effects if not isinstance(one, AnswerPress) or one.press])


def _with_keyboard_dropped(after: Session, effects: tuple[Effect, ...]) -> tuple[Effect, ...]:
    """A reply keyboard goes with the first message after its question was answered or left, however late that comes."""
    pending = after.active.pending if after.active else None
    if pending is not None and pending.state.get("reply"):
        after.keyboard = True
    elif after.keyboard:
        for place, effect in enumerate(effects):
            if isinstance(effect, SendMessage):
                after.keyboard = False
                return (*effects[:place], replace(effect, drop_keyboard=True), *effects[place + 1 :])
    return effects
