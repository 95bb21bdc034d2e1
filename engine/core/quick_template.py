"""Reads the templates that authors really write: Jinja's trees in a fraction of its time, and the names in them.

Law: as in `quick_expression`: Jinja's tree to the last line number, or none. Known here are `{{ }}`, `if`, `for`,
`set`, `block`, `extends` and comments; rare are all other tags, line breaks and nested maps within braces, and `{%+`.
For environments with `trim_blocks`, `lstrip_blocks`, and everything else as it is by default.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from jinja2 import nodes

from engine.core.quick_expression import KEPT, Expressions, Rare, new
from engine.core.tree import OF_JINJA, made_anew, only_made

_DEEPEST = 14  # tags inside tags: fewer than what could not be compiled
_OPENS = re.compile(r"\{[{%#]")
_TEXTS = r"""'[^'\\\n]*+'|"[^"\\\n]*+\""""
_INNER = rf"((?:[^'\"{{}}%\n]++|{_TEXTS}|\{{(?:[^'\"{{}}\n]++|{_TEXTS})*+\}}|%(?!\}}))*+)"
_TAG = {
    "{{": re.compile(rf"\{{\{{(-?){_INNER}\}}\}}"),
    "{%": re.compile(rf"\{{%(-?){_INNER}%\}}"),
    "{#": re.compile(r"\{#(-?)(.*?)#\}", re.DOTALL),
}
_SPACE = re.compile(r"\s*")


class Read(NamedTuple):
    tree: Any
    names: set[str]  # that it reads and does not make itself
    words: int  # of its longest tag: no fewer than things in an expression stand inside each other


def read_expression(source: str) -> Read | None:
    """None when Jinja's own parser must be asked."""
    source = source.removesuffix("\n")
    try:
        words = Expressions(source, 1, names := set[str]())
        return Read(words.to_the_end(), names - OF_JINJA, words.size)
    except Rare:
        return None


def read_template(source: str, inherits: bool, shared: bool = False) -> Read | None:
    """Likewise. `inherits`: there are other templates, which it may extend. `shared`: nobody may change the tree, for
    what stands in `{{ }}` may be part of other trees as well."""
    if "\r" in source:
        return None
    reader = _Templates(source.removesuffix("\n"), inherits, shared)
    try:
        return Read(nodes.Template(reader.body(), lineno=1), reader.names(), reader.longest)
    except Rare:
        return None


