"""A scenario as boxes and arrows, before anybody draws it.

What only computes (`set`) or leads elsewhere (`goto`, `end`) is no box: arrows pass through it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from engine.core.choices import Literal
from engine.core.project import Project, Scenario
from engine.core.step import Step
from engine.core.template import Expression, Plain, Text
from engine.picture.starts import starts
from engine.picture.words import word

THROUGH = frozenset({"set", "goto", "end"})
LOOKS = {
    "ask": "question",
    "confirm": "question",
    "say": "message",
    "llm": "model",
    "if": "branch",
    "switch": "branch",
    "each": "loop",
    "run": "scenario",
    "notify": "notice",
    "find": "record",
    "save": "record",
    "update": "record",
}
LONGEST = 110  # characters of a text in a box
_EXPRESSION = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_SIMPLE = re.compile(r"[\w.]+")
_DOTS = re.compile(r"…(?:[ .,:]*…)*\.?")
_MARKDOWN = re.compile(r"\*\*|__|~~|\|\||`|^>\s?", re.MULTILINE)


class Figures(Struct):
    """What the memory knows of a step: people who stand there now, and those of them who were not heard of for a day;
    how often it was asked, was left without an answer, got a wrong one; the median seconds to the answer."""

    standing: int = 0
    silent: int = 0
    asked: int = 0
    left: int = 0
    wrong: int = 0
    seconds: float | None = None

    @property
    def lost(self) -> int:
        return self.left + self.silent

    @property
    def share(self) -> float:
        """Of those who were asked, how many never answered: 0 to 1."""
        return min(1.0, self.lost / max(self.asked, self.lost)) if self.lost else 0.0


class Box(Struct):
    """`look` is what it is drawn as; `name` the step's own name, or empty; `target` a scenario that it runs; `key` the
    step's name in journals and trails, also when the loader made it up. `figures`: with `--live`."""

    id: int
    look: str
    text: str
    name: str = ""
    choices: tuple[str, ...] = ()
    target: str = ""
    key: str = ""
    figures: Figures | None = None


class Arrow(Struct, frozen=True):
    """`count`: how many went this way (`--live`)."""

    source: int
    target: int
    label: str = ""
    count: int | None = None


class Draft(Struct):
    """`boxes[i].id == i`; the first is the start. `begun`, `finished`: how many (`--live`)."""

    scenario: str
    title: str
    about: str
    language: str = ""
    boxes: list[Box] = field(default_factory=list)
    arrows: list[Arrow] = field(default_factory=list)
    begun: int = 0
    finished: int = 0

    @property
    def live(self) -> bool:
        return any(arrow.count is not None for arrow in self.arrows)

    def add(
        self, look: str, text: str, name: str = "", choices: tuple[str, ...] = (), target: str = "", key: str = ""
    ) -> Box:
        box = Box(len(self.boxes), look, text, name, choices, target, key)
        self.boxes.append(box)
        return box


def drafted(project: Project, scenario: Scenario, language: str = "") -> Draft:
    """The scenario in this language (the bot's first when empty)."""
    return _Drafter(project, scenario, language or project.languages[0]).draft


def overview(project: Project, language: str = "") -> Draft:
    """All scenarios of the bot, and which runs which."""
    language = language or project.languages[0]
    draft = Draft("", word(language, "runs"), "", language)
    boxes = {
        one.id: draft.add("scenario", _title(one, language), "", starts(one), one.id)
        for one in project.scenarios.values()
    }
    for scenario in project.scenarios.values():
        for target in sorted(
            {reference.name for step in scenario.steps for reference in step.references if reference.kind == "scenario"}
        ):
            if target in boxes:
                draft.arrows.append(Arrow(boxes[scenario.id].id, boxes[target].id))
    return draft


def _title(scenario: Scenario, language: str) -> str:
    return scenario.title.plain(language) if scenario.title else scenario.id


