"""Filters that look at one field of every item: `map(attribute='id')`, `selectattr('level', …)`, `sum(attribute=…)`."""

from __future__ import annotations

from jinja2 import nodes

from engine.core.finding import Span, Topic
from engine.lint import attributes, compare
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import FILTERS, item_of
from engine.lint.shapes import ANY, Shape, told
from engine.project.suggest import did_you_mean

SAME_ITEMS = ("list", "reverse", "sort", "unique")


def by_field(reader: Reader, node: nodes.Filter, base: Shape) -> Shape:
    """`selectattr('level', …)`, `map(attribute='id')`: the attribute of each item."""
    named_test(reader, node)
    strange = [str(pair.key) for pair in node.kwargs if pair.key not in ("attribute", "default")]
    if node.name == "map" and strange and not node.args:
        at = reader.source.name_of_argument(strange[0], node.lineno)
        help = did_you_mean(strange[0], ["attribute", "default"])
        reader.report("unknown-argument", "error", strange[0], at, f"The filter `map` has no `{strange[0]}`.", help)
    first = next((pair.value for pair in node.kwargs if pair.key == "attribute"), None)
    place = {"selectattr": 0, "rejectattr": 0, "groupby": 0, "sum": 0, "join": 1}.get(node.name)
    if first is None and place is not None and len(node.args) > place:
        first = node.args[place]
    if first is None and node.name == "map" and node.args:
        return _mapped(reader, node, node.args[0], item_of(base))
    given = FILTERS["list" if node.name in ("map", "groupby") else node.name](base)
    if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
        if first is not None:
            _any_of(reader, item_of(base), first)
        return ANY if node.name in ("map", "groupby") else given
    shape = attribute_of(reader, item_of(base), first, node)
    if node.name in ("selectattr", "rejectattr") and len(node.args) > 2:
        _is_ever(reader, node, first.value, shape)
    return Shape("list", item=shape) if node.name == "map" else ANY if node.name == "groupby" else given


def _is_ever(reader: Reader, node: nodes.Filter, attribute: str, shape: Shape) -> None:
    """`selectattr('level', 'equalto', 'hard')`: a text that some item has; one that a condition chooses too."""
    test, wanted = node.args[1], [node.args[2]]
    if not isinstance(test, nodes.Const) or test.value not in _EQUAL:
        return
    given = reader.of(wanted[0]) if isinstance(wanted[0], nodes.Name) else ANY
    mine, theirs = (compare.kinds(shape), compare.kinds(given)) if given is not ANY else (set[str](), set[str]())
    if mine and theirs and not mine & theirs and not mine | theirs <= {"boolean", "number"}:
        message = f"`{attribute}` is {told(shape)} here, and is compared with {told(given)}: never alike."
        fields = [one for one in ("id", "title", "name") if all(one in part.fields for part in given.parts())]
        help = f"Name one of its fields: `{path(wanted[0])}.{fields[0]}`." if fields and path(wanted[0]) else ""
        at, topic = reader.source.place(wanted[0]), Topic((f"{path(node.node)}.{attribute}",))
        reader.report("unlike-types", "warning", attribute, at, message, help, topic=topic)
        return
    known = {value for part in shape.parts() for value in part.values or (None,)} - {None}
    possible = {value for value in known or _in_rows(reader, node, attribute) if isinstance(value, str)}
    while wanted and possible and len(possible) >= len(known):
        one = wanted.pop()
        if isinstance(one, nodes.CondExpr):
            wanted += [one.expr1, *([one.expr2] if one.expr2 is not None else [])]
        elif isinstance(one, nodes.Const) and isinstance(one.value, str) and one.value and one.value not in possible:
            message = f"`{attribute}` of these items is never `{one.value}`."
            help = did_you_mean(one.value, sorted(possible))
            at, topic = reader.source.place(one), compare.never(one.value, possible)
            reader.report("never-equal", "warning", one.value, at, message, help, topic=topic)


def _in_rows(reader: Reader, node: nodes.Filter, attribute: str) -> set[str]:
    """What the attribute is in the rows of a catalog file, of which some were chosen before; nothing where it is no
    text in one of them."""
    inner: nodes.Expr | None = node.node
    while isinstance(inner, nodes.Filter) and inner.name in ("selectattr", "rejectattr", *SAME_ITEMS):
        inner = inner.node
    whole = path(inner)
    rows = reader.names.rows(whole) if whole else None
    rows = [*rows.values()] if isinstance(rows, dict) else rows
    values = [row.get(attribute) if isinstance(row, dict) else None for row in rows or ()]
    texts = {value for value in values if isinstance(value, str)}
    return texts if all(isinstance(value, str) for value in values) else set()


_EQUAL = ("equalto", "==", "eq", "sameas")


def attribute_of(reader: Reader, shape: Shape, first: nodes.Expr, node: nodes.Filter) -> Shape:
    if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
        return ANY
    defaulted = any(pair.key == "default" for pair in node.kwargs)
    for word in first.value.split("."):
        shape = attributes.of_item(reader, shape, word, first, defaulted)
    return shape


def _any_of(reader: Reader, item: Shape, first: nodes.Expr) -> None:
    """`selectattr(group)`, where `group` is one of several words: each is a field that the items have."""
    words, rows = reader.of(first).parts(), item.parts()
    possible = {value for part in words for value in part.values or ()}
    known = dict.fromkeys(name for part in rows for name in part.fields)
    sure = words and all(part.values for part in words) and rows
    missing = sorted(str(one) for one in possible if str(one) not in known)
    if sure and missing and all(part.kind == "map" and not part.open for part in rows):
        name = path(first) or "…"
        message = f"No item of this list has `{missing[0]}`, which `{name}` can be."
        help = did_you_mean(missing[0], [one for one in known if one not in possible])
        reader.report("unknown-attribute", "error", name, reader.source.place(first), message, help)


def _mapped(reader: Reader, node: nodes.Filter, first: nodes.Expr, item: Shape) -> Shape:
    """`map('upper')`: that filter on each item."""
    if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
        return ANY
    if first.value not in reader.environment.filters:
        known = [name for name in reader.environment.filters if not name.startswith("_")]
        message = f"There is no filter `{first.value}`."
        if first.value in item.fields:
            help = f"The field of each item is `map(attribute='{first.value}')`."
        else:
            help = did_you_mean(first.value, known, ours=True)
        reader.report("unknown-filter", "error", first.value, reader.source.place(first), message, help)
        return ANY
    result = FILTERS.get(first.value)
    return Shape("list", item=result(item)) if result and len(node.args) == 1 else ANY


def named_test(reader: Reader, node: nodes.Filter) -> None:
    """`selectattr('level', 'equalto', …)`, `select('string')`: the test is named by a text."""
    place = {"selectattr": 1, "rejectattr": 1, "select": 0, "reject": 0}.get(node.name)
    test = node.args[place] if place is not None and len(node.args) > place else None
    if isinstance(test, nodes.Const) and isinstance(test.value, str) and test.value not in reader.environment.tests:
        unknown_test(reader, test.value, reader.source.place(test))


def unknown_test(reader: Reader, name: str, at: Span) -> None:
    help = did_you_mean(name, reader.environment.tests, ours=True)
    reader.report("unknown-test", "error", name, at, f"There is no test `{name}`.", help)
