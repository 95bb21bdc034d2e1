"""Questions: choices, limits, defaults, patterns; and the `switch` that follows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from engine.answers.bounds import number_limit
from engine.answers.registry import TYPES, parse_any
from engine.core.answer import Choice, Question, Rejected
from engine.core.choices import Literal
from engine.core.finding import Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.step import Step
from engine.core.template import Value
from engine.lint.flow import Flow
from engine.lint.rules.names import names_at
from engine.lint.scope import shape_of
from engine.lint.world import World
from engine.project.suggest import did_you_mean
from engine.steps.ask import LIMITS
from engine.steps.switch import as_written

PAIRS = (("min", "max"), ("min_length", "max_length"), ("min_size", "max_size"))
LONGEST_LABEL = 64
A_DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)
NESTED = re.compile(r"[+*}]\)[+*{]|\([^)]*\|[^)]*\)[+*{]|[+*}][^()\[\]]*\)\s*[+*{]")
ATTACKS = ("a" * 60 + "!", "1" * 60 + "!", " " * 60 + "!", "ab" * 30 + "!", "а" * 60 + "!", "a1 " * 20 + "!")


def check(world: World) -> None:
    for name, flow in world.flows.items():
        for step in world.scenarios[name].steps:
            if step.verb == "ask":
                _question(world, step)
            elif step.verb == "switch" and flow.reached(step):
                _switch(world, flow, step)
            elif step.verb == "confirm":
                _lines(world, step)


def _at(step: Step, field: str) -> Span:
    return step.spans.get(field, step.span)


def _question(world: World, step: Any) -> None:
    names = step.answer or ()
    if step.choices is None and {"choice", "choices"} & set(names):
        world.report("no-choices", "error", _at(step, "answer"), "This question has no choices.", "Write `choices:` with what there is to choose from.")
    if step.choices is not None and names and not {"choice", "choices"} & set(names):
        world.report("choices-not-taken", "error", _at(step, "answer"), f"`choices` mean nothing to an answer of type {', '.join(f'`{name}`' for name in names)}.", "Add `choice` to `answer`, or take `answer` out.")
    if isinstance(step.choices, Literal):
        _literal_choices(world, step)
    _limits(world, step)
    if step.default is not None:
        _default(world, step)
    if step.after_tries and not step.tries:
        world.report("no-tries", "warning", _at(step, "after_tries"), "Without `tries` there are as many as the person likes, so this never comes.", "Write `tries: 3`.")


# choices --------------------------------------------------------------------------------------------------------


def _literal_choices(world: World, step: Any) -> None:
    seen: dict[str, str] = {}
    places = _places(step)
    for option in step.choices.options:
        at = places.get(option.id, _at(step, "choices"))
        if option.id in seen and not isinstance(_node(step, "choices"), Mapping):
            world.report("duplicate-choice", "error", at, f"`{option.id}` stands here twice.", "Every choice has a value of its own.")
            continue
        seen[option.id] = ""
        for language, text in option.label.languages.items():
            scalar = option.label.scalars.get(language)
            span = scalar.span if scalar else at
            if option.condition is None and not text.reads:
                _label(world, step, option, language, text.source.strip(), span)
    if step.choices.options and all(option.condition is not None for option in step.choices.options) and not step.skip:
        world.report("no-sure-choice", "warning", _at(step, "choices"), "Every choice has an `if`: when none is true, there is nothing to press.", "Leave one without `if`, or write `skip: true`.")


def _label(world: World, step: Any, option: Any, language: str, label: str, span: Span) -> None:
    for other in step.choices.options:
        if other is option:
            break
        text = other.label.of(language)
        if other.condition is None and other.id != option.id and text.source.strip().casefold() == label.casefold() and not text.reads:
            world.report("duplicate-label", "warning", span, f"The choice `{other.id}` has the same label.", "Nobody can tell the two apart.")
            break
    if len(label) > LONGEST_LABEL:
        world.report("long-label", "info", span, f"{len(label)} characters do not fit on a button.", f"Telegram cuts it; up to {LONGEST_LABEL} can be read.")


def _node(step: Any, field: str) -> Node | None:
    return step.node.get(field) if isinstance(step.node, Mapping) else None


def _places(step: Any) -> dict[str, Span]:
    node = _node(step, "choices")
    if isinstance(node, Mapping):
        return {key: pair[0].span for key, pair in node.entries.items()}
    return {item.text: item.span for item in node.items if isinstance(item, Scalar)} if isinstance(node, Sequence) else {}


# limits ---------------------------------------------------------------------------------------------------------


def _limits(world: World, step: Any) -> None:
    meant = frozenset().union(*(kind.limits for kind in step.types))
    for name in LIMITS:
        if getattr(step, name, None) is not None and name not in meant:
            types = ", ".join(f"`{kind.name}`" for kind in step.types)
            known = [kind.name for kind in TYPES.values() if name in kind.limits]
            message = f"`{name}` means nothing to an answer of type {types}."
            world.report("limit-without-meaning", "warning", _key(step, name), message, f"It is for {', '.join(f'`{one}`' for one in sorted(known))}." if known else "")
    for low, high in PAIRS:
        one, two = _number(getattr(step, low, None)), _number(getattr(step, high, None))
        if one is not None and two is not None and one > two:
            world.report("min-above-max", "error", _at(step, low), f"`{low}` is above `{high}`, so no answer fits.", "Swap them.")
    _dates(world, step)
    pattern = _constant(getattr(step, "pattern", None))
    if isinstance(pattern, str):
        _pattern(world, pattern, _at(step, "pattern"))


def _key(step: Any, name: str) -> Span:
    node = step.node
    return node.key(name).span if isinstance(node, Mapping) and name in node else _at(step, name)


def _constant(value: Any) -> Any:
    """What stands in the file, when it is no template."""
    return value._data if isinstance(value, Value) and value.constant else None


def _number(value: Any) -> float | None:
    constant = _constant(value)
    return number_limit(constant) if isinstance(constant, int | float) and not isinstance(constant, bool) else None


def _dates(world: World, step: Any) -> None:
    """Bounds of a day or a time are days or times themselves."""
    kinds = {kind.name for kind in step.types} & {"number", "integer", "rating"}
    for name in ("min", "max"):
        constant = _constant(getattr(step, name, None))
        if kinds and len(step.types) == 1 and constant is not None and number_limit(constant) is None:
            world.report("bad-limit", "error", _at(step, name), f"`{constant}` is no number, so `{name}` is not looked at.", "Write a number.")


def _pattern(world: World, pattern: str, at: Span) -> None:
    import regex  # type: ignore[import-untyped]  # it ships no types; late: most bots have no pattern

    try:
        compiled = regex.compile(pattern)
    except (regex.error, OverflowError, RecursionError) as error:
        world.report("bad-pattern", "error", at, f"This pattern cannot be read: {error}.", "A sign such as ( [ + * ? that stands for itself is written with a `\\` before it.")
        return
    if not NESTED.search(pattern):
        return
    for attack in ATTACKS:
        try:
            compiled.fullmatch(attack, timeout=0.05)
        except TimeoutError:
            world.report("slow-pattern", "warning", at, "Some texts keep this pattern busy for minutes, and are then refused.", "Do not repeat what is repeated inside: `(a+)+` is `a+`.")
            return


def _default(world: World, step: Any) -> None:
    if not step.skip and not step.tries:
        world.report("unused-default", "warning", _key(step, "default"), "Without `skip` or `tries` an answer is never left out, so the default is never used.", "Write `skip: true`.")
        return
    value = _constant(step.default)
    if value is None or isinstance(value, dict | list) or (step.choices is not None and not isinstance(step.choices, Literal)):
        return
    choices = tuple(Choice(option.id, option.value, option.label.plain("")) for option in step.choices.options) if step.choices else ()
    if any(choice.value == value and type(choice.value) is type(value) for choice in choices):
        return
    limits = {name: _constant(getattr(step, name, None)) for name in LIMITS if _constant(getattr(step, name, None)) is not None}
    raw = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    outcome = parse_any(step.types, raw, Question(A_DAY, "en", limits, choices))
    if isinstance(outcome, Rejected) or (choices and outcome.value != value):
        help = did_you_mean(str(value), [choice.id for choice in choices]) if choices else "Write one that would be taken as an answer."
        world.report("bad-default", "error", _at(step, "default"), f"`{value}` would not be taken as an answer to this question.", help)


# what follows ---------------------------------------------------------------------------------------------------


def _switch(world: World, flow: Flow, step: Any) -> None:
    shape = shape_of(names_at(world, flow.scenario, flow, step), step.switch)
    possible = {as_written(value) for value in _values(shape)}
    if not possible:
        return
    if shape.empty:
        possible.add("null")
    node = _node(step, "cases")
    for case in step.cases:
        if case not in possible:
            key = node.key(case).span if isinstance(node, Mapping) and case in node else step.span
            message = f"`{step.switch.source.strip()}` is never `{case}`."
            world.report("unknown-case", "warning", key, message, did_you_mean(case, sorted(possible - {"null"})))
    missing = sorted(possible - {"null"} - step.cases.keys())
    if missing and step.else_ is None:
        message = f"There is no case for {', '.join(f'`{one}`' for one in missing)}, and no `else`."
        world.report("missing-case", "warning", _at(step, "switch"), message, f"Write it down, and be it `{missing[0]}: []`.")


def _values(shape: Any) -> Iterator[Any]:
    parts = shape.parts()
    if all(part.values is not None for part in parts):
        for part in parts:
            yield from part.values


def _lines(world: World, step: Any) -> None:
    """Each line of a `confirm` names an answer that can be given again."""
    for reference in step.references:
        target = step.by_name.get(reference.name)
        if reference.kind == "step" and target is not None and target.verb != "ask":
            message = f"`{reference.name}` is a `{target.verb}`, and only the answer to an `ask` can be corrected."
            world.report("not-an-answer", "error", reference.span, message, "Name the question, or show the value in `text`.")
