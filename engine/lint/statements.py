"""Jinja's statements: `if`, `for`, `set`, `with`, blocks."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack

from jinja2 import nodes

from engine.core.tree import every
from engine.lint import constants, filters, nulls
from engine.lint.guards import NULL_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import item_of
from engine.lint.shapes import ANY, FUNCTION, TEXT, Shape, merged, told, union

_OF_LOOPS = "index index0 revindex revindex0 first last length cycle depth depth0 previtem nextitem changed"
LOOP = Shape("map", dict.fromkeys(_OF_LOOPS.split(), ANY), what="the state of the loop")


def branch(reader: Reader, node: nodes.If) -> None:
    made = []
    with ExitStack() as not_so_far:
        for one in (node, *node.elif_):
            reader.condition(one.test)
            with reader.when(one.test, True):
                made.append(_made_in(reader, one.body))
            not_so_far.enter_context(reader.when(one.test, False))
        made.append(_made_in(reader, node.else_))
    for name in sorted(set().union(*made)):
        assign_to(reader, nodes.Name(name, "store"), union([one[name] for one in made if name in one]))
        if not all(name in one for one in made) and not reader.names.knows(name):
            reader.loose[name] = reader.open


def _made_in(reader: Reader, body: Sequence[nodes.Node]) -> dict[str, Shape]:
    """What one way of an `if` sets that was not there before; it is taken out again."""
    before = dict(reader.locals[-1]) if reader.locals else {}
    for child in body:
        reader.walk(child)
    scope = reader.locals[-1] if reader.locals else {}
    made = {name: shape for name, shape in scope.items() if name not in before} if len(scope) > len(before) else {}
    for name in made:
        del scope[name]
    return made


def loop(reader: Reader, node: nodes.For) -> None:
    shape = reader.of(node.iter, NULL_FITS)
    if reader.kinds:
        nulls.is_nothing(reader, node.iter, shape, "the loop has no round")
    _goes_through(reader, node, shape)
    _fields_of_keys(reader, node, shape)
    around, reader.rounds = reader.rounds, reader.rounds * constants.rounds(node.iter)
    constants.too_many(reader, node, reader.rounds)
    reader.loops.append((len(reader.locals), node))
    with reader.scope(loop=LOOP):
        assign_to(reader, node.target, item_of(shape))
        _assign_pair(reader, node)
        for child in (*([node.test] if node.test is not None else []), *node.body):
            reader.walk(child)
    reader.loops.pop()
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
    elif isinstance(iter_, nodes.Filter) and iter_.name == "groupby" and iter_.node is not None:
        items = Shape("list", item=item_of(reader.of(iter_.node, NULL_FITS)))
        reader.locals[-1][getattr(target.items[1], "name", "")] = items
        return
    else:
        _keys_only(reader, node)
        return
    base = reader.of(of, NULL_FITS) if of is not None else ANY
    rows = list(base.fields.values())
    if base.kind == "map" and not base.open and rows and all(row.kind == "map" for row in rows):
        assign_to(reader, target.items[0], TEXT)
        reader.locals[-1][getattr(target.items[1], "name", "")] = merged(rows)


def _fields_of_keys(reader: Reader, node: nodes.For, shape: Shape) -> None:
    """`for row in catalog.goods` of a map of rows: `row` is a key, which has no fields."""
    name, target, parts = path(node.iter), node.target, shape.parts()
    if not name or not isinstance(target, nodes.Name) or not parts or any(one.kind != "map" for one in parts):
        return
    read = (one for child in node.body for one in every(child) if isinstance(one, (nodes.Getattr, nodes.Getitem)))
    if any(isinstance(one.node, nodes.Name) and one.node.name == target.name for one in read):
        message = "This is a map, and the loop goes through its keys alone, which have no fields: the text fails."
        reader.report(
            "not-a-list", "error", "rows", reader.source.place(node.iter), message, f"Write `{name}.values()`."
        )


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


def assign_to(reader: Reader, target: nodes.Node, shape: Shape) -> None:
    scope = reader.locals[-1] if reader.locals else _outermost(reader)
    if isinstance(target, nodes.Name):
        reader.loose.pop(target.name, None)
        reader.macros.pop(target.name, None)
        scope[target.name] = union([scope[target.name], shape]) if target.name in scope else shape
    elif isinstance(target, nodes.Tuple):
        for one in target.items:
            assign_to(reader, one, ANY)


def _outermost(reader: Reader) -> dict[str, Shape]:
    reader.locals.append({})
    return reader.locals[-1]


def assign(reader: Reader, node: nodes.Assign) -> None:
    _for_the_round(reader, node)
    assign_to(reader, node.target, reader.of(node.node))


def _for_the_round(reader: Reader, node: nodes.Assign) -> None:
    """`{% set total = total + x %}` in a loop: each round begins with what was before the loop."""
    if not reader.loops or not isinstance(node.target, nodes.Name):
        return
    name = node.target.name
    own = reader.locals[reader.loops[-1][0] :]
    if any(name in scope for scope in own) or not reader.is_known(name):
        return
    if any(isinstance(one, nodes.Name) and one.name == name for one in every(node.node)):
        at = reader.source.name(name, node.lineno)
        message = f"`{name}` is set for this round of the loop only, and then it is what it was before."
        help = f"Before the loop `{{% set box = namespace({name}=0) %}}`, in it `{{% set box.{name} = … %}}`."
        reader.report("lost-in-loop", "warning", name, at, message, help)


def captured(reader: Reader, node: nodes.AssignBlock) -> None:
    for child in (*node.body, *([node.filter] if node.filter is not None else [])):
        reader.walk(child)
    assign_to(reader, node.target, TEXT)


def within(reader: Reader, node: nodes.With) -> None:
    values = [reader.of(value) for value in node.values]
    with reader.scope():
        for target, shape in zip(node.targets, values, strict=True):
            assign_to(reader, target, shape)
        for child in node.body:
            reader.walk(child)


def block(reader: Reader, node: nodes.Block) -> None:
    with reader.scope(self=ANY, super=FUNCTION):
        for child in node.body:
            reader.walk(child)
