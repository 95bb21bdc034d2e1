"""All findings of a bot: the loader's, and those of every family of checks.

Law: lint never fails on what an author wrote, and the same files give the same findings in the same order.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module

import engine.lint.rules
from engine.core.finding import Finding
from engine.core.project import Scenario
from engine.core.step import Step
from engine.lint import echoes
from engine.lint.languages import at_their_cause
from engine.lint.outputs import NOT_SET
from engine.lint.suppress import unsuppressed
from engine.lint.world import World
from engine.project.load import Loaded
from engine.project.unread import UNREAD
from engine.steps import KINDS

COVERED = {  # what one says of a place where a name is used that is misspelt where it is given
    "unknown-name",
    "unknown-step",
    "unknown-attribute",
    "unknown-field",
    "unknown-case",
    "if-fails-differs",
    "never-read",
    "never-saved",
    "not-a-record",
    "constant-condition",
    "maybe-empty",
    "unlike-types",
    "wrong-field-type",
    "not-a-list",
    "value-not-declared",
    "never-equal",
    "unused-field",
    "unlike-row",
    "unknown-input",
    "unknown-command",
    "limit-without-meaning",
}
ALONE = frozenset(("never-started", "no-fallback", "foreign-words"))  # from which nothing follows
Check = Callable[[World], None]
Asked = Callable[[str], bool]  # of a scenario's file: is anybody to see what is found in it?


@cache
def checks() -> tuple[list[Check], list[Check]]:
    """Every family's `check`, found by its file: those that look at some scenarios at a time, and those that look at
    all of them `BESIDE_EACH_OTHER`."""
    names = sorted(module.name for module in pkgutil.iter_modules(engine.lint.rules.__path__))
    modules = [import_module(f"{engine.lint.rules.__name__}.{name}") for name in names]
    beside = [module for module in modules if getattr(module, "BESIDE_EACH_OTHER", False)]
    return [one.check for one in modules if one not in beside], [one.check for one in beside]


def lint(loaded: Loaded, asked: Asked | None = None) -> list[Finding]:
    """Everything that is wrong, in the order of the files, each once, less what a comment in the file lets pass."""
    return finished([*loaded.findings, *checked(loaded, asked)], loaded.sources)


def checked(loaded: Loaded, asked: Asked | None = None) -> list[Finding]:
    """What the checks find."""
    return checked_world(World.of(loaded), asked)


def checked_world(world: World, asked: Asked | None = None, leads: Callable[[], bool] = lambda: True) -> list[Finding]:
    """What the checks find; scenarios that nobody asked for are only looked at beside the others. `leads` is asked when
    the scenarios are done: of several processes, one looks at what is none."""
    if asked is not None:
        world.scenarios = {name: one for name, one in world.scenarios.items() if asked(one.file)}
    of_each, beside_each_other = checks()
    for part in world.parts(leads):
        for check in of_each:
            check(part)
    for check in beside_each_other:
        check(world)
    if any(one.code not in ALONE for one in (*world.findings, *world.loaded.findings)):
        _at_their_causes(world)
    sketches = {file.file: file.sketch for file in world.loaded.files.values() if file.sketch}
    return _beside(sketches, world) if sketches else world.findings


def _at_their_causes(world: World) -> None:
    """What follows from one mistake is told once, where that is."""
    from engine.lint import causes, definitions, odd_rows, odd_values, wrong_kinds  # late: of a right bot, none is read

    for one in (definitions, odd_rows, odd_values, wrong_kinds, causes):
        one.check(world)


def _beside(sketches: Mapping[str, Scenario], world: World) -> list[Finding]:
    """What is told of files with mistakes in their form, less what only follows from these: all that stands in the same
    line, or in a step that holds another's name, and names that a step could set of which not even the name can be
    read, in the scenario itself and in its prompts."""
    told = {(one.span.file, one.span.line) for one in world.loaded.findings if one.span.file in sketches}
    doubled = [one for one in world.loaded.findings if one.span.file in sketches and _names_twice(one, world)]
    told |= {(one.span.file, line) for one in doubled for line in _lines_of_step(one, sketches[one.span.file])}
    nameless = {file for file, one in sketches.items() if any(map(_may_set, one.steps))}
    nameless |= {one.span.file for one in doubled}
    users = {sketches[file].id for file in nameless}
    return [
        one
        for one in world.findings
        if (one.span.file, one.span.line) not in told
        and not ((one.span.file in nameless or not users.isdisjoint(one.topic.names[1:])) and _of_a_name(one))
    ]


def _of_a_name(finding: Finding) -> bool:
    """Whether it says that nothing sets a name, on all ways or on some, or that nothing has labels for it."""
    not_set = finding.code == "maybe-empty" and finding.topic.why.startswith(NOT_SET)
    no_label = finding.code == "unknown-attribute" and finding.topic.kind == "label"
    return not_set or no_label or finding.code in ("unknown-name", "read-before-set")


def _lines_of_step(finding: Finding, scenario: Scenario) -> range:
    """The lines of the step in which it stands."""
    lines = sorted(step.span.line for step in scenario.steps)
    first = max((line for line in lines if line <= finding.span.line), default=finding.span.line)
    return range(first, min((line for line in lines if line > finding.span.line), default=finding.span.line + 1))


def _names_twice(finding: Finding, world: World) -> bool:
    """`ask: a` and `ask: b` in one step: the name that is written second is set nowhere."""
    if finding.code != "duplicate-key":
        return False
    text = world.source(finding.span.file).decode("utf-8", "replace")
    line = (text.split("\n")[finding.span.line - 1 :] or [""])[0]
    return line[finding.span.column - 1 : finding.span.end_column - 1] in NAMES


NAMES = frozenset((*(verb for verb, kind in KINDS.items() if kind.named_by_verb()), "set", "name", "as"))
SETS_NOTHING = frozenset(("say", "notify", "goto", "end", "if", "switch", "update"))


def _may_set(step: Step) -> bool:
    """Whether it is one of which not even the name can be read, and which may set one."""
    was = getattr(step, "was", None)
    return step.verb == UNREAD and not step.named and (was is None or was.verb not in SETS_NOTHING)


def finished(findings: Iterable[Finding], sources: dict[str, bytes]) -> list[Finding]:
    every = at_their_cause(echoes.of_one_meaning(list(findings)), sources)
    every.sort(key=lambda finding: not finding.covers)  # of two that are alike, the one that knows what follows
    found = echoes.of_one_weight(sorted(dict.fromkeys(every), key=lambda finding: (*finding.order, finding.message)))
    if any(one.code in ("unreadable", "file-too-big") and one.span.file.startswith("scenarios/") for one in found):
        found = [one for one in found if one.code != "no-scenarios"]  # it is told already why there is none
    bare = {one.span: one for one in found if one.code == "forgotten-braces"}
    found = echoes.once(found, bare) if bare else found
    wrong = {(one.span.file, one.span.line) for one in found if one.severity != "info" and one.code != "ends-silently"}
    found = [one for one in found if one.code != "ends-silently" or (one.span.file, one.span.line) not in wrong]
    found = echoes.of_copies(echoes.of_unread(found))
    found = echoes.of_causes(echoes.of_sound_texts(echoes.of_scenarios(found)))
    found = unsuppressed(found, sources)
    causes = {one for one in found if one.covers}
    covered = {span for one in every if one in causes for span in one.covers}  # each process may know a part of it
    return [one for one in found if one.covers or one.code not in COVERED or one.span not in covered]
