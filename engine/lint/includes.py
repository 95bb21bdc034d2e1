"""Macros, and the files that a prompt includes or imports: each is read as the place that names it would.

Law: an included file sees what stands around it; an imported one sees nothing but what its macros are given, unless it
is imported `with context`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from jinja2 import nodes

from engine.core.finding import Span
from engine.core.tree import every
from engine.lint.guards import MISSING_FITS
from engine.lint.narrow import NOTHING, path
from engine.lint.reader import Names, Reader
from engine.lint.shapes import ANY, Shape
from engine.lint.spot import Source
from engine.lint.statements import assign_to
from engine.project.suggest import did_you_mean

OF_ALL = ("range", "dict", "namespace", "joiner")
DEEPEST = 10  # files within files


class Alone:
    """What an imported file sees."""

    shown, subject, full = False, "", NOTHING

    def __init__(self, around: Names) -> None:
        self.around, self.languages, self.file, self.report = around, around.languages, around.file, around.report
        self.asks, self.steps = around.asks, around.steps

    def knows(self, name: str) -> bool:
        return name in OF_ALL

    def read(self, name: str, at: Callable[[], Span], guarded: int) -> Shape:
        if name in OF_ALL:
            return self.around.read(name, at, guarded)
        message = f"An imported file sees no variables, and `{name}` is none of its own."
        help = "Give it to the macro as an argument; or write `with context` behind the `import`."
        self.report("unknown-name", "warning" if guarded == MISSING_FITS else "error", at(), message, help)
        return ANY

    def rows(self, path: str) -> Any:
        return None

    def table(self, name: str) -> str:
        return ""

    def implied(self, condition: nodes.Node, positive: bool) -> frozenset[str]:
        return NOTHING


def macro(reader: Reader, node: nodes.Macro) -> None:
    assign_to(reader, nodes.Name(node.name, "store"), ANY)
    reader.macros[node.name] = node
    _body(reader, node)


def call_block(reader: Reader, node: nodes.CallBlock) -> None:
    reader.of(node.call)
    _body(reader, node)


def _body(reader: Reader, node: nodes.Macro | nodes.CallBlock) -> None:
    """The body is run when it is called: it sees what is defined behind it, too."""
    seen = dict.fromkeys((*reader.macros, *(one.name for one in node.args), "caller", "varargs", "kwargs"), ANY)
    with reader.scope(**seen):
        for child in node.body:
            reader.walk(child)


def included(reader: Reader, node: nodes.Include) -> None:
    reader.of(node.template)
    for name, tree, source in _files(reader, node):
        inner = _inner(reader, name, source, with_context=node.with_context)
        inner.walk(tree)


def imported(reader: Reader, node: nodes.Import | nodes.FromImport) -> None:
    wanted = None if isinstance(node, nodes.Import) else {_first(one): _last(one) for one in node.names}
    found = next(iter(_files(reader, node)), None)
    if found is None:
        for known in wanted.values() if wanted is not None else [node.target]:  # type: ignore[union-attr] # an Import
            assign_to(reader, nodes.Name(known, "store"), ANY)
        return
    name, tree, source = found
    inner = _inner(reader, name, source, with_context=node.with_context)
    macros = inner.macros = macros_of(tree)
    inner.locals.append({})
    for child in tree.body:
        if not isinstance(child, nodes.Macro) or wanted is None or child.name in wanted:
            inner.walk(child)
        else:
            assign_to(inner, nodes.Name(child.name, "store"), ANY)
    there = {one: shape for one, shape in inner.locals[-1].items() if not one.startswith("_")}
    if isinstance(node, nodes.Import):
        assign_to(reader, nodes.Name(node.target, "store"), Shape("map", there, what=f"the file `{name}`"))
        reader.macros |= {f"{node.target}.{one}": made for one, made in macros.items()}
        return
    for one, known in (wanted or {}).items():
        if one not in there:
            at = reader.source.name(one, node.lineno)
            message = f"There is no macro `{one}` in `{name}`."
            reader.report("unknown-name", "error", one, at, message, did_you_mean(one, sorted(there)))
        assign_to(reader, nodes.Name(known, "store"), there.get(one, ANY))
        if one in macros:
            reader.macros[known] = macros[one]


def macros_of(tree: nodes.Template) -> dict[str, nodes.Macro]:
    return {one.name: one for one in tree.body if isinstance(one, nodes.Macro)}


def _first(name: str | tuple[str, str]) -> str:
    return name if isinstance(name, str) else name[0]


def _last(name: str | tuple[str, str]) -> str:
    return name if isinstance(name, str) else name[1]


def _files(reader: Reader, node: Any) -> list[tuple[str, nodes.Template, Callable[[], Source]]]:
    """The files that are named here, once they are there; what is not is told where the files are read."""
    if not isinstance(node.template, nodes.Const) or len(reader.inside) > DEEPEST:
        return []
    found = []
    name = str(node.template.value)
    there = reader.names.file(name) if name not in reader.inside else None
    if there is not None:
        found.append((name, *there))
    return found


def _inner(reader: Reader, name: str, source: Callable[[], Source], with_context: bool) -> Reader:
    inner = type(reader)(reader.names if with_context else Alone(reader.names), source, reader.environment)
    inner.inside = (*reader.inside, name)
    if with_context:
        inner.locals = [dict(scope) for scope in reader.locals]
        if reader.loops and "loop" not in _names(reader.loops[-1][1].body):
            inner.locals[reader.loops[-1][0]].pop("loop", None)  # Jinja makes it where the loop itself names it
        inner.full, inner.kinds, inner.open = set(reader.full), reader.kinds, reader.open
        inner.loose, inner.macros = dict(reader.loose), dict(reader.macros)
    return inner


def check_call(reader: Reader, node: nodes.Call) -> None:
    """A macro is given what it takes."""
    name = path(node.node)
    made = reader.macros.get(name) if reader.macros else None
    if made is None or node.dyn_args is not None or node.dyn_kwargs is not None:
        return
    takes = [one.name for one in made.args]
    inside = _names(made.body)
    at, shown = reader.source.place(node.node), ", ".join(f"`{one}`" for one in takes) or "nothing"
    if len(node.args) > len(takes) and "varargs" not in inside:
        message = f"The macro `{name}` takes {shown}, and is given {len(node.args)} here."
        reader.report("unknown-argument", "error", f"{name} {len(node.args)}", at, message, "Take the last one out.")
        return
    named = [str(pair.key) for pair in node.kwargs]
    for one in named:
        if one not in takes and one != "caller" and "kwargs" not in inside:
            at = reader.source.name_of_argument(one, node.lineno)
            message = f"The macro `{name}` has no `{one}`."
            reader.report("unknown-argument", "error", one, at, message, did_you_mean(one, takes))
            return
    needed = takes[len(node.args) : len(takes) - len(made.defaults)]
    lacking = [one for one in needed if one not in named and one in inside and one not in _asked(made.body)]
    if lacking:
        message = f"The macro `{name}` needs {' and '.join(f'`{one}`' for one in lacking)} too."
        help = f"Give it, or a value for when it is left out: `{{% macro {name}({lacking[0]}='') %}}`."
        reader.report("unknown-argument", "error", f"{name} {len(node.args)}", at, message, help)


def _names(body: Sequence[nodes.Node]) -> Collection[str]:
    return {one.name for child in body for one in every(child) if isinstance(one, nodes.Name)}


def _asked(body: Sequence[nodes.Node]) -> Collection[str]:
    """The names for which a macro's text is ready to find nothing."""
    return {
        one.node.name
        for child in body
        for one in every(child)
        if isinstance(one, (nodes.Test, nodes.Filter))
        and one.name in ("defined", "undefined", "default", "d")
        and isinstance(one.node, nodes.Name)
    }
