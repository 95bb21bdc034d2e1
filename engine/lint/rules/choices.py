"""Questions and what there is to choose from; lines of a `confirm`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from jinja2 import nodes

from engine.answers.typed import folded_label
from engine.core.choices import Literal, Made, listed
from engine.core.finding import Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.step import Step
from engine.lint.flow import Flow
from engine.lint.narrow import path
from engine.lint.rules.names import names_at
from engine.lint.scope import condition_of, shape_of
from engine.lint.shapes import MAYBE_NONE, NO_ITEM
from engine.lint.world import World
from engine.project.quoting import quoted
from engine.project.unread import UNREAD

LONGEST_LABEL = 64
_OF_CATALOG, _OF_ITEM = re.compile(r"catalog\.(\w+)"), re.compile(r"\{\{\s*item\.(\w+)\s*\}\}")


def check(world: World) -> None:
    for step in world.by_verb["ask"]:
        _question(world, step)
    for step in world.by_verb["confirm"]:
        _lines(world, step)


def _question(world: World, step: Any) -> None:
    names = step.answer or ()
    if step.choices is None and {"choice", "choices"} & set(names):
        world.report(
            "no-choices",
            "error",
            step.at("answer"),
            "This question has no choices.",
            "Write `choices:` with what there is to choose from.",
        )
    if step.choices is not None and names and not {"choice", "choices"} & set(names):
        world.report(
            "choices-not-taken",
            "error",
            step.at("answer"),
            f"`choices` mean nothing to an answer of type {', '.join(f'`{name}`' for name in names)}.",
            "Add `choice` to `answer`, or take `answer` out.",
        )
    if isinstance(step.choices, Literal):
        _literal_choices(world, step)
    elif isinstance(step.choices, Made):
        _same_rows(world, step, step.choices)
        _may_be_none(world, step, step.choices)
    if step.after_tries and not step.tries:
        world.report(
            "no-tries",
            "warning",
            step.at("after_tries"),
            "Without `tries` there are as many as the person likes, so this never comes.",
            "Write `tries: 3`.",
        )


def _literal_choices(world: World, step: Any) -> None:
    seen: dict[str, str] = {}
    places = _places(step)
    for option in step.choices.options:
        at = places.get(option.id, step.at("choices"))
        if option.id in seen and not isinstance(_node(step, "choices"), Mapping):
            world.report(
                "duplicate-choice",
                "error",
                at,
                f"`{option.id}` stands here twice.",
                "Every choice has a value of its own.",
            )
            continue
        seen[option.id] = ""
        for language, text in option.label.languages.items():
            scalar = option.label.scalars.get(language)
            span = scalar.span if scalar else at
            if option.condition is None and not text.reads:
                _label(world, step, option, language, text.source.strip(), span)
    _same_words(world, step)
    _torn(world, _node(step, "choices"))
    conditions = [option.condition.source.strip() for option in step.choices.options if option.condition is not None]
    hidden = 0 < len(step.choices.options) == len(conditions)
    opposed = any(f"not {one}" in conditions or f"not ({one})" in conditions for one in conditions)
    if hidden and not opposed and not step.skip:
        world.report(
            "no-sure-choice",
            "warning",
            step.at("choices"),
            "Every choice has an `if`: when none is true, there is nothing to press.",
            "Leave one without `if`, or write `skip: true`.",
        )


def _same_words(world: World, step: Any) -> None:
    """A word under `also` that means another choice as well."""
    options = [one for one in step.choices.options if one.condition is None]
    if not any(one.also is not None for one in options):
        return
    shown = [(one, text.source) for one in options for text in one.label.languages.values() if not text.reads]
    meant = {folded_label(label): one.id for one, label in reversed(shown)}
    for option in options:
        data = option.also.data if option.also is not None and option.also.constant else ()
        for word in listed(list(data) if isinstance(data, tuple) else data):
            other = meant.setdefault(folded_label(word), option.id)
            if other != option.id:
                message, help = f"`{word}` means the choice `{other}` too.", "Keep it at one of the two."
                world.report("duplicate-label", "warning", _word_of(option.also, word), message, help)


def _word_of(also: Any, word: str) -> Span:
    node = also.node
    items = node.items if isinstance(node, Sequence) else ()
    found: Span = next((one.span for one in items if isinstance(one, Scalar) and one.text.strip() == word), node.span)
    return found


def _may_be_none(world: World, step: Any, made: Made) -> None:
    """Records that may not be there, and nothing else to answer with; or that are surely not there."""
    flow, name = world.flows[step.scenario], path(condition_of(made.source))
    if not name or not flow.reached(step):
        return
    names = names_at(world, flow.scenario, flow, step)
    shape = shape_of(names, made.source)
    if NO_ITEM in shape.marks:
        message = f"`{name}` is empty here, by the condition that leads here: there is nothing to choose from."
        help = "Turn the condition round, or move this to where there is one."
    elif step.skip or step.answer not in (None, ("choice",), ("choices",)) or name in names.full:
        return
    elif MAYBE_NONE in shape.marks or _comes_empty(flow, step, name):
        message = f"`{name}` may have no item, and then there is nothing to press."
        help = f"Ask first: `if: not {name}` with a word and `end`; or write `skip: true`."
    else:
        return
    node = _node(step, "choices")
    at = node.get("from") if isinstance(node, Mapping) else None
    world.report("no-sure-choice", "warning", at.span if at is not None else step.span, message, help)


def _comes_empty(flow: Flow, step: Any, name: str) -> bool:
    """Whether an `if` that asks for this list leads on to here where there is none."""
    for one in flow.scenario.steps:
        node = condition_of(one.if_) if one.verb == "if" and name in one.if_.reads and flow.reached(one) else None  # type: ignore[attr-defined] # an `if`
        empty = "yes" if _asks_for(node, name, no=True) else "no" if _asks_for(node, name) else ""
        seen, queue = set[int](), [to for label, to in flow.edges[one.index] if empty and label == empty]
        while queue:
            to = queue.pop()
            if to is step:
                return True
            if to is not None and to.index not in seen and name not in to.writes():
                seen.add(to.index)
                queue += [further for _, further in flow.edges[to.index]]
    return False


def _asks_for(node: nodes.Node | None, name: str, no: bool = False) -> bool:
    """`free`, or `not free`."""
    if no:
        return isinstance(node, nodes.Not) and _asks_for(node.node, name)
    return isinstance(node, nodes.Name) and node.name == name


def _same_rows(world: World, step: Any, made: Made) -> None:
    """Two rows of a catalog file that bear one label."""
    file = _OF_CATALOG.fullmatch(made.source.source.strip())
    shown = [_OF_ITEM.fullmatch(one.source.strip()) for one in made.label.languages.values()] if made.label else []
    if file is None or not shown or shown[0] is None or made.condition is not None:
        return
    rows = next(iter(world.project.catalog.values()), {}).get(file[1])
    listed = rows.values() if isinstance(rows, dict) else rows if isinstance(rows, list) else ()
    labels = [row.get(shown[0][1]) for row in listed if isinstance(row, dict)]
    twice = next((one for place, one in enumerate(labels) if isinstance(one, str) and one in labels[:place]), None)
    if twice is not None:
        message = f"Two rows of `catalog.{file[1]}` are shown as `{twice}`."
        at = step.at("choices")
        node = step.node.get("choices")
        at = node.key("label").span if isinstance(node, Mapping) and "label" in node else at
        help = "Nobody can tell the two apart: show another field too, or rename one of them."
        world.report("duplicate-label", "warning", at, message, help)


def _torn(world: World, node: Node | None) -> None:
    """`[Yes, please, No]`: on one line between brackets a comma ends a choice."""
    items = [item for item in node.items if isinstance(item, Scalar)] if isinstance(node, Sequence) else []
    for one, other in pairwise(items):
        near = one.span.line == other.span.line and one.plain and other.plain
        if near and one.text[:1].isupper() and other.text[:1].islower():
            span = one.span._replace(end_column=other.span.end_column)
            message = f"`{other.text}` is a choice of its own here, for a comma ends an item of a list."
            help = f"If the two are one, put it in quotes: {quoted(f'{one.text}, {other.text}')}."
            world.report("comma-in-text", "info", span, message, help)


def _label(world: World, step: Any, option: Any, language: str, label: str, span: Span) -> None:
    for other in step.choices.options:
        if other is option:
            break
        text = other.label.of(language)
        if (
            other.condition is None
            and other.id != option.id
            and text.source.strip().casefold() == label.casefold()
            and not text.reads
        ):
            world.report(
                "duplicate-label",
                "warning",
                span,
                f"The choice `{other.id}` has the same label.",
                "Nobody can tell the two apart.",
            )
            break
    if len(label) > LONGEST_LABEL:
        world.report(
            "long-label",
            "info",
            span,
            f"{len(label)} characters do not fit on a button.",
            f"Telegram cuts it; up to {LONGEST_LABEL} can be read.",
        )


def _node(step: Any, field: str) -> Node | None:
    return step.node.get(field) if isinstance(step.node, Mapping) else None


def _places(step: Any) -> dict[str, Span]:
    node = _node(step, "choices")
    if isinstance(node, Mapping):
        return {key: pair[0].span for key, pair in node.entries.items()}
    return (
        {item.text: item.span for item in node.items if isinstance(item, Scalar)} if isinstance(node, Sequence) else {}
    )


def _loop_around(step: Step) -> Any:
    at = step.parent
    while at is not None and not at.frames():
        at = at.parent
    return at


def _lines(world: World, step: Any) -> None:
    """Each line of a `confirm` names an answer that can be given again."""
    for reference in step.references:
        target = step.by_name.get(reference.name)
        loop = _loop_around(target) if target is not None else None
        if reference.kind == "step" and target is not None and loop is not None and loop is not _loop_around(step):
            message = f"`{reference.name}` is asked once for each `{loop.each}`, so it cannot be corrected from here."
            world.report(
                "not-an-answer", "error", reference.span, message, "Confirm inside the `each`, or take it out."
            )
        elif reference.kind == "step" and target is not None and target.verb not in ("ask", UNREAD):
            message = f"`{reference.name}` is a `{target.verb}`, and only the answer to an `ask` can be corrected."
            world.report(
                "not-an-answer", "error", reference.span, message, "Name the question, or show the value in `text`."
            )
