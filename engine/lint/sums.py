"""Sums: values that do not go together by `+`, `*` and the like, and null where a number is wanted.

Law: as of comparisons, both sides must be known for certain before a word is said.
"""

from __future__ import annotations

from jinja2 import nodes

from engine.lint import constants
from engine.lint.compare import in_sums, of_both, place, shown, values_of
from engine.lint.forms import of_days
from engine.lint.narrow import path
from engine.lint.nulls import by_nothing, fails_on_null, is_nothing
from engine.lint.reader import Reader
from engine.lint.shapes import ANY, FREE, NUMBER, TEXT, Shape, union

NUMERIC_KINDS = {"number", "boolean"}
_NEVER_TEXTS = ("-", "/", "//", "**")
_DIVIDING = ("/", "//", "%")


def reckoned(reader: Reader, node: nodes.BinExpr, guarded: int) -> Shape:
    """`a + b` and the like."""
    fails, reader.fails_on_texts = reader.fails_on_texts, ""
    left, right = _operand(reader, node, node.left), _operand(reader, node, node.right)
    constants.check(reader, node, node.operator)
    if node.operator in _DIVIDING and isinstance(node.right, nodes.Filter) and node.right.name in ("length", "count"):
        by_nothing(reader, node.right)
    mine, theirs, sign = in_sums(left), in_sums(right), node.operator
    sides = ((node.left, left, mine, theirs), (node.right, right, theirs, mine))
    for one, shape, own, other in sides:
        if _does_not_reckon(own, other, sign) or (sign == "%" and _no_remainder(shape, other, one is node.right)):
            at, that = place(reader, one, one), "a number" if other == {"number"} else "that"
            message = f"{shown(one, shape)} does not go together with {that} by `{sign}`."
            joins = "`~` puts texts together; " if sign == "+" else ""
            help = f"{joins}`| int` makes a number of a text." if own <= {"text", "number"} else ""
            help = of_days(node, left, right) or help
            more = sign == "+" and (("list" in own and path(node.left)) or (other == {"list"} and one is node.right))
            help = f"With one more it is `{path(node.left) or '…'} + [{path(node.right) or '…'}]`." if more else help
            sure = not own & (other if sign == "+" and not other & NUMERIC_KINDS else NUMERIC_KINDS)
            message = message if sure else message.replace("does not go", "may not go")
            severity, told = "error" if sure else "warning", message[0].upper() + message[1:]
            reader.report("unlike-types", severity, message, at, told, help, topic=of_both(node.left, node.right))
            lists = (side for side, kind in ((left, mine), (right, theirs)) if kind == {"list"})
            return NUMBER if {"number"} in (mine, theirs) else next(lists, ANY)
    for one, shape, own, other in sides if sign == "*" else ():
        kind = next((kind for kind in ("text", "list") if kind in own), "")
        if kind and other == {"number"} and not (kind == "text" and values_of(shape)):
            at = place(reader, one, one)
            message = f"{shown(one, shape)} {'is' if own == {kind} else 'may be'} repeated by `*`, as {kind}s are."
            help = "`| int` or `| float` makes a number of a text."
            help = help if kind == "text" else "How many there are is `| length`."
            message = f"{message[:-1]}, and `{fails}` fails on that." if fails else message
            severity, told = "error" if fails else "warning", message[0].upper() + message[1:]
            reader.report("unlike-types", severity, message, at, told, help, topic=of_both(one))
    joins_texts = sign == "+" and {"text"} in (mine, theirs)
    if sign in ("+", "*", *_NEVER_TEXTS) and not joins_texts:
        for one, shape, _, _ in sides:
            if shape.empty:
                fails_on_null(reader, one, shape, f"`{sign}`", guarded, "[]" if "list" in mine | theirs else "0")
            elif shape.kind == "null":
                is_nothing(reader, one, shape, f"`{sign}` fails on that")
    if sign == "+":
        return NUMBER if {"number"} in (mine, theirs) else union([left.full(), right.full()]) if mine & theirs else ANY
    if sign == "%" and mine == {"text"}:
        return TEXT
    if sign == "*" and {"text"} in (mine, theirs) and not fails:
        return TEXT  # repeated
    return NUMBER if sign in _NEVER_TEXTS or (mine == theirs == {"number"}) else ANY


def _operand(reader: Reader, node: nodes.BinExpr, one: nodes.Expr) -> Shape:
    """One side of a sum; of `3 * name / 2` the left one says what is wrong with both."""
    reader.fails_on_texts = node.operator if isinstance(one, nodes.Mul) and node.operator in _NEVER_TEXTS else ""
    shape = reader.of(one)
    reader.fails_on_texts = ""
    return shape


def _does_not_reckon(own: set[str], other: set[str], sign: str) -> bool:
    """Whether some value that this side can be fails beside what the other side surely is."""
    if sign in _NEVER_TEXTS:
        return bool(own & {"map", "list", "text"})
    if sign != "+" or not own or not other:
        return False
    if other == {"number"}:
        return bool(own & {"map", "list", "text"})
    if other in ({"list"}, {"map"}):
        return bool(own - {"list"} if other == {"list"} else own)
    return other == {"text"} and bool(own & {"map", "list"})


def _no_remainder(shape: Shape, other: set[str], right: bool) -> bool:
    """Whether `%` fails on this side; before it a text of the author's is a form to fill in."""
    fails = {"map", "list", "text"} if right and other == {"number"} else set() if right else {"map", "list"}
    parts = shape.parts()
    wrong = any(part.kind in fails or (not right and FREE in part.marks) for part in parts)
    return wrong and all(part.kind != "any" for part in parts)
