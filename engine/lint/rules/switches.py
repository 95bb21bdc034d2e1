"""`switch`: a case for every value, and no case that never comes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from engine.core.choices import Literal
from engine.core.finding import Topic
from engine.core.node import Mapping
from engine.lint.compare import never
from engine.lint.flow import Flow
from engine.lint.given import LABELLED
from engine.lint.labels import value_of
from engine.lint.missing import Missing, choices_of
from engine.lint.rules.names import names_at
from engine.lint.scope import shape_of
from engine.lint.shapes import NUMERIC, RATED, Shape, told
from engine.lint.world import World
from engine.project.borrowed import TRUTH
from engine.project.suggest import closest, did_you_mean, proposal
from engine.steps.switch import as_written, case_for

WORDS = {"true", "false", "null"}


def check(world: World) -> None:
    for step in world.by_verb["switch"]:
        flow = world.flows[step.scenario]
        if flow.reached(step):
            _switch(world, flow, step)


def _chosen(asked: Any) -> set[str]:
    """The values of the question that the `switch` is about."""
    choices = getattr(asked, "choices", None)
    return {as_written(option.value) for option in choices.options} if isinstance(choices, Literal) else set()


def _switch(world: World, flow: Flow, step: Any) -> None:
    shape = shape_of(names_at(world, flow.scenario, flow, step), step.switch)
    if not step.switch.reads:
        at, help = step.at("switch"), "Name the variable that decides."
        world.report("constant-condition", "warning", at, "This names nothing, so it is always the same case.", help)
        return
    if _of_no_case(world, step, shape) or _of_labels(world, step, shape):
        return
    values = list(_values(shape))
    if not values or not (step.cases or step.else_):
        return
    if shape.empty:
        values.append(None)
    possible = {as_written(value) for value in values}
    node = step.node.get("cases") if isinstance(step.node, Mapping) else None
    meant: set[str | None] = set()
    asked = step.by_name.get(step.switch.source.strip())
    chosen = _chosen(asked)  # one that leads elsewhere is written down all the same
    for case in step.cases:
        if case not in chosen and all(case_for(value, {case: ()}) is None for value in values):
            several = [one.strip() for one in re.split(r"[,|/]| or | или ", case)]
            if len(several) > 1 and set(several) <= possible:
                meant |= set(several)
            if case.lower() in ELSE:
                meant |= possible
            meant.add(TRUTH.get(case.lower()) if possible <= WORDS else closest(case, sorted(possible - {"null"})))
            key = node.key(case).span if isinstance(node, Mapping) and case in node else step.span
            message = f"`{step.switch.source.strip()}` is never `{case}`"
            if button := value_of(flow.scenario.steps, case, possible - WORDS):
                meant.add(button)
                message += f": that stands on the button of `{button}`."
                world.report("unknown-case", "warning", key, message, proposal(button))
                continue
            of = Missing(choices_of(asked), case) if asked is not None and asked.verb == "ask" else None
            world.report(
                "unknown-case", "warning", key, f"{message}.", _meant(case, possible), of, topic=never(case, possible)
            )
    untaken = {as_written(value) for value in values if value is not None and case_for(value, step.cases) is None}
    missing = sorted(untaken - meant)
    if missing and step.else_ is None and RATED not in shape.all_marks():
        message = f"There is no case for {', '.join(f'`{one}`' for one in missing)}, and no `else`."
        world.report(
            "missing-case",
            "warning",
            step.at("switch"),
            message,
            f"Write it down, and be it `{missing[0]}: []`.",
        )


def _of_labels(world: World, step: Any, shape: Shape) -> bool:
    """`switch: labels.level`, whose cases are the answers and not what stood on their buttons."""
    name = step.switch.source.strip().removeprefix("labels.")
    chosen = _chosen(step.by_name.get(name)) if LABELLED in shape.marks else set()
    if chosen.isdisjoint(step.cases):
        return False
    message = f"`labels.{name}` is what stood on the button, and the cases are the answers themselves: none is taken."
    world.report("unknown-case", "warning", step.at("switch"), message, f"Write `switch: {name}`.")
    return True


def _of_no_case(world: World, step: Any, shape: Shape) -> bool:
    """A list or a map is no case; a number is none that is written in words."""
    parts, whole = shape.parts(), step.switch.source.strip()
    if parts and all(part.kind in ("list", "map") for part in parts):
        message = f"`{whole}` is {told(shape)}, and a case is a text or a number: none is ever taken."
        help = (
            f"How many there are is `{whole} | length`." if parts[0].kind == "list" else f"Name a field: `{whole}.…`."
        )
        world.report("unlike-types", "warning", step.at("switch"), message, help, topic=Topic((whole,)))
        return True
    if not parts or any(part.kind not in NUMERIC or part.values is not None for part in parts):
        return False
    node = step.node.get("cases") if isinstance(step.node, Mapping) else None
    for case in step.cases:
        if case != "null" and not _NUMERAL.fullmatch(case):
            at = node.key(case).span if isinstance(node, Mapping) and case in node else step.span
            world.report(
                "unknown-case",
                "warning",
                at,
                f"`{whole}` is a number, so never `{case}`.",
                _NO_RANGE if re.search(r"[<>–-]|\.\.", case) else "Write a number.",
            )
    return False


_NO_RANGE = "A case is one number; for a range write `if: n > 5` with `then:` and `else:`."
_NUMERAL = re.compile(r"-?\d+(\.\d+)?")


ELSE = frozenset(("else", "default", "otherwise", "other", "иначе", "*", "_", "any"))


def _meant(case: str, possible: set[str]) -> str:
    if case.lower() in ELSE and case.lower() not in possible:
        return "For all others write `else:` in the column of `cases:`."
    several = [one.strip() for one in re.split(r"[,|/]| or | или ", case)]
    if len(several) > 1 and set(several) <= possible:
        return f"A case is one value: write `{several[0]}:` and `{several[1]}:`, each with its steps."
    if case.lower() in TRUTH and possible <= WORDS:
        return proposal(TRUTH[case.lower()])
    return did_you_mean(case, sorted(possible - {"null"}))


def _values(shape: Any) -> Iterator[Any]:
    parts = shape.parts()
    if parts and all(part.kind == "boolean" for part in parts):
        yield from (True, False)
        return
    if all(part.values is not None for part in parts):
        for part in parts:
            yield from part.values
