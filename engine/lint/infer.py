"""Reads an expression or a template as the engine would: what each name in it is, what the whole gives.

Law: a mistake is reported where the word stands, once a text; about a value of unknown kind nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol

from jinja2 import nodes

from engine.core.finding import Span
from engine.core.sandbox import Sandbox
from engine.core.tree import children, every
from engine.lint import attributes, calls, compare, filters, logic, outputs, statements
from engine.lint.guards import NULL_FITS, UNGUARDED
from engine.lint.narrow import facts, path
from engine.lint.shapes import ANY, BOOLEAN, CARRIED, NULL, TEXT, Shape, literal, union
from engine.lint.spot import Source

Report = Callable[[str, str, Span, str, str], None]
"""code, severity, place, message, help"""


class Names(Protocol):
    """What a text can see."""

    def read(self, name: str, at: Callable[[], Span], guarded: int) -> Shape:
        """The shape of a name; an unknown one is reported."""
        ...

    def implied(self, condition: nodes.Node, positive: bool) -> frozenset[str]:
        """The variables that are not null when the condition is true, or when it is not, by what the way here told."""
        ...


class Reader:
    """Reads one text. `full` are the paths that are known not to be null where the reading stands."""

    def __init__(self, names: Names, source: Source, environment: Sandbox, report: Report) -> None:
        self.names, self.source, self.environment = names, source, environment
        self._report = report
        self.locals: list[dict[str, Shape]] = []
        self.full: set[str] = set()
        self.told: set[tuple[str, str]] = set()

    def report(self, code: str, severity: str, word: str, at: Span, message: str, help: str = "") -> None:
        """Once for the same word in one text."""
        if (code, word) not in self.told:
            self.told.add((code, word))
            self._report(code, severity, at, message, help)

    def of(self, node: nodes.Node, guarded: int = UNGUARDED) -> Shape:
        """The shape of an expression."""
        reader = _EXPRESSIONS.get(type(node))
        if reader is None:
            self._children(node)
            return BOOLEAN if isinstance(node, nodes.Not) else ANY
        return reader(self, node, guarded)

    def walk(self, node: nodes.Node) -> None:
        """Read a statement, or a whole template."""
        statement = _STATEMENTS.get(type(node))
        if statement is not None:
            statement(self, node)
        elif isinstance(node, nodes.Expr):
            self.of(node)
        else:
            for child in children(node):
                self.walk(child)

    def _children(self, node: nodes.Node) -> None:
        for child in children(node):
            self.walk(child)

    @contextmanager
    def knowing(self, known: frozenset[str]) -> Iterator[None]:
        fresh = known and known - self.full
        self.full |= fresh
        yield
        self.full -= fresh

    @contextmanager
    def scope(self, /, **names: Shape) -> Iterator[None]:
        self.locals.append(dict(names))
        yield
        self.locals.pop()

    def name(self, node: nodes.Name, guarded: int) -> Shape:
        for scope in reversed(self.locals):
            if node.name in scope:
                return self.known(node, scope[node.name])
        guarded = guarded or int(node.name in self.full)
        return self.known(node, self.names.read(node.name, lambda: self.source.name(node.name, node.lineno), guarded))

    def value(self, node: nodes.Name, guarded: int) -> Shape:
        """A name that is not called."""
        shape = self.name(node, guarded)
        if shape.kind != "function":
            return shape
        attributes.forgotten(self, node.name, self.source.name(node.name, node.lineno))
        return ANY

    def known(self, node: nodes.Node, shape: Shape) -> Shape:
        return shape.full() if shape.empty and self.full and path(node) in self.full else shape

    def when(self, condition: nodes.Node, positive: bool) -> AbstractContextManager[None]:
        """Reading what only counts when the condition is true, or when it is not."""
        return self.knowing(facts(condition, positive) | self.names.implied(condition, positive))

    # conditions -------------------------------------------------------------------------------------------------

    def condition(self, node: nodes.Node) -> None:
        """A condition that names nothing is always true, or never."""
        self.of(node, NULL_FITS)
        if not any(isinstance(one, nodes.Name | nodes.Call) for one in every(node)):
            at = self.source.whole if self.source.bare else self.source.line(node.lineno)
            self.report(
                "constant-condition",
                "warning",
                "",
                at,
                "This condition names nothing, so it is always the same.",
                "Compare a variable with it, or take the condition out.",
            )

    def conditional(self, node: nodes.CondExpr, guarded: int) -> Shape:
        self.condition(node.test)
        with self.when(node.test, True):
            one = self.of(node.expr1, guarded)
        with self.when(node.test, False):
            other = self.of(node.expr2, guarded) if node.expr2 is not None else NULL
        return union([one, other])

    def both(self, node: nodes.And, guarded: int) -> Shape:
        logic.both(self, node)
        left = self.of(node.left, NULL_FITS)
        with self.when(node.left, True):
            return union([left, self.of(node.right, guarded)])

    def either(self, node: nodes.Or, guarded: int) -> Shape:
        logic.either(self, node)
        left = self.of(node.left, NULL_FITS)
        with self.when(node.left, False):
            right = self.of(node.right, guarded)
        return right if left.kind == "null" else union([left.full(), right])

    # what is written out ----------------------------------------------------------------------------------------

    def listed(self, items: Sequence[nodes.Expr]) -> Shape:
        shapes = [self.of(item) for item in items]
        return Shape("list", item=union(shapes) if shapes else NULL)

    def joined(self, node: nodes.Concat, guarded: int) -> Shape:
        marks = [self.of(child).all_marks() for child in node.nodes]
        return TEXT.marked(*(frozenset().union(*marks) & CARRIED))

    def mapped(self, node: nodes.Dict) -> Shape:
        fields = {}
        for pair in node.items:
            self.of(pair.key)
            shape = self.of(pair.value)
            if isinstance(pair.key, nodes.Const):
                fields[str(pair.key.value)] = shape
        return Shape("map", fields, open=len(fields) < len(node.items))


_EXPRESSIONS: dict[type, Callable[[Reader, Any, int], Shape]] = {
    nodes.Name: Reader.value,
    nodes.Const: lambda reader, node, guarded: literal(node.value),
    nodes.Getattr: attributes.by_dot,
    nodes.Getitem: attributes.by_bracket,
    nodes.Filter: filters.filtered,
    nodes.Test: filters.tested,
    nodes.Call: calls.called,
    nodes.CondExpr: Reader.conditional,
    nodes.And: Reader.both,
    nodes.Or: Reader.either,
    nodes.Compare: compare.compared,
    nodes.List: lambda reader, node, guarded: reader.listed(node.items),
    nodes.Tuple: lambda reader, node, guarded: reader.listed(node.items),
    nodes.Dict: lambda reader, node, guarded: reader.mapped(node),
    nodes.Concat: Reader.joined,
    **dict.fromkeys(
        (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow), compare.reckoned
    ),
}
_STATEMENTS: dict[type, Callable[[Reader, Any], None]] = {
    nodes.Output: outputs.output,
    nodes.If: statements.branch,
    nodes.For: statements.loop,
    nodes.Assign: statements.assign,
    nodes.AssignBlock: statements.captured,
    nodes.With: statements.within,
    nodes.Block: statements.block,
    nodes.Macro: statements.macro,
    nodes.CallBlock: statements.macro,
    nodes.Import: statements.imported,
    nodes.FromImport: statements.imported,
}
