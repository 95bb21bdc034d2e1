"""Names that are given in one place, and spelt otherwise wherever they are used: told once, where they are given.

Law: where several uses agree, what is given is the odd one; where one use stands against it, that use is, unless its
spelling stands elsewhere in the bot and the other one nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from engine.core.finding import Finding, Severity, Span
from engine.core.node import Mapping, Node, Scalar
from engine.core.project import Scenario
from engine.lint.missing import A_MAP, CHOICES, Missing, choices_of, unlike, written_choices
from engine.lint.rules.unused import counts, input_places, names_read, place_of
from engine.lint.world import World
from engine.project.outcomes import OUTCOMES
from engine.project.prompts import name_of
from engine.project.suggest import closest, is_typo, proposal, proposed
from engine.project.yaml import read


class Given(NamedTuple):
    name: str
    at: Span
    counts: bool = True  # that nothing reads it is told


def check(world: World) -> None:
    """After all others: of what they found."""
    if not world.strange:
        return
    uses = uses_of(world)
    for name, scenario in world.scenarios.items():
        mine = {missing.name: findings for missing, findings in uses.items() if missing.owner == name}
        if mine and name in world.whole:
            _variables(world, scenario, mine)
    for missing, findings in uses.items():
        if missing.owner not in world.scenarios:
            _field(world, missing, findings)


def uses_of(world: World) -> dict[Missing, list[Finding]]:
    """What was found of each name that is given nowhere."""
    uses: dict[Missing, list[Finding]] = {}
    for finding in dict.fromkeys(world.findings):
        if finding in world.strange:
            uses.setdefault(world.strange[finding], []).append(finding)
    return uses


def _variables(world: World, scenario: Scenario, uses: dict[str, list[Finding]]) -> None:
    """One that is set may be the one misspelt: told there, or where it is read. Of what is left, the only name that
    nothing sets, read in several places, and the only variable that nothing reads belong together, too."""
    unread = {one.name: one for one in _unread(world, scenario)}
    near = {name: closest(name, unread) for name in uses}
    for name, given in near.items():
        places = _places(world, scenario, name, uses[name])
        if given is not None and (len(places) > 1 or _is_odd(world, given, name)):
            _tell(world, unread[given], name, unlike(given, name, len(places)), uses[name], places)
    strangers = [name for name, given in near.items() if given is None]
    left = [one for one in unread.values() if one.counts and one.name not in near.values()]
    if len(strangers) == len(left) == 1:
        places = _places(world, scenario, strangers[0], uses[strangers[0]])
        if len({(place.file, place.line) for place in places}) > 1 and _above(left[0].at, places):
            message = unlike(left[0].name, strangers[0], len(places))
            _tell(world, left[0], strangers[0], message, uses[strangers[0]], places)
        elif len(places) == 1:
            help = proposal(left[0].name, ", which nothing reads")
            told = replace(uses[strangers[0]][0], help=help, covers=(*places, left[0].at))
            world.findings.append(told)


def _is_odd(world: World, given: str, used: str) -> bool:
    """Of two that stand once each, the one whose spelling stands nowhere else, where the other one's does: of
    `nwe_name` and `new_name` that of `new`, be it a part of other words."""
    if not is_typo(given, used) or stands(world, given) > 1:
        return False
    if stands(world, used) > 1:
        return True
    pairs = list(zip(given.split("_"), used.split("_"), strict=False))
    one, other = next(((mine, theirs) for mine, theirs in pairs if mine != theirs), (given, used))
    texts = [content.decode("utf-8", "replace").lower() for content in world.texts.values()]
    odd, right = (sum(text.count(word.lower()) for text in texts) for word in (one, other))
    return odd <= 1 < right


def _unread(world: World, scenario: Scenario) -> list[Given]:
    """The variables that one step sets and none reads."""
    read = names_read(world, scenario)
    found: dict[str, list[Given]] = {}
    for step in scenario.steps:
        for name in step.writes():
            if name not in read and not name.startswith("_"):
                found.setdefault(name, []).append(Given(name, place_of(step, name), counts(step)))
    for name, at in input_places(world, scenario).items():
        if name not in read and not name.startswith("_"):
            found.setdefault(name, []).append(Given(name, at))
    return [one for some in found.values() if len(some) == 1 for one in some]


def _field(world: World, missing: Missing, findings: list[Finding]) -> None:
    """Of a record, or of what a prompt returns. Judged by the words of the whole bot, whichever scenarios this process
    reads."""
    if missing.owner == A_MAP:
        _key(world, missing.name, findings)
        return
    fields = _fields(world, missing.owner)
    near = [key for name, key in fields.items() if name == closest(missing.name, fields)]
    if missing.name in fields and findings[0].code == "never-saved":  # told once, where it is declared
        at, first = fields[missing.name].span, findings[0]
        covers = (at, *(one.span for one in findings))
        world.findings.append(Finding(at, "never-saved", "warning", first.message, first.help, covers=covers))
        return
    if stands(world, missing.name) < 2:
        return
    typo = len(near) == 1 and is_typo(near[0].text.removesuffix("?"), missing.name)
    if not typo and not missing.owner.startswith(CHOICES):  # quite another word, such as the one of before
        several = sum(map(len, _uses(world, missing.name))) > 1
        near = [key for name, key in fields.items() if several and not any(_uses(world, name))]
    if len(near) != 1:
        return
    name = near[0].text.removesuffix("?")
    if not typo or stands(world, name) == 1:
        at = near[0].span
        at = at._replace(end_column=at.column + len(name)) if near[0].plain else at
        message = f"Nothing uses `{name}`, which is declared here; `{missing.name}` is used, which nothing declares."
        more = f" If both are meant, declare `{missing.name}` too."
        _tell(world, Given(name, at), missing.name, message, findings, [one.span for one in findings], more)


def _key(world: World, name: str, findings: list[Finding]) -> None:
    """Of a map that one place of a scenario makes: `{'qeustion': wording}`."""
    near = findings[0].topic.instead or proposed(findings[0].help, alone=False)
    if not near or not is_typo(near, name) or stands(world, near) > 1 or stands(world, name) < 2:
        return
    key = re.compile(rf"(?m)(?:['\"]|^|(?<=[\s{{,])){near}(?=['\"]?\s*:)")
    for file, content in world.texts.items():
        text = content.decode("utf-8", "replace") if file.startswith(("scenarios/", "catalog/")) else ""
        if (found := key.search(text)) is not None:
            line, column = text.count("\n", 0, found.end()) + 1, found.end() - text.rfind("\n", 0, found.end())
            at = Span(file, line, column - len(near), line, column)
            if any(one.span == at for one in world.loaded.findings):
                return  # told as a row unlike the others
            message = f"`{near}` is given here, and nothing reads it; `{name}` is read in its place."
            _tell(world, Given(near, at), name, message, findings, [one.span for one in findings])


def _fields(world: World, owner: str) -> dict[str, Scalar]:
    """The fields that are declared, or the choices, each with the key that declares it."""
    files = world.prompt_files
    for template, front in files.fronts.items():
        if front.node is not None and owner == f"what the prompt `{name_of(template)}` returns":
            return _keys(front.node.get("returns"))
    for collection in world.project.collections:
        if owner == f"a record of `{collection}`" and OUTCOMES in world.texts:
            node = read(world.texts[OUTCOMES], OUTCOMES)[0]
            declared = node.get(collection) if isinstance(node, Mapping) else None
            return _keys(declared.get("fields") if isinstance(declared, Mapping) else None)
    return next((written_choices(step) for step in world.by_verb["ask"] if owner == choices_of(step)), {})


def _keys(node: Node | None) -> dict[str, Scalar]:
    return {name.removesuffix("?"): key for name, (key, _) in node.entries.items()} if isinstance(node, Mapping) else {}


def _places(world: World, scenario: Scenario, name: str, findings: list[Finding]) -> list[Span]:
    return list(dict.fromkeys([*(one.span for one in findings), *leads(world, scenario, name)]))


def leads(world: World, scenario: Scenario, name: str) -> Iterator[Span]:
    """Where the name is that of a step: of a `goto`, of a line to confirm, of `renamed`."""
    for step in scenario.steps:
        for reference in step.references:
            if reference.kind == "step" and reference.name.split(".")[0] == name:
                yield reference.span
    file = world.loaded.files.get(scenario.file)
    renamed = file.node.get("renamed") if file is not None and file.node is not None else None
    for _, value in renamed.entries.values() if isinstance(renamed, Mapping) else ():
        if isinstance(value, Scalar) and value.text == name:
            yield value.span


def _above(at: Span, places: list[Span]) -> bool:
    return all(at.line < place.line for place in places if place.file == at.file)


def stands(world: World, word: str) -> int:
    """How often a word stands in the bot's files."""
    pattern = re.compile(rf"\b{re.escape(word)}\b")
    mine = (content.decode("utf-8", "replace") for content in world.texts.values() if word.encode() in content)
    return sum(len(pattern.findall(text)) for text in mine)


def is_read(world: World, field: str) -> bool:
    """Whether a text, a prompt or a condition reads a field of that name."""
    return any(_uses(world, field, given=False))


def _uses(world: World, field: str, given: bool = True) -> Iterator[list[str]]:
    """Where a field is read in the bot's files, or given in a scenario: more than prose."""
    word = re.escape(field)
    read, key = rf"\.{word}\b|['\"]{word}['\"]", rf"(?:^\s*(?:-\s+)?|[{{,]\s*){word}\s*:"
    for file, content in world.texts.items():
        if field.encode() in content:
            pattern = f"{read}|{key}" if given and file.startswith("scenarios/") else read
            yield re.findall(pattern, content.decode("utf-8", "replace"), re.MULTILINE)


def _tell(
    world: World,
    given: Given,
    name: str,
    message: str,
    findings: list[Finding],
    places: list[Span],
    more: str = "",
) -> None:
    severity: Severity = "error" if any(one.severity == "error" for one in findings) else "warning"
    help = f"Call it `{name}` here, or `{given.name}` there."
    help = proposal(name) if is_typo(given.name, name) else f"{help}{more}"
    covers = (given.at, *places)
    world.findings.append(Finding(given.at, "misspelt-name", severity, message, help, covers=covers))
