"""What an expression at one place can see: the variables that are set there, and what attributes each has.

Law: the answer is lint's own (its data-flow); where a file cannot be read, the last state in which it could be.
"""

from __future__ import annotations

from typing import Any

from jinja2.exceptions import TemplateError
from jinja2.parser import Parser

from engine.core.choices import Made
from engine.core.finding import Span
from engine.core.project import Scenario
from engine.core.step import Step
from engine.core.template import PLAIN
from engine.editor.survey import step_at, users
from engine.lint.answered import made_names
from engine.lint.flow import Flow
from engine.lint.infer import TextReader
from engine.lint.scope import StepNames, shape_of
from engine.lint.shapes import Shape, told, union
from engine.lint.spot import Source
from engine.lint.state import UNSET
from engine.lint.world import World
from engine.project.builder import BUILTIN_NAMES
from engine.project.load import Loaded

HERE = Span("")


class Scope:
    """The names of one place. `known` are their shapes, `engine` the built-in ones among them."""

    def __init__(self, world: World, names: list[StepNames]) -> None:
        self._names = names
        self.known: dict[str, Shape] = {}
        for one in names:
            for name, shape in {**one.state.variables, **one.own}.items():
                self.known[name] = union([self.known[name], shape]) if name in self.known else shape
        builtin = {name: world.builtin(name) for name in sorted(BUILTIN_NAMES)}
        self.engine = {name: shape for name, shape in builtin.items() if shape is not None}
        self.engine.setdefault("labels", Shape("map", what="the labels of what was chosen so far"))

    def shape(self, expression: str) -> Shape | None:
        """What an expression is; None when it cannot be read or nothing is known."""
        try:
            tree = Parser(PLAIN, expression, state="variable").parse_expression()
        except (TemplateError, RecursionError):
            return None
        source = Source(expression, "", HERE, lambda offset: (1, 1), bare=True)
        shapes = [TextReader(names, lambda: source, PLAIN).of(tree) for names in self._names]
        shapes = [one for one in shapes if one.kind != "any"] or shapes
        return union(shapes) if shapes else None

    def beside(self, before: Scope) -> Scope:
        """With what was known before, where this knows no more of it."""
        told = {name: one for name, one in self.known.items() if one.kind != "any"}
        self.known = self.known | before.known | told
        self._names = [*self._names, *before._names]
        return self

    def attributes(self, expression: str) -> dict[str, Shape]:
        shape = self.shape(expression)
        return {name: one for part in (shape.parts() if shape else ()) for name, one in part.fields.items()}


def scope_at(loaded: Loaded, file: str, line: int, column: int, of_item: bool = False, mistaken: bool = False) -> Scope:
    """`of_item`: inside `choices: {from: …}`, where there is an `item` as well. `mistaken`: of a scenario with mistakes
    what can be read all the same; else nothing."""
    world = World.of(loaded)
    if file.startswith("prompts/"):
        return Scope(world, _of_prompt(world, loaded, file))
    made = loaded.files.get(file)
    scenario = (made.read if mistaken else made.scenario) if made is not None else None
    if scenario is None:
        return Scope(world, [])
    step = step_at(list(scenario.steps), line, column)
    return Scope(world, [_names(world, scenario, Flow(world, scenario), step, of_item)])


def _names(world: World, scenario: Scenario, flow: Flow, step: Any, of_item: bool = False) -> StepNames:
    state = flow.before.get(step.index, flow.at_end) if step is not None else flow.at_end
    names = StepNames(world, scenario.writes, state)
    choices = getattr(step, "choices", None)
    if of_item and isinstance(choices, Made):
        names.own = made_names(names, choices)
    if step is not None and step.verb == "set":  # each value sees those above it
        names.state = state.with_({name: shape_of(names, value) for name, value in (step.set or {}).items()})
    return names


def _of_prompt(world: World, loaded: Loaded, file: str) -> list[StepNames]:
    """A prompt sees what each step that uses it sees, and what that gives by `with`."""
    template = file.removeprefix("prompts/")
    found = []
    for user in users(loaded, file):
        scenario = loaded.files[user].scenario
        for step in scenario.steps if scenario else ():
            prompt = getattr(step, "prompt", None)
            if scenario is not None and step.verb == "llm" and template in world.templates_of(str(prompt)):
                found.append(_in_prompt(world, scenario, step))
    return found


def _in_prompt(world: World, scenario: Scenario, step: Step) -> StepNames:
    names = _names(world, scenario, Flow(world, scenario), step)
    given = getattr(step, "with_", None) or {}
    names.own = {name: shape_of(names, value) for name, value in given.items()}
    return names


def describe(shape: Shape) -> str:
    """A shape in a few words: «a text, may be empty: the question may be skipped»."""
    words = "anything" if shape.kind == "any" else told(shape)
    if shape.values and len(shape.values) <= 8:
        words += ": " + ", ".join(f"`{value}`" for value in sorted(shape.values, key=str))
    if shape.empty == UNSET:
        return f"{words}; not set on every way that leads here"
    return f"{words}; may be null: {shape.empty}" if shape.empty else words
