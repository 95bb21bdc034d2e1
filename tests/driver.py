"""A person, a model and a memory around the pure turn, for tests.

Every turn is checked for law 1 on the way: `advance` runs twice, once on the session as it is and once on the session
read back from its JSON; both must give the same, and the given session must be unchanged.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from engine.core.effects import (
    AskModel,
    Effect,
    FindRecords,
    Notify,
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
    MessageEdited,
    ModelReplied,
    RecordsFound,
    Sender,
    TextReceived,
)
from engine.core.gathering import Burst, pause
from engine.core.ground import Ground
from engine.core.holders import released, taken
from engine.core.holding import left, thinks, wants
from engine.core.moments import iso
from engine.core.project import Project
from engine.core.records import matches, ordered
from engine.core.rewalk import walk_again
from engine.core.session import Conversation, Session
from engine.core.turn import advance
from engine.project.load import Loader

START = 1_795_000_000.0  # 2026-11-18
Model = Callable[[AskModel], Any]  # a reply; a Failure; HOLD to answer later by `reply`


class Failure(str):
    """What a model double returns in place of a reply."""


HOLD = object()


def off(asked: AskModel) -> Any:
    """No model at all."""
    return Failure("off")


def sources(scenarios: Mapping[str, str] | str, **files: str) -> dict[str, bytes]:
    """Scenario bodies (what stands under `steps:`, or whole files) by name, and other files by path."""
    if isinstance(scenarios, str):
        scenarios = {"talk": scenarios}
    made = {}
    for name, body in scenarios.items():
        if not body.lstrip().startswith("format:"):
            head, _, steps = body.rpartition("steps:\n") if "steps:\n" in body else ("", "", body)
            starts = "" if "starts_on:" in head else f"starts_on: [/{name}]\n"
            body = f"format: 1\nscenario: {name}\n{starts}{head}steps:\n{steps}"
        made[f"scenarios/{name}.yaml"] = body.encode()
    for path, text in files.items():
        made[path] = text.encode()
    return made


def build(scenarios: Mapping[str, str] | str, files: Mapping[str, str] | None = None, **settings: Any) -> Project:
    """A project out of texts; an error among its findings fails the test."""
    loaded = Loader(Path(), settings).build(sources(scenarios, **(files or {})))
    assert loaded.project is not None, "\n".join(f"{one.span} {one.message} {one.help}" for one in loaded.errors)
    return loaded.project


class Driver:
    """One person in one chat."""

    def __init__(
        self,
        project: Project,
        *,
        model: Model = off,
        language: str = "ru",
        person: str = "terminal:me",
        walk: bool = True,
    ) -> None:
        self.project = project
        self.session = Session()
        self.model = model
        self.walk = walk  # compare the cached position with a re-walk after every turn
        self.sender = Sender(person, "Аня", "anna", language)
        self.at = START
        self.rows: dict[str, dict[str, dict[str, Any]]] = {}
        self.holders: dict[str, str] = {}
        self.effects: list[Effect] = []  # of the last call
        self.all: list[Effect] = []
        self.asked: dict[str, AskModel] = {}  # model requests without a reply
        self.held: list[Event] = []
        self._ids = itertools.count(1)

    # what the person does ---------------------------------------------------------------------------------------

    def say(self, text: str, message: str = "") -> list[str]:
        return self.send(TextReceived(**self._event(), text=text, message=message or f"m{next(self._ids)}"))

    def burst(self, *texts: str) -> list[str]:
        """Texts at once at a question that gathers: one event, as the runtime makes it."""
        burst = Burst()
        for text in texts:
            event = TextReceived(**self._event(), text=text, message=f"m{next(self._ids)}")
            seconds = pause(self.project, self.session, event)
            assert seconds, "this question gathers nothing"
            burst.add(event, self.at, seconds)
        return self.send(burst.whole())

    def press(self, label: str) -> list[str]:
        """Press the newest button of this label, or value."""
        button = next(
            one for one in reversed(self.buttons()) if label in (one.label, one.value) or one.label == f"✓ {label}"
        )
        return self.tap(button.token)

    def tap(self, token: str, press: str = "p") -> list[str]:
        question, _, choice = token.partition(":")
        return self.send(ChoicePressed(**self._event(), question=question, choice=choice, press=press))

    def files(self, *files: dict[str, Any], caption: str = "", message: str = "") -> list[str]:
        return self.send(FilesReceived(**self._event(), files=files, caption=caption, message=message))

    def photo(self, name: str = "a", **more: Any) -> list[str]:
        return self.files({"kind": "photo", "id": name, "path": f"media/{name}.jpg"}, **more)

    def contact(self, phone: str = "+79161234567", name: str = "Аня", own: bool = True) -> list[str]:
        return self.send(ContactReceived(**self._event(), phone=phone, name=name, own=own))

    def place(self, latitude: float = 55.75, longitude: float = 37.62) -> list[str]:
        return self.send(LocationReceived(**self._event(), latitude=latitude, longitude=longitude))

    def edit(self, message: str, text: str) -> list[str]:
        return self.send(MessageEdited(**self._event(), message=message, text=text))

    def reply(self, value: Any, request: str = "") -> list[str]:
        """The model's reply to the oldest request that waits, or to this one."""
        request = request or next(iter(self.asked), "")
        self.asked.pop(request, None)
        failure = str(value) if isinstance(value, Failure) else ""
        event = ModelReplied(
            id=f"e{next(self._ids)}", at=self.at, request=request, reply=None if failure else value, failure=failure
        )
        return self.send(event)

    def _event(self) -> dict[str, Any]:
        self.at += 10
        return {"id": f"e{next(self._ids)}", "at": self.at, "sender": self.sender}

    # what the house does ----------------------------------------------------------------------------------------

    def send(self, event: Event) -> list[str]:
        """One event and everything it causes; the texts that were said."""
        self.effects = []
        queue: list[Event] = [event]
        while queue:
            event = queue.pop(0)
            if not wants(self.project, self.session, event):
                self.held.append(event)
                continue
            before = self.session
            for effect in self.turn(event):
                if isinstance(effect, FindRecords):
                    queue.insert(0, self._found(effect))
                elif isinstance(effect, AskModel):
                    self.asked[effect.request] = effect
                    answer = self.model(effect)
                    if answer is not HOLD:
                        del self.asked[effect.request]
                        failure = str(answer) if isinstance(answer, Failure) else ""
                        queue.append(
                            ModelReplied(
                                id=f"e{next(self._ids)}",
                                at=self.at,
                                request=effect.request,
                                reply=None if failure else answer,
                                failure=failure,
                            )
                        )
                elif isinstance(effect, SaveRecord):
                    self._save(effect)
                elif isinstance(effect, WithdrawRecord):
                    self._withdraw(effect)
            if left(before, self.session, event):
                self.held.clear()
            if not queue and self.held and not thinks(self.session):
                queue.append(self.held.pop(0))
        return self.said()

    def turn(self, event: Event) -> tuple[Effect, ...]:
        before = self.session.dump()
        loaded, effects_loaded = advance(self.project, Session.load(before), event)
        after, effects = advance(self.project, self.session, event)
        assert self.session.dump() == before, "the given session was changed"
        assert effects == effects_loaded, "the session and its JSON give different effects"
        assert after.dump() == loaded.dump(), "the session and its JSON give different sessions"
        assert Session.load(after.dump()).dump() == after.dump(), "the session does not survive JSON"
        self.session = after
        self.effects += effects
        self.all += effects
        if self.walk:
            check_position(self.project, after, event)
        return effects

    def _found(self, wanted: FindRecords) -> RecordsFound:
        rows = [row for row in self.rows.get(wanted.collection, {}).values() if matches(row, wanted.where)]
        found = tuple(ordered(rows, wanted.order, wanted.limit))
        return RecordsFound(id=f"e{next(self._ids)}", at=self.at, request=wanted.request, records=found)

    def _save(self, save: SaveRecord) -> None:
        table = self.rows.setdefault(save.collection, {})
        if save.id in table or not save.only_existing:
            self.holders[save.id] = taken(self.holders.get(save.id, ""), save.holder)
            fresh = {"id": save.id, "created_at": iso(self.at)}
            table[save.id] = {**fresh, **table.get(save.id, {}), "updated_at": iso(self.at), **save.fields}

    def _withdraw(self, withdrawn: WithdrawRecord) -> None:
        held = self.holders[withdrawn.id] = released(self.holders.get(withdrawn.id, ""), withdrawn.holder)
        if not held:
            self.rows.get(withdrawn.collection, {}).pop(withdrawn.id, None)

    # what can be seen -------------------------------------------------------------------------------------------

    def said(self) -> list[str]:
        return [one.text for one in self.effects if isinstance(one, SendMessage)]

    def of(self, kind: type[Any]) -> list[Any]:
        """The effects of this kind in the last call."""
        return [one for one in self.effects if isinstance(one, kind)]

    def ever(self, kind: type[Any]) -> list[Any]:
        return [one for one in self.all if isinstance(one, kind)]

    def buttons(self) -> list[Any]:
        return [button for one in self.all if hasattr(one, "buttons") for button in one.buttons]

    @property
    def problems(self) -> list[str]:
        return [one.message for one in self.all if isinstance(one, ReportProblem)]

    @property
    def talk(self) -> Conversation | None:
        return self.session.active

    @property
    def standing(self) -> str:
        """The key of the question (or request) that is waited for; empty when nobody waits."""
        pending = self.session.active.pending if self.session.active else None
        return pending.key if pending else ""

    @property
    def variables(self) -> dict[str, Any]:
        assert self.session.active is not None
        return dict(self.session.active.frames[0].variables or {})

    def records(self, collection: str) -> list[dict[str, Any]]:
        """The fields of all records, without ids and times."""
        hidden = ("id", "created_at", "updated_at")
        return [
            {name: one for name, one in row.items() if name not in hidden}
            for row in self.rows.get(collection, {}).values()
        ]