class _Templates:
    def __init__(self, source: str, inherits: bool, shared: bool) -> None:
        self.source, self.inherits, self.shared = source, inherits, shared
        self.place, self.line, self.counted = 0, 1, 0  # `line` is that of the place `counted`
        self.read, self.blocks = set[str](), set[str]()
        self.stored, self.anew = list[str](), list[str]()
        self.values = set[str]()  # what stood in `{{ }}` so far
        self.longest = self.depth = 0
        self.end: Expressions  # the tag that ended the last body

    def names(self) -> set[str]:
        return self.read - (only_made(self.stored, self.anew) if self.stored else set()) - OF_JINJA

    def body(self, *ends: str) -> list[nodes.Node]:
        """All as far as one of the tags that end it, or to the end of the text."""
        made: list[nodes.Node] = []
        printed: list[nodes.Expr] = []
        while (opens := _OPENS.search(self.source, self.place)) is not None:
            inner = self.inner(opens[0], opens.start(), printed)
            if opens[0] == "{#":
                continue
            if opens[0] == "{{":
                printed.append(self.value(inner.strip(" \t")))
                continue
            tag = Expressions(inner, self.line, self.read)
            self.longest = max(self.longest, tag.size)
            if printed:
                made.append(_output(printed))
                printed = []
            if tag.words[0] in ends:
                self.end = tag
                return made
            made.append(self.statement(tag))
        if ends:
            raise Rare
        self.text(printed, len(self.source))
        if printed:
            made.append(_output(printed))
        return made

    def value(self, inner: str) -> nodes.Expr:
        """What is printed. Each node stands once in a tree, so that it can be told where it stands."""
        read = _printed if self.shared and inner not in self.values else _printed.__wrapped__
        node, names, size = read(inner, self.line)
        self.values.add(inner)
        self.read |= names
        self.longest = max(self.longest, size)
        return node

    def inner(self, opens: str, start: int, printed: list[nodes.Expr]) -> str:
        """What stands in the next tag, when what stands before it is printed; and on behind it."""
        found = _TAG[opens].match(self.source, start)
        if found is None:
            raise Rare
        sign, inner = found.groups()
        self.text(printed, start, sign or opens)
        self.line, self.counted = self.line + self.source.count("\n", self.counted, start), start
        self.place = found.end()
        if inner[-1:] == "-":
            inner = inner[:-1]
            self.place = _SPACE.match(self.source, self.place).end()  # type: ignore[union-attr] # it always matches
        elif inner[-1:] == "+" and opens != "{{":
            inner = inner[:-1]
        elif opens != "{{" and self.source.startswith("\n", self.place):
            self.place += 1
        if inner[:1] == "+":
            raise Rare
        return inner

    def text(self, printed: list[nodes.Expr], until: int, sign: str = "") -> None:
        """What stands as far as there, without the spaces that the tag there takes away."""
        text = self.source[self.place : until]
        if sign == "-":
            text = text.rstrip()
        elif sign in ("{%", "{#"):
            start = text.rfind("\n") + 1
            at_line_start = start or not self.place or self.source[self.place - 1] == "\n"
            if at_line_start and text[start:].isspace():
                text = text[:start]
        if text:
            self.line, self.counted = self.line + self.source.count("\n", self.counted, self.place), self.place
            printed.append(_data(text, self.line))

    def statement(self, tag: Expressions) -> nodes.Node:
        self.depth += 1
        made: nodes.Node
        if self.depth > _DEEPEST:
            raise Rare
        if tag.skip("if"):
            made = self.branches(tag)
        elif tag.skip("for"):
            made = self.loop(tag)
        elif tag.skip("set"):
            made = self.assignment(tag)
        elif tag.skip("block"):
            made = self.block(tag)
        elif self.inherits and tag.skip("extends"):
            made = nodes.Extends(tag.to_the_end(), lineno=tag.line)
        else:
            raise Rare
        self.depth -= 1
        return made

    def branches(self, tag: Expressions) -> nodes.If:
        whole = self.branch(tag)
        while self.end.skip("elif"):
            whole.elif_.append(self.branch(self.end))
        whole.else_ = self.otherwise("endif")
        return whole

    def branch(self, tag: Expressions) -> nodes.If:
        test = tag.operation()
        tag.expect("")
        return nodes.If(test, self.body("elif", "else", "endif"), [], [], lineno=tag.line)

    def otherwise(self, end: str) -> list[nodes.Node]:
        """The body behind `else`, when there is one; and the tag that ends it all."""
        other = []
        if self.end.skip("else"):
            self.end.expect("")
            other = self.body(end)
        self.end.expect(end)
        self.end.expect("")
        return other

    def loop(self, tag: Expressions) -> nodes.For:
        targets = [self.target(tag)]
        while tag.skip(","):
            targets.append(self.target(tag))
        target = targets[0] if len(targets) == 1 else nodes.Tuple(targets, "store", lineno=tag.line)
        tag.expect("in")
        items = tag.operation()
        test = tag.expression() if tag.skip("if") else None
        tag.expect("")
        body = self.body("else", "endfor")
        return nodes.For(target, items, body, self.otherwise("endfor"), test, False, lineno=tag.line)

    def assignment(self, tag: Expressions) -> nodes.Assign:
        target = self.target(tag)
        tag.expect("=")
        made = nodes.Assign(target, tag.to_the_end(), lineno=tag.line)
        if target.name in self.read and (name := made_anew(made)):
            self.anew.append(name)
        return made

    def block(self, tag: Expressions) -> nodes.Block:
        name = tag.words[1]
        if not name.isidentifier() or name in self.blocks:
            raise Rare
        self.blocks.add(name)
        tag.at = 2
        tag.expect("")
        body = self.body("endblock")
        self.end.at = 1
        self.end.skip(name)
        self.end.expect("")
        return nodes.Block(name, body, False, False, lineno=tag.line)

    def target(self, tag: Expressions) -> nodes.Name:
        """A name that is given a value."""
        word = tag.words[tag.at]
        tag.at += 1
        if not word.isidentifier() or word in KEPT or word == "loop":
            raise Rare
        self.stored.append(word)
        return nodes.Name(word, "store", lineno=tag.line)


@lru_cache(maxsize=1024)  # `{{ name }}` stands in many texts
def _printed(inner: str, line: int) -> tuple[nodes.Expr, set[str], int]:
    """What stands in `{{ }}`, the names that it reads, and its size."""
    words = Expressions(inner, line, names := set[str]())
    return words.to_the_end(), names, words.size


def _data(text: str, line: int) -> nodes.TemplateData:
    made: nodes.TemplateData = new(nodes.TemplateData)
    made.data, made.lineno, made.environment = text, line, None
    return made


def _output(parts: list[nodes.Expr]) -> nodes.Output:
    made: nodes.Output = new(nodes.Output)
    made.nodes, made.lineno, made.environment = parts, parts[0].lineno, None
    return made
