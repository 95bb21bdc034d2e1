"""The walk: from each start, breadth first, so that what is found is shown by the shortest talk.

States that differ in nothing a scenario can decide by are one state (`likeness.py`). What a `find` gives is made up:
nothing, or records of the shapes that the bot itself has saved on the way.
"""

from __future__ import annotations

import re
import time
from collections import deque
from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from engine.core.effects import (
    AskModel,
    Effect,
    FindRecords,
    RedrawQuestion,
    ReportProblem,
    SaveRecord,
    SendMessage,
    Walked,
)
from engine.core.events import Event, RecordsFound, ScenarioChosen, TextReceived
from engine.core.project import Project, Scenario
from engine.core.session import Session
from engine.core.step import Step
from engine.core.template import Expression
from engine.core.turn import advance
from engine.explore.likeness import Likeness, place_of, standing
from engine.explore.moves import AT, SENDER, WHO, Move, of_model, of_person
from engine.explore.records import Records
from engine.explore.state import State, Turn
from engine.talks.coverage import Coverage, Point

LIKE, LIKE_AT_ONCE = 30, 5  # states at one place that are walked on from: in all, and as far from the start
ODD_TRIES = 2  # states at one place in which what nobody need accept is tried
FINDS = 20  # in one turn
NAMED = 8  # texts and numbers that conditions name and that are tried at one question
LITERAL = re.compile(r"""['"]([^'"]+)['"]|\b(\d+(?:\.\d+)?)\b""")


