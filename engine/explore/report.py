"""What the walk has found that a person should not run into, and talks that show it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from msgspec import Struct, field

from engine.channels.markdown import render, units
from engine.core.effects import AnswerPress, AskModel, Effect, RedrawQuestion, ReportProblem, SendMessage, Walked
from engine.core.finding import Span
from engine.core.project import Project, Scenario
from engine.explore.likeness import standing
from engine.explore.records import TIMES
from engine.explore.state import State, Turn
from engine.explore.unreached import unreached
from engine.explore.walker import Walker
from engine.talks.coverage import Coverage, Point
from engine.talks.update import item, pairs

NOT_TRIED = "not tried"
WHY_SHUT = ("unanswerable question", NOT_TRIED, "crash")  # said of a step, there is no need to say that it is a circle
MESSAGE = 4096  # UTF-16 units in one Telegram message; what is too long for a caption is sent beneath the file


class Found(Struct):
    kind: str  # crash, dead end, circle, over-long or empty message, unanswerable question, unreachable step; not tried
    message: str
    span: Span | None
    state: State | None = None

    @property
    def wrong(self) -> bool:
        """Else it is only told: a certain text, record, setting or person may be all that it takes."""
        return self.kind != NOT_TRIED


class Explored(Struct):
    found: list[Found] = field(default_factory=list)
    turns: int = 0
    whole: bool = True  # the bounds were not reached
    shown: dict[Point, State] = field(default_factory=dict)


def explore(project: Project, coverage: Coverage, turns: int, seconds: float, only: str = "") -> Explored:
    """`coverage` must watch the project's steps. Each kind of trouble is told once a place."""
    walker = Walker(project, coverage, turns, seconds)
    explored = Explored()
    seen: set[tuple[str, str]] = set()
    starts = [
        one for one in project.scenarios.values() if (one.triggers or one.id == "fallback") and only in ("", one.id)
    ]
    for known in (False, True):
        if known and not walker.records.own and not walker.records.samples:
            continue
        for place, scenario in enumerate(starts):
            share = walker.left // (len(starts) - place + (len(starts) if not known else 0))
            _walk(walker, scenario, known, share, explored, seen)
    explored.turns, explored.whole, explored.shown = turns - walker.left, not walker.spent, walker.shown
    for step, sure in unreached(project, coverage, only, explored.whole):
        kind = "unreachable step" if sure else NOT_TRIED
        explored.found.append(Found(kind, f"no walk came to this `{step.verb}`", step.span))
    return explored


def _walk(
    walker: Walker, scenario: Scenario, known: bool, turns: int, explored: Explored, seen: set[tuple[str, str]]
) -> None:
    questions: dict[int, tuple[State, bool]] = {}  # a state at a question, and whether any answer was taken there
    states: dict[int, State] = {}
    for turn in walker.walk(scenario, known, turns):
        states.setdefault(id(turn.before), turn.before)
        states.setdefault(id(turn.after), turn.after)
        for found in _troubles(walker.project, turn):
            _tell(found, explored, seen)
        if turn.before.move is not None and turn.before.asked is None:
            state, taken = questions.get(id(turn.before), (turn.before, False))
            questions[id(turn.before)] = (state, taken or (not turn.move.odd and _moved(turn)))
    taking = {id(state) for state, taken in questions.values() if taken}
    for state, taken in questions.values():
        step = standing(walker.project, state.session)
        if not taken and state.whole and step is not None and not _answered_later(state, taking):
            kind = NOT_TRIED if getattr(step, "choices", None) is None else "unanswerable question"
            state.whole = kind != NOT_TRIED  # a way on may be there
            _tell(Found(kind, "nothing that was tried answers it", step.span, state), explored, seen)
    for state in _shut_in(states.values()):
        step = standing(walker.project, state.session)
        span = step.span if step else None
        if span is None or not any((kind, f"{span.file}:{span.line}") in seen for kind in WHY_SHUT):
            _tell(Found("circle", "there is no way to the end from here", span, state), explored, seen)


def _tell(found: Found, explored: Explored, seen: set[tuple[str, str]]) -> None:
    place = (found.kind, f"{found.span.file}:{found.span.line}" if found.span else found.message)
    if place not in seen:
        seen.add(place)
        explored.found.append(found)


def _moved(turn: Turn) -> bool:
    before, after = turn.before.session, turn.after.session
    if turn.after.ended or after.active is None or after.active.pending is None:
        return True
    pending = before.active.pending if before.active else None
    return pending is None or (after.active.pending.key, after.active.pending.round) != (pending.key, pending.round)


