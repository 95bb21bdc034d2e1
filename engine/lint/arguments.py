"""The arguments of filters, tests and functions: by name and by place, too many, too few, of other kinds."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import nodes
from jinja2.filters import FILTERS as OF_JINJA

from engine.core.sandbox import Sandbox
from engine.lint import takes
from engine.lint.reader import Reader
from engine.lint.shapes import Shape
from engine.project.suggest import did_you_mean

OTHERWISE = ("map", "default", "d", "plural", "select", "reject", "selectattr", "rejectattr", "attr")


@cache
def parameters_of(environment: Sandbox, name: str, test: bool = False) -> tuple[inspect.Parameter, ...] | None:
    """What a filter (or a test) takes behind the value; None when that is not known."""
    function: Any = (environment.tests if test else environment.filters).get(name)
    if function is None or name in OTHERWISE:
        return None
    inner = inspect.unwrap(function)
    try:
        found = tuple(inspect.signature(inner).parameters.values())
        if not test and name in OF_JINJA and any(one.kind is one.VAR_KEYWORD for one in found):  # one that has bounds
            inner = inspect.unwrap(OF_JINJA[name])
            found = tuple(inspect.signature(inner).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL) for one in found):
        return None
    return found[2 if hasattr(inner, "jinja_pass_arg") else 1 :]


def check(reader: Reader, node: nodes.Filter | nodes.Test, shapes: Mapping[nodes.Expr, Shape]) -> None:
    """`shapes` are those of the arguments."""
    test = isinstance(node, nodes.Test)
    known = parameters_of(reader.environment, node.name, test)
    if known is None or node.dyn_args is not None or node.dyn_kwargs is not None:
        return
    what = "test" if test else "filter"
    named = [str(pair.key) for pair in node.kwargs]
    names = [one.name for one in known]
    for name in named:
        if name not in names:
            at = reader.source.name_of_argument(name, node.lineno)
            message = f"The {what} `{node.name}` has no `{name}`."
            reader.report("unknown-argument", "error", name, at, message, _instead(name, names))
            return
    if len(node.args) > len(names):
        takes_ = f"takes {', '.join(f'`{one}`' for one in names)}" if names else "takes nothing"
        message = f"The {what} `{node.name}` {takes_}, and is given {len(node.args)} here."
        at = reader.source.word(node)
        reader.report("unknown-argument", "error", node.name, at, message, "Take the last one out.")
        return
    given = {*names[: len(node.args)], *named}
    missing = [one.name for one in known if one.default is one.empty and one.name not in given]
    if missing:
        message = f"The {what} `{node.name}` needs {' and '.join(f'`{one}`' for one in missing)} too."
        example = EXAMPLES.get(node.name, f"{node.name}({', '.join('…' for one in known if one.default is one.empty)})")
        at = reader.source.word(node)
        reader.report("unknown-argument", "error", node.name, at, message, f"For example `{example}`.")
        return
    for name, value in [*zip(names, node.args, strict=False), *((str(one.key), one.value) for one in node.kwargs)]:
        if node.name == "round" and name == "method" and isinstance(value, nodes.Const) and value.value not in ROUNDING:
            at, message = reader.source.place(value), f"`round` knows no `{value.value}`, so the text fails."
            reader.report("unknown-argument", "error", str(value.value), at, message, did_you_mean("", ROUNDING))
        wanted = takes.ARGUMENTS.get(node.name, {}).get(name)
        if wanted is not None:
            takes.check(reader, f"{node.name}({name})", value, shapes[value], wanted)


def _instead(name: str, names: list[str]) -> str:
    """`plus(months=1)`: a month is no fixed number of days, and no mistyped `minutes`."""
    rough = {"months": 30, "month": 30, "weeks": 7, "week": 7, "years": 365, "year": 365}.get(name)
    return f"Write it in days: `days={rough}`." if rough and "days" in names else did_you_mean(name, sorted(names))


ROUNDING = ("common", "ceil", "floor")
EXAMPLES = {
    "replace": "replace('old', 'new')",
    "by_id": "by_id('tea')",
    "groupby": "groupby('kind')",
    "batch": "batch(3)",
    "slice": "slice(3)",
    "divisibleby": "divisibleby(3)",
}
