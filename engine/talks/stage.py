"""Where a talk is played: sessions, a clock, records and a model, around the pure turn.

Law: what happens in a turn happens as in `engine/runtime`: records are looked up within the turn, a message that comes
while the model thinks is held when `wants` says so and taken after the reply, and what comes at a question that gathers
is one event once it is `quiet`.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.effects import (
    AnswerPress,
    AskModel,
    Button,
    CloseQuestion,
    Effect,
    Notify,
    RedrawQuestion,
    ReportProblem,
    SaveRecord,
    SendMessage,
    Walked,
    WithdrawRecord,
)
from engine.core.events import Event, ModelReplied, Sender
from engine.core.gathering import Burst, Said, pause
from engine.core.holding import left, wants
from engine.core.project import Project
from engine.core.session import Session, digest
from engine.core.turn import advance, looked_up
from engine.talks.coverage import Coverage, Edited
from engine.talks.shelf import Shelf

PAUSE = 10.0  # seconds between one person's message and the next
AT_ONCE = 0.4  # seconds between two messages of a burst; no question gathers for less
THINKING = 2.0  # seconds that the model takes


class Asked(Struct):
    """A message with choices that a person has before them. `open`: its buttons are still there."""

    step: str
    question: str
    buttons: tuple[Button, ...]
    open: bool = True


class Person(Struct):
    name: str
    sender: Sender
    session: Session = field(default_factory=Session)
    said: deque[SendMessage] = field(default_factory=deque)  # what the bot told them and no line has expected yet
    asked: list[Asked] = field(default_factory=list)
    messages: dict[str, str] = field(default_factory=dict)  # text -> the id of the last message with it
    held: list[Event] = field(default_factory=list)
    burst: Burst = field(default_factory=Burst)
    notice: str = ""

    def shows(self) -> Asked | None:
        return next((one for one in reversed(self.asked) if one.open and one.buttons), None)


class Told(Struct):
    """One thing that came out, in order: a message to a person, a notification, a problem."""

    kind: str  # bot, notified, problem
    who: str
    effect: SendMessage | Notify | ReportProblem


class Stage:
    """`replies(request)` gives the model's reply at once, or None when it comes later by `reply`."""

    def __init__(
        self, project: Project, people: dict[str, dict[str, Any]], at: float, coverage: Coverage | Edited | None = None
    ) -> None:
        self.project = project
        self.at = at
        self.coverage = coverage
        self.shelf = Shelf()
        self.told: list[Told] = []
        self.requests: list[tuple[str, AskModel]] = []  # (who, what the model has not replied to yet)
        self.walked: list[Walked] = []  # of the last turn
        self.people = {name: self._person(name, about) for name, about in people.items()}
        self._count = 0

    def _person(self, name: str, about: dict[str, Any]) -> Person:
        language = str(about.get("language") or self.project.languages[0])
        shown = str(about["name"]) if about.get("name") is not None else name.capitalize()
        return Person(name, Sender(f"talk:{name}", shown, str(about.get("username") or ""), language))

    def fresh(self) -> str:
        """An id that is new in this talk and the same each time it is played."""
        self._count += 1
        return f"talk-{self._count}"

    def keep(self, collection: str, fields: dict[str, Any], who: str, at: float) -> None:
        """A record that was there before the talk began."""
        person = self.people[who]
        identity = str(fields.pop("id", "")) or self.fresh()
        if collection == "people":
            identity = digest("people", person.sender.id, size=8)
            person.session.record.update(fields)
        self.shelf.save(SaveRecord(collection, identity, fields), person.sender.id, at)

    # events -----------------------------------------------------------------------------------------------------

    def receive(self, who: str, event: Event) -> None:
        """A person's event; taken now, or held while the model thinks, or until it is `quiet`."""
        person = self.people[who]
        if not wants(self.project, person.session, event):
            person.held.append(event)
            return
        seconds = pause(self.project, person.session, event)
        if person.burst and person.burst.amend(event):
            return
        if isinstance(event, Said) and seconds:
            if not person.burst.takes(event):
                self.quiet(who)
                self.receive(who, event)  # of the question that stands now
                return
            person.burst.add(event, self.at, seconds)
            return
        self.quiet(who)
        self._turn(person, event)

    def passes(self, seconds: float) -> None:
        """So much later. Bursts that are over by then end at their own moments."""
        then = self.at + seconds
        for one in sorted(self.people.values(), key=lambda one: one.burst.until):
            if one.burst and one.burst.until <= then:
                self.quiet(one.name)
        self.at = max(self.at, then)

    def quiet(self, who: str) -> None:
        """Nothing more comes of this person for a while: what is gathered is their answer."""
        person = self.people[who]
        if person.burst:
            event = person.burst.whole()
            self.at = max(self.at, person.burst.until)
            person.burst = Burst()
            self._turn(person, event)

    def reply(self, who: str, request: AskModel, value: Any, failure: str = "") -> None:
        """The model's reply, and then what was held while it thought."""
        self.requests = [(name, one) for name, one in self.requests if one.request != request.request]
        self.at += THINKING
        person = self.people[who]
        self._turn(
            person, ModelReplied(id=self.fresh(), at=self.at, request=request.request, reply=value, failure=failure)
        )
        held, person.held = person.held, []
        for event in held:
            self.receive(who, replace(event, at=self.at))
        self.quiet(who)

    def restart(self) -> None:
        """What is stored is all that is left."""
        for person in self.people.values():
            person.session = Session.load(person.session.dump())

    def _turn(self, person: Person, event: Event) -> None:
        self.walked = []
        before = person.session
        after, made = advance(self.project, before, event)
        person.session = looked_up(
            self.project,
            after,
            made,
            event,
            lambda query: self.shelf.find(query, person.sender.id),
            lambda effect: self._take(person, effect),
        )
        if left(before, person.session, event):
            person.held.clear()

    def _take(self, person: Person, effect: Effect) -> None:
        if isinstance(effect, SendMessage):
            self.told.append(Told("bot", person.name, effect))
            if any(button.token for button in effect.buttons):
                question = effect.question or effect.buttons[0].token.split(":")[0]
                person.asked.append(Asked(effect.step, question, effect.buttons))
        elif isinstance(effect, Notify):
            self.told.append(Told("notified", effect.to, effect))
        elif isinstance(effect, ReportProblem):
            self.told.append(Told("problem", "", effect))
        elif isinstance(effect, (SaveRecord, WithdrawRecord)):
            self.shelf.save(effect, person.sender.id, self.at)
        elif isinstance(effect, AskModel):
            self.requests.append((person.name, effect))
        elif isinstance(effect, (RedrawQuestion, CloseQuestion)):
            self._redraw(person, effect)
        elif isinstance(effect, AnswerPress):
            person.notice = effect.text
        elif isinstance(effect, Walked):
            self.walked.append(effect)
            if self.coverage is not None:
                self.coverage.walked(effect)

    def _redraw(self, person: Person, effect: RedrawQuestion | CloseQuestion) -> None:
        for one in person.asked:
            if one.question == effect.question:
                if isinstance(effect, RedrawQuestion):
                    one.buttons = effect.buttons
                else:
                    one.open = False

    # standing ---------------------------------------------------------------------------------------------------

    def stands(self, who: str) -> str:
        """`scenario.step` where the person stands; `nowhere` when no conversation is open."""
        active = self.people[who].session.active
        if active is None or active.pending is None or not active.frames:
            return "nowhere"
        return f"{active.frames[-1].scenario}.{active.pending.name}"

    def variables(self, who: str) -> dict[str, Any]:
        active = self.people[who].session.active
        found: dict[str, Any] = {}
        for frame in active.frames if active else ():
            found.update(frame.variables or {})
        return found
