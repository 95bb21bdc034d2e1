"""Jinja's parser, with a short cut for what nearly every expression is: one operand.

Law: the tree is Jinja's to the last line number. Its parser goes down ten levels of operators for every name; ours
reads the operand first, and goes down only when an operator follows.
"""

from __future__ import annotations

from jinja2 import nodes, parser
from jinja2.lexer import Token

DEEPEST = 50  # expressions inside expressions: a deeper one could be parsed, but not compiled
_ENDS = frozenset(
    ("variable_end", "block_end", "rparen", "rbracket", "rbrace", "comma", "colon", "eof")
)  # tokens, none of which is an operator


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
