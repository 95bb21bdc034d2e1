"""The Jinja environment that authors' texts run in: sandboxed, strict about names, kind to null, and bounded.

Law: no template can reach Python, and none can take more than a bounded number of loop rounds, calls and characters.
Jinja's own sandbox blocks `__class__` but not `'a' * 200000000` (2.7 s); what multiplies is therefore checked here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from jinja2 import nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS
from jinja2.parser import Parser
from jinja2.runtime import Context, StrictUndefined, Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from engine.core import moments

MAX_WIDTH = 1_000  # padding, indentation and the like
MAX_DIGITS = 10_000  # bits of a power's result
WIDE_FORMAT = re.compile(r"[0-9]{4,}")


class OverBound(Exception):
    """A template wanted more than its bound: loop rounds, calls, or characters."""


class Meter:
    """Counts what the template now being rendered has used. One for the process: rendering is never concurrent."""

    __slots__ = ("max_output", "max_rounds", "rounds")

    def __init__(self) -> None:
        self.rounds, self.max_rounds, self.max_output = 0, 20_000, 16_000

    def count(self) -> None:
        self.rounds += 1
        if self.rounds > self.max_rounds:
            raise OverBound(f"more than {self.max_rounds} rounds of loops and calls")

    def size(self, value: Any) -> Any:
        if isinstance(value, str | list | tuple) and len(value) > self.max_output:
            raise OverBound(f"more than {self.max_output} characters")
        return value


METER = Meter()


def counted(items: Iterable[Any]) -> Iterator[Any]:
    """Every `for` of a template runs through this filter."""
    for item in () if items is None else items:
        METER.count()
        yield item


class Sandbox(ImmutableSandboxedEnvironment):
    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self, finalize: Callable[[Any], str], **options: Any) -> None:
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

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        return bounded(Parser(self, source, name, filename).parse())

    def getattr(self, obj: Any, attribute: str) -> Any:
        """`goal.items` is the record's own field when it has one; what is null has null attributes."""
        if isinstance(obj, dict):
            if attribute in obj:
                return obj[attribute]
            if attribute not in ("items", "keys", "values", "get"):
                return self.undefined(obj=obj, name=attribute)
        elif obj is None:
            return None
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        if obj is None:
            return None
        return super().getitem(obj, argument)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        if operator == "*":
            for one, times in ((left, right), (right, left)):
                if isinstance(one, str | list | tuple) and isinstance(times, int):
                    if len(one) * times > METER.max_output:
                        raise OverBound(f"more than {METER.max_output} characters")
        elif operator == "**":
            if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_DIGITS:
                raise OverBound("a number with too many digits")
        elif operator == "%" and isinstance(left, str):
            narrow(left)
        elif operator == "+" and isinstance(left, str) != isinstance(right, str):
            left, right = ("" if left is None else left), ("" if right is None else right)
        result = super().call_binop(context, operator, left, right)
        return METER.size(result) if operator in "+%" else result

    def call(__self, __context: Context, __obj: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: N805 as in Jinja: a template's own keywords must not collide
        METER.count()
        owner = getattr(__obj, "__self__", None)
        if isinstance(owner, str):
            narrow(owner)
            for argument in args:
                if isinstance(argument, int) and argument > MAX_WIDTH:
                    raise OverBound(f"a width of more than {MAX_WIDTH}")
                if isinstance(argument, str) and len(owner) * len(argument) > METER.max_output * 100:
                    raise OverBound(f"more than {METER.max_output} characters")
        return METER.size(super().call(__context, __obj, *args, **kwargs))


def narrow(pattern: str) -> None:
    """`'%999999999d'` and `'{:>999999999}'` are bombs; no honest width has four digits."""
    if ("%" in pattern or "{" in pattern) and WIDE_FORMAT.search(pattern):
        raise OverBound(f"a width of more than {MAX_WIDTH}")


def bounded(template: nodes.Template) -> nodes.Template:
    """Lead every loop, concatenation and captured block through a filter that counts."""
    for loop in template.find_all(nodes.For):
        loop.iter = _filtered(loop.iter, "_counted")
    for block in template.find_all(nodes.AssignBlock):
        inner = block.filter
        block.filter = nodes.Filter(inner, "_sized", [], [], None, None, lineno=block.lineno)
    for concat in list(template.find_all(nodes.Concat)):
        _wrap(template, concat)
    return template


def _filtered(node: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(node, name, [], [], None, None, lineno=node.lineno)


def _wrap(template: nodes.Node, concat: nodes.Concat) -> None:
    inner = nodes.Concat(concat.nodes, lineno=concat.lineno)
    concat.nodes = [_filtered(inner, "_sized")]


def _limited(name: str) -> Callable[..., Any]:
    """Jinja's own filter of this name with numbers that cannot make a bomb."""
    original: Callable[..., Any] = FILTERS[name]

    def limited(*args: Any, **kwargs: Any) -> Any:
        for argument in (*args, *kwargs.values()):
            if isinstance(argument, int) and argument > MAX_WIDTH:
                raise OverBound(f"a width of more than {MAX_WIDTH}")
        if name == "format":
            narrow(str(args[0]))
        METER.count()
        return METER.size(original(*args, **kwargs))

    for mark in ("jinja_pass_arg",):
        if hasattr(original, mark):
            setattr(limited, mark, getattr(original, mark))
    return limited


def default(value: Any, other: Any = "", boolean: bool = False) -> Any:
    """As Jinja's, but null counts as missing: a skipped answer has its default too."""
    if value is None or isinstance(value, Undefined) or (boolean and not value):
        return other
    return value


def by_id(rows: Any, wanted: Any) -> Any:
    """The row of a list (or map) whose `id` is the wanted one; null when there is none."""
    if isinstance(rows, dict):
        return rows.get(str(wanted))
    for row in rows or ():
        if isinstance(row, dict) and str(row.get("id")) == str(wanted):
            return row
    return None


def plural(number: Any, one: str, few: str, many: str | None = None) -> str:
    """`5 дней`, `2 дня`, `1 день`; in English two forms: `{{ n | plural('day', 'days') }}`."""
    if isinstance(number, Undefined) or number is None:
        return ""
    if many is None:
        return f"{number} {one if number == 1 else few}"
    count = abs(int(number))
    if number != count and number != -count:
        return f"{number} {few}"
    if count % 10 == 1 and count % 100 != 11:
        return f"{number} {one}"
    if 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14:
        return f"{number} {few}"
    return f"{number} {many}"


FILTERS_OF_OURS: dict[str, Callable[..., Any]] = {
    "_counted": counted,
    "_sized": METER.size,
    "default": default,
    "d": default,
    "by_id": by_id,
    "plural": plural,
    **{
        name: _limited(name) for name in ("center", "indent", "batch", "slice", "wordwrap", "replace", "format", "join")
    },
    **moments.FILTERS,
}

__all__ = ["METER", "OverBound", "Sandbox", "SecurityError", "bounded"]
