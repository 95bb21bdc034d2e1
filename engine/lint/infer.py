"""How each kind of Jinja's nodes is read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from jinja2 import nodes

from engine.lint import (
    attributes,
    calls,
    compare,
    filters,
    forms,
    includes,
    logic,
    nulls,
    outputs,
    percents,
    precedence,
    statements,
    sums,
    takes,
)
from engine.lint.guards import NULL_FITS
from engine.lint.reader import Expressions, Reader, Statements
from engine.lint.shapes import ANY, CARRIED, NULL, NUMBER, NUMERIC, TEXT, Shape, literal, union


def _value(reader: Reader, node: nodes.Name, guarded: int) -> Shape:
    """A name that is not called."""
    shape = reader.name(node, guarded)
    if shape.kind != "function":
        return shape
    attributes.forgotten(reader, node.name, reader.source.word(node))
    return ANY


def _conditional(reader: Reader, node: nodes.CondExpr, guarded: int) -> Shape:
    reader.condition(node.test)
    if type(node.expr1) is nodes.Add:
        precedence.of_branch(reader, node, node.expr1)
    with reader.when(node.test, True):
        one = reader.of(node.expr1, guarded)
    with reader.when(node.test, False):
        other = reader.of(node.expr2, guarded) if node.expr2 is not None else NULL
    return union([one, other])


def _both(reader: Reader, node: nodes.And, guarded: int) -> Shape:
    logic.both(reader, node)
    left = reader.of(node.left, NULL_FITS)
    with reader.when(node.left, True):
        return union([left, reader.of(node.right, guarded)])


def _either(reader: Reader, node: nodes.Or, guarded: int) -> Shape:
    logic.either(reader, node)
    left = reader.of(node.left, NULL_FITS)
    with reader.when(node.left, False):
        right = reader.of(node.right, guarded)
    return right if left.kind == "null" else union([left.full(), right])


def _listed(reader: Reader, items: Sequence[nodes.Expr]) -> Shape:
    shapes = [reader.of(item) for item in items]
    return Shape("list", item=union(shapes) if shapes else NULL)


def _in_brackets(reader: Reader, node: nodes.List, guarded: int) -> Shape:
    forms.side_by_side(reader, node)
    return _listed(reader, node.items)


def _several(reader: Reader, node: nodes.Tuple, guarded: int) -> Shape:
    forms.decimal_comma(reader, node)
    return _listed(reader, node.items)


def _joined(reader: Reader, node: nodes.Concat, guarded: int) -> Shape:
    shapes = [reader.of(child) for child in node.nodes]
    for child, shape in zip(node.nodes, shapes, strict=True):
        takes.check(reader, "~", child, shape, takes.PLAIN)
    return TEXT.marked(*(frozenset().union(*(one.all_marks() for one in shapes)) & CARRIED))


def _mapped(reader: Reader, node: nodes.Dict, guarded: int) -> Shape:
    fields = {}
    for pair in node.items:
        reader.of(pair.key)
        shape = reader.of(pair.value)
        if isinstance(pair.key, nodes.Const):
            fields[str(pair.key.value)] = shape
    return Shape("map", fields, open=len(fields) < len(node.items))


def _negative(reader: Reader, node: nodes.Neg, guarded: int) -> Shape:
    """`-5` of 5."""
    shape = reader.of(node.node, guarded)
    if shape.empty:
        nulls.fails_on_null(reader, node.node, shape, "`-`", guarded)
    takes.check(reader, "-", node.node, shape, takes.A_NUMBER)
    if shape.kind not in NUMERIC:
        return ANY
    values = frozenset(-one for one in shape.values) if shape.values is not None else None
    return shape._replace(values=values)


def _sum(reader: Reader, node: nodes.BinExpr, guarded: int) -> Shape:
    """`a + b` and the like."""
    if type(node.right) is nodes.Filter and precedence.check(reader, node):
        reader.of(node.left, guarded)
        reader.of(node.right, guarded)
        return NUMBER
    return sums.reckoned(reader, node, guarded)


def _remainder(reader: Reader, node: nodes.Mod, guarded: int) -> Shape:
    """`7 % 2`, and `'%s kg' % weight`."""
    shape = sums.reckoned(reader, node, guarded)
    if isinstance(node.left, nodes.Const):
        values = node.right.items if isinstance(node.right, nodes.Tuple) else [node.right]
        given: list[tuple[nodes.Node, Shape]] = [(one, reader.of(one)) for one in values]
        unlike = {"list", "map", "any"} & {part.kind for _, one in given for part in (one, *one.parts())}
        percents.check(reader, node.left, given, guarded, named=bool(unlike) and len(values) == 1)
    return shape


class TextReader(Reader):
    EXPRESSIONS: ClassVar[Expressions] = {
        nodes.Name: _value,
        nodes.Const: lambda reader, node, guarded: literal(node.value),
        nodes.Getattr: attributes.by_dot,
        nodes.Getitem: attributes.by_bracket,
        nodes.Filter: filters.filtered,
        nodes.Test: filters.tested,
        nodes.Call: calls.called,
        nodes.CondExpr: _conditional,
        nodes.And: _both,
        nodes.Or: _either,
        nodes.Compare: compare.compared,
        nodes.List: _in_brackets,
        nodes.Tuple: _several,
        nodes.Dict: _mapped,
        nodes.Concat: _joined,
        nodes.Neg: _negative,
        nodes.Mod: _remainder,
        **dict.fromkeys((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Pow), _sum),
    }
    STATEMENTS: ClassVar[Statements] = {
        nodes.Output: outputs.output,
        nodes.If: statements.branch,
        nodes.For: statements.loop,
        nodes.Assign: statements.assign,
        nodes.AssignBlock: statements.captured,
        nodes.With: statements.within,
        nodes.Block: statements.block,
        nodes.Macro: includes.macro,
        nodes.CallBlock: includes.call_block,
        nodes.Include: includes.included,
        nodes.Import: includes.imported,
        nodes.FromImport: includes.imported,
    }
