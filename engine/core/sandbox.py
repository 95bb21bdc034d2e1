"""The Jinja environment that authors' texts run in: sandboxed, strict about names, kind to null, and bounded.

Law: no template can reach Python, and none can take more than a bounded number of loop rounds, calls and characters.
Jinja's own sandbox blocks `__class__` but not `'a' * 200000000` (2.7 s); what multiplies is therefore checked here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Context, StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

from engine.core.compilable import FEW, CompilableParser, not_too_long
from engine.core.filters import FILTERS_OF_OURS, reckoned
from engine.core.lenient import Lenient
from engine.core.line_breaks import marked
from engine.core.meter import (
    METER,
    OverBound,
    counted,
    multiplied,
    narrow_braces,
    narrow_percents,
    raised,
    replaceable,
    within_width,
)
from engine.core.quick_template import Read, read_expression, read_template
from engine.core.records import is_record
from engine.core.tree import names


class Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "+", "%", "-", "/", "//"})

    def __init__(self, finalize: Callable[..., str], **options: Any) -> None:
        super().__init__(
            undefined=StrictUndefined,
            finalize=finalize,
            optimized=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            **options,
        )
        for name in ("random", "lipsum", "pprint", "xmlattr", "urlize"):
            self.filters.pop(name, None)
        self.filters.update(FILTERS_OF_OURS)
        self.globals = {name: self.globals[name] for name in ("range", "dict", "namespace", "joiner")}

    def read(self, source: str, bare: bool, shared: bool = False) -> tuple[nodes.Node, frozenset[str]]:
        """The tree of a template or of a `bare` expression, and the names that it reads. `shared`: the tree is only
        looked at, and has parts in common with others. Raises TemplateSyntaxError, RecursionError."""
        source = source if bare else marked(source)
        found = self._quickly(source, bare, shared)
        if found is not None:
            return found.tree, frozenset(found.names)
        tree = self.expression(source) if bare else self.parse(source)
        return tree, frozenset(names(tree))

    def expression(self, source: str) -> nodes.Expr:
        """The tree of a bare expression. Raises as `read`."""
        found = self._quickly(source, bare=True)
        if found is not None:
            expression: nodes.Expr = found.tree
            return expression
        with _short_numbers():
            parser = CompilableParser(self, source, state="variable")
            parsed = parser.parse_expression()
        if not parser.stream.eos:
            parser.fail("something stands after the end of the expression", parser.stream.current.lineno)
        parser.fail_if_refused()
        not_too_long(parsed, source)
        return parsed

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Jinja's own visits every node once more to tell it its environment, which only a compiler wants to know."""
        source = marked(source)
        found = self._quickly(source, bare=False)
        if found is not None:
            template: nodes.Template = found.tree
            return template
        with _short_numbers():
            parser = CompilableParser(self, source, name, filename)
            tree = nodes.Template(parser.subparse(), lineno=1)
        parser.fail_if_refused()
        not_too_long(tree, source)
        return tree

    def _quickly(self, source: str, bare: bool, shared: bool = False) -> Read | None:
        found = read_expression(source) if bare else read_template(source, self.loader is not None, shared)
        if found is not None and found.words > FEW:
            not_too_long(found.tree, source)
        return found

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        """Everything that is compiled comes by here, and is bounded."""
        bounded(source).set_environment(self)
        return super()._generate(source, name, filename, defer_init)

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`goal.items` is the record's own field when it has one; what is null has null attributes, and so has a record
        of what it was saved without."""
        if isinstance(obj, dict):
            if attribute in obj:
                return obj[attribute]
            if isinstance(obj, Lenient):
                return None
            if attribute not in ("items", "keys", "values", "get"):
                return None if is_record(obj) else self.undefined(obj=obj, name=attribute)
        elif obj is None:
            return None
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None or (isinstance(obj, dict) and argument not in obj and is_record(obj)):
            return None
        return super().getitem(obj, argument)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """`'…'.format`, once its pattern is known to be no bomb."""
        wrapped = super().wrap_str_format(value)
        if wrapped is None:
            return None

        def limited(*args: Any, **kwargs: Any) -> str:
            narrow_braces(value.__self__)
            return str(wrapped(*args, **kwargs))

        return limited

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, str) or isinstance(right, str):
            left, right = _numbers(left, right)
        if operator == "*":
            multiplied(left, right)
        elif operator == "**":
            raised(left, right)
        elif operator == "%" and isinstance(left, str):
            narrow_percents(left)
        elif operator == "+" and isinstance(left, str) != isinstance(right, str):
            left, right = ("" if left is None else left), ("" if right is None else right)
        return METER.size(super().call_binop(context, operator, left, right))

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 as in Jinja: a template's own keywords must not collide
        METER.count()
        owner = getattr(__obj, "__self__", None)
        if isinstance(owner, str):
            args = _measured(owner, __obj.__name__, args, kwargs)
        elif isinstance(owner, int) and __obj.__name__ == "to_bytes":
            raise SecurityError("`to_bytes` is not allowed in a template")
        return METER.size(super().call(__context, __obj, *args, **kwargs))


def _numbers(left: Any, right: Any) -> tuple[Any, Any]:
    """`2.50` beside a number, or another such text, is its number; beside anything else it is a text."""
    numbers = reckoned(left), reckoned(right)
    return numbers if not any(isinstance(one, str) for one in numbers) else (left, right)


@contextmanager
def _short_numbers() -> Iterator[None]:
    """Python reads no whole number of more than 4,300 digits."""
    try:
        yield
    except ValueError:
        raise TemplateSyntaxError("this number is too long", 1) from None


_PADS = frozenset({"center", "ljust", "rjust", "zfill", "expandtabs"})


def _measured(owner: str, method: str, args: tuple[Any, ...], named: dict[str, Any]) -> tuple[Any, ...]:
    """The arguments of a text's own method, once it is known that they make no bomb."""
    if method in ("translate", "maketrans"):
        raise SecurityError(f"`{method}` is not allowed in a template")
    if method in _PADS:
        within_width((*args, *named.values()))
    if method == "join" and args:
        parts = list(counted(args[0]))
        METER.fits(sum(len(part) for part in parts if isinstance(part, str)) + len(owner) * len(parts))
        return (parts,)
    if method == "replace" and len(args) > 1:
        replaceable(owner, *args[:2])
    return args