def check_position(project: Project, session: Session, event: Event) -> None:
    """The cached position is the one that a walk from the first step over the journal comes to, and it is silent."""
    live = session.active
    if live is None or live.pending is None or live.version != project.scenarios[live.scenario].version:
        return
    if live.pending.kind == "records":
        return
    ground = Ground(project, session.copy(), Event(id="again", at=event.at + 86_400))
    again = live.copy()
    walk = walk_again(ground, again)
    assert not walk.ended, "the re-walk came to an end"
    assert position(again) == position(live), f"re-walk and live differ:\n{position(again)}\n{position(live)}"
    loud = [one for one in ground.effects if not isinstance(one, Walked)]
    if live.shown is None and live.pending.kind == "input":  # its question was lost on the way: it alone is asked again
        loud = [one for one in loud if not (isinstance(one, SendMessage) and one.question == again.pending.question)]
    assert not loud, f"the re-walk was not silent: {loud}"


def position(conversation: Conversation) -> dict[str, Any]:
    """All that the cache holds of where a person stands."""
    pending = conversation.pending
    return {
        "pending": pending and (pending.key, pending.round, pending.kind, pending.request),
        "frames": [frame.data() for frame in conversation.frames],
        "visited": list(conversation.visited),
        "round": conversation.round,
        "loops": conversation.loops,
        "said": conversation.said.keys(),
        "journal": conversation.journal,
    }


__all__ = ["HOLD", "Driver", "Failure", "Notify", "build", "check_position", "off", "position", "sources"]
