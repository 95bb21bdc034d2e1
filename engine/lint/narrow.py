"""What a condition tells of the names in it: which of them are not null once it is true, or once it is not.

Law: only what holds for certain; a name is a path such as `goal` or `goal.title`.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from jinja2 import nodes

from engine.lint.shapes import ANSWERS, NO_ITEM, NULL, Shape

NOTHING: frozenset[str] = frozenset()
IS, IS_NOT = ".is ", ".is not "  # behind a path among what is known: it has passed a test of its kind, or has not
IN = "in "  # behind these, the table of the catalog in which it stands: `number.is in catalog.exhibits`
NO = f"{IS}nothing"  # as those: it does not count as true
_NUMBERS = frozenset(("integer", "number", "boolean"))
_MANY = frozenset(("text", "list", "map"))
_KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "string": (frozenset(("text",)), frozenset(("text",))),
    "mapping": (frozenset(("map",)), frozenset(("map",))),
    "number": (_NUMBERS, _NUMBERS),
    "integer": (frozenset(("integer", "number")), frozenset(("integer",))),
    "float": (frozenset(("number",)), NOTHING),
    "boolean": (frozenset(("boolean",)), frozenset(("boolean",))),
    "true": (frozenset(("boolean",)), NOTHING),
    "false": (frozenset(("boolean",)), NOTHING),
    "odd": (_NUMBERS, NOTHING),
    "even": (_NUMBERS, NOTHING),
    "divisibleby": (_NUMBERS, NOTHING),
    "sequence": (_MANY, _MANY),
    "iterable": (_MANY, _MANY),
}
"""Test -> (the kinds of value of which some pass it, those of which all do)"""


def path(node: nodes.Node | None) -> str:
    """`goal.title` for that expression; empty for anything that is no plain path."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        inner, last = path(node.node), node.attr
    elif isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
        inner, last = path(node.node), node.arg.value
    else:
        return ""
    return f"{inner}.{last}" if inner else ""


def called(node: nodes.Node | None) -> str:
    """As a message calls it: `people`, or `name | length`."""
    if isinstance(node, nodes.Filter) and not node.args and not node.kwargs and path(node.node):
        return f"{path(node.node)} | {node.name}"
    return path(node)


@lru_cache(maxsize=1024)  # a tree is one object wherever the same words stand (core/tree.py)
def facts(condition: nodes.Node, positive: bool) -> frozenset[str]:
    """The paths that are not null when the condition is true (or, `positive` false, when it is not)."""
    if isinstance(condition, nodes.Not):
        return facts(condition.node, not positive)
    if isinstance(condition, (nodes.And, nodes.Or)):
        left, right = facts(condition.left, positive), facts(condition.right, positive)
        return left | right if isinstance(condition, nodes.And) == positive else left & right
    if isinstance(condition, nodes.Compare) and len(condition.ops) == 1:
        return _compared(condition.expr, condition.ops[0], positive)
    if isinstance(condition, nodes.Test) and condition.name in ("defined", "undefined"):
        there = (condition.name == "defined") == positive and path(condition.node)
        return frozenset((f"{path(condition.node)}?",)) if there else NOTHING  # there, and may be null
    if isinstance(condition, nodes.Test):
        return _tested(path(condition.node), condition.name, positive)
    counted = isinstance(condition, nodes.Filter) and condition.name in ("length", "count", "trim")
    name = path(condition.node if counted else condition)  # type: ignore[attr-defined] # a Filter, as just asked
    return with_prefixes(name) if positive else frozenset((name + NO,)) if name else NOTHING


def _tested(name: str, test: str, positive: bool) -> frozenset[str]:
    if not name or not (test == "none" or test in _KINDS):
        return NOTHING
    if test == "none" and not positive:
        return with_prefixes(name)
    told = frozenset((f"{name}{IS if positive else IS_NOT}{test}",))
    return told | with_prefixes(name) if positive and test != "none" else told


def kinds_told(known: Iterable[str]) -> frozenset[str]:
    """What is known of kinds, among all that is."""
    return frozenset(one for one in known if IS in one)


