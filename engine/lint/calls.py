"""Calls: of functions, of methods; a function that is not called, and a value that is."""

from __future__ import annotations

from jinja2 import nodes

from engine.lint import attributes, constants, includes, takes
from engine.lint.guards import NULL_FITS
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.results import FUNCTIONS, method
from engine.lint.shapes import ANY, Shape, told
from engine.project.borrowed import means

UNBOUND = ("random", "range", "dict")  # functions that give no null for null


def called(reader: Reader, node: nodes.Call, guarded: int) -> Shape:
    arguments = [reader.of(argument, NULL_FITS) for argument in node.args]
    for pair in node.kwargs:
        reader.of(pair.value)
    if reader.macros:
        includes.check_call(reader, node)
    if isinstance(node.node, nodes.Getattr):
        base = reader.of(node.node.node, NULL_FITS)
        if node.node.attr in CHANGING and not any(node.node.attr in part.fields for part in base.parts()):
            _changes(reader, node, node.node)
            return ANY
        shape = attributes.attribute(reader, base, node.node.attr, node.node, guarded, methods=True)
        _is_callable(reader, node.node, shape)
        parts = base.parts()
        return method(parts[0], node.node.attr) if len(parts) == 1 else ANY
    if not isinstance(node.node, nodes.Name):
        reader.of(node.node)
        return ANY
    if not reader.is_known(node.node.name) and _is_filter(reader, node, node.node):
        return ANY
    shape = reader.name(node.node, guarded)
    _is_callable(reader, node.node, shape)
    if shape.kind == "function" and node.node.name in FUNCTIONS:
        if node.node.name == "range":
            constants.check(reader, node, "range")
            for one, given in zip(node.args, arguments, strict=True):
                takes.check(reader, "range", one, given, takes.A_NUMBER)
        if node.node.name == "dict" and not node.args and node.dyn_kwargs is None:
            return Shape("map", {str(pair.key): reader.of(pair.value) for pair in node.kwargs})
        _one_moment(reader, node, node.node)
        if node.node.name == "random" and (node.args or node.kwargs):
            _no_dice(reader, node.node)
        empty = next((one.empty for one in arguments if one.empty), "") if node.node.name not in UNBOUND else ""
        return FUNCTIONS[node.node.name].maybe(empty)
    return ANY


def _changes(reader: Reader, node: nodes.Call, method: nodes.Getattr) -> None:
    """`times.append(slot)`: a value never changes, another one is made."""
    owner, given = path(method.node) or "list", path(node.args[0]) if node.args else ""
    message = f"`{method.attr}` would change `{owner}`, and a text changes no value, so it fails."
    help = CHANGING[method.attr].format(owner=owner, given=given or "…")
    reader.report("unknown-attribute", "error", method.attr, reader.source.word(method), message, help)


CHANGING = {
    **dict.fromkeys(("append", "push", "add", "insert"), "With one more it is `{owner} + [{given}]`."),
    **dict.fromkeys(("extend", "concat"), "Both together are `{owner} + {given}`."),
    **dict.fromkeys(("remove", "discard"), "Without it, it is `{owner} | reject('equalto', {given}) | list`."),
    **dict.fromkeys(("pop", "shift"), "The last is `{owner} | last`, all but it `{owner}[:-1]`."),
    "sort": "In order it is `{owner} | sort`.",
}


def _is_filter(reader: Reader, node: nodes.Call, function: nodes.Name) -> bool:
    """`len(x)`, `round(x)`: functions elsewhere, filters here. Reported when it is so."""
    filters = reader.environment.filters
    name = function.name if function.name in filters else means(function.name.lower(), filters)
    if name is None:
        return False
    at = reader.source.name(function.name, function.lineno)
    message = f"There is no function `{function.name}`."
    given = path(node.args[0]) if node.args else ""
    reader.report("unknown-name", "error", function.name, at, message, f"It is a filter: `{given or 'x'} | {name}`.")
    return True


def _one_moment(reader: Reader, node: nodes.Call, function: nodes.Name) -> None:
    """`hours_since(…)` and its like take exactly one moment."""
    given = len(node.args) + len(node.kwargs)
    if function.name in UNBOUND or given == 1 or node.dyn_args is not None or node.dyn_kwargs is not None:
        return
    at = reader.source.word(function)
    message = f"`{function.name}` takes one moment, and {given or 'none'} is given."
    help = f"For example `{function.name}(last.created_at)`."
    reader.report("unknown-argument", "error", function.name, at, message, help)


def _no_dice(reader: Reader, function: nodes.Name) -> None:
    message = "`random` takes nothing: it gives a number from 0 to 1."
    help = "A whole number from 1 to 6 is `(random() * 6) | int + 1`."
    reader.report("unknown-argument", "error", function.name, reader.source.word(function), message, help)


def _is_callable(reader: Reader, node: nodes.Expr, shape: Shape) -> None:
    parts = shape.parts()
    if not parts or any(part.kind in ("any", "function") for part in parts):
        return
    name = path(node)
    at = reader.source.place(node)
    message = f"`{name}` is {told(shape)} and no function, so it cannot be called."
    reader.report("not-a-function", "error", name, at, message, f"Write `{name}`, without `()`.")