class _Drafter:
    def __init__(self, project: Project, scenario: Scenario, language: str) -> None:
        self.project = project
        self.scenario = scenario
        self.language = language
        about = scenario.description.plain(language) if scenario.description else ""
        self.draft = Draft(scenario.id, _title(scenario, language), about, language)
        self.boxes: dict[int, Box] = {}
        self._draw()

    def _draw(self) -> None:
        start = self.draft.add("start", "\n".join(starts(self.scenario)) or self.word("start"))
        reached: list[tuple[Box, Step]] = []
        self._lead(start, self.scenario.first, "", None, reached)
        while reached:
            box, step = reached.pop(0)
            for label, to in self._ways(step):
                self._lead(box, to, label, step, reached)

    def _lead(
        self, box: Box, to: Step | None, label: str, source: Step | None, reached: list[tuple[Box, Step]]
    ) -> None:
        """An arrow to where a way leads in the end: through goto and the like, or back to the loop around, or out.
        A switch that only sorts what was just chosen is no box either: its ways are the question's."""
        if to is not None and source is not None and not label and self._sorts(to, source):
            for way, onward in self._ways(to):
                self._lead(box, onward, way, to, reached)
            return
        seen: set[int] = set()
        while to is not None and to.verb in THROUGH and to.index not in seen:
            seen.add(to.index)
            source, ways = to, to.ways()
            if not ways:
                self._end(box, label)
                return
            to = ways[0].to
        if to is None:
            loop = _loop_around(source)
            if loop is None or loop.index not in self.boxes:
                self._end(box, label)
            else:
                self._arrow(box, self.boxes[loop.index], label or self.word("next"))
            return
        known = self.boxes.get(to.index)
        if known is None:
            known = self.boxes[to.index] = self._box(to)
            reached.append((known, to))
        self._arrow(box, known, label)

    def _sorts(self, step: Step, asked: Step) -> bool:
        expression = getattr(step, "switch", None)
        literal = isinstance(getattr(asked, "choices", None), Literal)
        return literal and isinstance(expression, Expression) and expression.source.strip() == asked.name

    def _end(self, box: Box, label: str) -> None:
        """Each box has an end of its own, so that no arrows cross the whole picture."""
        ends = [
            arrow.target
            for arrow in self.draft.arrows
            if arrow.source == box.id and self.draft.boxes[arrow.target].look == "end"
        ]
        end = self.draft.boxes[ends[0]] if ends else self.draft.add("end", self.word("end"))
        self._arrow(box, end, label)

    def _arrow(self, source: Box, target: Box, label: str) -> None:
        """Two ways between the same boxes are one arrow with both labels."""
        arrows = self.draft.arrows
        for place, one in enumerate(arrows):
            if (one.source, one.target) == (source.id, target.id):
                both = ", ".join(dict.fromkeys(part for part in (one.label, label) if part))
                arrows[place] = Arrow(one.source, one.target, both)
                return
        arrows.append(Arrow(source.id, target.id, label))

    def _ways(self, step: Step) -> Iterator[tuple[str, Step | None]]:
        labels = self._labels(step)
        covered = bool(labels) and labels.keys() <= {way.label for way in step.ways()}
        for way in step.ways():
            if covered and way.label == "else":
                continue  # every choice has a way of its own
            yield labels.get(way.label) or (self.word(way.label) if way.label else ""), way.to

    def _labels(self, step: Step) -> dict[str, str]:
        """What people read on the buttons, for the ways that choices lead."""
        asked: Step | None = step
        expression = getattr(step, "switch", None)
        if isinstance(expression, Expression):
            asked = self.scenario.by_name.get(expression.source.strip())
        choices = getattr(asked, "choices", None)
        if not isinstance(choices, Literal):
            return {}
        return {option.id: brief(option.label.plain(self.language), 40) for option in choices.options}

    def _box(self, step: Step) -> Box:
        look = LOOKS.get(step.verb, "question" if step.takes_input() else "step")
        choices = tuple(self._labels(step).values()) if step.verb == "ask" else ()
        target = getattr(step, "run", "") if step.verb == "run" else ""
        return self.draft.add(look, self._text(step), step.name if step.named else "", choices, target, step.name)

    def _text(self, step: Step) -> str:
        """What it says in a few words: its text, its condition, the prompt or the collection it names."""
        if step.verb == "run":
            callee = self.project.scenarios.get(getattr(step, "run", ""))
            return _title(callee, self.language) if callee else ""
        if step.verb == "notify":
            return self.word(str(getattr(step, "notify", "")))
        found = next(
            (
                one
                for one in (getattr(step, name, None) for name in ("question", "say", "text"))
                if isinstance(one, Text)
            ),
            None,
        )
        if found is not None:
            text = brief(found.plain(self.language))
            return f"‹{step.name}›" if text == "…" and step.named else text
        named = next(
            (reference.name for reference in step.references if reference.kind in ("prompt", "collection")), ""
        )
        if named:
            return f"{self.word(step.verb)}: {self._named(named)}"
        condition = next((one for one in step.templates if isinstance(one, (Expression, Plain))), None)
        text = brief(condition.source) if condition is not None else step.verb
        return f"{self.word('each of')} {text}" if step.frames() else f"{text}?" if step.verb == "if" else text

    def _named(self, name: str) -> str:
        collection = self.project.collections.get(name)
        return collection.title if collection is not None and collection.title else name

    def word(self, name: str) -> str:
        return word(self.language, name)


def _loop_around(step: Step | None) -> Step | None:
    """The loop whose body ends after this step."""
    around = step.parent if step is not None else None
    while around is not None and not around.frames():
        around = around.parent
    return around


def brief(text: str, longest: int = LONGEST) -> str:
    """A text without its formatting; what a template puts in is `‹name›`, or `…` when it is no plain name."""
    text = _EXPRESSION.sub(
        lambda found: f"‹{found[1]}›" if _SIMPLE.fullmatch(found[1]) else "…", _STATEMENT.sub("", text)
    )
    text = _DOTS.sub("…", " ".join(_MARKDOWN.sub("", text).split()))
    return text if len(text) <= longest else text[: longest - 1].rsplit(" ", 1)[0] + " …"
