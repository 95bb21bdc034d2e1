"""What a new snapshot does to the people who are in the middle of a talk: told beforehand, and after a save.

Law: their conversations are walked again on copies, with the very function that will walk them; nothing is stored or
sent. It runs on the loop in slices, because texts are rendered, which is never done in two threads at once.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

from msgspec import Struct, field

from engine.core.effects import Effect, FindRecords, ReportProblem
from engine.core.events import TextReceived
from engine.core.filters import plural
from engine.core.ground import Ground, split
from engine.core.project import Project
from engine.core.rewalk import rename
from engine.core.session import Conversation, Session
from engine.core.talk import STUCK, Talk
from engine.core.template import TemplateFailed
from engine.core.turn import looked_up
from engine.core.values import OverBounds
from engine.memory.port import Memory

MOST = 2_000  # conversations that are walked; of the others only how many there are is told
SLICE = 0.003  # s of work until others have their turn


class Fate(Struct, frozen=True):
    """`kind`: `same` (go on unchanged), `first` (asked `now` first), `again` (`now` was answered, and the answer does
    not fit any more), `renamed`, `gone` (`was` is gone, on to `now`, if anything is left to ask), `over` (`was` is
    there, but not on their way), `deleted` (the scenario is), `old` (finish on the version they began), `freed`
    (their talk stood still after a failure: on to `now`), `trouble` (`now`: what fails)."""

    scenario: str
    kind: str
    was: str = ""
    now: str = ""


class Impact(Struct):
    """`people`: how many of each fate; `unseen`: how many more there are, that were not looked at."""

    people: Counter[Fate] = field(default_factory=Counter)
    unseen: int = 0

    @property
    def all(self) -> int:
        return self.people.total() + self.unseen


def nobody_finishes(conversation: Conversation) -> bool:
    """When every scenario says `follow`."""
    return False


async def impact(
    project: Project,
    memory: Memory,
    among: Collection[str] = (),
    finishes: Callable[[Conversation], bool] = nobody_finishes,
) -> Impact:
    """What `project` means for everyone who stands in another version of one of its scenarios, or in one that is gone.
    `among`: only people who stand in one of these scenarios; `finishes` says who goes on with the old version."""
    found = Impact()
    after, pause = 0, time.monotonic() + SLICE
    while True:
        after, rows = memory.sessions(after, among)
        for _, body in rows:
            session = Session.load(body)
            active = session.active
            if active is None or not changed(project, active):
                continue
            if found.all >= MOST:
                found.unseen += 1
            elif finishes(active):
                found.people[Fate(active.scenario, "old")] += 1
            else:
                found.people[fate(project, session, memory)] += 1
            if time.monotonic() > pause:
                await asyncio.sleep(0)
                pause = time.monotonic() + SLICE
        if not after:
            return found
        await asyncio.sleep(0)


def changed(project: Project, conversation: Conversation) -> bool:
    """Whether the conversation's files are not those of today."""
    name = conversation.scenario
    scenario = project.scenarios.get(name if name in project.scenarios else project.moved.get(name, name))
    return scenario is None or conversation.version != scenario.version


def fate(project: Project, session: Session, memory: Memory) -> Fate:
    """What comes to the person of this session, whose active conversation is of another version."""
    active = session.active
    assert active is not None  # noqa: S101 the caller looked
    if active.scenario not in project.scenarios:
        active.scenario = project.moved.get(active.scenario, active.scenario)
    if active.scenario not in project.scenarios:
        return Fate(active.scenario, "deleted")
    event = TextReceived(id=f"impact:{active.id}", at=time.time(), text="")
    copy = session.copy()
    assert copy.active is not None  # noqa: S101 a copy of the one above
    ground = Ground(project, copy, event)
    before = active.shown or active.pending
    was = before.key if before is not None else ""
    rename(ground, copy.active)
    asked = copy.active.shown or copy.active.pending
    meant = asked.key if asked is not None else ""
    there = ground.exists(copy.active, meant) if meant else True
    try:
        after = _walked(ground, copy, memory)
    except (TemplateFailed, OverBounds) as error:
        return Fate(active.scenario, "trouble", _name(was), str(error))
    now = after.pending.key if after is not None and after.pending is not None else ""
    if active.version == STUCK:
        return Fate(active.scenario, "freed", _name(was), _name(now))
    if now == meant:
        return Fate(active.scenario, "same" if meant == was else "renamed", _name(was), _name(now))
    if not there or not now:
        return Fate(active.scenario, "over" if there else "gone", _name(was), _name(now))
    answered = "a" in active.journal.get(now, ())
    return Fate(active.scenario, "again" if answered else "first", _name(was), _name(now))


