"""What each filter, test and function takes: a text, a number, a list, a map; and its arguments.

Law: what is not listed takes anything; a value of which no kind is known is never spoken of. tests/lint/test_takes.py
holds the table against the filters themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from jinja2 import nodes

from engine.core.finding import NO_TOPIC, Topic
from engine.lint.narrow import path
from engine.lint.reader import Reader
from engine.lint.shapes import FREE, NUMERIC, Shape, is_decimal, told

NUMBERS = frozenset((*NUMERIC, "boolean"))
TEXTS = NUMBERS | {"text"}
ITEMS = frozenset(("text", "list", "map"))  # a text has its letters, a map its keys
LISTS = frozenset(("list", "map"))


class Takes(NamedTuple):
    """`kinds` of value; others make it fail, or (`fails` false) give what nobody means. `what` it is called."""

    what: str
    kinds: frozenset[str]
    fails: bool = True


A_NUMBER, A_MAP = Takes("a number", NUMBERS), Takes("a map", frozenset(("map",)))
PLAIN, A_TEXT = Takes("a text", TEXTS, fails=False), Takes("a text", frozenset(("text",)))
CUT = Takes("a list or a text", frozenset(("text", "list")))
MANY = Takes("a list or a text", ITEMS)

FILTERS: Mapping[str, Takes] = {
    **dict.fromkeys(("abs", "round", "filesizeformat"), A_NUMBER),
    **dict.fromkeys(("int", "float"), Takes("a number or a text", TEXTS, fails=False)),
    **dict.fromkeys(("plural", "number"), Takes("a number", NUMBERS, fails=False)),
    **dict.fromkeys(("length", "count", "first", "last", "list", "reverse"), MANY),
    **dict.fromkeys(("join", "min", "max", "sort", "unique", "map", "select", "reject"), MANY),
    **dict.fromkeys(("batch", "slice", "selectattr", "rejectattr"), MANY),
    **dict.fromkeys(("sum", "groupby"), Takes("a list", frozenset(("text", "list")))),  # of a text it is told by itself
    "by_id": MANY,
    **dict.fromkeys(("dictsort", "items"), A_MAP),
    **dict.fromkeys(("indent", "wordwrap"), A_TEXT),
    "truncate": Takes("a text", ITEMS),
    **dict.fromkeys(["capitalize", "center", "lower", "striptags", "title", "trim", "upper", "wordcount"], PLAIN),
    "urlencode": Takes("a text", TEXTS | {"map"}, fails=False),
    "format": PLAIN,
}
TESTS: Mapping[str, Takes] = dict.fromkeys(("odd", "even", "divisibleby"), A_NUMBER)
ARGUMENTS: Mapping[str, Mapping[str, Takes]] = {
    "round": {"precision": A_NUMBER},
    "truncate": {"length": A_NUMBER, "leeway": A_NUMBER},
    "center": {"width": A_NUMBER},
    "number": {"digits": A_NUMBER},
    "batch": {"linecount": A_NUMBER},
    "slice": {"slices": A_NUMBER},
    "wordwrap": {"width": A_NUMBER},
    "sum": {"start": A_NUMBER},
    "plus": dict.fromkeys(("days", "hours", "minutes"), A_NUMBER),
    "range": dict.fromkeys(("start", "stop", "step"), A_NUMBER),
    "divisibleby": {"num": A_NUMBER},
}


def check(reader: Reader, name: str, node: nodes.Node, shape: Shape, takes: Takes) -> bool:
    """Whether nothing is wrong with what a filter, test or function `name` is given; what is, is reported."""
    if shape.kind == "any" or shape.kind in takes.kinds:
        return True
    parts = shape.parts()
    wrong = [part for part in parts if part.kind not in takes.kinds and part.kind not in ("any", "function")]
    if name in ("filesizeformat", "number"):
        wrong = [part for part in wrong if part.kind != "text" or not is_decimal(part)]
    if not wrong:
        return True
    sure = len(wrong) == len(parts)
    whole = path(node)
    subject = f"`{whole}` ({told(shape)})" if whole else f"This ({told(shape)})"
    if not sure and not takes.fails:
        _braces(reader, name, node, wrong if takes is PLAIN else [], subject)
        return True
    if isinstance(node, nodes.Const):
        subject = f"`{node.value}` ({told(shape)})"
    then = "fails on anything else" if takes.fails else "makes nothing of this"
    message = f"{subject} is given to `{name}`, which takes {takes.what} and {then}."
    if not sure:
        message = f"{subject} may be {told(wrong[0])}, and `{name}` takes {takes.what} and fails on anything else."
    help = _help(name, whole, wrong[0], takes, sure)
    code = "not-a-list" if takes.kinds >= LISTS else "unlike-types"
    severity = "error" if sure and takes.fails else "warning"
    topic = Topic((whole,)) if whole else NO_TOPIC
    reader.report(code, severity, f"{whole}|{name}", reader.source.place(node), message, help, topic=topic)
    return False


def _braces(reader: Reader, name: str, node: nodes.Node, wrong: Sequence[Shape], subject: str) -> None:
    """An answer that is a text or a photo: what is made of the photo is Python's way to write a map."""
    part, whole = next((one for one in wrong if one.kind == "map" and not one.open), None), path(node)
    if part is not None and whole:
        message = f"{subject} may be {told(part)}, of which `{name}` makes a text with braces and quotes."
        inner = "caption" if "caption" in part.fields else "…"
        help = f"Write `{whole} if {whole} is string else {whole}.{inner}` in its place."
        at, topic = reader.source.place(node), Topic((whole,))
        reader.report("unlike-types", "warning", f"{whole}|{name}", at, message, help, topic=topic)


