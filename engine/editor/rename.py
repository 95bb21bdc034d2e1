"""Rename a step or a variable wherever it is named: goto, confirm lines, expressions, prompts; and note it in
`renamed:`.

Law: all or nothing. What a rename cannot follow safely (a mistake in the file, a prompt that other scenarios use too)
is refused in words, so that no name is left behind.
"""

from __future__ import annotations

from msgspec import Struct

from engine.core.fields import NAME
from engine.core.finding import Span
from engine.core.node import Mapping, Scalar
from engine.core.project import Scenario
from engine.core.quick_expression import KEPT
from engine.core.step import Step
from engine.editor.bots import Bot
from engine.editor.cursor import Cursor
from engine.editor.define import reference_at
from engine.editor.positions import Lines, unquoted
from engine.editor.renamed import noted
from engine.editor.survey import name_node, survey
from engine.editor.words import use_at, uses
from engine.lint.world import World
from engine.project.builder import BUILTIN_NAMES, JINJA_NAMES
from engine.project.load import Loaded

RESERVED = BUILTIN_NAMES | JINJA_NAMES | KEPT | {"labels", "item"}


class Refused(Exception):
    """`str()` says to the person why the rename is not done."""


class Edit(Struct, frozen=True):
    """`text` takes the place of what stands at `span`."""

    span: Span
    text: str


def target(cursor: Cursor) -> tuple[str, Span] | None:
    """The name of the step or variable under the cursor (its definition, a reference, a use), and where that stands.
    None outside of scenarios."""
    if not cursor.file.startswith("scenarios/"):
        return None
    seen, lines = survey(cursor.bot.loaded(), cursor.file), cursor.lines
    named = seen.named
    for step in named.values():
        node = name_node(step)
        if node is not None and cursor.on(node.span):
            return step.name, unquoted(node.span, lines)
    written = {name for step in seen.steps for name in step.writes()}
    for step in seen.steps:
        for name in step.writes():
            for one in _setters(step, name):
                if cursor.on(one.span):
                    return name, unquoted(one.span, lines)
    reference = reference_at(cursor)
    if reference is not None and reference.kind == "step":
        first = reference.name.split(".")[0]
        span = first_part(reference.span, lines, first)
        return (first, span) if first in named and cursor.on(span) else None
    use = use_at(cursor)
    known = use is not None and use.kind in ("variable", "label") and (use.name in named or use.name in written)
    return (use.name, use.span) if use is not None and known else None


def rename(cursor: Cursor, new: str) -> list[Edit]:
    """The edits that rename the step or variable under the cursor, in all files. Raises Refused."""
    named = target(cursor)
    if named is None:
        raise Refused("Only steps, variables, scenarios and prompts can be renamed: put the cursor on the name of one.")
    old = named[0]
    file, lines, loaded = cursor.file, cursor.lines, cursor.bot.loaded()
    made = loaded.files.get(file)
    scenario = made.scenario if made is not None else None
    if made is None or scenario is None or made.node is None:
        raise Refused("There are mistakes in this file; mend them first, so that no place is missed.")
    _check(scenario, old, new)
    step = scenario.by_name.get(old)
    edits = _definitions(scenario, old, lines) + _references(loaded, file, old, new, lines)
    if step is None or old in step.writes():
        edits += _uses(loaded, file, old) + _in_prompts(loaded, scenario, old)
    edits += _from_outside(cursor.bot, loaded, scenario, old, new)
    edits += [Edit(span, text) for span, text in noted(made, lines, old, new)]
    return list(dict.fromkeys(Edit(edit.span, edit.text or new) for edit in edits))


def _check(scenario: Scenario, old: str, new: str) -> None:
    if not NAME.match(new):
        raise Refused("A name is made of letters, digits and `_`, and does not begin with a digit.")
    if new in scenario.by_name or new in scenario.writes:
        raise Refused(f"`{new}` is taken in this scenario.")
    if new in RESERVED:
        raise Refused(f"`{new}` is a name of the engine's.")
    if old in scenario.inputs:
        raise Refused(f"`{old}` is also an input of this scenario, which others give by `with`.")


