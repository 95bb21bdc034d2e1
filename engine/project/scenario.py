"""One scenario file: its top-level keys, its triggers, its steps numbered and linked."""

from __future__ import annotations

import re
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.field import Builder, Field, FieldType, build_fields
from engine.core.fields import BLOCK, NAME, NAMED, TEXT, VALUE, FlagType, ListType, WordType
from engine.core.finding import Finding, Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.project import REQUIRED, Scenario
from engine.core.step import Reference, Step
from engine.core.template import Value
from engine.project.builder import StepBuilder, reads_of
from engine.project.latin import in_latin
from engine.project.started import TriggersType
from engine.project.translations import Given, Laid, Place, lay, places, renewed
from engine.project.yaml import read

_ID = re.compile(r"[a-z][a-z0-9_]*")
OWN_NAME = "Every answer needs a name of its own."


class InputsType(FieldType, frozen=True):
    word = "names with their defaults, or a list of names that must be given"

    def build(self, node: Node, builder: Builder) -> dict[str, Any]:
        if isinstance(node, Sequence):
            return {
                item.text: REQUIRED for item in node.items if NAMED.build(item, builder) and isinstance(item, Scalar)
            }
        if isinstance(node, Mapping):
            found = {key: builder.value(value) for key, (_, value) in node.entries.items() if NAME.match(key)}
            return {key: value for key, value in found.items() if value is not None}
        builder.report("wrong-type", node, f"Expected {self.word}.", "For example `inputs: [name, day]`.")
        return dict.fromkeys(filter(NAME.match, re.split(r"[,\s]+", getattr(node, "text", ""))), REQUIRED)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "object"}]}


class RenamedType(FieldType, frozen=True):
    word = "old names of steps with their new ones"

    def build(self, node: Node, builder: Builder) -> dict[str, str]:
        if not isinstance(node, Mapping):
            builder.report("wrong-type", node, f"Expected {self.word}.", "For example `renamed: {old: new}`.")
            return {}
        return {key: value.text for key, (_, value) in node.entries.items() if isinstance(value, Scalar)}

    def schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "string"}}


class IdType(FieldType, frozen=True):
    word = "the file's name without its ending"

    def build(self, node: Node, builder: Builder) -> Any:
        if not isinstance(node, Scalar) or not _ID.fullmatch(node.text):
            message = "A scenario's name is made of small Latin letters, digits and `_`."
            better = in_latin(node.text if isinstance(node, Scalar) else "")
            builder.report("bad-name", node, message, f"For example `{better or 'check_in'}`.")
            return None
        return node.text

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"}


FIELDS = {
    "format": Field(WordType(("1",)), "The version of the language: 1.", required=True),
    "scenario": Field(IdType(), "The scenario's name; equals the file's name.", required=True),
    "title": Field(TEXT, "What people see in the menu and in /help."),
    "description": Field(TEXT, "What it is for; for the people who edit it."),
    "starts_on": Field(
        TriggersType(),
        "Commands, texts and patterns that start it. Exact texts go before patterns, patterns by their files' names.",
        default=(),
    ),
    "inputs": Field(InputsType(), "What it is given when another scenario runs it."),
    "result": Field(VALUE, "What it gives back to the scenario that ran it."),
    "steps": Field(BLOCK, "What happens, from top to bottom.", required=True),
    "renamed": Field(RenamedType(), "Old names of steps and variables with the new ones, for people who are mid-way."),
    "was": Field(
        ListType(IdType()), "What this scenario was called before, for people who are mid-way; or a list.", default=()
    ),
    "mid_flow_edits": Field(
        WordType(("follow", "finish_old")),
        "After an edit, people who are mid-way follow the new file, or finish on the old one.",
        default="follow",
    ),
    "formal": Field(
        FlagType(),
        "How the engine's own sentences address people in it: Russian «вы» for true, «ты» for false; as those that run "
        "it, or catalog/bot.yaml, say when left out.",
    ),
    "only_admin": Field(
        FlagType(), "Starts for the person of ADMIN_CHAT_ID alone, and stands in nobody's menu.", default=False
    ),
}


class ScenarioFile(Struct):
    """A file as read. `scenario` is None when it cannot be used, and `sketch` then what lint can look at all the same;
    `references` are names that must exist elsewhere."""

    file: str
    hash: str
    id: str
    scenario: Scenario | None
    findings: list[Finding]
    references: list[Reference]
    node: Mapping | None = None
    texts: list[tuple[Any, Node]] = field(default_factory=list)
    sketch: Scenario | None = None
    laid: Laid | None = None  # what was done with its translations; None when there are none

    @property
    def read(self) -> Scenario | None:
        return self.scenario or self.sketch

    def places(self) -> list[Place]:
        """Its texts, by the names that translations know them by."""
        if self.node is None or self.scenario is None:
            return []
        return places(self.id, self.node, self.scenario.steps, self.texts)


