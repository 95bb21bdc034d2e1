"""prompts/*.md.j2: what a prompt's front matter says, and its two blocks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from jinja2 import DictLoader, nodes
from jinja2.exceptions import TemplateSyntaxError
from msgspec import Struct

from engine.core.amounts import NumberType
from engine.core.field import Field, build_fields
from engine.core.fields import VALUE, ListType, MapType, RefType
from engine.core.finding import Finding, Span
from engine.core.node import Mapping as MapNode
from engine.core.project import Prompt
from engine.core.prompt import Block, extended, included
from engine.core.sandbox import Sandbox
from engine.core.template import as_it_is
from engine.core.tree import names
from engine.project.broken import broken
from engine.project.builder import StepBuilder
from engine.project.file_schema import at
from engine.project.front_matter import FrontMatter, split
from engine.project.returns import ReturnsError, schema_of
from engine.project.suggest import closest, did_you_mean, proposal
from engine.project.values import plain

ENDINGS = (".md.j2", ".j2", ".txt.j2")
FILES = ListType(VALUE)
FRONT = {
    "model": Field(RefType("model"), "A name of catalog/models.yaml."),
    "temperature": Field(NumberType(whole=False, most=2), "How free the model is: 0 to 2."),
    "max_tokens": Field(NumberType(least=1, most=200_000), "How long the reply may be."),
    "timeout": Field(NumberType(least=1, most=600), "Seconds for all tries together."),
    "tries": Field(NumberType(least=1, most=10), "How many times the model is asked at the most."),
    "fallback": Field(RefType("model"), "The model that is asked once when this one fails."),
    "returns": Field(VALUE, "What the reply must hold; a plain text when left out."),
    "images": Field(FILES, "Photos that go with it: `{{ photo }}`."),
    "audio": Field(FILES, "Voice messages that go with it, as text."),
    "description": Field(VALUE, "For the reader."),
    "title": Field(VALUE, "For the reader."),
    "extra": Field(MapType(VALUE), "More options for the endpoint, as they are."),
}
SHORT_SCHEMA = "For example `{praise: text, score: integer, level: [low, high], tags: [text]}`."
OPTIONS = ("temperature", "max_tokens", "timeout", "tries", "fallback", "extra")


class _Made(Struct, frozen=True):
    """A prompt, the contents of all files that it was made of, and what was found on the way."""

    parts: dict[str, str | bytes]
    prompt: Prompt
    findings: list[Finding]
    references: list[Any]


class PromptFiles:
    """All prompt files of a project, read together because they extend each other. `before` are those of the snapshot
    before: what has not changed since is taken over, compiled texts included."""

    def __init__(
        self, sources: Mapping[str, str | bytes], languages: tuple[str, ...], before: PromptFiles | None = None
    ) -> None:
        self.languages = languages
        self.sources = {file.removeprefix("prompts/"): source for file, source in sources.items()}
        self._before = before if before is not None and before.languages == languages else None
        self._made: dict[str, _Made] = {}
        self.mute: dict[str, Finding] = {}  # files without a `user` block: names -> what to say where one is asked
        self._wrong: dict[str, list[Finding]] = {}  # what was wrong when a file was read
        self.findings: list[Finding] = []
        self.references: list[Any] = []
        self.fronts: dict[str, FrontMatter] = {}
        self.bodies: dict[str, str] = {}
        self.trees: dict[str, nodes.Template] = {}
        self.files: dict[str, str] = {}
        for file, source in sorted(sources.items()):
            self._read(file, source)
        self.environment = Sandbox(as_it_is, loader=DictLoader(self.bodies))
        self.environment.filters["markdown"] = as_it_is
        for template in list(self.bodies):
            if template not in self.trees:
                self._parse(template)
            self.findings += self._wrong[template]

    def _read(self, file: str, source: str | bytes) -> None:
        template = file.removeprefix("prompts/")
        before = self._before
        if before is not None and before.sources.get(template) == source and template in before.trees:
            front, self._wrong[template] = before.fronts[template], before._wrong[template]
            self.trees[template] = before.trees[template]
        else:
            front, self._wrong[template] = split(source, file, FRONT)
        self.fronts[template], self.bodies[template], self.files[template] = front, front.body, file

    def _parse(self, template: str) -> None:
        front, body = self.fronts[template], self.bodies[template]
        try:
            self.trees[template] = self.environment.parse(body)
        except TemplateSyntaxError:
            found = broken(self.environment, body)
            line = front.body_line + body.count("\n", 0, found.start)
            column = found.start - body.rfind("\n", 0, found.start)
            span = Span(self.files[template], line, column, line, column + found.end - found.start)
            self._wrong_in(template, span, f"This template cannot be read: {found.message}.", found.help)
        except RecursionError:
            message = "This template is nested too deep to be read."
            self._wrong_in(template, Span(self.files[template]), message)

    def _wrong_in(self, template: str, span: Span, message: str, help: str = "") -> None:
        self._wrong[template] = [*self._wrong[template], Finding(span, "template-syntax", "error", message, help)]

    def _report(self, span: Span, code: str, message: str, help: str = "") -> None:
        self.findings.append(Finding(span, code, "error", message, help))

    def prompts(self) -> dict[str, Prompt]:
        """Files with a `user` block, of their own or of what they extend, unless their name begins with `_`."""
        found = {}
        for template, tree in self.trees.items():
            name = name_of(template)
            if PurePosixPath(template).name.startswith("_") or name is None:
                continue
            chain = self.chain(template, tree)
            trees = [self.trees[one] for one in chain if one in self.trees]
            blocks = {block.name for tree in trees for block in tree.find_all(nodes.Block)}
            if chain and "user" in blocks:
                found[name] = self._kept_prompt(name, template, chain)
            elif chain and not self._misspelt(template, blocks):
                self.mute[name] = self._mute(template)
        self._before = None
        return found

    def _misspelt(self, template: str, blocks: set[str]) -> bool:
        """A block that was to be `user`: without one the file is no prompt. Whether one is told."""
        told = len(self.findings)
        for block in self.trees[template].find_all(nodes.Block):
            if closest(block.name, [one for one in ("user", "system") if one not in blocks]) == "user":
                message = f"The block `{block.name}` is never sent, and there is no block `user`."
                self._report(self._place(template, block.name), "unknown-block", message, proposal("user"))
        return len(self.findings) > told

    def _mute(self, template: str) -> Finding:
        front, lines = self.fronts[template], self.bodies[template].split("\n")
        first = next((number for number, line in enumerate(lines) if line.strip()), 0)
        line = front.body_line + first
        span = Span(self.files[template], line, 1, line, max(len(lines[first]), 1) + 1)
        message = "This prompt has no block `user`, so there is nothing to ask the model."
        return Finding(span, "missing-block", "error", message, "Write it: `{% block user %}…{% endblock %}`.")

    def _kept_prompt(self, name: str, template: str, chain: list[str]) -> Prompt:
        """The prompt of before when none of its files has changed, else a new one."""
        parts = {one: self.sources[one] for one in self._all(chain)}
        made = self._before._made.get(name) if self._before is not None else None
        if made is None or made.parts != parts or any(_open(self.trees[one]) for one in parts):
            findings, references = self.findings, self.references
            self.findings, self.references = [], []
            prompt = self._prompt(name, template, chain)
            made = _Made(parts, prompt, self.findings, self.references)
            self.findings, self.references = findings, references
        self._made[name] = made
        self.findings += made.findings
        self.references += made.references
        return made.prompt

    def chain(self, template: str, tree: nodes.Template) -> list[str]:
        """The file and all that it extends, nearest first; empty when one of them is not there."""
        chain, at = [template], tree
        while (parent := extended(at)) is not None:
            if parent not in self.trees or parent in chain:
                if parent not in self.bodies or parent in chain:
                    message, place = f"There is no prompt file `{parent}` to extend.", self._place(chain[-1], parent)
                    self._report(place, "unknown-template", message, did_you_mean(parent, self.bodies))
                return []
            chain.append(parent)
            at = self.trees[parent]
        return chain

    def _place(self, template: str, word: str) -> Span:
        front, body = self.fronts[template], self.bodies[template]
        offset = max(body.find(word), 0)
        line = front.body_line + body.count("\n", 0, offset)
        column = offset - (body.rfind("\n", 0, offset) + 1) + 1
        return Span(self.files[template], line, column, line, column + len(word))

    def _prompt(self, name: str, template: str, chain: list[str]) -> Prompt:
        file, front = self.files[template], self.fronts[template]
        builder = StepBuilder(file, self.languages)
        made = build_fields(front.node or MapNode(span=Span(file)), FRONT, builder, "a prompt's front matter")
        self.references += builder.references
        self.findings += builder.findings
        span = Span(file)
        if made["fallback"] and made["fallback"] == (made["model"] or "default"):
            message = f"`{made['fallback']}` is what this prompt asks first, so nothing is left to fall back to."
            place = at(front.node, ["fallback"])[1] if front.node is not None else span
            self._report(place, "fallback-circle", message, "Name another model, or take the line out.")
        reads: set[str] = set()
        for one in self._all(chain):
            reads |= names(self.trees[one])
            self._lacking(one)
        self._parents(chain)
        images, audio = (tuple(made[kind] or ()) for kind in ("images", "audio"))
        for value in (*images, *audio):
            reads |= value.reads
        return Prompt(
            name=name,
            system=Block("system", chain, self.bodies, self.environment, span),
            user=Block("user", chain, self.bodies, self.environment, span),
            model=made["model"] or "",
            returns=self._returns(front),
            images=images,
            audio=audio,
            options={key: _plain(made[key]) for key in OPTIONS if made[key] is not None},
            reads=frozenset(reads),
            span=span,
        )

    def _lacking(self, template: str) -> None:
        """Files that are included or imported, and are not there."""
        for name in included(self.trees[template], needed=True):
            if name not in self.bodies:
                message = f"There is no prompt file `{name}`, which is read here."
                place = self._place(template, name)
                self._report(place, "unknown-template", message, did_you_mean(name, self.bodies))

    def _parents(self, chain: list[str]) -> None:
        """`super()` in a block needs the same block in a file that is extended."""
        for place, template in enumerate(chain):
            above = {block.name for one in chain[place + 1 :] for block in self.trees[one].find_all(nodes.Block)}
            for block in self.trees[template].find_all(nodes.Block):
                for name in block.find_all(nodes.Name) if block.name not in above else ():
                    if name.name == "super":
                        message = f"`super()` is the block `{block.name}` of the file that is extended; there is none."
                        at = self._place(template, "super")
                        self._report(at, "template-syntax", message, "Take `super()` out, or write `{% extends %}`.")

    def _all(self, chain: list[str]) -> set[str]:
        """The chain and everything that its files include."""
        found, queue = set(), list(chain)
        while queue:
            one = queue.pop()
            if one in self.trees and one not in found:
                found.add(one)
                queue += included(self.trees[one])
        return found

    def _returns(self, front: FrontMatter) -> dict[str, Any] | None:
        node = front.node.get("returns") if front.node else None
        if node is None:
            return None
        try:
            return schema_of(plain(node))
        except ReturnsError as error:
            self._report(at(node, error.path)[1], "bad-returns", f"`returns` cannot be read: {error}", SHORT_SCHEMA)
            return None


def _open(tree: nodes.Template) -> bool:
    """Whether a value decides which file it extends or includes: any file may be part of it then."""
    named = tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport))
    return any(not isinstance(getattr(node, "template", None), nodes.Const) for node in named)


def name_of(template: str) -> str | None:
    """`check_in_feedback.md.j2` is the prompt `check_in_feedback`."""
    return next((template.removesuffix(ending) for ending in ENDINGS if template.endswith(ending)), None)


def as_prompt(file: str) -> str:
    """The prompt's name that is meant by a file's name, whatever its ending: `prompts/a.md` is `a`."""
    path = PurePosixPath(file.removeprefix("prompts/"))
    return (path.parent / path.name.split(".")[0]).as_posix()


def _plain(value: Any) -> Any:
    return {key: one.data for key, one in value.items()} if isinstance(value, dict) else value
