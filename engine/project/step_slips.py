"""A step whose lines stand in the wrong place as a whole: told in one sentence, and not once for each line.

Law: only shapes that can be nothing else; of the step itself nothing more is said then.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.core.finding import Span
from engine.core.node import Mapping, Scalar

_NAMED = ("ask", "confirm", "llm", "find", "each", "save", "update", "run", "goto", "notify")
_IN = re.compile(r"([^\W\d]\w*)\s+(?:in|of|из|в)\s+(\S.*)")
_PATH = re.compile(r"[^\W\d]\w*(?:\.\w+)+")
Slip = tuple[str, Span, str, str]  # code, place, message, help


def misshaped(verb: str, node: Mapping, verbs: Collection[str]) -> Slip | None:
    value = node.get(verb)
    if verb in _NAMED and isinstance(value, Mapping) and value.entries:
        first = "leads" if verb in ("save", "update") else "name"
        message = f"What belongs to `{verb}` stands one level too deep."
        help = f"Write the name behind the verb, `- {verb}: {first}`, and the rest below it, in the column of `{verb}`."
        return "wrong-type", node.key(verb).span, message, help
    if verb == "each" and isinstance(value, Scalar) and "in" not in node:
        return _each(value)
    if verb == "if":
        return _if(node, [key for key in node if key in verbs and key not in ("if", "name")])
    return None


def _each(value: Scalar) -> Slip | None:
    """`each: item in catalog.goods`, `each: catalog.goods`."""
    found = _IN.fullmatch(value.text.strip())
    item, many = found.groups() if found else ("item", value.text.strip())
    if not found and not _PATH.fullmatch(many):
        return None
    help = f"Write `each: {item}`, and below it, in the same column, `in: {many}`."
    return "bad-name", value.span, "The item is named here, and the list stands under `in`.", help


def _if(node: Mapping, others: list[str]) -> Slip | None:
    """`if: …` with a step beneath it in its own column, and nothing under `then`."""
    then = node.get("then")
    if not others or (then is not None and not (isinstance(then, Scalar) and then.is_null)):
        return None
    if then is None:
        message = f"What is to happen stands under `then:`, and `{others[0]}` stands in the column of `if`."
        help = f"Write `then:` in this column, and below it, further right, `- {others[0]}: …`."
    else:
        message = f"`{others[0]}` stands in the column of `then:`, so it does not belong to it."
        help = f"Write it further right, with a dash: `- {others[0]}: …`."
    return "missing-key" if then is None else "not-a-step", node.key(others[0]).span, message, help
