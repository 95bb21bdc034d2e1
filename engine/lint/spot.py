"""Where a name stands inside a text with Jinja in it: Jinja's nodes know their line only.

Law: the text is cut into words by the same marks as Jinja does it (`{{ }}`, `{% %}`, `{# #}`, quotes); a place is
looked up by the line that the node knows and by what stands before the word.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from jinja2 import nodes
from msgspec import Struct

from engine.core.finding import Span
from engine.core.node import Scalar
from engine.core.template import Expression, Plain
from engine.lint.leaves import Key, key_of, leaves
from engine.project.places import position

_REGION = (  # compiled when a place is first asked for: that takes 2 ms
    r"(?s)\{#.*?#\}|\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}"
    r"|\{\{(?P<print>(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^'\"])*?)\}\}"
    r"|\{%(?P<block>(?:'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\"|[^'\"])*?)%\}"
)
_WORD = re.compile(
    r"(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<name>[^\W\d]\w*)|(?P<number>\d+(?:\.\d+)?)|(?P<sign>==|!=|<=|>=|\*\*|[^\s\w])",
    re.DOTALL,
)


class Word(Struct, frozen=True):
    """`kind`: name, text (a literal in quotes) or number. `before` are the two words that stand before it."""

    text: str
    kind: str
    offset: int
    line: int
    before: tuple[str, str]
    after: str

    @property
    def shown(self) -> str:
        return f"'{self.text}'" if self.kind == "text" else self.text

    @property
    def key(self) -> Key:
        """As `key_of` a leaf."""
        if self.kind != "name":
            return "literal", self.text
        if self.before[1] == ".":
            return "attribute", self.text
        if self.before[1] in ("|", "filter"):
            return "filter", self.text
        if "is" in (self.before[1], self.before[0] if self.before[1] == "not" else ""):
            return "test", self.text
        return "argument" if _keyword(self) else "name", self.text


@dataclass
class Source:
    """One text with Jinja. `at` gives (line, column) of an offset; `whole` is shown when a place is not found."""

    text: str
    file: str
    whole: Span
    at: Callable[[int], tuple[int, int]]
    bare: bool = False  # an expression without braces
    tree: nodes.Node | None = None

    @cached_property
    def words(self) -> list[Word]:
        if self.bare:
            return _words(self.text, 0, len(self.text))
        found: list[Word] = []
        for region in re.finditer(_REGION, self.text):
            for group in ("print", "block"):
                if region.group(group) is not None:
                    found += _words(self.text, *region.span(group))
        return found

    @cached_property
    def _found(self) -> dict[int, Word]:
        """The word of each leaf of the tree, by the leaf's identity."""
        words, there = dict[Key, list[Word]](), dict[Key, list[int]]()
        for word in self.words:
            words.setdefault(word.key, []).append(word)
        for leaf in leaves(self.tree):
            if (key := key_of(leaf)) is not None:
                there.setdefault(key, []).append(id(leaf))
        sure = (key for key, some in there.items() if len(some) == len(words.get(key, ())))
        return {leaf: word for key in sure for leaf, word in zip(there[key], words[key], strict=True)}

    def place(self, node: nodes.Node) -> Span:
        """An operand: a name with its attributes, a literal (without its quotes), or from the first of them to the
        last."""
        ends = [word for leaf in leaves(node) if (word := self._found.get(id(leaf))) is not None]
        if not ends:
            return self._by_line(node, next(leaves(node), None))
        first, last = ends[0], ends[-1]
        if first is last:
            return self._word(first)
        return self.span(first.offset, last.offset + len(last.shown) - first.offset)

    def word(self, leaf: nodes.Node) -> Span:
        """The very word of a leaf: the last attribute, the filter's name."""
        found = self._found.get(id(leaf))
        return self._by_line(leaf, leaf) if found is None else self._word(found)

    def before(self, leaf: nodes.Filter) -> str:
        """The text up to the sign of a filter."""
        alike = (one for one in self.words if one.key == ("filter", leaf.name))
        found = self._found.get(id(leaf)) or next(alike, None)
        return self.text[: found.offset].rstrip().removesuffix("|").rstrip() if found is not None else ""

    def _by_line(self, node: nodes.Node, leaf: nodes.Node | None) -> Span:
        """Where the tree does not tell which one of several it is."""
        kind, word = (leaf is not None and key_of(leaf)) or ("", "")
        if kind == "attribute":
            inner = getattr(leaf, "node", None)
            of = inner.name if isinstance(inner, nodes.Name) else inner.attr if isinstance(inner, nodes.Getattr) else ""
            return self.attribute(word, node.lineno, of)
        if kind in ("filter", "test"):
            return self.after_sign(word, node.lineno, ("|", "filter") if kind == "filter" else ("is", "not"))
        if not kind:
            return self.line(node.lineno)
        return self.name(word, node.lineno) if kind == "name" else self.literal(word, node.lineno)

    def _word(self, found: Word) -> Span:
        return self.span(found.offset + int(found.kind == "text"), len(found.text))

    def span(self, offset: int, length: int) -> Span:
        line, column = self.at(offset)
        end_line, end = (
            self.at(offset + length) if "\n" in self.text[offset : offset + length] else (line, column + length)
        )
        return Span(self.file, line, column, end_line, end)

    def name(self, name: str, line: int) -> Span:
        """A variable."""
        return self._find(
            name, line, lambda word: word.kind == "name" and word.before[1] not in (".", "|") and not _keyword(word)
        )

    def attribute(self, name: str, line: int, of: str = "") -> Span:
        """`goal.name`, `goal['name']`; `of` is the word before the dot when it is a name."""

        def fits(word: Word) -> bool:
            if word.kind == "text":
                return word.before[1] in ("[", "(", ",", "=")
            return word.before[1] == "." and (not of or word.before[0] == of)

        return self._find(name, line, fits)

    def after_sign(self, name: str, line: int, signs: tuple[str, ...]) -> Span:
        """A filter behind `|`, a test behind `is`."""
        return self._find(name, line, lambda word: word.kind == "name" and word.before[1] in signs)

    def name_of_argument(self, name: str, line: int) -> Span:
        return self._find(name, line, lambda word: word.kind == "name" and word.after == "=")

    def literal(self, text: str, line: int) -> Span:
        return self._find(text, line, lambda word: word.kind in ("text", "number"))

    def sign(self, sign: str, line: int) -> Span:
        """An operator, or a name that is called: `**`, `range`."""
        if sign.isidentifier():
            return self.name(sign, line)
        regions = [(0, len(self.text))] if self.bare else [one.span() for one in re.finditer(_REGION, self.text)]
        for start, end in regions:
            for found in _WORD.finditer(self.text, start, end):
                on = self.text.count("\n", 0, found.start()) + 1
                if found["sign"] and self.text.startswith(sign, found.start()) and on == line:
                    return self.span(found.start(), len(sign))
        return self.line(line)

    def line(self, number: int) -> Span:
        """All that stands on a line (from 1) of the text, without its outer spaces."""
        start = 0
        for _ in range(number - 1):
            start = self.text.find("\n", start) + 1
        end = self.text.find("\n", start)
        written = self.text[start : end if end >= 0 else len(self.text)]
        inner = written.strip()
        return self.span(start + written.index(inner), len(inner)) if inner else self.whole

    def _find(self, text: str, line: int, fits: Callable[[Word], bool]) -> Span:
        near = [word for word in self.words if word.text == text and fits(word)]
        found = next((word for word in near if word.line == line), near[0] if near else None)
        if found is None:
            return self.whole
        return self._word(found)


