"""How small and how large a number can be: by the limits of its question, and by the conditions on the way here.

Law: only limits that are written out; a limit that is itself excluded counts as included, so that too little is said
rather than too much.
"""

from __future__ import annotations

import re
from functools import lru_cache, reduce
from typing import Any

from jinja2 import nodes

from engine.answers.bounds import number_limit
from engine.core.template import Value
from engine.lint.narrow import called, path
from engine.lint.reader import Reader
from engine.lint.shapes import FREE, NUMERIC, RATED, UNBOUNDED, Bounds, Shape, of_both

TURNED = {"lt": "gt", "gt": "lt", "lteq": "gteq", "gteq": "lteq", "eq": "eq"}
_NOT = {"lt": "gteq", "gteq": "lt", "gt": "lteq", "lteq": "gt"}
_COUNTED = re.compile(r"\s*(?:today)?\s*(?P<back>-\s*0*[1-9][0-9]*\s*[dwmy])\s*|\s*today\s*")
_SIGNS = {"eq": "==", "lt": "<", "lteq": "<=", "gt": ">", "gteq": ">="}


def of_limits(step: Any) -> Bounds:
    """What `min` and `max` of a question for a number allow."""
    return number_limit(_constant(step.min)), number_limit(_constant(step.max))


def of_lengths(step: Any) -> Bounds:
    """What `min_length` and `max_length` of a question for a text allow."""
    return number_limit(_constant(step.min_length)) or 1, number_limit(_constant(step.max_length))


def of_days(step: Any) -> Bounds:
    """What `max: today` allows, or one counted back from it, in days from today: such a day stays in the past. One
    that is not before today may be so tomorrow."""
    most = _constant(step.max)
    found = _COUNTED.fullmatch(most) if isinstance(most, str) else None
    return (None, -1 if found["back"] else 0) if found else UNBOUNDED


def _constant(value: Any) -> Any:
    return value.data if isinstance(value, Value) and value.constant else None


@lru_cache(maxsize=1024)  # a tree is one object wherever the same words stand (core/tree.py)
def told(condition: nodes.Node, positive: bool) -> tuple[tuple[str, Bounds], ...]:
    """What the condition tells of numbers when it is true (or, `positive` false, when it is not)."""
    if isinstance(condition, nodes.Not):
        return told(condition.node, not positive)
    if isinstance(condition, (nodes.And, nodes.Or)) and isinstance(condition, nodes.And) == positive:
        return told(condition.left, positive) + told(condition.right, positive)
    if not isinstance(condition, nodes.Compare) or len(condition.ops) != 1:
        return ()
    left, sign, right = condition.expr, condition.ops[0].op, condition.ops[0].expr
    if isinstance(left, nodes.Const):
        left, sign, right = right, TURNED.get(sign, sign), left
    if not isinstance(left, nodes.Name) or not _is_number(right) or sign not in _NOT:
        return ()
    sign = sign if positive else _NOT[sign]
    value = right.value  # type: ignore[attr-defined] # a Const, as just asked
    return ((left.name, (value, None) if sign in ("gt", "gteq") else (None, value)),)


def _is_number(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Const) and isinstance(node.value, (int, float)) and not isinstance(node.value, bool)


def check(reader: Reader, one: nodes.Expr, shape: Shape, sign: str, other: nodes.Expr) -> None:
    """`people > 12` where 12 is the most."""
    name, value = called(one), getattr(other, "value", None)
    if path(other) == "today" and name and sign in TURNED:
        _of_day(reader, name, shape, sign, other)
    if not name or not _is_number(other) or value is None or sign not in TURNED:
        return
    if sign == "eq" and any(part.values for part in shape.parts()):
        return  # which is told of the values
    least, most = bounds_of(shape)
    above = most is not None and (value > most or (sign == "gt" and value == most)) and sign in ("gt", "gteq", "eq")
    below = least is not None and (value < least or (sign == "lt" and value == least)) and sign in ("lt", "lteq", "eq")
    always = (most is not None and value > most and sign in ("lt", "lteq")) or (
        least is not None and value < least and sign in ("gt", "gteq")
    )
    if always and "." in name:  # a question may be followed by such conditions, of which the last one is sure
        bound = f"{most} at the most" if most is not None and value > most else f"{least} at the least"
        message = f"`{name}` is {bound}, so `{_SIGNS[sign]} {value}` is always true."
        help = "Look at the limits of the `returns` of the prompt."
        reader.report(
            "constant-condition", "warning", f"{name} {sign} {value}", reader.source.place(other), message, help
        )
    if above or below:
        bound = f"{most} at the most" if above else f"{least} at the least"
        message = f"`{name}` is {bound} here, so `{_SIGNS[sign]} {value}` is never true."
        limits = "`returns` of the prompt" if "." in name else "question"
        help = f"Look at the limits of the {limits}, and at the conditions above this one."
        reader.report("never-equal", "warning", f"{name} {sign} {value}", reader.source.place(other), message, help)


def _of_day(reader: Reader, name: str, shape: Shape, sign: str, other: nodes.Expr) -> None:
    """`day > today` where the question takes no later day."""
    most = shape.bounds[1] if "date" in shape.marks and FREE not in shape.marks else None
    if most is not None and (sign == "gt" or (most < 0 and sign in ("gteq", "eq"))):
        latest = "today" if most == 0 else "yesterday"
        message = f"`{name}` is {latest} at the latest, so `{_SIGNS[sign]} today` is never true."
        at, help = reader.source.place(other), "Look at the `max` of its question."
        reader.report("never-equal", "warning", f"{name} {sign} today", at, message, help)


def bounds_of(shape: Shape) -> Bounds:
    """The least and the most of all that the value can be; None where there is no end."""
    parts = shape.parts()
    if not parts or any(part.kind not in NUMERIC for part in parts):
        return UNBOUNDED
    marked = RATED in shape.all_marks()
    return reduce(of_both, (_of_marks(part) if marked else part.bounds for part in parts))


def _of_marks(part: Shape) -> Bounds:
    if not part.values:
        return part.bounds
    least, most = part.bounds
    marks = [one for one in part.values if isinstance(one, int)]
    lowest = min((one for one in marks if least is None or one >= least), default=None)
    return lowest, max((one for one in marks if most is None or one <= most), default=None)
