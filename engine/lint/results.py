"""What a filter, a function or a method gives, and which of them fail on null.

Law: what is not listed gives ANY.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from engine.lint.shapes import (
    ANY,
    BOOLEAN,
    COMPOSED,
    INTEGER,
    LIST,
    NUMBER,
    OF_FORMS,
    OPEN_MAP,
    RATED,
    TEXT,
    UNBOUNDED,
    Bounds,
    Shape,
    of_both,
    union,
)

NO_ROW = "no row may bear that id"
_TEXTS = (
    "capitalize center date date_time e escape filesizeformat forceescape format indent join lower markdown number "
    "plural replace safe string striptags time title tojson trim truncate upper urlencode wordwrap"
)
_SAME = "sort reverse unique reject select selectattr rejectattr list"

FAIL_ON_NULL = frozenset(
    [
        "abs",
        "batch",
        "count",
        "dictsort",
        "first",
        "float",
        "groupby",
        "int",
        "items",
        "join",
        "last",
        "length",
        "list",
        "max",
        "min",
        "reverse",
        "round",
        "slice",
        "sort",
        "sum",
        "truncate",
        "unique",
        "wordcount",
    ]
) - {"int", "float", "items", "list", "truncate"}  # these have an answer for null


WEEKDAY = INTEGER._replace(values=frozenset(range(1, 8)), bounds=(1, 7)).marked(RATED)
SHOWN = TEXT.marked(COMPOSED)


def _list_of(shape: Shape) -> Shape:
    """The same items, as a list."""
    parts = shape.parts()
    lists = [part.item or ANY for part in parts if part.kind == "list"]
    return Shape("list", item=union(lists)) if lists and len(lists) == len(parts) else LIST


def item_of(shape: Shape) -> Shape:
    """What walking through it gives."""
    found = [part.item or ANY if part.kind == "list" else ANY for part in shape.parts()]
    return union(found) if found else ANY


def _row(shape: Shape) -> Shape:
    return item_of(shape).maybe(NO_ROW)


def _one(shape: Shape) -> Shape:
    return item_of(shape).full()


def _extreme(shape: Shape) -> Shape:
    return item_of(shape).full()


def _lengths(shape: Shape) -> Bounds:
    """The least and the most characters of all texts that the value can be."""
    parts = shape.parts()
    if not parts or any(part.kind != "text" or part.values or "date" in part.marks for part in parts):
        return UNBOUNDED
    return reduce(of_both, (part.bounds for part in parts))


FILTERS: dict[str, Callable[[Shape], Shape]] = {
    **dict.fromkeys(_TEXTS.split(), lambda shape: TEXT),
    **dict.fromkeys(("date", "date_time", "plural", "number"), lambda shape: SHOWN),  # as people read it
    "time": lambda shape: OF_FORMS["time"],
    **dict.fromkeys(_SAME.split(), _list_of),
    **dict.fromkeys(("length", "count"), lambda shape: INTEGER._replace(bounds=_lengths(shape))),
    **dict.fromkeys(("wordcount", "int"), lambda shape: INTEGER),
    **dict.fromkeys(("float", "round", "sum", "abs"), lambda shape: NUMBER),
    **dict.fromkeys(("first", "last"), _one),
    **dict.fromkeys(("min", "max"), _extreme),
    "by_id": _row,
    "plus": lambda shape: TEXT.maybe(shape.empty),
    "weekday": lambda shape: WEEKDAY.maybe(shape.empty),
}

FUNCTIONS: dict[str, Shape] = {
    "random": NUMBER,
    "range": Shape("list", item=INTEGER),
    "dict": OPEN_MAP,
    "hours_since": NUMBER,
    "days_since": NUMBER,
    "hours_until": NUMBER,
    "days_until": INTEGER,
}

_TEXT_METHODS: dict[str, Shape] = {
    **dict.fromkeys(
        [
            "capitalize",
            "casefold",
            "format",
            "join",
            "lower",
            "lstrip",
            "replace",
            "rstrip",
            "strip",
            "title",
            "upper",
            "zfill",
        ],
        TEXT,
    ),
    **dict.fromkeys(("split", "rsplit", "splitlines"), Shape("list", item=TEXT)),
    **dict.fromkeys(("count", "find", "index", "rfind"), INTEGER),
    **dict.fromkeys(["endswith", "isalpha", "isdigit", "isupper", "islower", "isnumeric", "startswith"], BOOLEAN),
}


def method(shape: Shape, name: str) -> Shape:
    """What calling a value's own method gives."""
    if shape.kind == "text":
        return _TEXT_METHODS.get(name, ANY)
    if shape.kind == "list":
        return INTEGER if name in ("index", "count") else ANY
    if shape.kind == "map" and not shape.open and name == "values":
        return Shape("list", item=union(shape.fields.values()) if shape.fields else ANY)
    if shape.kind == "map" and name == "keys":
        return Shape("list", item=TEXT)
    return ANY


_NEVER = ("translate", "maketrans", "encode", "format_map")
METHODS: dict[str, frozenset[str]] = {
    "text": frozenset(name for name in dir(str) if not name.startswith("_") and name not in _NEVER),
    "integer": frozenset(("bit_length",)),
    "number": frozenset(("is_integer",)),
    "list": frozenset(("count", "index", "copy")),
    "map": frozenset(("items", "keys", "values", "get")),
}
"""The methods of a value of a kind that a text may call: none that would change it (engine/core/sandbox.py)."""
EVERY_METHOD = frozenset[str]().union(*METHODS.values())
