"""Reads an expression or a template as the engine would: what each name in it is, what attributes it has, what it gives.

Law: a mistake is reported where the word stands, once a text; about a value of unknown kind nothing is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

from jinja2 import nodes

from engine.core.finding import Span
from engine.core.sandbox import Sandbox
from engine.lint import compare
from engine.lint.narrow import facts, path
from engine.lint.results import FAIL_ON_NULL, FILTERS, FUNCTIONS, PYTHON, item_of, method
from engine.lint.shapes import ANY, BOOLEAN, NULL, OPEN_MAP, TEXT, Shape, literal, told, union
from engine.lint.spot import Source
from engine.project.suggest import did_you_mean

Report = Callable[[str, str, Span, str, str], None]
"""code, severity, place, message, help"""


UNGUARDED, NULL_FITS, MISSING_FITS = 0, 1, 2
"""Whether the text has an answer for a null here (`x or 'none'`), or even for an unknown name (`x | default('')`)."""


class Names(Protocol):
    """What a text can see."""

    def read(self, name: str, at: Callable[[], Span], guarded: int) -> Shape:
        """The shape of a name; an unknown one is reported."""
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
            for child in node.iter_child_nodes():
                self.walk(child)

    def _children(self, node: nodes.Node) -> None:
        for child in node.iter_child_nodes():
            self.walk(child)

    @contextmanager
    def knowing(self, known: frozenset[str]) -> Iterator[None]:
        fresh = known - self.full
        self.full |= fresh
        yield
        self.full -= fresh

    @contextmanager
    def scope(self, **names: Shape) -> Iterator[None]:
        self.locals.append(dict(names))
        yield
        self.locals.pop()

    def name(self, node: nodes.Name, guarded: int) -> Shape:
        for scope in reversed(self.locals):
            if node.name in scope:
                return self._known(node, scope[node.name])
        guarded = guarded or int(node.name in self.full)
        return self._known(node, self.names.read(node.name, lambda: self.source.name(node.name, node.lineno), guarded))

    def _known(self, node: nodes.Node, shape: Shape) -> Shape:
        return shape.full() if shape.empty and path(node) in self.full else shape

    # attributes -------------------------------------------------------------------------------------------------

    def getattr(self, node: nodes.Getattr, guarded: int) -> Shape:
        return self._known(node, self.attribute(self.of(node.node, NULL_FITS), node.attr, node, guarded, methods=True))

    def getitem(self, node: nodes.Getitem, guarded: int) -> Shape:
        base = self.of(node.node, NULL_FITS)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._known(node, self.attribute(base, node.arg.value, node, guarded))
        self.of(node.arg)
        parts = base.parts()
        if len(parts) == 1 and parts[0].kind == "list":
            return (parts[0].item or ANY).maybe(base.empty)
        if len(parts) == 1 and parts[0].kind == "map" and not parts[0].open and parts[0].fields:
            return union(parts[0].fields.values()).maybe(base.empty)
        return ANY

    def attribute(self, base: Shape, name: str, node: nodes.Node, guarded: int, methods: bool = False) -> Shape:
        """What an attribute gives. One that no possible kind of value has is reported."""
        found, known = [], list[str]()
        for part in base.parts():
            if part.kind == "map" and name in part.fields:
                found.append(part.fields[name])
            elif part.kind == "any" or part.open or (methods and hasattr(PYTHON.get(part.kind, object), name)):
                found.append(ANY)
            known += part.fields
        if found:
            return union(found).maybe(base.empty)
        if base.kind in ("null", "any"):
            return NULL if base.kind == "null" else ANY
        self._missing(base, name, node, guarded, known)
        return ANY

    def _missing(self, base: Shape, name: str, node: nodes.Node, guarded: int, known: list[str]) -> None:
        inner = getattr(node, "node", None)
        of = inner.name if isinstance(inner, nodes.Name) else inner.attr if isinstance(inner, nodes.Getattr) else ""
        at = self.source.attribute(name, node.lineno, of)
        owner = path(inner)
        subject = f"`{owner}` ({told(base)})" if owner else told(base).capitalize()
        if owner == "settings":
            help = did_you_mean(name, dict.fromkeys(known)) if known else ""
            help = help or f"Declare it in catalog/bot.yaml: `settings: {{{name}: {{type: text, default: …}}}}`."
            self.report("unknown-setting", "warning", name, at, f"No setting `{name}` is declared.", help)
            return
        if owner == "catalog":
            self.report("unknown-catalog", "error", name, at, f"There is no file `catalog/{name}.yaml`.", did_you_mean(name, dict.fromkeys(known)))
            return
        if known:
            message, help = f"{subject} has no `{name}`.", did_you_mean(name, dict.fromkeys(known))
        else:
            message, help = f"{subject} has no attributes, so not `{name}` either.", ""
        self.report("unknown-attribute", "warning" if guarded == MISSING_FITS else "error", f"{owner}.{name}", at, message, help)

    # filters, tests, calls --------------------------------------------------------------------------------------

    def filter(self, node: nodes.Filter, guarded: int) -> Shape:
        if node.name not in self.environment.filters:
            at = self.source.after_sign(node.name, node.lineno, ("|", "filter"))
            known = [name for name in self.environment.filters if not name.startswith("_")]
            self.report("unknown-filter", "error", node.name, at, f"There is no filter `{node.name}`.", did_you_mean(node.name, known))
        if node.name in ("default", "d"):
            return self._default(node)
        base = self.of(node.node, min(guarded, NULL_FITS)) if node.node is not None else TEXT
        for argument in (*node.args, *(pair.value for pair in node.kwargs)):
            self.of(argument)
        if base.empty and node.name in FAIL_ON_NULL:
            compare.fails_on_null(self, node.node, base, f"`{node.name}`", guarded)
        if node.name in ("map", "selectattr", "rejectattr", "groupby", "sum", "sort", "unique", "min", "max"):
            return self._by_attribute(node, base)
        result = FILTERS.get(node.name)
        return result(base) if result else ANY

    def _default(self, node: nodes.Filter) -> Shape:
        base = self.of(node.node, MISSING_FITS) if node.node is not None else ANY
        other = self.of(node.args[0]) if node.args else literal("")
        return union([base.full(), other])

    def _by_attribute(self, node: nodes.Filter, base: Shape) -> Shape:
        """`selectattr('level', …)`, `map(attribute='id')`: the attribute of each item."""
        first = next((pair.value for pair in node.kwargs if pair.key == "attribute"), None)
        if first is None and node.name in ("selectattr", "rejectattr", "groupby") and node.args:
            first = node.args[0]
        given = FILTERS["list" if node.name in ("map", "groupby") else node.name](base)
        if not isinstance(first, nodes.Const) or not isinstance(first.value, str):
            return ANY if node.name in ("map", "groupby") else given
        shape = item_of(base)
        defaulted = any(pair.key == "default" for pair in node.kwargs)
        for word in first.value.split("."):
            shape = self._of_item(shape, word, first, defaulted)
        return Shape("list", item=shape) if node.name == "map" else ANY if node.name == "groupby" else given

    def _of_item(self, shape: Shape, word: str, at: nodes.Const, guarded: bool) -> Shape:
        parts = shape.parts()
        if word.isdigit() or not parts or any(part.kind != "map" or part.open for part in parts):
            return ANY
        fields = [part.fields[word] for part in parts if word in part.fields]
        if fields:
            return union(fields)
        known = dict.fromkeys(name for part in parts for name in part.fields)
        place = self.source.literal(str(at.value), at.lineno)
        severity = "warning" if guarded else "error"
        self.report("unknown-attribute", severity, word, place, f"No item of this list has `{word}`.", did_you_mean(word, known))
        return ANY

    def test(self, node: nodes.Test, guarded: int) -> Shape:
        if node.name not in self.environment.tests:
            at = self.source.after_sign(node.name, node.lineno, ("is", "not"))
            self.report("unknown-test", "error", node.name, at, f"There is no test `is {node.name}`.", did_you_mean(node.name, self.environment.tests))
        self.of(node.node, MISSING_FITS if node.name in ("defined", "undefined") else NULL_FITS)
        for argument in node.args:
            self.of(argument)
        return BOOLEAN

    def call(self, node: nodes.Call, guarded: int) -> Shape:
        arguments = [self.of(argument, NULL_FITS) for argument in node.args]
        for pair in node.kwargs:
            self.of(pair.value)
        if isinstance(node.node, nodes.Getattr):
            base = self.of(node.node.node, NULL_FITS)
            self.attribute(base, node.node.attr, node.node, guarded, methods=True)
            parts = base.parts()
            return method(parts[0], node.node.attr) if len(parts) == 1 else ANY
        self.of(node.node)
        if isinstance(node.node, nodes.Name) and node.node.name in FUNCTIONS:
            empty = next((one.empty for one in arguments if one.empty), "") if node.node.name not in ("random", "range") else ""
            return FUNCTIONS[node.node.name].maybe(empty)
        return ANY

    # conditions -------------------------------------------------------------------------------------------------

    def condition(self, node: nodes.Node) -> None:
        """A condition that names nothing is always true, or never."""
        self.of(node, NULL_FITS)
        if not any(True for _ in node.find_all((nodes.Name, nodes.Call))) and not isinstance(node, nodes.Name | nodes.Call):
            at = self.source.whole if self.source.bare else self.source.line(node.lineno)
            self.report("constant-condition", "warning", "", at, "This condition names nothing, so it is always the same.", "Compare a variable with it, or take the condition out.")

    def conditional(self, node: nodes.CondExpr, guarded: int) -> Shape:
        self.condition(node.test)
        with self.knowing(facts(node.test, True)):
            one = self.of(node.expr1, guarded)
        with self.knowing(facts(node.test, False)):
            other = self.of(node.expr2, guarded) if node.expr2 is not None else NULL
        return union([one, other])

    def both(self, node: nodes.And, guarded: int) -> Shape:
        left = self.of(node.left, NULL_FITS)
        with self.knowing(facts(node.left, True)):
            return union([left, self.of(node.right, guarded)])

    def either(self, node: nodes.Or, guarded: int) -> Shape:
        left = self.of(node.left, NULL_FITS)
        with self.knowing(facts(node.left, False)):
            return union([left.full(), self.of(node.right, guarded)])

    # what is written out ----------------------------------------------------------------------------------------

    def listed(self, items: Sequence[nodes.Expr]) -> Shape:
        shapes = [self.of(item) for item in items]
        return Shape("list", item=union(shapes) if shapes else NULL)

    def joined(self, node: nodes.Concat, guarded: int) -> Shape:
        self._children(node)
        return TEXT

    def mapped(self, node: nodes.Dict) -> Shape:
        fields = {}
        for pair in node.items:
            self.of(pair.key)
            shape = self.of(pair.value)
            if isinstance(pair.key, nodes.Const):
                fields[str(pair.key.value)] = shape
        return Shape("map", fields, open=len(fields) < len(node.items))

    # statements -------------------------------------------------------------------------------------------------

    def branch(self, node: nodes.If) -> None:
        self.condition(node.test)
        with self.knowing(facts(node.test, True)):
            for child in node.body:
                self.walk(child)
        with self.knowing(facts(node.test, False)):
            for child in (*node.elif_, *node.else_):
                self.walk(child)

    def loop(self, node: nodes.For) -> None:
        item = item_of(self.of(node.iter, NULL_FITS))
        with self.scope(loop=OPEN_MAP):
            self._assign(node.target, item)
            for child in (*([node.test] if node.test is not None else []), *node.body):
                self.walk(child)
        for child in node.else_:
            self.walk(child)

    def _assign(self, target: nodes.Node, shape: Shape) -> None:
        scope = self.locals[-1] if self.locals else self._outermost()
        if isinstance(target, nodes.Name):
            scope[target.name] = union([scope[target.name], shape]) if target.name in scope else shape
        elif isinstance(target, nodes.Tuple):
            for one in target.items:
                self._assign(one, ANY)

    def _outermost(self) -> dict[str, Shape]:
        self.locals.append({})
        return self.locals[-1]

    def assign(self, node: nodes.Assign) -> None:
        self._assign(node.target, self.of(node.node))

    def captured(self, node: nodes.AssignBlock) -> None:
        self._children(node)
        self._assign(node.target, TEXT)

    def macro(self, node: nodes.Macro | nodes.CallBlock) -> None:
        arguments = {one.name: ANY for one in node.args}
        if isinstance(node, nodes.Macro):
            self._assign(nodes.Name(node.name, "store"), ANY)
        else:
            self.of(node.call)
        with self.scope(**arguments, caller=ANY, varargs=ANY, kwargs=ANY):
            for child in node.body:
                self.walk(child)

    def imported(self, node: nodes.Import | nodes.FromImport) -> None:
        names: list[Any] = [node.target] if isinstance(node, nodes.Import) else node.names
        for name in names:
            self._assign(nodes.Name(name if isinstance(name, str) else name[1], "store"), ANY)


_EXPRESSIONS: dict[type, Callable[[Reader, Any, int], Shape]] = {
    nodes.Name: Reader.name,
    nodes.Const: lambda reader, node, guarded: literal(node.value),
    nodes.Getattr: Reader.getattr,
    nodes.Getitem: Reader.getitem,
    nodes.Filter: Reader.filter,
    nodes.Test: Reader.test,
    nodes.Call: Reader.call,
    nodes.CondExpr: Reader.conditional,
    nodes.And: Reader.both,
    nodes.Or: Reader.either,
    nodes.Compare: compare.compared,
    nodes.List: lambda reader, node, guarded: reader.listed(node.items),
    nodes.Tuple: lambda reader, node, guarded: reader.listed(node.items),
    nodes.Dict: lambda reader, node, guarded: reader.mapped(node),
    nodes.Concat: Reader.joined,
    **dict.fromkeys((nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow), compare.reckoned),
}
_STATEMENTS: dict[type, Callable[[Reader, Any], None]] = {
    nodes.If: Reader.branch,
    nodes.For: Reader.loop,
    nodes.Assign: Reader.assign,
    nodes.AssignBlock: Reader.captured,
    nodes.Macro: Reader.macro,
    nodes.CallBlock: Reader.macro,
    nodes.Import: Reader.imported,
    nodes.FromImport: Reader.imported,
}
