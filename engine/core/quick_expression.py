"""Reads the expressions that authors really write: Jinja's trees in a fraction of its parser's time.

Law: the tree is Jinja's to the last line number, or there is none (`Rare`) and Jinja's own parser is asked; so what is
wrong is always told by Jinja. Rare are line breaks and escapes within, tuples without brackets, `*arguments`, odd
numbers.
"""

from __future__ import annotations

import re
from typing import Any

from jinja2 import nodes

DEEPEST = 50  # expressions inside expressions: a deeper one could be parsed, but not compiled
WORD = re.compile(
    r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"  # a name and its attributes
    r"|(?:0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15})?(?![\w.])"
    r"""|'[^'\\\n]*'|"[^"\\\n]*\""""
    r"|\*\*|//|[=!<>]=|[^ \t]"  # the last is a sign, or what is none of ours
)
OPERATORS = frozenset(("and", "or", "not", "in", "is", "if", "else"))
_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "none": None, "None": None}
KEPT = OPERATORS | _CONSTANTS.keys()  # words that are no names
_ENDS = frozenset(("", ")", "]", "}", ",", ":"))  # behind an operand there is nothing more of it
_COMPARED = {"==": "eq", "!=": "ne", "<": "lt", "<=": "lteq", ">": "gt", ">=": "gteq", "in": "in", "not": "notin"}
_OR, _NOT, _COMPARE, _PLUS, _CONCAT, _TIMES = 1, 3, 4, 5, 6, 7
_LEVELS = {"or": _OR, "and": 2, "+": _PLUS, "-": _PLUS, "~": _CONCAT, "**": 8}  # the higher binds the closer
_LEVELS |= dict.fromkeys(_COMPARED, _COMPARE) | dict.fromkeys(("*", "/", "//", "%"), _TIMES)
_NODES: dict[str, Any] = {"or": nodes.Or, "and": nodes.And, "+": nodes.Add, "-": nodes.Sub, "**": nodes.Pow}
_NODES |= {"*": nodes.Mul, "/": nodes.Div, "//": nodes.FloorDiv, "%": nodes.Mod}


class Rare(Exception):
    """This is for Jinja's own parser."""


