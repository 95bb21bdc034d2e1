"""Limits of questions: bounds, lengths, patterns, defaults, layout."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from engine.answers.bounds import number_limit
from engine.answers.dates import day_limit
from engine.answers.duration import duration_limit
from engine.answers.registry import TYPES, parse_any
from engine.answers.times import time_limit
from engine.core.answer import Choice, Question, Rejected
from engine.core.asking import GATHERED, LIMITS
from engine.core.choices import Literal
from engine.core.filters import reckoned
from engine.core.finding import NO_TOPIC, Span, Topic
from engine.core.node import Mapping
from engine.core.template import Value
from engine.lint.facts import PAIRS
from engine.lint.forms import as_moment
from engine.lint.world import World
from engine.project.suggest import did_you_mean

NOTHING: tuple[Any, ...] = (None, [], {})  # which another rule tells
MIDNIGHT = "24:00"  # read as the day's beginning
A_DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def check(world: World) -> None:
    for step in world.by_verb["ask"]:
        given = [name for name in LIMITS if name in step.node and getattr(step, name) is not None]
        if given:
            _limits(world, step, given)
        _region(world, step)
        _layout(world, step)
        _gathered(world, step)
        _default(world, step)


def _limits(world: World, step: Any, given: list[str]) -> None:
    meant = frozenset().union(*(kind.limits for kind in step.types))
    strange = [name for name in given if name not in meant]
    if strange:
        types = ", ".join(f"`{kind.name}`" for kind in step.types)
        known = [kind.name for kind in TYPES.values() if kind.limits.issuperset(strange)]
        names, verb = " and ".join(f"`{name}`" for name in strange), "means" if len(strange) == 1 else "mean"
        message = f"{names} {verb} nothing to an answer of type {types}."
        it_is = "It is" if len(strange) == 1 else "They are"
        help = f"{it_is} for {', '.join(f'`{one}`' for one in sorted(known))}." if known else ""
        instead = "integer" if all(_number(getattr(step, name)) is not None for name in strange) else "date"
        help = f"Write `answer: {instead}`. {help}" if instead in known and "answer" not in step.node else help
        of_a_text = step.choices is None and all(kind.name == "text" for kind in step.types)
        topic = Topic(kind="text") if of_a_text else NO_TOPIC
        world.report("limit-without-meaning", "warning", _key(step, strange[0]), message, help, topic=topic)
    for low, high in PAIRS:
        one, two = (_bound(step, getattr(step, name, None)) for name in (low, high))
        if one is not None and two is not None and one > two:
            negative = isinstance(two, (int, float)) and two < 0 <= one
            help = "Take the minus out." if negative else "Swap them."
            message = f"`{low}` is above `{high}`, so no answer fits."
            world.report("min-above-max", "error", step.at(high if negative else low), message, help)
    _moments(world, step)


def _key(step: Any, name: str) -> Span:
    node = step.node
    return node.key(name).span if isinstance(node, Mapping) and name in node else step.at(name)


def constant_of(value: Any) -> Any:
    """What stands in the file, when it is no template."""
    return value.data if isinstance(value, Value) and value.constant else None


def _number(value: Any) -> float | None:
    constant = constant_of(value)
    return number_limit(constant) if isinstance(constant, (int, float)) and not isinstance(constant, bool) else None


def _bound(step: Any, value: Any) -> Any:
    """A bound in a form that can be compared with the other one."""
    moment = MOMENTS.get(step.types[0].name) if len(step.types) == 1 else None
    constant = constant_of(value)
    if moment is None or str(constant).strip() == MIDNIGHT:
        return None if moment else _number(value)
    return moment(constant)


MOMENTS: dict[str, Callable[[Any], Any]] = {
    "date": lambda limit: day_limit(limit, A_DAY.date()),
    "time": time_limit,
    "duration": duration_limit,
}


EXAMPLES = {
    "date": "date, such as `2026-11-21`, `today` or `-18y`",
    "time": "time, such as `09:30`",
    "duration": "duration, such as `90`, `2h` or `1h 30m`",
}


def _moments(world: World, step: Any) -> None:
    """Bounds of a date or a time can be read."""
    if len(step.types) != 1:
        return
    kind = step.types[0].name
    for name in ("min", "max") if kind in MOMENTS else ():
        constant = constant_of(getattr(step, name, None))
        if constant not in NOTHING and (MOMENTS[kind](constant) is None or str(constant).strip() == MIDNIGHT):
            meant = as_moment(kind, constant)
            if isinstance(constant, str) and constant in world.scenarios[step.scenario].writes:
                meant = f'"{{{{ {constant} }}}}"'
            message = f"`{constant}` is no {kind}, so `{name}` is not looked at."
            help = f"Write `{meant}`." if meant else f"Write a {EXAMPLES[kind]}."
            world.report("bad-limit", "error", step.at(name), message, help)


def _region(world: World, step: Any) -> None:
    """The country of a phone number is two letters."""
    region = constant_of(step.region)
    if region in NOTHING:
        return
    from phonenumbers import SUPPORTED_REGIONS  # late: most bots name no region

    if str(region).upper() not in SUPPORTED_REGIONS:
        message = f"`{region}` is no country, so numbers without a country code are refused."
        world.report("bad-limit", "error", step.at("region"), message, "Write its two letters, such as `RU` or `US`.")


def _layout(world: World, step: Any) -> None:
    """Columns and pages are for buttons."""
    written = [name for name in ("columns", "page") if name in step.node]
    for name in written:
        if step.choices is None and not {"yes_no", "rating"} & {kind.name for kind in step.types}:
            world.report(
                "limit-without-meaning",
                "warning",
                _key(step, name),
                f"`{name}` means nothing without choices.",
                "Write `choices:`, or take it out.",
            )


def _gathered(world: World, step: Any) -> None:
    """What people answer in several messages."""
    if step.gather and not GATHERED & {kind.name for kind in step.types}:
        world.report(
            "limit-without-meaning",
            "warning",
            _key(step, "gather"),
            f"`gather` means nothing to an answer of type {', '.join(f'`{kind.name}`' for kind in step.types)}.",
            f"It is for {', '.join(f'`{one}`' for one in sorted(GATHERED))}.",
        )


_NO_TEXTS = {"integer", "number", "boolean"}


def _default(world: World, step: Any) -> None:
    if step.default is None:
        return
    if not step.skip and not step.tries:
        world.report(
            "unused-default",
            "warning",
            _key(step, "default"),
            "Without `skip` or `tries` an answer is never left out, so the default is never used.",
            "Write `skip: true`.",
        )
        return
    value = constant_of(step.default)
    least, most = (_bound(step, getattr(step, name, None)) for name in PAIRS[0])
    if (
        value is None
        or (least is not None and most is not None and least > most)  # which is told
        or isinstance(value, (dict, list))
        or (step.choices is not None and not isinstance(step.choices, Literal))
    ):
        return
    choices = (
        tuple(Choice(option.id, option.value, option.label.plain("")) for option in step.choices.options)
        if step.choices
        else ()
    )
    if any(choice.value == value and type(choice.value) is type(value) for choice in choices):
        return
    limits = {
        name: constant_of(getattr(step, name, None))
        for name in LIMITS
        if constant_of(getattr(step, name, None)) is not None
    }
    if isinstance(value, str) and isinstance(reckoned(value), str) and {kind.value for kind in step.types} <= _NO_TEXTS:
        truth = step.types[0].value == "boolean"
        message = f"`{value}` is a text, and an answer to this question is {'true or false' if truth else 'a number'}."
        help = f"Write {'true or false' if truth else 'a number'}, or `null`."
        world.report("bad-default", "error", step.at("default"), message, help)
        return
    raw = ("yes" if value else "no") if isinstance(value, bool) else str(value)
    outcome = parse_any(step.types, raw, Question(A_DAY, "en", limits, choices))
    if isinstance(outcome, Rejected) or (choices and outcome.value != value):
        help = (
            did_you_mean(str(value), [choice.id for choice in choices])
            if choices
            else "Write one that would be taken as an answer."
        )
        world.report(
            "bad-default",
            "error",
            step.at("default"),
            f"`{value}` would not be taken as an answer to this question.",
            help,
        )