def _answered_later(state: State, taking: set[int]) -> bool:
    """Whether the same question is answered after more has been chosen or left."""
    place, met, ahead = _question(state), {id(state)}, [state]
    while ahead:
        for after in ahead.pop().onward:
            if id(after) not in met and _question(after) == place:
                if id(after) in taking:
                    return True
                met.add(id(after))
                ahead.append(after)
    return False


def _question(state: State) -> tuple[str, int] | None:
    pending = state.session.active.pending if state.session.active else None
    return (pending.key, pending.round) if pending else None


def _troubles(project: Project, turn: Turn) -> Iterable[Found]:
    step = standing(project, turn.before.session) or standing(project, turn.after.session)
    span = step.span if step else None
    if turn.crash:
        yield Found("crash", turn.crash, span, turn.after)
        return
    for effect in turn.effects:
        if isinstance(effect, ReportProblem):
            kind = "circle" if "steps in one turn" in effect.message else "crash"
            yield Found(kind, effect.message, effect.span or span, turn.after)
        if isinstance(effect, SendMessage):
            length = units(render(effect.text).text)
            if length > MESSAGE and not effect.media:
                message = f"a message of {length} characters; {MESSAGE} fit"
                yield Found("over-long message", message, _of(project, effect, span), turn.after)
        if isinstance(effect, Walked) and effect.what == "said_nothing" and not effect.again:
            at = project.scenarios[effect.scenario].steps[effect.index].span
            yield Found("empty message", "the text comes out empty here, so nothing is said", at, turn.after)
    if turn.move.line and not any(map(_answers, turn.effects)):
        yield Found("dead end", "the bot says nothing to this", span, turn.after)


def _answers(effect: Effect) -> bool:
    """Whether a person sees anything of it."""
    if isinstance(effect, AnswerPress):
        return bool(effect.text)
    return isinstance(effect, (SendMessage, RedrawQuestion, AskModel))


def _of(project: Project, effect: SendMessage, otherwise: Span | None) -> Span | None:
    scenario = project.scenarios.get(effect.scenario)
    step = scenario.by_name.get(effect.step) if scenario else None
    return step.span if step else otherwise


def _shut_in(states: Iterable[State]) -> list[State]:
    """States from which every way was tried and none leads to an end (or to where not everything was tried)."""
    all_states = list(states)
    before: dict[int, list[State]] = {}
    for state in all_states:
        for after in state.onward:
            before.setdefault(id(after), []).append(state)
    free = [state for state in all_states if state.ended or not state.whole]
    reached = {id(state) for state in free}
    while free:
        for state in before.get(id(free.pop()), ()):
            if id(state) not in reached:
                reached.add(id(state))
                free.append(state)
    return [state for state in all_states if id(state) not in reached]


# talks ----------------------------------------------------------------------------------------------------------


def talk_lines(state: State, to_the_end: bool = False) -> list[str]:
    """The moves that lead to this state, and `to_the_end` of the conversation, as lines of a talk test."""
    rows: list[str] = []
    for move in [*state.talk(), *(state.rest() if to_the_end else ())]:
        if not move.line:
            continue
        first, *rest = [row for name, value in move.line.items() for row in _yaml(name, value)]
        rows += [f"- {first}", *(f"  {row}" for row in rest)]
    return rows


def records_lines(state: State) -> list[str]:
    """The records that were there, for the head of the talk."""
    made: dict[str, dict[str, dict[str, Any]]] = {}
    for collection, rows in state.given:
        for row in rows:
            kept = {name: value for name, value in row.items() if name not in ("created_at", "updated_at")}
            ago = "28h" if row["created_at"] == TIMES[0]["created_at"] else "30min"
            made.setdefault(collection, {})[str(row["id"])] = {**kept, "ago": ago}
    if not made:
        return []
    return [
        "records:",
        *(f"  {name}: {json.dumps(list(rows.values()), ensure_ascii=False)}" for name, rows in made.items()),
    ]


def _yaml(name: str, value: Any) -> list[str]:
    if isinstance(value, str):
        return pairs(name, value)
    if isinstance(value, dict) and all(isinstance(one, (str, int)) for one in value.values()):
        return [f"{name}: {{" + ", ".join(f"{key}: {item(str(one))}" for key, one in value.items()) + "}"]
    return [f"{name}: {json.dumps(value, ensure_ascii=False)}"]
