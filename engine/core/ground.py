"""What stays the same during one turn: the snapshot, the person, the moment, the words; and the turn's fuel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.core.effects import Effect, Walked
from engine.core.lenient import Lenient
from engine.core.markdown import escape
from engine.core.moments import functions, local
from engine.core.project import Project, Scenario
from engine.core.sandbox import METER
from engine.core.session import Conversation, Entry, FrameState, Session, digest
from engine.core.template import PLAIN
from engine.core.values import OverBounds

if TYPE_CHECKING:
    from engine.core.events import Event
    from engine.core.step import Step


class Ground:
    """`session` is the turn's own copy; `effects` is what the turn will return."""

    def __init__(self, project: Project, session: Session, event: Event) -> None:
        self.project = project
        self.session = session
        self.event = event
        self.at = event.at  # the moment that expressions see
        self.effects: list[Effect] = []
        self.fuel = project.bounds.steps
        self.kept: dict[str, dict[str, Entry]] = {}  # by conversation: entries made in this turn
        METER.max_output, METER.max_rounds = project.bounds.output, project.bounds.loops
        self.language = self._language()
        self.otherwise = False  # the words of `project.otherwise` are said
        if session.active is not None:
            self.address(session.active.frames)
        self.made: dict[str, Any] = {}  # built-in names that were read in this turn
        self._moment: tuple[tuple[float, str], datetime] | None = None
        self._drawn = 0

    def _language(self) -> str:
        """Chosen by the person, else what their app speaks, else the bot's first."""
        languages = self.project.languages
        for wish in (self.session.person.get("chosen"), self.session.person.get("language")):
            if wish in languages:
                return str(wish)
        return languages[0]

    @property
    def timezone(self) -> str:
        return str(self.session.record.get("timezone") or self.project.timezone)

    def moment(self) -> datetime:
        """Now, in the person's time zone; made once for each moment and zone of the turn."""
        key = (self.at, self.timezone)
        if self._moment is None or self._moment[0] != key:
            self._moment = (key, local(*key))
        return self._moment[1]

    def said_in(self) -> str:
        """The channel's id of the person's message that this turn answers; a pressed button stands in one of ours."""
        return "" if hasattr(self.event, "press") else getattr(self.event, "message", "")

    def burn(self) -> None:
        """One step of the turn's bound. Raises OverBounds: a circle that waits for nobody ends here."""
        self.fuel -= 1
        if self.fuel < 0:
            raise OverBounds(f"more than {self.project.bounds.steps} steps in one turn")

    def refuel(self) -> None:
        """A re-walk comes past an answer: the steps to it were a turn of their own."""
        self.fuel = max(self.fuel, self.project.bounds.steps)

    # words ------------------------------------------------------------------------------------------------------

    @property
    def words(self) -> Mapping[str, str]:
        words = self.project.otherwise if self.otherwise else self.project.words
        return words.get(self.language) or next(iter(words.values()))

    def address(self, frames: Sequence[FrameState]) -> None:
        """The sentences are from here on in the manner of the scenario in which the person stands."""
        if not self.project.otherwise or not frames:
            return
        for one in reversed(frames):
            scenario = self.project.scenarios.get(one.scenario)
            if scenario is not None and scenario.formal is not None:
                self.otherwise = scenario.formal is not self.project.formal
                return
        self.otherwise = False

    def word(self, key: str, **values: Any) -> str:
        """One of the engine's own sentences, as Markdown; the values in it are escaped."""
        sentence = self.words.get(key, key)
        if not values:
            return sentence
        try:
            return sentence.format_map({name: escape(str(value)) for name, value in values.items()})
        except (KeyError, ValueError, IndexError, AttributeError):
            return sentence

    # names ------------------------------------------------------------------------------------------------------

    def builtins(self, conversation: Conversation) -> Names:
        """The names that every expression sees."""
        return Names(self, conversation)

    def forget_builtins(self) -> None:
        """The language, or the moment, has changed within the turn."""
        self.made.clear()

    def learn(self, fields: Mapping[str, Any]) -> None:
        """The person's own record was written."""
        self.session.record.update(fields)
        self.made.pop("person", None)

    def person(self) -> dict[str, Any]:
        """Who speaks: what the channel tells, under what the person's own record says."""
        people = self.project.collections.get("people")
        known: dict[str, Any] = dict.fromkeys(people.fields) if people else {}
        told = self.session.person
        known.update(id=told.get("id"), name=told.get("name"), username=told.get("username"))
        known.update({name: value for name, value in self.session.record.items() if value is not None})
        known.update(language=self.language, timezone=self.timezone, known=bool(self.session.record))
        return known if people is not None and people.declared else Lenient(known)

    def random(self) -> float:
        """A number from 0 to 1, made from the event's id: the same event gives the same numbers (law 1)."""
        self._drawn += 1
        return int(digest(self.event.id, "random", self._drawn, size=6), 16) / 2**48

    # telling ----------------------------------------------------------------------------------------------------

    def walked(
        self,
        what: str,
        conversation: Conversation,
        step: Step | None = None,
        detail: str = "",
        values: tuple[tuple[str, Any], ...] = (),
    ) -> None:
        scenario = step.scenario if step else conversation.scenario
        name, index = (step.name, step.index) if step else ("", -1)
        again = conversation.catching_up
        self.effects.append(Walked(what, scenario, name, detail, conversation.id, index, values, again))

    # keys of today's files (rule 11) ----------------------------------------------------------------------------

    def exists(self, conversation: Conversation, key: str) -> bool:
        """Whether a step of today's files bears this key."""
        return self.locate(conversation.scenario, key) is not None

    def locate(self, root: str, key: str) -> Step | None:
        """The step of today's files that bears this key: of that name, in that scenario, in that loop's body."""
        scenario = self.project.scenarios.get(root)
        loop: Step | None = None
        *ways, last = split(key)
        for way in ways:
            step = named(scenario, way.split("[")[0], loop)
            if "[" in way:
                loop = step if step is not None and step.frames() else None
                scenario = scenario if loop is not None else None
            else:
                callee = getattr(step, "run", None)
                scenario, loop = (self.project.scenarios.get(callee) if isinstance(callee, str) else None), None
        return named(scenario, last.split("#")[0], loop)

    def called_today(self, root: str, key: str) -> str:
        """A `run` step without a name of its own is called as what it runs: the key as it is after that was renamed."""
        moved = self.project.moved
        if not moved:
            return key
        parts = split(key)
        for at, part in enumerate(parts):
            scenario, name = self.place(root, "/".join(parts[: at + 1]))
            if scenario is not None and name in moved and all(one.name != name for one in scenario.steps):
                parts[at] = moved[name] + part[len(name) :]
        return "/".join(parts)

    def place(self, root: str, key: str) -> tuple[Scenario | None, str]:
        """The scenario whose frame a key names, and the step's name in it; None when the way is gone."""
        scenario = self.project.scenarios.get(root)
        *ways, last = split(key)
        for way in ways:
            if scenario is None:
                break
            if "[" in way:
                continue  # the body of an `each` stands in the same scenario
            step = next((one for one in scenario.steps if one.name == way), None)
            callee = getattr(step, "run", None)
            scenario = self.project.scenarios.get(callee) if isinstance(callee, str) else None
        return scenario, last.split("#")[0]

    def adopt(self, conversation: Conversation, step: Step, key: str) -> Entry | None:
        """A key without an entry takes over a valid orphan of the same name: same frame first, then a unique match."""
        wanted = split(key)[-1]
        orphans = [
            (old, entry)
            for old, entry in conversation.journal.items()
            if split(old)[-1] == wanted
            and step.fits(entry)
            and ((there := self.locate(conversation.scenario, old)) is None or not there.fits(entry))
        ]
        if len(orphans) != 1:
            return None
        old, entry = orphans[0]
        del conversation.journal[old]
        conversation.journal[key] = entry
        return entry