def _keyword(word: Word) -> bool:
    """`default(boolean=true)`: the name of an argument."""
    return word.after == "=" and word.before[1] in ("(", ",")


def _words(text: str, start: int, end: int) -> list[Word]:
    matches = list(_WORD.finditer(text, start, end))
    shown = [one.group() for one in matches]
    found = []
    line, counted = text.count("\n", 0, start) + 1, start
    for place, one in enumerate(matches):
        line, counted = line + text.count("\n", counted, one.start()), one.start()
        kind = one.lastgroup or "sign"
        if kind != "sign":
            word = one.group()[1:-1] if kind == "text" else one.group()
            before = (shown[place - 2] if place > 1 else "", shown[place - 1] if place else "")
            found.append(
                Word(word, kind, one.start(), line, before, shown[place + 1] if place + 1 < len(shown) else "")
            )
    return found


def source_of(part: Expression | Plain, at: Scalar, tree: nodes.Node | None = None) -> Source:
    """The text of an expression or a template of a YAML file."""
    offset = part.offset
    if offset and at.text[offset : offset + len(part.source)] != part.source:
        offset = max(at.text.find(part.source, offset), offset)  # a `-` behind the braces was taken out
    return Source(
        part.source,
        at.span.file,
        at.span,
        lambda place: position(at, offset + place),
        isinstance(part, Expression),
        tree,
    )
