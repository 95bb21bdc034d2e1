"""What an expression without names comes to, and whether it is more than a text may use up.

Law: measured before it is made, as the sandbox does it; nothing is rendered here.
"""

from __future__ import annotations

from typing import Any

from jinja2 import nodes
from jinja2.sandbox import MAX_RANGE

from engine.core.meter import METER, OverBound, multiplied, raised
from engine.lint.reader import Reader

LESS = "Write a smaller number."
_PLAIN: dict[type, Any] = {
    nodes.Add: lambda left, right: left + right,
    nodes.Sub: lambda left, right: left - right,
    nodes.Div: lambda left, right: left / right,
    nodes.FloorDiv: lambda left, right: left // right,
    nodes.Mod: lambda left, right: left % right,
}
_KNOWN = (nodes.Const, nodes.BinExpr, nodes.Neg, nodes.Call)


class Unknown(Exception):
    """It has names in it, or is of a kind that is not followed."""


def amount(node: nodes.Node) -> Any:
    """The number, text or range. Raises Unknown; OverBound and ZeroDivisionError as rendering would."""
    if isinstance(node, nodes.Const):
        return node.value
    if isinstance(node, nodes.Neg) and isinstance(value := amount(node.node), (int, float)):
        return -value
    if isinstance(node, nodes.Call) and isinstance(node.node, nodes.Name) and node.node.name == "range":
        return _range([amount(one) for one in node.args])
    if not isinstance(node, nodes.BinExpr):
        raise Unknown
    left, right = amount(node.left), amount(node.right)
    numbers = all(isinstance(one, (int, float)) for one in (left, right))
    if isinstance(node, nodes.Mul) and (numbers or {type(left), type(right)} == {str, int}):
        multiplied(left, right)
        return left * right
    if isinstance(node, nodes.Pow) and numbers:
        raised(left, right)
        return left**right
    if type(node) in _PLAIN and numbers:
        return _PLAIN[type(node)](left, right)
    raise Unknown


def _range(given: list[Any]) -> range:
    if not 1 <= len(given) <= 3 or not all(isinstance(one, int) for one in given) or given[2:] == [0]:
        raise Unknown
    made = range(*given)
    if len(range(*given)) > MAX_RANGE:
        raise OverBound(f"a range of more than {MAX_RANGE:,} numbers")
    return made


def check(reader: Reader, node: nodes.Expr, shown: str) -> None:
    """Report what fails whatever the values are; `shown` is the sign, or the function."""
    if not any(isinstance(one, _KNOWN) for one in node.iter_child_nodes()):
        return
    try:
        if isinstance(node, (nodes.Div, nodes.FloorDiv, nodes.Mod)) and amount(node.right) == 0:
            _tell(reader, node, shown, "This divides by zero, so the text fails.", "Divide by another number.")
            return
        amount(node)
    except OverBound as error:
        _tell(reader, node, shown, f"This makes {error}, so the text fails.", LESS)
    except (Unknown, ArithmeticError, ValueError, TypeError):
        return


def rounds(node: nodes.Node) -> int:
    """How many rounds a loop over this makes; 1 when that is not known."""
    try:
        return len(node.items) if isinstance(node, (nodes.List, nodes.Tuple)) else len(amount(node))
    except (Unknown, OverBound, ArithmeticError, ValueError, TypeError):
        return 1


def too_many(reader: Reader, node: nodes.For, count: int) -> None:
    """`count`: the rounds of the loop and of those around it."""
    if count > METER.max_rounds:
        at = reader.source.name("for", node.lineno)
        message = f"This loop makes more than {METER.max_rounds:,} rounds, so the text fails."
        reader.report("always-fails", "error", "for", at, message, "Go through fewer.")


def _tell(reader: Reader, node: nodes.Expr, shown: str, message: str, help: str) -> None:
    reader.report("always-fails", "error", shown, reader.source.sign(shown, node.lineno), message, help)
