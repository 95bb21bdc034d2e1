"""What the texts of one step can see: variables set so far, built-in names, and names of the step's own (`item`)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, partial
from typing import Any

from jinja2 import nodes

from engine.core.finding import NO_TOPIC, Finding, Span, Topic
from engine.core.step import Step
from engine.core.template import PLAIN, Expression, Plain, Translated, Value
from engine.lint.atoms import Atom, atoms
from engine.lint.guards import MISSING_FITS
from engine.lint.infer import TextReader
from engine.lint.known import Known
from engine.lint.missing import Missing
from engine.lint.narrow import NOTHING, facts, values
from engine.lint.shapes import ANY, COMPOSED, NULL, TEXT, Shape, literal, union
from engine.lint.spot import Source, source_of
from engine.lint.state import PAST, UNSET, State
from engine.lint.texts import Reading, Written, source_of_prompt
from engine.project.suggest import advice, closest, did_you_mean, is_typo, proposal

COMPOSED_TEXT = TEXT.marked(COMPOSED)
RARE = ("namespace", "joiner", "dict")  # nobody means these by a word that is only near
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_LETTER_OR_UNIT = re.compile(r"[^\W\d_]|[£€$₽%№]")
NO_NAMES: Mapping[str, Shape] = {}


def has_words(source: str) -> bool:
    """Whether a template has letters of its own, outside of what Jinja puts in."""
    return _LETTER.search(_JINJA.sub("", source)) is not None


def _has_words_of_its_own(source: str) -> bool:
    """Of a value; `{{ day }}T{{ hour }}:00Z` is a moment made of its parts."""
    return _LETTER_OR_UNIT.search(_JINJA.sub("", source).strip("TZ ")) is not None


class StepNames:
    """Names of a scenario at one step, and what was found in the texts that were read with them (`told`). `way` tells
    how one comes here without setting a variable."""

    def __init__(
        self,
        world: Known,
        declared: frozenset[str],
        state: State,
        own: Mapping[str, Shape] = NO_NAMES,
        way: Callable[[str], str] | None = None,
    ) -> None:
        self.world, self.declared, self.state, self.own, self.way = world, declared, state, own, way
        self.user = ""  # the scenario whose prompt is read
        self.shown = False  # what the texts say is shown to the person
        self.subject = ""  # the text that is an e-mail's subject
        self.told: list[Finding] = []
        self.unsure = 0  # how often a name was read that some way here does not set

    @property
    def full(self) -> frozenset[str]:
        return self.state.full

    @property
    def languages(self) -> tuple[str, ...]:
        return self.world.project.languages

    def go_on(self, state: State) -> None:
        """Within a step that sets several values, one after the other."""
        if state.under is not self.state.under:
            self.__dict__.pop("tied", None)  # more may hang on more
        self.state = state

    def knows(self, name: str) -> bool:
        return name in self.own or name in self.declared or name == "labels" or self.world.builtin(name) is not None

    def report(
        self,
        code: str,
        severity: str,
        at: Span,
        message: str,
        help: str,
        missing: Missing | None = None,
        topic: Topic = NO_TOPIC,
    ) -> None:
        self.told.append(Finding(at, code, severity, message, help, topic=topic))  # type: ignore[arg-type] # one of Severity
        if missing is not None:
            self.world.strange[self.told[-1]] = missing

    def read(self, name: str, at: Callable[[], Span], guarded: int) -> Shape:
        if name in self.own:
            return self.own[name]
        shape = self.state.variables.get(name)
        if shape is not None:
            if self.state.full and name + PAST in self.state.full:
                self._past(name, at())
            return shape if shape.empty != UNSET else shape.full().maybe(self._unset(name))
        if name in self.declared:
            if not guarded or not self.user:  # a prompt that several steps use may be ready for it
                message = f"`{name}` is read before any step sets it, so it is always null here{self._where()}."
                help = "Move the step that sets it up, or take the name out."
                self.report(
                    "read-before-set", "warning" if guarded else "error", at(), message, help, topic=self._about(name)
                )
            return NULL
        known = self.world.builtin(name)
        if known is not None:
            return known
        message = f"Nothing is called `{name}` here{self._where()}: no step sets it, and it is no name of the engine's."
        severity, missing = "warning" if guarded == MISSING_FITS else "error", Missing("", name)
        self.report("unknown-name", severity, at(), message, self._near(name), missing, self._about(name))
        return ANY

    def _where(self) -> str:
        return f" (the scenario `{self.user}` uses this prompt)" if self.user else ""

    def _about(self, name: str) -> Topic:
        return Topic((name, self.user) if self.user else (name,))

    def rows(self, path: str) -> Any:
        return self.world.rows(path) if path.startswith("catalog.") else None

    def steps(self, file: str) -> Iterable[Step]:
        return [step for one in self.world.scenarios.values() if one.file == file for step in one.steps]

    def table(self, name: str) -> str:
        return self.world.tables.get(name, "")

    def asks(self, words: str, besides_if: bool = False) -> bool:
        plain = rb"\bfor [\w, ]+|\bif:? [\w. ]+" if besides_if else rb"\bfor [\w, ]+"
        wanted = re.compile(rb"(" + plain + rb")?" + re.escape(words).encode() + rb"\b(?!\.\w)")  # no loop asks
        mine = (content for content in self.world.texts.values() if words.encode() in content)
        return any(not found[1] for content in mine for found in wanted.finditer(content))

    def file(self, template: str) -> tuple[nodes.Template, Callable[[], Source]] | None:
        files = self.world.prompt_files
        tree = files.trees.get(template)
        return (tree, partial(source_of_prompt, files, template)) if tree is not None else None

    def implied(self, condition: nodes.Node, positive: bool) -> frozenset[str]:
        if not self.state.under:
            return NOTHING
        full, possible, said = facts(condition, positive), values(condition, positive), atoms(condition, positive)
        if self.tied.isdisjoint({*(one.partition(".")[0] for one in full), *possible, *_read_by(said)}):
            return NOTHING
        there = self.state.knowing(full).among(possible).holding(said)
        return frozenset(
            name
            for _, name in self.state.under
            if (name in there.full if "." in name else not there.variables[name].empty)
        )

    @cached_property
    def tied(self) -> frozenset[str]:
        """The names of the statements that some variable hangs on."""
        return _read_by(one for wanted, _ in self.state.under for one in wanted)

    def seen(self, names: Iterable[str]) -> tuple[Any, ...]:
        """All that reading a text with these names in it depends on, but for what a message says."""
        shapes = [self.own.get(name) or self.state.variables.get(name) or name in self.declared for name in names]
        state = self.state
        return (shapes, state.full, state.held, state.under, state.variables if state.under else None)

    def _past(self, name: str, at: Span) -> None:
        message = f"`{name}` is one item of the `each` above, and only the last one is left after it{self._where()}."
        gather = f'`set: {{all: "{{{{ all + [{name}] }}}}"}}`'
        help = f"Move this into the `do:` of that `each`, or gather there what you need: {gather}."
        self.report("after-loop", "warning", at, message, help, topic=self._about(name))

    def _unset(self, name: str) -> str:
        self.unsure += 1
        way = self.way(name) if self.way is not None else ""
        return f"it is not set {way}" if way else "it is not set on every way that leads here"

    def _near(self, name: str) -> str:
        builtins = [one for one in self.world.builtins if not one.startswith("_") and one not in RARE]
        mine = [*self.own, *sorted(self.declared)]
        near = closest(name, [*mine, *builtins, "catalog", "labels"])
        instead = advice(name, builtins) if near not in mine else ""
        if not instead and (near is None or not is_typo(name, near)):
            holders = [
                one for one in (*self.state.variables, "start", "person", "settings") if name in self._fields(one)
            ]
            if len(holders) == 1:
                return proposal(f"{holders[0]}.{name}")
        if name in self.world.catalog.fields:
            return f"The catalog's file is `catalog.{name}`."
        if near is not None and not instead:
            return did_you_mean(name, [near])
        return instead or "A text stands in quotes: `'…'`. A variable is set by an earlier step."

    def _fields(self, name: str) -> Iterable[str]:
        """Of what a model replied, of a record, of how the scenario was started."""
        shape = self.own.get(name) or self.state.variables.get(name) or self.world.builtin(name) or ANY
        return shape.fields if shape.kind == "map" and shape.what and name != "labels" else ()


def _read_by(said: Iterable[Atom]) -> frozenset[str]:
    return frozenset[str]().union(*(one.reads for one in said))


def read(names: StepNames, text: Written) -> Shape:
    """Read one text; the shape of what it gives. What is wrong in it goes to `names.told`."""
    if isinstance(text.part, Expression):
        return _read(names, text.part)
    reader = TextReader(names, text.source, text.environment)
    template: Any = text.tree
    for part in template.body:
        reader.walk(part)
    return TEXT


def read_condition(names: StepNames, text: Written) -> None:
    TextReader(names, text.source, text.environment).condition(text.tree)


def _read(names: StepNames, part: Expression) -> Shape:
    """An expression; the way here, each rule that asks what it gives, and the look at all names read it with the same
    names, so it is remembered. What is explained by the way to one step is not."""
    readings = names.world.readings
    kept = readings.get(part)
    if kept is not None and kept.state == names.state and kept.own == names.own and not (kept.unsure and names.way):
        names.told += kept.told
        names.unsure += kept.unsure
        return kept.shape
    if part.scalar is None:
        return ANY
    told, unsure = len(names.told), names.unsure
    shape = TextReader(names, partial(source_of, part, part.scalar), PLAIN).of(part.jinja.parsed())
    if names.way is None or names.unsure == unsure:
        readings[part] = Reading(names.state, names.own, shape, tuple(names.told[told:]), names.unsure - unsure)
    return shape


def part_of(names: StepNames, whole: Expression, test: nodes.Node, positive: bool, part: nodes.Node) -> Shape:
    """What a part of an expression gives where a condition holds, or does not."""
    assert whole.scalar is not None  # noqa: S101 it has a tree
    reader = TextReader(names, partial(source_of, whole, whole.scalar), PLAIN)
    with reader.when(test, positive):
        return reader.of(part)


def shape_of(names: StepNames, value: Value | Expression | None) -> Shape:
    """What a value is, without reporting."""
    if value is None:
        return NULL
    return _shape(names, value if isinstance(value, Expression) else value.data)


def _shape(names: StepNames, data: Any) -> Shape:
    if isinstance(data, Expression):
        return _read(names, data)
    if isinstance(data, (Plain, Translated)):
        languages = data.languages.values() if isinstance(data, Translated) else (data,)
        return COMPOSED_TEXT if all(_has_words_of_its_own(one.source) for one in languages) else TEXT
    if isinstance(data, dict):
        return Shape("map", {name: _shape(names, one) for name, one in data.items()})
    if isinstance(data, list):
        return Shape("list", item=union([_shape(names, one) for one in data]) if data else NULL)
    return literal(data)


def condition_of(expression: Expression) -> nodes.Node | None:
    return expression.jinja.parsed() if expression.scalar is not None else None
