"""Real numbers on a picture: who stands where, how many went which way, where people leave, how long they think.

Law: figures come from the trail and from where people stand now (`engine.memory`); no text of a person is looked at.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from statistics import median

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.effects import Walked
from engine.core.trail import decode
from engine.memory.port import Counts, Trod
from engine.picture.draft import Draft, Figures

START, END = "", "!"  # where a conversation comes from and goes to
ARRIVALS = frozenset(
    {"asked", "said", "branch", "asked_model", "saved", "found", "ran", "notified", "item", "said_nothing"}
)
LEAVING = frozenset({"cancelled", "restarted", "parked"})
Key = tuple[str, str]  # scenario, step


class _Talk(Struct):
    """A conversation on its way: the scenarios that run one another, each with the box it came from last; and the
    question that stands open, since when."""

    way: list[list[str]] = field(default_factory=list)  # [scenario, box]
    open: tuple[Key, float] | None = None
    parked: Key | None = None


class Live:
    """`boxes`: of each scenario the steps that are drawn; ways lead through the others. Feed it the whole trail."""

    def __init__(self, boxes: Mapping[str, Collection[str]]) -> None:
        self._boxes = boxes
        self._talks: dict[str, _Talk] = {}
        self._current: dict[str, str] = {}  # chat -> conversation
        self._seconds: dict[Key, list[float]] = {}
        self.ways: Counter[tuple[str, str, str]] = Counter()  # (scenario, from, to)
        self.asked: Counter[Key] = Counter()
        self.left: Counter[Key] = Counter()
        self.wrong: Counter[Key] = Counter()

    def feed(self, trail: Iterable[Trod]) -> None:
        for row in trail:
            for way in decode(row.ways):
                self._walked(row.chat, row.at, way)

    def _walked(self, chat: str, at: float, way: Walked) -> None:
        talk = self._talks.setdefault(way.conversation, _Talk())
        key = (way.scenario, way.step)
        if way.what == "started":
            self._dropped(chat)
            self._current[chat] = way.conversation
            talk.way = [[way.scenario, START]]
        elif way.what == "ended":
            self._finish(talk, 0)
            talk.open = None
        elif way.what in LEAVING:
            self._leave(talk, stays=way.what == "parked")
        elif way.what == "resumed":
            self._resume(chat, way.conversation, talk)
        elif way.what == "back":
            talk.open = None
            for level in talk.way:
                level[1] = END  # from here on it came by no arrow
        elif way.what in ("answered", "gave_up") and talk.open is not None and talk.open[0] == key:
            if way.what == "answered":
                self._seconds.setdefault(key, []).append(max(0.0, at - talk.open[1]))
            talk.open = None
        elif way.what == "wrong":
            self.wrong[key] += 1
        if way.what in ARRIVALS:
            self._arrive(talk, way, at)

    def _arrive(self, talk: _Talk, way: Walked, at: float) -> None:
        if way.scenario not in (scenario for scenario, _ in talk.way):
            talk.way = [[way.scenario, END]]  # begun before the trail
        while talk.way[-1][0] != way.scenario:
            self._finish(talk, len(talk.way) - 1)
        level = talk.way[-1]
        if way.step in self._boxes.get(way.scenario, ()):
            if level[1] != END:
                self.ways[way.scenario, level[1], way.step] += 1
            level[1] = way.step
        if way.what == "ran":
            talk.way.append([way.detail, START])
        elif way.what == "asked":
            self.asked[way.scenario, way.step] += 1
            talk.open = ((way.scenario, way.step), at)

    def _finish(self, talk: _Talk, depth: int) -> None:
        """The scenarios above this depth have come to their end."""
        for scenario, box in talk.way[depth:]:
            if box != END:
                self.ways[scenario, box, END] += 1
        del talk.way[depth:]

    def _leave(self, talk: _Talk, stays: bool = False) -> None:
        if talk.open is not None:
            self.left[talk.open[0]] += 1
            talk.parked = talk.open[0] if stays else None
            talk.open = None

    def _resume(self, chat: str, conversation: str, talk: _Talk) -> None:
        """It was no leaving; its question is asked again, which is no new asking."""
        self._dropped(chat)
        self._current[chat] = conversation
        if talk.parked is not None:
            self.left[talk.parked] -= 1
            self.asked[talk.parked] -= 1
            talk.parked = None
        for level in talk.way:
            level[1] = END

    def _dropped(self, chat: str) -> None:
        """Another conversation begins; one that was worth nothing to keep goes without a word."""
        before = self._talks.get(self._current.pop(chat, ""))
        if before is not None:
            self._leave(before)

    def through(self, scenario: str) -> tuple[int, int]:
        """How often it was begun, and came to its end."""
        mine = [(source, target, count) for (of, source, target), count in self.ways.items() if of == scenario]
        return (
            sum(count for source, _, count in mine if source == START),
            sum(count for _, target, count in mine if target == END),
        )

    def figures(self, key: Key, counts: Counts) -> Figures:
        seconds = self._seconds.get(key)
        return Figures(
            counts.standing.get(key, 0),
            counts.silent.get(key, 0),
            self.asked[key],
            self.left[key],
            self.wrong[key],
            median(seconds) if seconds else None,
        )


def lay(drafts: Iterable[Draft], trail: Iterable[Trod], counts: Counts) -> None:
    """Write the figures into boxes and arrows."""
    drafts = list(drafts)
    live = Live({draft.scenario: {box.key for box in draft.boxes if box.key} for draft in drafts})
    live.feed(trail)
    for draft in drafts:
        keys = [END if box.look == "end" else box.key for box in draft.boxes]
        draft.arrows = [
            replace(arrow, count=live.ways[draft.scenario, keys[arrow.source], keys[arrow.target]])
            for arrow in draft.arrows
        ]
        for box in draft.boxes:
            if box.key:
                box.figures = live.figures((draft.scenario, box.key), counts)
        draft.begun, draft.finished = live.through(draft.scenario)


def lay_over(overview: Draft, counts: Counts) -> None:
    """How many people stand in each scenario of the overview."""
    for box in overview.boxes:
        box.figures = Figures(sum(n for (scenario, _), n in counts.standing.items() if scenario == box.target))
