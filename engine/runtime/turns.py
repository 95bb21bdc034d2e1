"""One event becomes one commit (law 4): load, advance, look records up, write everything, hand the effects on."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from msgspec import Struct, field

from engine.channels.markdown import render
from engine.core import trail
from engine.core.codec import encode
from engine.core.effects import (
    AnswerPress,
    AskModel,
    CloseQuestion,
    Effect,
    FindRecords,
    ForgetPerson,
    KeepFile,
    Notify,
    RedrawQuestion,
    ReportProblem,
    SaveRecord,
    SendMessage,
    Walked,
    WithdrawRecord,
)
from engine.core.events import (
    ChoicePressed,
    ContactReceived,
    Event,
    FilesReceived,
    LocationReceived,
    ModelReplied,
    OtherReceived,
    TextReceived,
)
from engine.core.project import Project
from engine.core.session import Session
from engine.core.turn import advance, looked_up
from engine.memory.port import Line, Memory, Outgoing, TurnWrites

log = logging.getLogger("engine.dialogue")
KEY_EVENTS = frozenset(
    {
        "started",
        "ended",
        "cancelled",
        "parked",
        "resumed",
        "saved",
        "gave_up",
        "model_failed",
        "notified",
        "said_nothing",
    }
)
DETAILED = frozenset({"saved", "model_failed", "said_nothing"})  # whose detail nobody's data can be in


class Done(Struct):
    """What a committed turn leaves to be done outside."""

    outgoing: list[Outgoing] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)  # parallel to `outgoing`
    presses: list[AnswerPress] = field(default_factory=list)
    asked: list[AskModel] = field(default_factory=list)
    problems: list[ReportProblem] = field(default_factory=list)
    saved: set[str] = field(default_factory=set)  # collections
    session: Session | None = None


class Turns:
    """`route` says into which lane an effect goes (None: that part is switched off); `forget` removes a person."""

    def __init__(
        self,
        memory: Memory,
        route: Callable[[str, Effect], str | None],
        idle: Callable[[str], bool],
        forget: Callable[[str], Awaitable[None]],
    ) -> None:
        self._memory = memory
        self._forget = forget
        self._route = route
        self._idle = idle

    async def take(self, project: Project, chat: str, session: Session, event: Event, updates: Sequence[str]) -> Done:
        """The whole turn, committed. Raises MemoryFailed: nothing was written then, and the turn may be tried again."""
        effects: list[Effect] = []
        after, made = advance(project, session, event)
        person = after.person.get("id", "")

        def find(query: FindRecords) -> list[dict[str, Any]]:
            unsaved = [effect for effect in effects if isinstance(effect, (SaveRecord, WithdrawRecord))]
            return self._memory.find(query, person, unsaved, event.at)

        after = looked_up(project, after, made, event, find, effects.append)
        if any(isinstance(effect, ForgetPerson) for effect in effects):
            return await self._farewell(chat, event, updates, effects)
        done = self.sorted(chat, effects)
        done.session = after
        writes = TurnWrites(
            chat=chat,
            at=event.at,
            handled=updates,
            session=after.dump(),
            saves=[effect for effect in effects if isinstance(effect, (SaveRecord, WithdrawRecord))],
            outgoing=done.outgoing,
            asked=[(ask.request, encode(ask)) for ask in done.asked],
            replied=[event.request] if isinstance(event, ModelReplied) else (),
            history=spoken(chat, event, effects),
            ways=trail.encode(event, effects),
            standing=standing(after),
            person=after.person.get("id", ""),
        )
        await self._memory.commit(writes)
        return done

    async def _farewell(self, chat: str, event: Event, updates: Sequence[str], effects: list[Effect]) -> Done:
        """The person goes; only the last words leave, and no trace of them stays either. A crash before the commit
        leaves the update in the inbox, or takes it along: either way the person is forgotten or asks again."""
        await self._forget(chat)
        done = self.sorted(chat, [effect for effect in effects if isinstance(effect, (SendMessage, AnswerPress))])
        await self._memory.commit(TurnWrites(chat, event.at, handled=updates, outgoing=done.outgoing))
        log.info("A person was forgotten, as they asked")
        done.session = Session()
        return done

    def sorted(self, chat: str, effects: list[Effect]) -> Done:
        done = Done()
        for effect in effects:
            if isinstance(effect, Walked):  # more of these than of all others
                _told(effect)
            elif isinstance(effect, (SendMessage, RedrawQuestion, CloseQuestion, Notify, KeepFile)):
                lane = self._route(chat, effect)
                if lane is not None:
                    first = not any(one.lane == lane for one in done.outgoing)
                    alone = first and self._idle(lane) and not done.presses  # leaves at once
                    done.outgoing.append(Outgoing(lane, encode(effect), attempts=1 if alone else 0))
                    done.effects.append(effect)
            elif isinstance(effect, AnswerPress):
                done.presses.append(effect)
            elif isinstance(effect, AskModel):
                done.asked.append(effect)
            elif isinstance(effect, ReportProblem):
                done.problems.append(effect)
            elif isinstance(effect, (SaveRecord, WithdrawRecord)):
                done.saved.add(effect.collection)
        return done


def standing(session: Session) -> tuple[str, str]:
    """The scenario and the step where the person stands; two empty texts when no conversation is open."""
    active = session.active
    if active is None or active.pending is None or not active.frames:
        return ("", "")
    return (active.frames[-1].scenario, active.pending.name)


def _told(walked: Walked) -> None:
    """Key events at INFO, the rest at DEBUG; never what a person said."""
    level = logging.INFO if walked.what in KEY_EVENTS else logging.DEBUG
    if log.isEnabledFor(level):
        step = f" {walked.step}" if walked.step and not walked.step.startswith("~") else ""
        detail = f" ({walked.detail})" if walked.detail and walked.what in DETAILED else ""
        log.log(level, "%s: %s%s%s [%s]", walked.scenario, walked.what, step, detail, walked.conversation)


def spoken(chat: str, event: Event, effects: Sequence[Effect] = ()) -> list[Line]:
    """For the history: who said what in a turn, as people read it."""
    lines = []
    said = _said(event, effects)
    if said:
        lines.append(Line(chat, event.at, "user", said))
    for effect in effects:
        if isinstance(effect, SendMessage):
            text = render(effect.text).text
            if effect.media is not None:
                text = f"[{effect.media.kind}] {text}".strip()
            lines.append(Line(chat, event.at, "assistant", text))
    return lines


def _said(event: Event, effects: Sequence[Effect]) -> str:
    if isinstance(event, TextReceived):
        return event.text
    if isinstance(event, ChoicePressed):
        chosen = next((effect.chosen for effect in effects if isinstance(effect, CloseQuestion)), "")
        return render(chosen).text or ("" if event.choice.startswith("!") else f"[{event.choice}]")
    if isinstance(event, FilesReceived):
        kinds = " ".join(f"[{file.get('kind', 'file')}]" for file in event.files)
        return f"{kinds} {event.caption}".strip()
    if isinstance(event, ContactReceived):
        return f"[contact] {event.phone}"
    if isinstance(event, LocationReceived):
        return f"[location] {event.latitude},{event.longitude}"
    if isinstance(event, OtherReceived):
        return f"[{event.what}]"
    return ""