def bounded(template: nodes.Template) -> nodes.Template:
    """Lead every loop, concatenation, captured block and list that is made through a filter that counts."""
    template = _Sized().visit(template)
    for loop in template.find_all(nodes.For):
        loop.iter = _filtered(loop.iter, "_counted")
    for block in template.find_all(nodes.AssignBlock):
        block.filter = nodes.Filter(block.filter, "_sized", [], [], None, None, lineno=block.lineno)
    return template


def _filtered(node: Any, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


_ORDER = frozenset({"lt", "lteq", "gt", "gteq"})
MADE = (nodes.Name, nodes.Call, nodes.Filter)


class _Sized(NodeTransformer):
    def visit_Concat(self, node: nodes.Concat) -> nodes.Node:  # noqa: N802 Jinja calls it by this name
        """What `~` puts together is shown as elsewhere: null is nothing, 82.0 is 82."""
        self.generic_visit(node)
        node.nodes = [_filtered(one, "_shown") for one in node.nodes]
        return _filtered(node, "_sized")

    def visit_Compare(self, node: nodes.Compare) -> nodes.Node:  # noqa: N802 as above
        """What is larger is asked of numbers: `price > 100`, though the price be `99.90`."""
        self.generic_visit(node)
        if any(operand.op in _ORDER for operand in node.ops):
            holders: list[Any] = [node, *node.ops]
            for holder in holders:
                if not isinstance(holder.expr, nodes.Const):
                    holder.expr = _filtered(holder.expr, "_reckoned")
        return node

    def visit_List(self, node: nodes.List | nodes.Tuple | nodes.Dict) -> nodes.Node:  # noqa: N802 as above
        self.generic_visit(node)
        if getattr(node, "ctx", "load") != "load" or next(node.find_all(MADE), None) is None:
            return node  # what a `for` assigns to, or constants
        return _filtered(node, "_sized")

    visit_Tuple = visit_Dict = visit_List  # noqa: N815 as above


__all__ = ["METER", "OverBound", "Sandbox", "SecurityError", "bounded"]