def of_kind(shape: Shape, name: str, told: frozenset[str]) -> Shape:
    """The value at a path as what is known of its kind leaves it; ANY where nothing would be left."""
    for one in told:
        where, _, test = one.partition(IS)
        if where != name or test == "nothing" or IN in one:
            continue
        if test == "none":
            return NULL
        positive = not test.startswith("not ")
        some, all_ = _KINDS.get(test.removeprefix("not "), (NOTHING, NOTHING))
        shape = shape.where(lambda part: part.kind in some if positive else part.kind not in all_)  # noqa: B023 called at once
    return shape


def of_nothing(shape: Shape) -> Shape:
    """The value where it does not count as true: null, where only null does not; a list without an item."""
    parts = shape.parts()
    if shape.empty and parts and all(map(_counts, parts)):
        return NULL
    if parts and all(part.kind == "list" for part in parts):
        return shape.marked(NO_ITEM)
    return shape


def _counts(part: Shape) -> bool:
    """Whether whatever it is counts as true: a record, a day, an answer of letters, a mark."""
    if part.values is not None:
        return all(part.values)
    if part.kind == "map":
        return bool(part.fields)
    least = part.bounds[0]
    return not part.marks.isdisjoint(ANSWERS) if part.kind == "text" else least is not None and least > 0


def _compared(left: nodes.Node, operand: nodes.Operand, positive: bool) -> frozenset[str]:
    operator, right = operand.op, operand.expr
    if isinstance(left, nodes.Filter) and left.name in ("length", "count") and isinstance(right, nodes.Const):
        if (operator == "eq") == positive and operator in ("eq", "ne") and right.value == 0 and path(left.node):
            return frozenset((path(left.node) + NO,))
        return with_prefixes(path(left.node)) if _some(operator, right.value, positive) else NOTHING
    null = isinstance(right, nodes.Const) and right.value is None
    if operator in ("eq", "ne") and isinstance(right, nodes.Const):
        told = (operator == "eq") == positive  # it does equal the literal
        return with_prefixes(path(left)) if told != null else NOTHING
    if operator in ("gt", "gteq", "lt", "lteq") and positive:
        return with_prefixes(path(left)) | with_prefixes(path(right))
    if operator in ("in", "notin") and path(left) and path(right).startswith("catalog."):
        stands = IS if (operator == "in") == positive else IS_NOT
        return frozenset((f"{path(left)}{stands}{IN}{path(right)}",))
    if operator == "in" and positive and isinstance(right, (nodes.List, nodes.Tuple)):
        literals = all(isinstance(one, nodes.Const) and one.value is not None for one in right.items)
        return with_prefixes(path(left)) if literals else NOTHING
    return NOTHING


def _some(operator: str, number: object, positive: bool) -> bool:
    """Whether a count for which this comparison is true (or is not) is above nought."""
    if not isinstance(number, int):
        return False
    if positive:
        return (
            (operator in ("eq", "gteq") and number > 0)
            or (operator == "gt" and number >= 0)
            or (operator == "ne" and number == 0)
        )
    return (operator in ("eq", "lteq") and number == 0) or (operator == "lt" and number >= 1)


def with_prefixes(whole: str) -> frozenset[str]:
    """An attribute that is not null means that what bears it is not null either."""
    parts = whole.split(".") if whole else []
    return frozenset(".".join(parts[: place + 1]) for place in range(len(parts)))


Possible = dict[str, tuple[bool, frozenset[object]]]
"""Variable -> (true: only these values are possible, false: these are not)."""


def values(condition: nodes.Node, positive: bool) -> Possible:
    """What `mood == 'good'`, `mood != 'good'` and `mood in ['good', 'bad']` tell of a variable's values."""
    if isinstance(condition, nodes.Not):
        return values(condition.node, not positive)
    if isinstance(condition, (nodes.And, nodes.Or)) and isinstance(condition, nodes.And) == positive:
        return {**values(condition.left, positive), **values(condition.right, positive)}
    if (
        not isinstance(condition, nodes.Compare)
        or len(condition.ops) != 1
        or not isinstance(condition.expr, nodes.Name)
    ):
        return {}
    operator, right = condition.ops[0].op, condition.ops[0].expr
    if operator in ("eq", "ne") and isinstance(right, nodes.Const):
        literals = [right]
    elif operator in ("in", "notin") and isinstance(right, (nodes.List, nodes.Tuple)):
        literals = [one for one in right.items if isinstance(one, nodes.Const)]
        if len(literals) < len(right.items):
            return {}
    else:
        return {}
    return {condition.expr.name: ((operator in ("eq", "in")) == positive, frozenset(one.value for one in literals))}
