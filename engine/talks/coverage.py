"""Which steps and ways the talks have gone, and which nobody tried.

A point is a step that was entered, or one of the ways that its kind says can be seen of it (`Step.outcomes`): a choice,
a condition's yes and no, a wrong answer, giving up, the model's failure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from difflib import SequenceMatcher
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from engine.core.effects import Walked
from engine.core.node import Mapping
from engine.core.project import Project
from engine.core.step import Step
from engine.project.values import plain

ENTERED = "entered"
_WORDS = {
    "wrong": "a wrong answer",
    "explained": "asked back",
    "gave_up": "after the last try",
    "model_failed": "the model fails",
}


class Point(Struct, frozen=True):
    """`what` and `detail` as `Walked` tells them; `entered` for the step itself."""

    scenario: str
    index: int
    what: str = ENTERED
    detail: str = ""


class Missed(Struct, frozen=True):
    file: str
    line: int
    text: str
    way: bool  # the step may have been reached, one of its ways was not gone


class Coverage:
    """Laid over the steps of a project: `watch` makes each step tell when it is entered."""

    def __init__(self) -> None:
        self.seen: set[Point] = set()
        self._watched: set[int] = set()

    def watch(self, project: Project) -> None:
        """The steps are those of a project of our own: nobody else walks them."""
        for scenario in project.scenarios.values():
            for step in scenario.steps:
                if id(step) not in self._watched:
                    self._watched.add(id(step))
                    self.watch_as(step, Point(step.scenario, step.index))

    def watch_as(self, step: Step, point: Point) -> None:
        """The step tells that this point is seen, when it is entered; whom it told before it tells no more."""
        vars(step)["enter"] = self._telling(step, point)

    @contextmanager
    def apart(self) -> Iterator[set[Point]]:
        """What is seen within is told apart from what was seen before; afterwards both are one."""
        before = set(self.seen)
        self.seen.clear()
        mine = set[Point]()
        try:
            yield mine
        finally:
            mine |= self.seen
            self.seen |= before

    def _telling(self, step: Step, point: Point) -> Any:
        enter, seen = getattr(step.enter, "watched", step.enter), self.seen

        def entered(walk: Any) -> Any:
            seen.add(point)
            return enter(walk)

        entered.watched = enter  # type: ignore[attr-defined] # so that watching again puts no layer on a layer
        return entered

    def walked(self, effect: Walked) -> None:
        if effect.index >= 0:
            self.seen.add(Point(effect.scenario, effect.index, effect.what, effect.detail))
            self.seen.add(Point(effect.scenario, effect.index, effect.what, "*"))

    # figures ----------------------------------------------------------------------------------------------------

    def missed(self, project: Project, scenario: str) -> list[Missed]:
        """What nobody tried, in the order of the file."""
        return [told(project, point) for point in points(project, scenario) if point not in self.seen]

    def share(self, project: Project, scenario: str) -> float:
        """Of the scenario's points, from 0 to 1; a scenario without steps is whole."""
        all_points = list(points(project, scenario))
        return sum(point in self.seen for point in all_points) / len(all_points) if all_points else 1.0

    def whole(self, project: Project) -> float:
        all_points = [point for scenario in project.scenarios for point in points(project, scenario)]
        return sum(point in self.seen for point in all_points) / len(all_points) if all_points else 1.0


class Edited:
    """What a talk walks in files that it has edited, told as points of the files as they are."""

    def __init__(self, coverage: Coverage, project: Project, edited: Project) -> None:
        self._coverage = coverage
        self._places: dict[tuple[str, int], int] = {}
        for name, scenario in edited.scenarios.items():
            if name not in project.scenarios:
                continue
            for now, was in _same(scenario.steps, project.scenarios[name].steps):
                self._places[name, now] = was
                coverage.watch_as(scenario.steps[now], Point(name, was))

    def walked(self, effect: Walked) -> None:
        place = self._places.get((effect.scenario, effect.index))
        if place is not None:
            self._coverage.walked(replace(effect, index=place))


def _same(edited: Sequence[Step], today: Sequence[Step]) -> Iterator[tuple[int, int]]:
    """The places of steps that are the same in both: by their name, else by what is written in them and where that was
    edited by standing between the same others. What cannot be told is left out."""
    matcher = SequenceMatcher(None, [_sign(step) for step in edited], [_sign(step) for step in today], autojunk=False)
    for tag, low, high, low_today, high_today in matcher.get_opcodes():
        if tag in ("equal", "replace") and high - low == high_today - low_today:
            for now, was in zip(range(low, high), range(low_today, high_today), strict=True):
                if edited[now].verb == today[was].verb:
                    yield now, was


def _sign(step: Step) -> str:
    return (
        f"{step.verb} {step.name}"
        if step.named
        else f"{step.verb}: {plain(step.node) if isinstance(step.node, Mapping) else None!r}"
    )


def points(project: Project, scenario: str) -> Iterator[Point]:
    for step in project.scenarios[scenario].steps:
        yield Point(scenario, step.index)
        for what, detail in step.outcomes():
            yield Point(scenario, step.index, what, detail)


def told(project: Project, point: Point) -> Missed:
    """The point in words, and the line where it stands."""
    scenario = project.scenarios[point.scenario]
    step = scenario.steps[point.index]
    name = f"{step.verb} {step.name}" if step.named else step.verb
    way = _WORDS.get(point.what, point.detail) if point.what != ENTERED else ""
    return Missed(scenario.file, step.span.line, f"{name}: {way}" if way else name, bool(way))