TESTS_OF = {"a number": "number", "a text": "string", "a map": "mapping"}


def _help(name: str, whole: str, wrong: Shape, takes: Takes, sure: bool) -> str:
    shown = whole or "…"
    if not sure:
        test = "is not mapping" if wrong.kind == "map" else "is not number"
        test = f"is {TESTS_OF[takes.what]}" if takes.what in TESTS_OF else test
        return f"Ask first: `if {shown} {test}`; rows of a catalog file are best written alike."
    if takes.what == "a number":
        if wrong.kind == "text" and not whole:
            return "Write a number, without quotes."
        if wrong.kind == "text":
            asked = f"Ask with `answer: number`, or make a number of it: `{shown} | float`."
            return asked if FREE in wrong.marks else f"`{shown} | float` makes a number of a text."
        return f"How many there are is `{shown} | length`." if wrong.kind == "list" else "Name one of its fields."
    if name in ("in", "not in"):
        return f"Whether it is that one: `== {shown}`."
    if wrong.kind in NUMBERS:
        if name in ("length", "count"):
            return f"It is a number already: `{shown}`." if wrong.kind != "boolean" else "Take the filter out."
        if takes.kinds >= LISTS:
            return f"Take the filter out; for so many rounds: `range({shown})`."
        return f"Take the filter out, or make a text of it: `{shown} | string | {name}`."
    if takes.what == "a map":
        return "Go through it with `{% for %}`; sorted it is `| sort(attribute='…')`." if wrong.kind == "list" else ""
    if wrong.kind == "list":
        return f"Make one text of it first: `{shown} | join(', ')`."
    return f"Name one of its fields: `{shown}.…`."


def check_items(reader: Reader, node: nodes.Filter, name: str, item: Shape) -> None:
    """What `sum` adds up are numbers, and what `sort`, `min` and `max` compare is alike."""
    parts = item.parts()
    if item.kind == "any" or any(part.kind in ("any", "function") for part in parts) or not parts or node.node is None:
        return
    by_attribute = any(pair.key == "attribute" for pair in node.kwargs) or (bool(node.args) and name == "sum")
    whole = path(node.node)
    at = reader.source.place(node.kwargs[0].value if by_attribute and node.kwargs else node.node)
    subject = f"The items of `{whole}`" if whole else "Its items"
    if name == "sum":
        wrong = [part for part in parts if part.kind not in NUMBERS and (part.kind != "text" or not is_decimal(part))]
        if wrong:
            sure = len(wrong) == len(parts)
            is_ = "is" if sure else "may be"
            message = f"What `sum` adds up {is_} {told(wrong[0])} here, and it fails on what is no number."
            maps = wrong[0].kind == "map" and not by_attribute
            help = "Name the field: `sum(attribute='…')`." if maps else "Name a field with numbers."
            help = help if wrong[0].kind != "text" or by_attribute else "Make numbers of them: `| map('float') | sum`."
            reader.report("unlike-types", "error" if sure else "warning", f"{at}|sum", at, message, help)
        return
    if all(part.kind == "map" for part in parts) and not by_attribute:
        message = f"{subject} are maps, which `{name}` cannot compare."
        reader.report("unlike-types", "error", f"{whole}|{name}", at, message, f"Write `{name}(attribute='…')`.")
    elif len({"number" if part.kind in NUMBERS else part.kind for part in parts}) > 1:
        other = next(one for one in parts if (one.kind in NUMBERS) != (parts[0].kind in NUMBERS) or one is parts[-1])
        message = f"Some of what `{name}` compares is {told(parts[0])}, some {told(other)}, and it fails on both."
        reader.report("unlike-types", "warning", f"{whole}|{name}", at, message, "Write them alike in every row.")


def either(reader: Reader, node: nodes.Expr, shape: Shape, own: set[str], other: set[str], sign: str) -> bool:
    """Whether one side of `<` is of several kinds, of which not all can be compared with what the other surely is."""
    wanted = other - {"boolean"}
    fits = NUMBERS if wanted == {"number"} else wanted
    wrong = [part for part in shape.parts() if part.kind in _COMPARED and part.kind not in fits]
    wrong = [part for part in wrong if part.kind != "text" or not is_decimal(part)]
    if wanted not in ({"number"}, {"text"}) or len(own - {"boolean"}) < 2 or not wrong:
        return False
    whole = path(node)
    message = f"`{whole or '…'}` ({told(shape)}) may be {told(wrong[0])}, and `{sign}` fails on that here."
    help = f"Ask first: `if {whole or '…'} is {'number' if wanted == {'number'} else 'string'}`."
    topic = Topic((whole,)) if whole else NO_TOPIC
    reader.report("unlike-types", "warning", message, reader.source.place(node), message, help, topic=topic)
    return True


_COMPARED = (*NUMERIC, "text", "list", "map")
