"""Whether a value fits a field of a collection, as `engine/core/fitting.py` makes it fit, and what to say where not."""

from __future__ import annotations

import re

from engine.core.fitting import MISFIT, fitted
from engine.core.node import Node, Scalar
from engine.core.project import CollectionField
from engine.lint.shapes import COMPOSED, FORMS, FRACTION, FREE, NAMED, NUMERIC, Shape, told


def sorted_out(declared: CollectionField, shape: Shape, written: Node) -> str:
    """What to write where a value is of several kinds, and one of them fits."""
    test = TESTS_OF_TYPE.get(declared.type)
    name = ONE_NAME.fullmatch(written.text) if isinstance(written, Scalar) else None
    if not test or name is None or not any(may_fit(part, declared) for part in shape.parts()):
        return ""
    return f"Save it where it is one: `{{{{ {name[1]} if {name[1]} is {test} else none }}}}`."


ONE_NAME = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
TESTS_OF_TYPE = {"file": "mapping", "text": "string", "number": "number", "integer": "number"}
KINDS_OF_TYPE = {
    **dict.fromkeys(("text", "choice", "phone", "contact"), ("text", "boolean", *NUMERIC)),
    **dict.fromkeys(("integer", "number"), ("text", *NUMERIC)),
    **dict.fromkeys(("date", "time", "datetime", "email", "url"), ("text",)),
    "boolean": ("text", "boolean"),
    "list": ("list",),
    "file": (),
}


def may_fit(part: Shape, declared: CollectionField) -> bool:
    """Whether all values of this kind, as far as they are known, fit a field."""
    if declared.type == "any" or part.kind == "any":
        return True
    if part.values is not None:
        return all(fitted(declared, value) is not MISFIT for value in part.values)
    if part.kind == "map":
        return declared.type in ("file", "contact") and (part.open or "kind" in part.fields)
    if part.kind not in KINDS_OF_TYPE[declared.type]:
        return False
    if declared.type == "integer" and FRACTION in part.marks:
        return False
    if part.kind != "text" or declared.type in ("text", "contact"):
        return True
    return not part.marks & {FREE, COMPOSED, NAMED} and (not part.marks & FORMS or declared.type in part.marks)


def what_it_is(shape: Shape, wrong: Shape) -> str:
    sometimes = "may be" if len(shape.parts()) > 1 else "is"
    if wrong.values:
        strange = sorted(str(value) for value in wrong.values)
        return f"this {sometimes} `{strange[0]}`"
    if FREE in wrong.marks:
        return f"this {sometimes} whatever the person writes"
    if FRACTION in wrong.marks:
        return f"this {sometimes} a number that need not be whole"
    if NAMED in wrong.marks:
        return f"this {sometimes} what a person is called"
    form = next((_SAID[one] for one in sorted(wrong.marks & FORMS)), "")
    return f"this {sometimes} {form or told(wrong)}"


_SAID = {
    "email": "an e-mail address",
    "url": "an address",
    "datetime": "a moment",
    "date": "a date",
    "time": "a time",
    "phone": "a phone number",
}


def asked_by(wrong: Shape, declared: CollectionField) -> str:
    """The answer type that gives such a value, where the value is an answer."""
    types = {"boolean": "yes_no"} | dict.fromkeys(("integer", "number", "date", "time", "phone", "email", "url"), "")
    asked = FREE in wrong.marks and declared.type in types
    return types[declared.type] or declared.type if asked else ""