def read_scenario(source: str | bytes, file: str, languages: tuple[str, ...], given: Given = ()) -> ScenarioFile:
    """Read one file alone; what depends on other files is checked by `engine.project.load`. `given` are translations
    of its texts."""
    hashed = blake2b(source if isinstance(source, bytes) else source.encode(), digest_size=8).hexdigest()
    stem = PurePosixPath(file).stem
    node, findings = read(source, file)
    made = ScenarioFile(file, hashed, stem, None, findings, [])
    if node is None:
        return made
    if not isinstance(node, Mapping):
        findings.append(
            Finding(
                node.span,
                "wrong-type",
                "error",
                "A scenario is a map of `key: value` lines.",
                "Begin with `format: 1`.",
            )
        )
        return made
    made.node = node
    builder = StepBuilder(file, languages)
    fields = build_fields(node, FIELDS, builder, "a scenario")
    invisible = [one for one in builder.findings if one.code == "control-character"]
    made.findings = findings + (invisible or builder.findings)  # the rest follows from it
    made.references, made.texts = builder.references, builder.texts
    if fields["scenario"] and fields["scenario"] != stem:
        message = f"The scenario is called `{fields['scenario']}`, the file `{stem}`."
        at = node.get("scenario")
        made.findings.append(
            Finding(
                at.span if at else node.span,
                "name-differs",
                "error",
                message,
                f"Write `scenario: {stem}`, or rename the file."
                if _ID.fullmatch(stem)
                else f"Rename the file: {fields['scenario']}.yaml; a copy of it is deleted.",
            )
        )
    if any(finding.severity == "error" for finding in made.findings):
        made.sketch = _scenario(fields, builder, made) if fields["steps"] and not invisible else None
        return made
    made.scenario = _scenario(fields, builder, made)
    made.findings += _same_names(made.scenario)
    if given:
        _translate(made, given, builder)
    return made


def _translate(made: ScenarioFile, given: Given, builder: StepBuilder) -> None:
    """Its texts in further languages, as if they stood in the file."""
    assert made.scenario is not None  # noqa: S101 it has just been made
    before = len(builder.findings)
    laid = made.laid = lay(made.places(), given, builder)
    made.findings += builder.findings[before:]
    if any(match.used for match in laid.matches):
        renewed([made.scenario.result, *made.scenario.inputs.values()])
        for step in made.scenario.steps:
            renewed(step.templates)
            step.reads = reads_of(step)
        made.scenario = replace(made.scenario, version=f"{made.hash}-{laid.signature}")


def _link(block: tuple[Step, ...], after: Step | None) -> None:
    """Give every step the step that follows it."""
    for place, step in enumerate(block):
        step.next = block[place + 1] if place + 1 < len(block) else after
        for _, inner in step.blocks():
            _link(inner, None if step.frames() else step.next)


def _scenario(fields: dict[str, Any], builder: StepBuilder, made: ScenarioFile) -> Scenario:
    first: tuple[Step, ...] = fields["steps"]
    _link(first, None)
    steps = tuple(builder.all_steps)
    by_name: dict[str, Step] = {}
    for step in steps:
        step.scenario = made.id
        if step.named:
            by_name.setdefault(step.name, step)
    taken = by_name.keys() | {step.name for step in steps if step.verb == "run"}
    for step in steps:
        step.by_name = by_name
        if not step.named and step.name in (by_name if step.verb == "run" else taken):  # `save: notes`, `find: notes`
            step.name = f"~{step.verb}-{step.name}"
    inputs = fields["inputs"] or {}
    result: Value | None = fields["result"]
    return Scenario(
        id=made.id,
        title=fields["title"],
        description=fields["description"],
        triggers=fields["starts_on"],
        inputs=inputs,
        result=result,
        steps=steps,
        first=first[0] if first else None,
        renamed=fields["renamed"] or {},
        version=made.hash,
        writes=frozenset(inputs).union(*(step.writes() for step in steps)),
        was=fields["was"] or (),
        mid_flow_edits=fields["mid_flow_edits"],
        only_admin=bool(fields["only_admin"]),
        formal=fields["formal"],
        file=made.file,
        by_name=by_name,
        loops=any(way.to is not None and way.to.index <= step.index for step in steps for way in step.ways()),
    )


def _same_names(scenario: Scenario) -> list[Finding]:
    """Two steps of one name would share one place in the journal."""
    findings: list[Finding] = []
    seen: dict[str, Step] = {}
    for step in scenario.steps:
        before = seen.setdefault(step.name, step)
        if before is step:
            continue
        span: Span = step.at("name", step.verb)
        line = before.span.line
        message, help = f"The name `{step.name}` is taken by the step in line {line}.", OWN_NAME
        if step.verb == "save" and not step.named:
            message = f"Two steps save into `{getattr(step, 'save', '')}` (the other in line {line})."
            help = "Give one of them a name: `name: …`, so that each keeps its own record."
        findings.append(Finding(span, "duplicate-step", "error", message, help))
    return findings
