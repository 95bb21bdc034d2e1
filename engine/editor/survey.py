"""The steps and names of a scenario file, also of one that has mistakes, as long as its YAML can be read."""

from __future__ import annotations

from msgspec import Struct, field

from engine.core.field import build_fields
from engine.core.finding import Span
from engine.core.node import Mapping, Scalar
from engine.core.project import Project
from engine.core.step import Reference, Step
from engine.editor.positions import contains
from engine.lint.world import World
from engine.project.builder import StepBuilder
from engine.project.load import Loaded
from engine.project.scenario import FIELDS, ScenarioFile


class Survey(Struct):
    """`references` hold the entries of `renamed:` as well: their new names are names of steps."""

    steps: list[Step] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    @property
    def named(self) -> dict[str, Step]:
        """Steps that can be referred to."""
        found: dict[str, Step] = {}
        for step in self.steps:
            if step.named:
                found.setdefault(step.name, step)
        return found


def project_of(loaded: Loaded) -> Project:
    """What could be read of the bot, right or not."""
    assert loaded.draft is not None  # noqa: S101 the loader always makes one
    return loaded.draft


def survey(loaded: Loaded, file: str) -> Survey:
    """Empty for a file that is no scenario or cannot be read."""
    made = loaded.files.get(file)
    if made is None or made.node is None:
        return Survey()
    if made.scenario is not None:
        found = Survey(list(made.scenario.steps), list(made.references))
    else:
        builder = StepBuilder(file, project_of(loaded).languages)
        build_fields(made.node, FIELDS, builder, "a scenario")
        steps = [getattr(step, "was", None) or step for step in builder.all_steps]
        found = Survey(steps, builder.references)
    found.references += [Reference("step", value.text, value.span) for _, value in renames(made)]
    return found


def renames(made: ScenarioFile) -> list[tuple[Scalar, Scalar]]:
    """The entries of `renamed:`."""
    node = made.node.get("renamed") if made.node is not None else None
    if not isinstance(node, Mapping):
        return []
    return [(key, value) for key, value in node.entries.values() if isinstance(value, Scalar)]


def name_node(step: Step) -> Scalar | None:
    """Where a step's name is written; None for a step without a name."""
    key = step.verb if step.named_by_verb() else "name"
    node = step.node.get(key) if step.node is not None else None
    if node is None and step.verb == "run":
        node = step.node.get("as")
    return node if isinstance(node, Scalar) else None


def name_span(step: Step) -> Span:
    node = name_node(step)
    return node.span if node is not None else step.span


def step_at(steps: list[Step], line: int, column: int) -> Step | None:
    """The innermost step that a place (from 1) stands in or behind."""
    found = None
    for step in steps:
        span = _whole(step)
        if (span.line, span.column) <= (line, column) and (
            found is None or contains(span, line, column) or not contains(_whole(found), line, column)
        ):
            found = step
    return found


def _whole(step: Step) -> Span:
    span: Span = getattr(step.node, "span", step.span)
    return span


def users(loaded: Loaded, file: str) -> list[str]:
    """The scenario files that use a prompt file, also by way of another one that extends or includes it."""
    world = World.of(loaded)
    template = file.removeprefix("prompts/")
    prompts = {name for name in world.project.prompts if template in world.templates_of(name)}
    return [
        made.file
        for made in loaded.files.values()
        if any(one.kind == "prompt" and one.name in prompts for one in made.references)
    ]
