"""`'%d of %s' | format(a, b)` and `'%d' % a`: as many values as there are signs, and numbers where numbers are written.

Law: only a text that stands there in quotes is looked at.
"""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.lint import nulls, takes
from engine.lint.reader import Reader
from engine.lint.shapes import Shape

_SIGN = re.compile(r"%(?P<name>\([^)]*\))?[-+ #0]*(?:\*|\d+)?(?:\.(?:\*|\d+))?(?P<kind>.)", re.DOTALL)
_NUMBERS = frozenset("diouxXeEfFgG")
_OTHERS = frozenset("srac")


def check(
    reader: Reader, text: nodes.Node | None, given: list[tuple[nodes.Node, Shape]], guarded: int, named: bool = False
) -> None:
    """`given` are the values and what they are; `named`: by name, or in a map."""
    if not isinstance(text, nodes.Const) or not isinstance(text.value, str):
        return
    signs = [one for one in _SIGN.finditer(text.value) if one["kind"] != "%"]
    if named or any(one["name"] or "*" in one[0] for one in signs):
        return
    strange = next((one for one in signs if one["kind"] not in _NUMBERS | _OTHERS), None)
    if strange is not None:
        message = f"`{strange[0]}` is no sign for a value, so the text fails."
        at = reader.source.place(text)
        reader.report("unknown-argument", "error", text.value, at, message, "A percent sign of its own is `%%`.")
    elif len(signs) != len(given):
        message = f"Signs for values (such as `%s`) here: {len(signs)}; values given: {len(given)}. So the text fails."
        at = reader.source.place(text)
        reader.report("unknown-argument", "error", text.value, at, message, "Give one value for each.")
    else:
        for sign, (node, shape) in zip(signs, given, strict=True):
            if sign["kind"] in _NUMBERS and takes.check(reader, sign[0], node, shape, takes.A_NUMBER) and shape.empty:
                nulls.fails_on_null(reader, node, shape, f"`{sign[0]}`", guarded)
