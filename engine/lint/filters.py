"""Filters and tests: whether they exist, what they are given, what they give."""

from __future__ import annotations

from jinja2 import nodes

from engine.core.finding import NO_TOPIC, Span, Topic
from engine.lint import arguments, by_field, logic, nulls, outputs, percents, plurals, takes
from engine.lint.guards import MISSING_FITS, NULL_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import FAIL_ON_NULL, FILTERS, FUNCTIONS, item_of
from engine.lint.shapes import ANY, BOOLEAN, CARRIED, FREE, MAYBE_NONE, TEXT, Shape, literal, told, union
from engine.project.suggest import closest, did_you_mean, is_typo

_ONCE = ("map", "select", "reject", "selectattr", "rejectattr", "unique", "batch", "slice")
MOMENTS = ("date", "time", "date_time", "plus", "weekday")
OF_ITEMS = frozenset(
    ("join", "map", "select", "reject", "selectattr", "rejectattr", "unique", "sort", "groupby", "sum")
)

BY_FIELD = ("selectattr", "rejectattr", "map", "groupby", "sort", "unique", "min", "max")


def a_list(name: str) -> str:
    """What to write where a text stands and a list is meant."""
    if name.startswith("labels."):
        return f"The labels of several choices are one text already: `{{{{ {name} }}}}`."
    return f"A list of its parts is `{name or 'text'}.split(', ')`."


def place_of(reader: Reader, node: nodes.Node | None) -> Span:
    """Where a value stands that filters follow."""
    while isinstance(node, nodes.Filter):
        node = node.node
    return reader.source.place(node) if node is not None else reader.source.whole


def filtered(reader: Reader, node: nodes.Filter, guarded: int) -> Shape:
    if node.name not in reader.environment.filters:
        at = reader.source.word(node)
        known = [name for name in reader.environment.filters if not name.startswith("_")]
        reader.report(
            "unknown-filter",
            "error",
            node.name,
            at,
            f"There is no filter `{node.name}`.",
            did_you_mean(node.name, known, ours=True) or _as_function(node),
        )
    if node.name in ("default", "d"):
        return _default(reader, node)
    base = reader.of(node.node, min(guarded, NULL_FITS)) if node.node is not None else TEXT
    fits = _operand(reader, node, base, guarded)
    if base.empty and node.name in FAIL_ON_NULL:
        instead = {"text": "''", "number": "0", "integer": "0"}.get(base.kind, "[]")
        nulls.fails_on_null(reader, node.node, base, f"`{node.name}`", guarded, instead)
    if MAYBE_NONE in base.marks and node.name in ("first", "last", "min", "max"):
        nulls.fails_on_none(reader, node.node, f"`{node.name}`", guarded)
    if fits and node.name in OF_ITEMS and any(part.kind == "text" for part in base.parts()):
        sure = all(part.kind == "text" for part in base.parts())
        message = f"This is {told(base)} and no list, so `{node.name}` takes its letters one by one."
        if not sure:
            message = f"This is {told(base)}, and of a text `{node.name}` takes the letters one by one."
        at = place_of(reader, node.node)
        reader.report("not-a-list", "warning", node.name, at, message, a_list(path(node.node)))
    if node.name in BY_FIELD and base.parts() and all(part.kind == "map" for part in base.parts()):
        _keys_only(reader, node)
    if node.name in MOMENTS:
        _no_moment(reader, node, base)
    if node.name in ("length", "count", "last") and passing(reader, node.node):
        _no_length(reader, node)
    if node.name in ("length", "count"):
        _fields(reader, node, base)
    if node.name == "by_id":
        _is_there(reader, node)
    if node.name == "plural":
        plurals.check(reader, node)
    if node.name in ("select", "reject"):
        by_field.named_test(reader, node)
    if node.name in ("join", "map", "selectattr", "rejectattr", "groupby", "sum", "sort", "unique", "min", "max"):
        found = by_field.by_field(reader, node, base)
        return found.marked(MAYBE_NONE) if MAYBE_NONE in base.marks and node.name in by_field.SAME_ITEMS else found
    if node.name in ("markdown", "safe"):
        outputs.trusted(reader, node, base)
    result = FILTERS.get(node.name)
    given = result(base) if result else ANY
    if MAYBE_NONE in base.marks and node.name in by_field.SAME_ITEMS:
        return given.marked(MAYBE_NONE)
    carried = base.all_marks() & CARRIED
    return given.marked(*carried) if carried and given.kind == "text" else given


def _operand(reader: Reader, node: nodes.Filter, base: Shape, guarded: int) -> bool:
    """Whether the value is of a kind that the filter takes. What the filter is given beside it is read too."""
    given = [*node.args, *(pair.value for pair in node.kwargs)]
    shapes = {one: reader.of(one) for one in given}
    if given or node.name in arguments.EXAMPLES:
        arguments.check(reader, node, shapes)
    if node.name == "format":
        percents.check(reader, node.node, [*shapes.items()], guarded, named=bool(node.kwargs or node.dyn_args))
    wanted = takes.FILTERS.get(node.name)
    if wanted is None or node.node is None or not takes.check(reader, node.name, node.node, base, wanted):
        return wanted is None
    if node.name in ("sum", "sort", "min", "max"):
        item = item_of(base)
        named = next((pair.value for pair in node.kwargs if pair.key == "attribute"), None)
        first = named if named is not None else node.args[0] if node.args and node.name == "sum" else None
        if first is not None:
            item = by_field.attribute_of(reader, item, first, node)
        takes.check_items(reader, node, node.name, item)
    return True