class Expressions:
    """Reads what stands on one `line`, in one pair of braces; `read` gathers the names that are read."""

    def __init__(self, source: str, line: int, read: set[str]) -> None:
        self.words: list[str] = WORD.findall(source.strip(" \t"))
        self.size = len(self.words) + source.count(".")
        self.words.append("")  # nothing is expected behind it
        self.at, self.depth, self.line, self.read = 0, 0, line, read

    def to_the_end(self) -> nodes.Expr:
        if len(self.words) == 2:
            return self.value()  # one word, as most are
        node = self.expression()
        self.expect("")
        return node

    def skip(self, word: str) -> bool:
        if self.words[self.at] != word:
            return False
        self.at += 1
        return True

    def expect(self, word: str) -> None:
        if self.words[self.at] != word:
            raise Rare
        self.at += 1

    def expression(self) -> nodes.Expr:
        if self.depth >= DEEPEST:
            raise Rare
        self.depth += 1
        node = self.operation()
        while self.skip("if"):
            test = self.operation()
            otherwise = self.expression() if self.skip("else") else None
            node = nodes.CondExpr(test, node, otherwise, lineno=self.line)
        self.depth -= 1
        return node

    def operation(self, least: int = _OR) -> nodes.Expr:
        """Operands and what binds them at least so closely."""
        node: nodes.Expr
        if self.words[self.at] != "not":
            node = self.operand()
        elif least <= _NOT:
            self.at += 1
            node = nodes.Not(self.operation(_NOT), lineno=self.line)
        else:
            raise Rare
        sign = self.words[self.at]
        while sign not in _ENDS and (level := _LEVELS.get(sign, 0)) >= least:
            if level == _COMPARE:
                node = self.comparison(node)
            elif level == _CONCAT:
                parts = [node]
                while self.skip("~"):
                    parts.append(self.operation(_TIMES))
                node = nodes.Concat(parts, lineno=self.line)
            else:
                self.at += 1
                node = _NODES[sign](node, self.operation(level + 1), lineno=self.line)
            sign = self.words[self.at]
        return node

    def comparison(self, node: nodes.Expr) -> nodes.Expr:
        operands = []
        while (sign := _COMPARED.get(self.words[self.at])) is not None:
            self.at += 1
            if sign == "notin":
                self.expect("in")
            operands.append(nodes.Operand(sign, self.operation(_PLUS)))
        return nodes.Compare(node, operands, lineno=self.line)

    def operand(self, filtered: bool = True) -> nodes.Expr:
        """A value with its signs, attributes, calls, and filters and tests."""
        if (sign := self.words[self.at]) == "-" or sign == "+":
            self.at += 1
            node: nodes.Expr = (nodes.Neg if sign == "-" else nodes.Pos)(self.operand(False), lineno=self.line)
        else:
            node = self.value()
        if self.words[self.at] in _ENDS:
            return node
        node = self.of_it(node)
        while filtered:
            if self.skip("|"):
                name = self.name()
                node = nodes.Filter(node, name, *self.arguments(), None, None, lineno=self.line)
            elif self.skip("is"):
                node = self.test(node)
            elif self.words[self.at] == "(":
                node = nodes.Call(node, *self.arguments(), None, None, lineno=self.line)
            else:
                break
        return node

    def of_it(self, node: nodes.Expr) -> nodes.Expr:
        """Attributes, items and calls of a value."""
        while True:
            if self.words[self.at] == "(":
                node = nodes.Call(node, *self.arguments(), None, None, lineno=self.line)
            elif self.skip("["):
                node = nodes.Getitem(node, self.item(), "load", lineno=self.line)
                self.expect("]")
            elif self.skip("."):
                node = self.attributes(node, self.name().split("."))
            else:
                return node

    def item(self) -> nodes.Expr:
        """Which one of a value is meant, or from which to which: `[-3:]`."""
        bounds = [self.bound()]
        while len(bounds) < 3 and self.skip(":"):
            bounds.append(self.bound())
        if len(bounds) > 1:
            return nodes.Slice(*(*bounds, None)[:3], lineno=self.line)
        if bounds[0] is None:
            raise Rare
        return bounds[0]

    def bound(self) -> nodes.Expr | None:
        return None if self.words[self.at] in (":", "]") else self.expression()

    def test(self, node: nodes.Expr) -> nodes.Expr:
        negated = self.skip("not")
        name = self.name()
        if name.startswith("not."):
            raise Rare
        following = self.words[self.at]
        if _VALUE.match(following) and following not in ("else", "or", "and"):
            given: Any = [self.of_it(self.value())], []
        else:
            given = self.arguments()
        node = nodes.Test(node, name, *given, None, None, lineno=self.line)
        return nodes.Not(node, lineno=self.line) if negated else node

    def name(self) -> str:
        """A name, perhaps with dots in it."""
        word: str = self.words[self.at]
        self.at += 1
        if not all(map(str.isidentifier, word.split("."))):
            raise Rare
        return word

    def arguments(self) -> tuple[list[nodes.Expr], list[nodes.Keyword]]:
        """In brackets; none when no bracket stands here."""
        args: list[nodes.Expr] = []
        named: list[nodes.Keyword] = []
        if not self.skip("("):
            return args, named
        while not self.skip(")"):
            if self.words[self.at] and self.words[self.at + 1] == "=":
                key = self.words[self.at]
                if not key.isascii() or not key.isidentifier() or any(key == one.key for one in named):
                    raise Rare
                self.at += 2
                named.append(nodes.Keyword(key, self.expression(), lineno=self.line))
            elif named:
                raise Rare
            else:
                args.append(self.expression())
            if not self.skip(",") and self.words[self.at] != ")":
                raise Rare
        return args, named

    def value(self) -> nodes.Expr:
        word = self.words[self.at]
        self.at += 1
        first = word[:1]
        if first in _QUOTES and len(word) > 1:
            return _constant(word[1:-1], self.line)
        if first in _DIGITS:
            return _constant(float(word) if "." in word else int(word), self.line)
        if word == "(":
            return self.bracketed()
        if word == "[":
            return nodes.List(self.items("]"), lineno=self.line)
        if word == "{":
            return nodes.Dict(self.items("}"), lineno=self.line)
        return self.named(word)

    def bracketed(self) -> nodes.Expr:
        """An expression in brackets, or several: `(a, b)`."""
        found: list[nodes.Expr] = []
        while not self.skip(")"):
            found.append(self.expression())
            if not self.skip(","):
                self.expect(")")
                return found[0] if len(found) == 1 else nodes.Tuple(found, "load", lineno=self.line)
        return nodes.Tuple(found, "load", lineno=self.line)

    def items(self, end: str) -> list[Any]:
        """Of a list, or the pairs of a map."""
        found: list[nodes.Node] = []
        while not self.skip(end):
            one: nodes.Node = self.expression()
            if end == "}":
                self.expect(":")
                one = nodes.Pair(one, self.expression(), lineno=self.line)
            found.append(one)
            if not self.skip(",") and self.words[self.at] != end:
                raise Rare
        return found

    def named(self, word: str) -> nodes.Expr:
        """`person.name`, or a constant."""
        first, *attributes = word.split(".")
        if not first.isidentifier() or first in OPERATORS:
            raise Rare
        if first in _CONSTANTS:
            node: nodes.Expr = _constant(_CONSTANTS[first], self.line)
        else:
            node = _name(first, self.line)
            self.read.add(first)
        return self.attributes(node, attributes) if attributes else node

    def attributes(self, node: nodes.Expr, names: list[str]) -> nodes.Expr:
        for attribute in names:
            if not attribute.isidentifier():
                raise Rare
            made = new(nodes.Getattr)
            made.node, made.attr, made.ctx, made.lineno, made.environment = node, attribute, "load", self.line, None
            node = made
        return node


_QUOTES, _DIGITS = frozenset("'\""), frozenset("0123456789")
_VALUE = re.compile(r"[\w'\"\[{]")
new: Any = object.__new__  # most nodes are of these kinds, and Jinja's own constructor takes four times as long


def _name(name: str, line: int) -> nodes.Name:
    made: nodes.Name = new(nodes.Name)
    made.name, made.ctx, made.lineno, made.environment = name, "load", line, None
    return made


def _constant(value: Any, line: int) -> nodes.Const:
    made: nodes.Const = new(nodes.Const)
    made.value, made.lineno, made.environment = value, line, None
    return made
