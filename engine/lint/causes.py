"""Many places that are wrong for one reason: a name that no step sets any more, or not on every way, a list in the
place of one record. Told once, where that can be mended.

Law: a name that is most likely only misspelt is told where it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from engine.core.finding import Finding, Severity, Span, Topic
from engine.core.project import Scenario
from engine.lint.answered import SKIPPED
from engine.lint.definitions import leads, uses_of
from engine.lint.found import NOT_FOUND
from engine.lint.missing import Missing
from engine.lint.outputs import NOT_SET
from engine.lint.results import NO_ROW
from engine.lint.sets import FAILED
from engine.lint.state import NO_LABELS
from engine.lint.world import World
from engine.project.suggest import is_typo, proposed

TWICE = 2  # a word is misspelt in the same way no more often
_WHY = (NOT_SET, NOT_FOUND, NO_ROW, SKIPPED, FAILED)


def check(world: World) -> None:
    """After what is told of misspelt names."""
    if world.strange:
        uses = uses_of(world)
        for scenario in world.scenarios.values():
            _lists(world, scenario, (one for findings in uses.values() for one in findings))
        told = {span for one in world.findings for span in one.covers}
        for missing, findings in uses.items():
            if missing.owner in world.scenarios and told.isdisjoint(one.span for one in findings):
                labels = uses.get(Missing(NO_LABELS.what, missing.name), ())
                owner = world.scenarios[missing.owner]
                _unset(world, owner, missing.name, findings, [one.span for one in labels])
    _not_on_every_way(world)
    _repeated(world)


# nowhere --------------------------------------------------------------------------------------------------------


def _unset(world: World, scenario: Scenario, name: str, findings: list[Finding], labels: Iterable[Span]) -> None:
    """Told at the step that could remember it, else where it is read first."""
    findings.sort(key=lambda one: (one.span.file != scenario.file, one.order))
    first, places = findings[0], {one.span for one in findings}
    meant = proposed(first.help)
    misspelt = bool(meant) and is_typo(name, meant)
    covers = {*places, *labels, *leads(world, scenario, name)}
    if misspelt and len(places) <= TWICE:
        return
    forgets = [step for step in scenario.steps if _forgets(world, step, scenario, name)]
    forgets = (
        forgets if first.span.file == scenario.file and (len(places) > 1 or (not meant and len(covers) == 1)) else []
    )
    sure = len(forgets) == 1 and forgets[0].span.line <= first.span.line
    if len(covers) < 2 and not sure:
        return
    if sure:
        read = "one place reads" if len(places) == 1 else f"{len(places)} places read"
        message = f"Nothing remembers what this gives; {read} `{name}`, which nothing sets."
        at = forgets[0].at(forgets[0].verb)
        told = Finding(at, "unknown-name", _worst(findings), message, f"Write `as: {name}` here.")
    else:
        help = first.help if meant and not misspelt else f"Let a step above set `{name}`."
        told = replace(first, severity=_worst(findings), message=f"{first.message} {_more(len(covers))}", help=help)
    world.findings.append(replace(told, covers=tuple(sorted(covers))))


def _forgets(world: World, step: Any, scenario: Scenario, name: str) -> bool:
    """Whether it is a step without `as` whose result could be called so: it has the fields that are read."""
    if step.verb not in ("run", "save") or step.as_:
        return False
    read = {*re.findall(rf"\b{name}\.(\w+)", world.source(scenario.file).decode("utf-8", "replace"))}
    if step.verb == "save":
        return bool(read) and read <= {*(step.fields or ()), "id", "created_at", "updated_at"}
    callee = world.facts.get(step.run)
    result = callee.result if callee is not None else None
    return result is not None and (not read or result.kind == "any" or read <= result.fields.keys())


# not on every way -----------------------------------------------------------------------------------------------


def _not_on_every_way(world: World) -> None:
    """What is null in several places because one way does not set it, nothing was found, or nobody answered."""
    found: dict[tuple[str, str, str], list[Finding]] = {}
    unhelped = {one.span: one for one in world.findings if one.code == "no-if-fails"}
    for one in dict.fromkeys(world.findings):
        if one.code == "maybe-empty" and one.topic.why.startswith(_WHY):
            found.setdefault((one.span.file, _variable(one), one.topic.why), []).append(one)
    steps: dict[str, Mapping[str, Any]] = (
        {scenario.file: scenario.by_name for scenario in world.scenarios.values()} if found else {}
    )
    for (file, name, why), some in found.items():
        places = {one.span for one in some}
        step = steps[file].get(name) if file in steps else None
        first = min(some, key=lambda one: (one.severity == "info", one.order))
        told = replace(first, message=f"{first.message} {_more(len(places))}")
        if step is not None and FAILED in why and (cause := unhelped.get(step.span)):
            told = cause
        elif len(places) < 2:
            continue
        elif step is not None and SKIPPED in why and step.verb == "ask":
            holes = all(one.topic.kind == "hole" for one in some)
            then = "show nothing then" if holes else "fail on that"
            message = f"`{name}` is null when this is skipped, and {len(places)} places {then}."
            help = f"Write `default: {first.topic.instead or '…'}` here, or ask in these places: `if {name}`."
            help = f"Ask in these places: `if {name}`; or take `skip` out." if holes else help
            told = replace(told, span=step.at("skip"), message=message, help=help)
        world.findings.append(replace(told, covers=tuple(sorted(places))))


def _repeated(world: World) -> None:
    """What is told of one variable in the same words again and again: it has one cause, above the first place."""
    found: dict[tuple[str, str, str], list[Finding]] = {}
    for one in dict.fromkeys(world.findings):
        if one.code in ("unlike-types", "not-a-list") or (one.topic.kind == "mixed"):
            found.setdefault((one.span.file, one.code, one.message), []).append(one)
    told = {span for one in world.findings for span in one.covers} if any(map(_several, found.values())) else set()
    for some in filter(_several, found.values()):
        places = {one.span for one in some}
        if len(places) > 1 and some[0].topic.names and told.isdisjoint(places):
            first = min(some, key=lambda one: one.order)
            grouped = replace(first, message=f"{first.message} {_more(len(places))}")
            world.findings.append(replace(grouped, covers=tuple(sorted(places))))


def _several(some: list[Finding]) -> bool:
    return len(some) > 1


# a list in the place of a record --------------------------------------------------------------------------------


def _lists(world: World, scenario: Scenario, findings: Iterable[Finding]) -> None:
    """A `find` without `first: true`, whose list is read as one record."""
    found: dict[str, set[Finding]] = {}
    for one in findings:
        if one.topic.kind == "items" and _is_of(scenario, one.span) and one.topic.names:
            found.setdefault(_variable(one), set()).add(one)
    for name, some in found.items():
        step = scenario.by_name.get(name)
        if step is None or step.verb != "find":
            continue
        some |= {one for one in world.findings if _is_of(scenario, one.span) and _as_one(one, name)}
        places = {one.span for one in some}
        if len(places) > 1:
            message = f"`{name}` is a list of records, and {len(places)} places read it as if it were one record."
            told = Finding(step.at("find"), "unknown-attribute", _worst(some), message, "Write `first: true` here.")
            world.findings.append(replace(told, covers=tuple(sorted(places))))


def _variable(one: Finding) -> str:
    """The `goal` of `goal.title`."""
    return one.topic.names[0].partition(".")[0] if one.topic.names else ""


def _is_of(scenario: Scenario, at: Span) -> bool:
    """Whether it stands in the scenario's file, or in one of translations."""
    return at.file == scenario.file or at.file.startswith("translations/")


def _as_one(one: Finding, name: str) -> bool:
    """`record: last`, `last is none` of a list."""
    return one.code in ("not-a-record", "constant-condition") and one.topic == Topic((name,), kind="list")


# wording --------------------------------------------------------------------------------------------------------


def _more(count: int) -> str:
    return "So it is in one more place." if count == 2 else f"So it is in {count - 1} more places."


def _worst(findings: Iterable[Finding]) -> Severity:
    return "error" if any(one.severity == "error" for one in findings) else "warning"