def _keys_only(reader: Reader, node: nodes.Filter) -> None:
    """`catalog.goods | selectattr('price')` of a map of rows: its keys have no fields."""
    by_name = node.name in ("selectattr", "rejectattr") or any(pair.key == "attribute" for pair in node.kwargs)
    if by_name or (node.name == "groupby" and node.args):
        message = f"This is a map, and `{node.name}` goes through its keys alone, which have no fields: the text fails."
        help = f"Write `{path(node.node) or '….'}.values() | {node.name}(…)`."
        reader.report("not-a-list", "error", f"{node.name} rows", place_of(reader, node.node), message, help)


def _is_there(reader: Reader, node: nodes.Filter) -> None:
    """`catalog.goods | by_id('teaa')`."""
    whole, wanted = path(node.node), node.args[0] if node.args else None
    rows = reader.names.rows(whole) if whole and wanted is not None else None
    if not isinstance(rows, (list, dict)):
        return
    ids = [*rows] if isinstance(rows, dict) else [row.get("id") for row in rows if isinstance(row, dict)]
    if wanted is not None and not isinstance(wanted, nodes.Const):
        _one_has_no_row(reader, whole, wanted, {str(one) for one in ids if one is not None})
    elif wanted is not None and wanted.value not in ids:
        message = f"No row of `{whole}` has the id `{wanted.value}`."
        help = did_you_mean(str(wanted.value), [str(one) for one in ids if one is not None])
        reader.report("never-equal", "warning", str(wanted.value), reader.source.place(wanted), message, help)


def _one_has_no_row(reader: Reader, whole: str, wanted: nodes.Expr, ids: set[str]) -> None:
    """`catalog.services | by_id(reply.service)`, where the row of `vaccine` is called `vacine`."""
    possible = {str(value) for part in reader.of(wanted, NULL_FITS).parts() for value in part.values or ()}
    for missing in sorted(possible - ids):
        near = closest(missing, sorted(ids - possible))
        if near and is_typo(missing, near):
            message = f"No row of `{whole}` has the id `{missing}`, which `{path(wanted)}` can be; one has `{near}`."
            at, help = reader.source.place(wanted), f"Call both alike: `{missing}` or `{near}`."
            reader.report(
                "never-equal", "warning", missing, at, message, help, topic=Topic((missing, *ids), kind="never")
            )


def _no_moment(reader: Reader, node: nodes.Filter, base: Shape) -> None:
    """What one types freely is no moment, whatever is meant by it, and gives nothing here."""
    parts = base.parts()
    if not parts or not all(FREE in part.marks or part.kind in ("boolean", "list") for part in parts):
        return
    name = path(node.node)
    subject = f"`{name}` ({told(base)})" if name else told(base)
    at = reader.source.after_sign(node.name, node.lineno, ("|", "filter"))
    message = f"{subject} is no date or time, so `{node.name}` gives nothing."
    help = f"Ask for one: `answer: {'time' if node.name == 'time' else 'date'}`."
    topic = Topic((name,)) if name else NO_TOPIC
    reader.report("unlike-types", "warning", node.name, at, message[0].upper() + message[1:], help, topic=topic)


def _fields(reader: Reader, node: nodes.Filter, base: Shape) -> None:
    """`photo | length`: of an album too the answer is one photo, with the others in it."""
    parts = base.parts()
    if (
        parts
        and all(part.kind == "map" and part.what and not part.open for part in parts)
        and (name := path(node.node))
    ):
        message = f"`{name}` ({told(base)}) is one, and its length is the number of its fields."
        album = f"Of an album there are `1 + {name}.album | length`."
        help = album if "album" in parts[0].fields else "Whether there is one: `if " + name + "`."
        at = place_of(reader, node.node)
        reader.report("not-a-list", "warning", node.name, at, message, help, topic=Topic((name,)))


def passing(reader: Reader, node: nodes.Node | None) -> bool:
    """Whether what a filter gives is gone through once."""
    if not isinstance(node, nodes.Filter):
        return False
    return node.name in _ONCE or (
        node.name == "reverse" and node.node is not None and reader.of(node.node, NULL_FITS).kind == "list"
    )


def _no_length(reader: Reader, node: nodes.Filter) -> None:
    """What these filters give has no length and no end."""
    what = "no last item to take" if node.name == "last" else "no length"
    message = f"What `{getattr(node.node, 'name', '')}` gives has {what}, so the text fails."
    reader.report("not-a-list", "error", node.name, reader.source.word(node), message, f"Write `| list | {node.name}`.")


def _default(reader: Reader, node: nodes.Filter) -> Shape:
    base = reader.of(node.node, MISSING_FITS) if node.node is not None else ANY
    other = reader.of(node.args[0]) if node.args else literal("")
    return other if base.kind == "null" else union([base.full(), other])


def _as_function(node: nodes.Filter) -> str:
    """`until | days_until` for `days_until(until)`."""
    name = path(node.node)
    return f"It is a function: `{node.name}({name or '…'})`." if node.name in FUNCTIONS else ""


def tested(reader: Reader, node: nodes.Test, guarded: int) -> Shape:
    if node.name not in reader.environment.tests:
        by_field.unknown_test(reader, node.name, reader.source.word(node))
    base = reader.of(node.node, MISSING_FITS if node.name in ("defined", "undefined") else NULL_FITS)
    shapes = {one: reader.of(one) for one in node.args}
    if node.name == "none":
        logic.never_null(reader, node.node, base)
    if node.args or node.name in takes.TESTS:
        arguments.check(reader, node, shapes)
    if node.name in takes.TESTS:
        takes.check(reader, node.name, node.node, base, takes.TESTS[node.name])
    return BOOLEAN