def _walked(ground: Ground, session: Session, memory: Memory) -> Conversation | None:
    """The conversation where it would stand; None when it would be over."""
    assert session.active is not None  # noqa: S101 the caller looked
    talk = Talk(ground, session.active)
    walk = talk.again()
    session.active = None if walk.ended else talk.conversation
    queries = [effect for effect in ground.effects if isinstance(effect, FindRecords)]

    def find(query: FindRecords) -> list[dict[str, Any]]:
        return memory.find(query, session.person.get("id", ""), (), ground.event.at)

    return looked_up(ground.project, session, queries, ground.event, find, _fail).active


def _fail(effect: Effect) -> None:
    """What is reported is what people would get an apology for."""
    if isinstance(effect, ReportProblem):
        raise TemplateFailed(effect.message, effect.span)


def _name(key: str) -> str:
    return split(key)[-1].split("#")[0] if key else ""


# in words -------------------------------------------------------------------------------------------------------


def told(found: Impact) -> Iterator[str]:
    """Lines for the author, one scenario after the other."""
    scenarios: dict[str, list[tuple[Fate, int]]] = {}
    for one, count in sorted(found.people.items(), key=lambda pair: (pair[0].scenario, -pair[1], pair[0].kind)):
        scenarios.setdefault(one.scenario, []).append((one, count))
    for scenario, fates in scenarios.items():
        total = sum(count for _, count in fates)
        yield f"{scenario}: {_people(total)} in the middle of it"
        for one, count in fates:
            yield f"  {_told(one, count)}"
    if found.unseen:
        yield f"and {_people(found.unseen)} more in the middle of a talk, who were not looked at"


def _told(one: Fate, count: int) -> str:
    people, stand = _people(count), "stands" if count == 1 else "stand"
    go, are = ("goes", "is") if count == 1 else ("go", "are")
    match one.kind:
        case "same":
            return f"{people} {go} on unchanged (at `{one.now}`)" if one.now else f"{people} {go} on unchanged"
        case "first":
            return f"{people} {are} asked `{one.now}` first, then {go} on (at `{one.was}`)"
        case "again":
            return f"{people} {are} asked `{one.now}` again: the answer given does not fit any more"
        case "freed":
            return f"{people}, whose talk stood still, {go} on " + (f"at `{one.now}`" if one.now else "to its end")
        case "renamed":
            return f"{people} {stand} on `{one.was}`, which is `{one.now}` now, and {go} on there"
        case "gone" if one.now:
            return f"{people} {stand} on `{one.was}`, which is gone, and {go} on at `{one.now}`"
        case "gone":
            return f"{people} {stand} on `{one.was}`, which is gone: nothing is left to ask"
        case "over":
            return f"{people} {stand} on `{one.was}`, which is not on their way any more: nothing is left to ask"
        case "deleted":
            verb = "finishes" if count == 1 else "finish"
            return f"{people} {verb} on the version that they began: the scenario is deleted"
        case "old":
            return f"{people} finish{'es' if count == 1 else ''} on the version that they began"
        case _:
            return f"{people} would get an apology: {one.now}"


def _people(count: int) -> str:
    return plural(count, "person", "people")