MAKERS: dict[str, Callable[[Ground], Any]] = {
    **{name: (lambda ground, value=value: value) for name, value in PLAIN.globals.items()},  # type: ignore[misc] # bound at once
    "person": Ground.person,
    "now": lambda ground: ground.moment().isoformat(timespec="seconds"),
    "today": lambda ground: ground.moment().date().isoformat(),
    "settings": lambda ground: ground.project.settings,
    "catalog": lambda ground: ground.project.catalog.get(ground.language) or {},
    "random": lambda ground: ground.random,
    "labels": lambda ground: {},
    "hours_since": lambda ground: functions(ground.moment())["hours_since"],
    "days_since": lambda ground: functions(ground.moment())["days_since"],
    "hours_until": lambda ground: functions(ground.moment())["hours_until"],
    "days_until": lambda ground: functions(ground.moment())["days_until"],
    "_language": lambda ground: ground.language,
    "_timezone": lambda ground: ground.timezone,
    "_yes": lambda ground: ground.word("yes").lower(),  # in the middle of a text, unlike on a button
    "_no": lambda ground: ground.word("no").lower(),
}
OF_THE_TALK = ("start", "conversation")


class Names(Mapping[str, Any]):
    """The built-in names: each is made when it is first read in a turn, for most turns read none."""

    __slots__ = ("conversation", "ground")

    def __init__(self, ground: Ground, conversation: Conversation) -> None:
        self.ground = ground
        self.conversation = conversation

    def __contains__(self, name: object) -> bool:
        return name in MAKERS or name in OF_THE_TALK

    def __getitem__(self, name: str) -> Any:
        if name in OF_THE_TALK:
            start = self.conversation.start
            if name != "start":
                return self.conversation.id
            return {**start, "match": Lenient(start.get("match") or ())}
        made = self.ground.made
        if name not in made:
            made[name] = MAKERS[name](self.ground)
        return made[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*MAKERS, *OF_THE_TALK))

    def __len__(self) -> int:
        return len(MAKERS) + len(OF_THE_TALK)


def named(scenario: Scenario | None, name: str, loop: Step | None) -> Step | None:
    """The step of this name in the body of this loop; outside of all loops when `loop` is None."""
    for step in scenario.steps if scenario is not None else ():
        if step.name == name:
            around = step.parent
            while around is not None and not around.frames():
                around = around.parent
            if around is loop:
                return step
    return None


def split(key: str) -> list[str]:
    """The parts of a key: frames, then the step. An item's identity in `[...]` may hold a slash."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(key):
        if letter == "[":
            depth += 1
        elif letter == "]":
            depth -= 1
        elif letter == "/" and depth == 0:
            parts.append(key[start:place])
            start = place + 1
    parts.append(key[start:])
    return parts
