"""Jinja's statements: `if`, `for`, `set`, macros and imports."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from engine.lint import constants, filters
from engine.lint.guards import NULL_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import item_of
from engine.lint.shapes import ANY, TEXT, Shape, merged, told, union

_OF_LOOPS = "index index0 revindex revindex0 first last length cycle depth depth0 previtem nextitem changed"
LOOP = Shape("map", dict.fromkeys(_OF_LOOPS.split(), ANY), what="the state of the loop")


def branch(reader: Reader, node: nodes.If) -> None:
    reader.condition(node.test)
    with reader.when(node.test, True):
        for child in node.body:
            reader.walk(child)
    with reader.when(node.test, False):
        for child in (*node.elif_, *node.else_):
            reader.walk(child)


def loop(reader: Reader, node: nodes.For) -> None:
    shape = reader.of(node.iter, NULL_FITS)
    _goes_through(reader, node, shape)
    around, reader.rounds = reader.rounds, reader.rounds * constants.rounds(node.iter)
    constants.too_many(reader, node, reader.rounds)
    with reader.scope(loop=LOOP):
        _assign(reader, node.target, item_of(shape))
        _assign_pair(reader, node)
        for child in (*([node.test] if node.test is not None else []), *node.body):
            reader.walk(child)
    reader.rounds = around
    for child in node.else_:
        reader.walk(child)


def _assign_pair(reader: Reader, node: nodes.For) -> None:
    """`for id, row in catalog.goods.items()`: the second is a row."""
    target, iter_ = node.target, node.iter
    if not isinstance(target, nodes.Tuple) or len(target.items) != 2:
        return
    if isinstance(iter_, nodes.Call) and isinstance(iter_.node, nodes.Getattr) and iter_.node.attr == "items":
        of: nodes.Node | None = iter_.node.node
    elif isinstance(iter_, nodes.Filter) and iter_.name in ("items", "dictsort"):
        of = iter_.node
    else:
        _keys_only(reader, node)
        return
    base = reader.of(of, NULL_FITS) if of is not None else ANY
    rows = list(base.fields.values())
    if base.kind == "map" and not base.open and rows and all(row.kind == "map" for row in rows):
        _assign(reader, target.items[0], TEXT)
        reader.locals[-1][getattr(target.items[1], "name", "")] = merged(rows)


def _keys_only(reader: Reader, node: nodes.For) -> None:
    """`for id, row in catalog.goods`: a map is gone through by its keys, which are no pairs."""
    name = path(node.iter)
    shape = reader.of(node.iter, NULL_FITS) if name else ANY
    if shape.parts() and all(part.kind == "map" for part in shape.parts()):
        at = reader.source.place(node.iter)
        message = "This is a map, and the loop goes through its keys alone, so the text fails."
        reader.report("not-a-list", "error", "pairs", at, message, f"For both write `{name}.items()`.")


def _goes_through(reader: Reader, node: nodes.For, shape: Shape) -> None:
    """A text is gone through letter by letter, a number not at all."""
    kinds = {part.kind for part in shape.parts()}
    if not kinds or not kinds <= {"text", "integer", "number", "boolean"}:
        return
    at = filters.place_of(reader, node.iter)
    if kinds == {"text"}:
        message = f"This is {told(shape)}, so the loop goes through its letters."
        reader.report("not-a-list", "warning", "for", at, message, filters.a_list(path(node.iter)))
    else:
        message = f"This is {told(shape)} and no list, so the loop fails."
        reader.report("not-a-list", "error", "for", at, message, "For so many rounds: `range(…)`.")


def _assign(reader: Reader, target: nodes.Node, shape: Shape) -> None:
    scope = reader.locals[-1] if reader.locals else _outermost(reader)
    if isinstance(target, nodes.Name):
        scope[target.name] = union([scope[target.name], shape]) if target.name in scope else shape
    elif isinstance(target, nodes.Tuple):
        for one in target.items:
            _assign(reader, one, ANY)


def _outermost(reader: Reader) -> dict[str, Shape]:
    reader.locals.append({})
    return reader.locals[-1]


def assign(reader: Reader, node: nodes.Assign) -> None:
    _assign(reader, node.target, reader.of(node.node))


def captured(reader: Reader, node: nodes.AssignBlock) -> None:
    for child in (*node.body, *([node.filter] if node.filter is not None else [])):
        reader.walk(child)
    _assign(reader, node.target, TEXT)


def within(reader: Reader, node: nodes.With) -> None:
    values = [reader.of(value) for value in node.values]
    with reader.scope():
        for target, shape in zip(node.targets, values, strict=True):
            _assign(reader, target, shape)
        for child in node.body:
            reader.walk(child)


def block(reader: Reader, node: nodes.Block) -> None:
    with reader.scope(self=ANY, super=ANY):
        for child in node.body:
            reader.walk(child)


def macro(reader: Reader, node: nodes.Macro | nodes.CallBlock) -> None:
    arguments = {one.name: ANY for one in node.args}
    if isinstance(node, nodes.Macro):
        _assign(reader, nodes.Name(node.name, "store"), ANY)
    else:
        reader.of(node.call)
    with reader.scope(**arguments, caller=ANY, varargs=ANY, kwargs=ANY):
        for child in node.body:
            reader.walk(child)


def imported(reader: Reader, node: nodes.Import | nodes.FromImport) -> None:
    names: list[Any] = [node.target] if isinstance(node, nodes.Import) else node.names
    for name in names:
        _assign(reader, nodes.Name(name if isinstance(name, str) else name[1], "store"), ANY)
