"""Jinja's parser, with short cuts for what nearly every text is: words and names, or one operand.

Law: the tree is Jinja's to the last line number. Its parser goes down ten levels of operators for every name; ours
reads the operand first, and goes down only when an operator follows. A text whose every `{{ }}` holds no more than a
name and its attributes needs no parser at all.
"""

from __future__ import annotations

import re

from jinja2 import nodes, parser
from jinja2.lexer import Token

DEEPEST = 50  # expressions inside expressions: a deeper one could be parsed, but not compiled
_ENDS = frozenset(
    ("variable_end", "block_end", "rparen", "rbracket", "rbrace", "comma", "colon", "eof")
)  # tokens, none of which is an operator
_OPENS = re.compile(r"\{[{%#]")
_NAME = r"[ \t]*([a-zA-Z_][a-zA-Z_0-9]*(?:\.[a-zA-Z_][a-zA-Z_0-9]*)*)[ \t]*"
_NAMED = re.compile(rf"\{{\{{{_NAME}\}}\}}")
_BARE = re.compile(_NAME)
_WORDS = frozenset(("true", "True", "false", "False", "none", "None", "not", "and", "or", "in", "is", "if", "else"))


def simple_template(source: str) -> nodes.Template | None:
    """«Hello, {{ person.name }}!»; None when something else stands in it."""
    if "\r" in source:
        return None
    source = source.removesuffix("\n")
    parts: list[nodes.Expr] = []
    after, line = 0, 1
    while (opens := _OPENS.search(source, after)) is not None:
        found = _NAMED.match(source, opens.start())
        made = _path(found[1], line + source.count("\n", after, opens.start())) if found is not None else None
        if found is None or made is None:
            return None
        if opens.start() > after:
            parts.append(nodes.TemplateData(source[after : opens.start()], lineno=line))
        parts.append(made)
        after, line = found.end(), made.lineno
    if after < len(source):
        parts.append(nodes.TemplateData(source[after:], lineno=line))
    return nodes.Template([nodes.Output(parts, lineno=parts[0].lineno)] if parts else [], lineno=1)


def simple_expression(source: str) -> nodes.Expr | None:
    """A bare `person.name`; None when it is something else."""
    found = _BARE.fullmatch(source)
    return _path(found[1], 1) if found is not None else None


def _path(dotted: str, line: int) -> nodes.Expr | None:
    first, *attributes = dotted.split(".")
    if first in _WORDS:
        return None
    node: nodes.Expr = nodes.Name(first, "load", lineno=line)
    for attribute in attributes:
        node = nodes.Getattr(node, attribute, "load", lineno=line)
    return node


class Parser(parser.Parser):
    _depth = 0
    _operand: tuple[nodes.Expr, Token] | None = None  # one that is read already, and the token behind it

    def parse_expression(self, with_condexpr: bool = True) -> nodes.Expr:
        """Raises RecursionError for one that is nested too deep."""
        if self._depth >= DEEPEST:
            raise RecursionError
        self._depth += 1
        first = self.stream.current
        if first.value != "not":
            operand = self.parse_unary()
            if self.stream.current.type in _ENDS:
                self._depth -= 1
                return operand
            self._operand = operand, self.stream.current
            self.stream.current = Token(first.lineno, "initial", "")  # each level looks at the line it begins on
        whole = super().parse_expression(with_condexpr)
        self._depth -= 1
        return whole

    def parse_unary(self, with_filter: bool = True) -> nodes.Expr:
        if self._operand is None:
            return super().parse_unary(with_filter)
        operand, self.stream.current = self._operand
        self._operand = None
        return operand