def _definitions(scenario: Scenario, old: str, lines: Lines) -> list[Edit]:
    """Where the name is given: the step itself, and the steps that set the variable."""
    found: list[Edit] = []
    itself = scenario.by_name.get(old)
    variable = itself is None or old in itself.writes()
    for step in scenario.steps:
        node = name_node(step)
        if node is not None and node.text == old and (step.named or variable):
            found.append(Edit(unquoted(node.span, lines), ""))
        if variable and old in step.writes():
            found += [Edit(unquoted(one.span, lines), "") for one in _setters(step, old)]
    return found


def _setters(step: Step, name: str) -> list[Scalar]:
    values = step.node.get("set") if step.verb == "set" else None
    if isinstance(values, Mapping):
        return [values.key(name)] if name in values else []
    one = step.node.get(step.remembers.rstrip("_")) if step.remembers else None  # `run: reward` beside `as: reward`
    return [one] if isinstance(one, Scalar) and one.text == name else []


def _references(loaded: Loaded, file: str, old: str, new: str, lines: Lines) -> list[Edit]:
    return [
        Edit(first_part(one.span, lines, old), new)
        for one in loaded.files[file].references
        if one.kind == "step" and one.name.split(".")[0] == old
    ]


def first_part(span: Span, lines: Lines, first: str) -> Span:
    inner = unquoted(span, lines)
    return Span(span.file, inner.line, inner.column, inner.line, inner.column + len(first))


def _uses(loaded: Loaded, file: str, name: str) -> list[Edit]:
    return [Edit(use.span, "") for use in uses(loaded, file) if use.name == name and use.kind in ("variable", "label")]


def _in_prompts(loaded: Loaded, scenario: Scenario, old: str) -> list[Edit]:
    """Prompts see the variables of the scenario that uses them; one that several use keeps its names."""
    world = World.of(loaded)
    found: list[Edit] = []
    for step in scenario.steps:
        if step.verb != "llm" or old in (getattr(step, "with_", None) or {}):
            continue
        prompt = str(getattr(step, "prompt", ""))
        for template in sorted(world.templates_of(prompt)):
            path = world.prompt_files.files[template]
            edits = _uses(loaded, path, old)
            others = _others(world, scenario, template)
            if edits and others:
                shared = f"`{path}` reads `{old}`, and {others} uses it too."
                raise Refused(f"{shared} Give it by `with: {{{old}: …}}` where the prompt is asked, then rename.")
            found += edits
    return found


def _others(world: World, scenario: Scenario, template: str) -> str:
    prompts = {name for name in world.project.prompts if template in world.templates_of(name)}
    users = (name for name, facts in world.facts.items() if name != scenario.id and facts.names("prompt") & prompts)
    return ", ".join(f"`{name}`" for name in sorted(users))


def _from_outside(bot: Bot, loaded: Loaded, scenario: Scenario, old: str, new: str) -> list[Edit]:
    """`measure.weight` in a scenario whose step `measure` runs this one."""
    found = []
    for made in loaded.files.values():
        callers = {step.name for step in (made.scenario.steps if made.scenario else ()) if _runs(step, scenario.id)}
        for reference in made.references:
            parts = reference.name.split(".")
            if reference.kind == "step" and len(parts) > 1 and parts[0] in callers and parts[1] == old:
                inner = unquoted(reference.span, Lines(bot.text(made.file)))
                start = inner.column + len(parts[0]) + 1
                found.append(Edit(Span(made.file, inner.line, start, inner.line, start + len(old)), new))
    return found


def _runs(step: Step, scenario: str) -> bool:
    return step.verb == "run" and getattr(step, "run", "") == scenario
