"""What the whole bot has, for all its texts alike: the files as read, and the shapes of what every text can see.

Law: a check reads this and reports; it changes nothing. What is said of scenarios that another process reads stands in
their `Facts` only.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from jinja2 import nodes

from engine.core.finding import NO_TOPIC, Finding, Span, Topic
from engine.core.project import Collection, Project, Scenario
from engine.core.prompt import extended, included
from engine.core.template import Expression
from engine.core.tree import every
from engine.lint.facts import Facts, Saved, all_saved, never_saved
from engine.lint.given import FILE, START
from engine.lint.missing import Missing
from engine.lint.results import FUNCTIONS
from engine.lint.schemas import of_schema
from engine.lint.shapes import (
    ANY,
    BOOLEAN,
    FREE,
    FUNCTION,
    NUMBER,
    OF_FORMS,
    OPEN_MAP,
    OTHERS,
    PERSONAL,
    TEXT,
    UNSAVED,
    Shape,
    of_data,
    of_word,
)
from engine.lint.speaking import speaking
from engine.lint.texts import Reading
from engine.project.bot import BOT, Setting, read_bot
from engine.project.catalog import SPECIAL
from engine.project.files import look
from engine.project.load import Loaded
from engine.project.outcomes import OUTCOMES
from engine.project.prompts import PromptFiles, as_prompt, name_of
from engine.project.suggest import meant_by

MOST_CLEAN = 8  # ways in which a prompt was seen, which are compared with the next one
GROUP = re.compile(r"\(\?P<(\w+)>")
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".ods", ".numbers", ".json")


@dataclass
class Known:
    """`scenarios` are those to check; `facts` those of the whole bot. `broken`: some file could not be read, so that a
    thing may only seem to be missing."""

    loaded: Loaded
    project: Project
    scenarios: dict[str, Scenario]
    facts: dict[str, Facts]
    broken: bool = False
    leads: bool = False  # this is the part that checks what is no scenario
    complete: bool = False  # all `facts` are there: before that, nothing is said of what no scenario does
    findings: list[Finding] = field(default_factory=list)
    readings: dict[Expression, Reading] = field(default_factory=dict)  # the last one of each expression
    strange: dict[Finding, Missing] = field(default_factory=dict)  # what some findings are about (definitions.py)
    clean: dict[str, deque[Any]] = field(default_factory=lambda: defaultdict(lambda: deque(maxlen=MOST_CLEAN)))
    """Template files -> what names and shapes they were read with, and nothing was found."""
    commands: dict[str, tuple[str, str]] = field(default_factory=dict)  # what is to be said of them (rules/commands.py)
    _templates: dict[str, set[str]] = field(default_factory=dict)
    _replies: dict[str, Shape] = field(default_factory=dict)
    _records: dict[tuple[str, bool], Shape] = field(default_factory=dict)
    _names: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def texts(self) -> Mapping[str, bytes]:
        """The files of the whole bot, those that another process reads included."""
        return self.loaded.sources

    def source(self, file: str) -> bytes:
        """What stands in a file; nothing of one that is as it was, when only what has changed is looked at."""
        return self.loaded.sources.get(file, b"")

    @property
    def prompt_files(self) -> PromptFiles:
        assert self.loaded.prompts is not None  # noqa: S101 the loader always gives them
        return self.loaded.prompts

    def report(
        self,
        code: str,
        severity: str,
        at: Span,
        message: str,
        help: str = "",
        missing: Missing | None = None,
        about: Span | None = None,
        topic: Topic = NO_TOPIC,
    ) -> None:
        """`missing` is the name that it is about, where it is given nowhere; `about` the text that is translated."""
        self.findings.append(Finding(at, code, severity, message, help, about=about, topic=topic))  # type: ignore[arg-type] # one of Severity
        if missing is not None:
            self.strange[self.findings[-1]] = missing

    def templates_of(self, prompt: str) -> set[str]:
        """The template files that a prompt is made of: its own, what it extends and includes."""
        known = self._templates.get(prompt)
        if known is not None:
            return known
        trees = self.prompt_files.trees
        found, queue = set[str](), [template for template in trees if name_of(template) == prompt]
        while queue:
            template = queue.pop()
            if template in trees and template not in found:
                found.add(template)
                queue += [*included(trees[template]), extended(trees[template]) or ""]
        self._templates[prompt] = found
        return found

    def read_in(self, template: str) -> list[str]:
        """The names that a template file and what it includes read, those that they make themselves included."""
        found = self._names.get(template)
        if found is None:
            trees, left, inside = self.prompt_files.trees, [template], set[str]()
            while left:
                if (one := left.pop()) in trees and one not in inside:
                    inside.add(one)
                    left += included(trees[one])
            read = (one.name for each in inside for one in every(trees[each]) if isinstance(one, nodes.Name))
            found = self._names[template] = sorted(set(read))
        return found

    @cached_property
    def speaking(self) -> dict[str, list[tuple[str, nodes.Name]]]:
        """Template files, and the names that their system block puts in."""
        return speaking(self.prompt_files)

    # shapes -----------------------------------------------------------------------------------------------------------

    @cached_property
    def builtins(self) -> dict[str, Shape]:
        """The names that every text sees; `labels` is made for each scenario."""
        return {
            "today": OF_FORMS["date"],
            "now": OF_FORMS["datetime"],
            **dict.fromkeys(("conversation", "_language", "_timezone"), TEXT),
            **dict.fromkeys((*FUNCTIONS, "namespace", "joiner"), FUNCTION),
            "start": START,
            "person": self._person(),
            "settings": Shape(
                "map",
                {name: self._setting(name) for name in self.project.settings},
                what="the settings",
                open=BOT in self.mistaken,
            ),
        }

    @cached_property
    def catalog(self) -> Shape:
        """What `catalog` is: every file with its rows."""
        files = next(iter(self.project.catalog.values()), {})
        wrong = {PurePosixPath(file).stem for file in self.mistaken if file.startswith("catalog/")}
        shapes = {
            name: ANY if name in wrong and isinstance(data, str) else of_data(data) for name, data in files.items()
        }
        there = (PurePosixPath(file).stem for file in self.texts if file.startswith("catalog/"))
        unread = {name: ANY for name in there if name not in shapes and name not in SPECIAL}  # it is told there why
        return Shape("map", unread | shapes, what="the catalog")

    @cached_property
    def saved(self) -> Saved:
        return all_saved(self.facts.values())

    @cached_property
    def called(self) -> frozenset[str]:
        """The scenarios that some scenario runs."""
        run = {name for facts in self.facts.values() for name in facts.names("scenario")}
        strange = {as_prompt(name) for name in run - self.facts.keys()}
        return frozenset(run | strange | {name for name in meant_by(strange, self.facts) if name})

    def started(self, scenario: Scenario) -> dict[str, Shape]:
        """`start`, where the patterns that start the scenario tell all that `start.match` can have."""
        patterns = [one.value for one in scenario.triggers if one.kind == "pattern"]
        if not patterns or scenario.id in self.called:  # it sees how the one was started that runs it
            return {}
        groups = dict.fromkeys((name for one in patterns for name in GROUP.findall(one)), TEXT.marked(FREE))
        match = Shape("map", groups, what="the groups `(?P<name>…)` of what starts it")
        return {"start": START._replace(fields={**START.fields, "match": match})}

    @cached_property
    def tables(self) -> dict[str, str]:
        """Files of other programs that stand in the catalog, where rows are meant, by their names."""
        others = (PurePosixPath(file) for file in look(Path(self.project.root)).others if file.startswith("catalog/"))
        return {file.stem: file.as_posix() for file in others if file.suffix.lower() in TABLES}

    def rows(self, path: str) -> Any:
        """What stands at `catalog.goods`; None when nothing does."""
        found: Any = next(iter(self.project.catalog.values()), {})
        for part in path.split(".")[1:]:
            found = found.get(part) if isinstance(found, dict) else None
        return found

    def builtin(self, name: str) -> Shape | None:
        return self.catalog if name == "catalog" else self.builtins.get(name)

    def _person(self) -> Shape:
        own = dict.fromkeys(("id", "name", "username", "language", "timezone"), TEXT)
        own["language"] = Shape("text", values=frozenset(self.project.languages))
        people = self.project.collections.get("people")
        fields = {name: self._field(people, name) for name in people.fields} if people else {}
        saved = {name for facts in self.facts.values() for name in facts.saved.get("people", ())}
        fields |= dict.fromkeys(sorted(saved - fields.keys()), ANY)
        why = "the person may not have told it"
        told = {name: shape.maybe(why) for name, shape in fields.items() if name not in own}
        unsure = self.broken or OUTCOMES in self.mistaken
        return Shape("map", {**told, **own, "known": BOOLEAN}, open=unsure, what="the person", of="people")

    def _setting(self, name: str) -> Shape:
        value = self.project.settings[name]
        declared = self._declared.get(name) if value is None and BOT not in self.mistaken else None
        if declared is not None:
            shape = of_word(declared.type)
            return shape if declared.required else shape.maybe("it need not stand in .env")
        return {bool: BOOLEAN, int: NUMBER, float: NUMBER, str: TEXT}.get(type(value), ANY)

    @cached_property
    def _declared(self) -> Mapping[str, Setting]:
        return read_bot(self.texts.get(BOT, b""))[0].settings

    def record(self, collection: str, everyone: object = False) -> Shape:
        """One record, as `find` gives it; `everyone`: it may be another person's."""
        which = collection, bool(everyone)
        if not self.complete:
            return self._record(*which)  # not to be remembered: what nobody saves is not known yet
        if which not in self._records:
            self._records[which] = self._record(*which)
        return self._records[which]

    def _record(self, collection: str, everyone: bool) -> Shape:
        found = self.project.collections.get(collection)
        if found is None or not found.declared:
            return OPEN_MAP
        fields = {name: self._field(found, name) for name in found.fields}
        for name in never_saved(self.facts.values(), collection, fields) if self.complete and not self.broken else ():
            if not found.fields[name].required:  # each save without it is told
                fields[name] = fields[name].marked(UNSAVED)
        if everyone:
            fields = {name: one.marked(OTHERS) if found.fields[name].personal else one for name, one in fields.items()}
        moment = OF_FORMS["datetime"]
        own = {"id": TEXT, "created_at": moment, "updated_at": moment}
        return Shape("map", {**fields, **own}, what=f"a record of `{collection}`", of=collection)

    def _field(self, collection: Collection, name: str) -> Shape:
        declared = collection.fields[name]
        marks = (PERSONAL,) if declared.personal else ()
        if declared.type == "choice" and declared.values:
            return Shape("text", values=frozenset(declared.values)).marked(*marks)
        if declared.type in ("file", "contact"):
            return (FILE if declared.type == "file" else ANY).marked(*marks)
        return of_word(declared.type).marked(*marks)

    def returned(self, prompt: str) -> Shape:
        """What a prompt's reply is."""
        if prompt not in self._replies:
            self._replies[prompt] = self._reply(prompt)
        return self._replies[prompt]

    def _reply(self, prompt: str) -> Shape:
        found = self.project.prompts.get(prompt)
        if found is None or self.unread_returns(found.span):
            return ANY
        if found.returns is None:
            return TEXT.named(f"the plain text that the prompt `{prompt}` returns")
        return of_schema(found.returns).named(f"what the prompt `{prompt}` returns")

    def unread_returns(self, prompt: Span | None) -> bool:
        """What the prompt returns could not be read, which is told there."""
        return prompt is not None and prompt.file in self._bad_returns

    @cached_property
    def _bad_returns(self) -> frozenset[str]:
        """Files whose head has a mistake: a reply may be declared in it."""
        first = {file: self.prompt_files.fronts[name].body_line for name, file in self.prompt_files.files.items()}
        wrong = [one for one in self.loaded.findings if one.severity == "error" and one.span.file in first]
        return frozenset(
            one.span.file for one in wrong if one.code == "front-matter" or one.span.line < first[one.span.file]
        )

    @cached_property
    def mistaken(self) -> frozenset[str]:
        """Files with a mistake: what they declare is not known for certain."""
        return frozenset(one.span.file for one in self.loaded.findings if one.severity == "error")