class Walker:
    """`seen` are coverage points with the first state that showed each."""

    def __init__(self, project: Project, coverage: Coverage, turns: int, seconds: float) -> None:
        self.project = project
        self.coverage = coverage
        self.left = turns
        self.until = time.monotonic() + seconds
        self.records = Records(project)
        self.shown: dict[Point, State] = {}
        self.likeness = Likeness(project)
        self._literals: dict[tuple[str, int], tuple[str, ...]] = {}
        self._count = 0

    @property
    def spent(self) -> bool:
        return self.left <= 0 or time.monotonic() > self.until

    def walk(self, scenario: Scenario, known: bool, turns: int) -> Iterator[Turn]:
        """Every turn, from the start of this scenario, by a new person or by one who has a record."""
        session = Session(record=dict(self.records.own) if known else {})
        start = State(session)
        states: dict[str, State] = {}
        like: dict[tuple[Any, ...], int] = {}
        tried: dict[tuple[Any, ...], int] = {}
        queue: deque[State] = deque()
        stop = self.left - turns
        for turn in self._turns(start, _start(scenario)):
            yield turn
            queue.append(turn.after)
        while queue and not self.spent and self.left > stop:
            state = queue.popleft()
            here = place_of(state.session)
            tried[here] = tried.get(here, 0) + 1
            for move in self._moves(state):
                if move.odd and tried[here] > ODD_TRIES:
                    continue
                for turn in self._turns(state, move):
                    after = turn.after
                    signature = self.likeness.signature(after.session)
                    known_state = None if after.ended else states.get(signature)
                    onward = after if known_state is None else known_state
                    state.onward.append(onward)
                    if move.line and len(after.given) == len(state.given) and not turn.crash:
                        state.ways.append((move, onward))
                    yield turn
                    if known_state is not None:
                        continue
                    states[signature] = after
                    place = place_of(after.session)
                    near = (*place, after.depth)
                    like[place], like[near] = like.get(place, 0) + 1, like.get(near, 0) + 1
                    if not after.ended and like[place] <= LIKE and like[near] <= LIKE_AT_ONCE:
                        queue.append(after)
            state.whole = True

    def _moves(self, state: State) -> Iterator[Move]:
        if state.asked is not None:
            yield from of_model(state.asked, self.project.languages[0])
        else:
            step = standing(self.project, state.session)
            named = self._named(step) if step is not None else ()
            language = self.project.languages[0]
            known = {"settings": self.project.settings, "catalog": self.project.catalog.get(language, {})}
            yield from of_person(state.session, step, state.buttons, named, language, known)

    def _named(self, step: Step) -> tuple[str, ...]:
        """Texts and numbers that stand in conditions which read this step's answer."""
        key = (step.scenario, step.index)
        if key not in self._literals:
            sources = (
                part.source
                for one in self.project.scenarios[step.scenario].steps
                for part in one.templates
                if isinstance(part, Expression) and part.reads & step.writes()
            )
            found = (text or number for source in sources for text, number in LITERAL.findall(source))
            self._literals[key] = tuple(dict.fromkeys(found))[:NAMED]
        return self._literals[key]

    def _turns(self, state: State, move: Move) -> Iterator[Turn]:
        """The move's outcomes: more than one when records are looked up."""
        self._count += 1
        event = replace(move.event, id=f"e{self._count}", at=AT + state.depth * 60)
        try:
            session, effects = advance(self.project, state.session, event)
        except Exception as error:  # any failure of the engine is what is looked for
            self.left -= 1
            after = State(state.session, before=state, move=move, given=state.given, ended=True)
            yield Turn(state, move, after, [], f"{type(error).__name__}: {error}")
            return
        yield from self._finish(state, move, session, list(effects), [], state.given, event)

    def _finish(
        self,
        state: State,
        move: Move,
        session: Session,
        pending: list[Effect],
        done: list[Effect],
        given: Any,
        event: Event,
    ) -> Iterator[Turn]:
        self.left -= 1
        for place, effect in enumerate(pending):
            if not isinstance(effect, FindRecords):
                continue
            done = [*done, *pending[:place]]
            rest = pending[place + 1 :]
            for rows in self.records.found(effect) if len(given) < FINDS else [()]:
                self._count += 1
                found = RecordsFound(id=f"f{self._count}", at=event.at, request=effect.request, records=rows)
                try:
                    after, more = advance(self.project, session, found)
                except Exception as error:
                    broken = State(session, before=state, move=move, given=given, ended=True)
                    yield Turn(state, move, broken, done, f"{type(error).__name__}: {error}")
                    continue
                yield from self._finish(
                    state, move, after, [*more, *rest], done, (*given, (effect.collection, rows)), event
                )
            return
        yield self._turn(state, move, session, [*done, *pending], given)

    def _turn(self, state: State, move: Move, session: Session, effects: list[Effect], given: Any) -> Turn:
        after = State(session, state.buttons, state.asked, state, move, given, state.depth + 1)
        pending = session.active.pending if session.active else None
        if pending is None or pending.kind != "model":
            after.asked = None
        for effect in effects:
            if isinstance(effect, (RedrawQuestion, SendMessage)) and effect.buttons:
                after.buttons = effect.buttons
            elif isinstance(effect, AskModel):
                after.asked = effect
            elif isinstance(effect, SaveRecord) and not effect.only_existing:
                self.records.remember(effect)
            elif isinstance(effect, Walked) and effect.index >= 0:
                self.coverage.walked(effect)
                for detail in (effect.detail, "*"):
                    self.shown.setdefault(Point(effect.scenario, effect.index, effect.what, detail), after)
        question = session.offer["id"] if session.offer else pending.question if pending else ""
        if not any(button.token.startswith(f"{question}:") for button in after.buttons):
            after.buttons = ()
        broken = any(isinstance(effect, ReportProblem) for effect in effects)
        after.ended = broken or (session.active is None and session.offer is None)
        return Turn(state, move, after, effects)


def _start(scenario: Scenario) -> Move:
    trigger = next((one for one in scenario.triggers if one.kind != "pattern"), None)
    if trigger is None:
        return Move({WHO: {"starts": scenario.id}}, ScenarioChosen(id="", at=AT, sender=SENDER, scenario=scenario.id))
    payload = trigger.payload.replace("*", "x").replace("?", "x")
    text = f"/{trigger.value} {payload}".strip() if trigger.kind == "command" else trigger.value
    return Move({WHO: text}, TextReceived(id="", at=AT, sender=SENDER, text=text, message="m"))
