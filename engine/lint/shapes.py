"""What kind of value an expression can have, as far as the files tell.

Law: what is not known for certain is `ANY`, about which nothing is ever reported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from engine.core.filters import reckoned
from engine.project.rows import misspelt

DEEPEST = 6  # a shape inside shapes deeper than this is ANY: a loop that wraps a list into a list must come to an end
MOST_OPTIONS = 8  # kinds of value that one shape can have
MOST_VALUES = 100  # literal values that one shape remembers
NO_MARKS: frozenset[str] = frozenset()
FORMS = frozenset(("date", "time", "datetime", "phone", "email", "url"))
FREE = "free"  # a text as the person typed it: anything
NAMED = "named"  # what a person is called
FRACTION = "fraction"  # a number that need not be whole
COMPOSED = "composed"  # a text with words of the author's in it
DECIMAL = "decimal"  # a text that is a number in sums, as `2.50` is
PERSONAL = "personal"  # by its kind, or declared so
CARRIED = frozenset(("personal", "others"))  # marks that a text keeps which is made of such a value
OTHERS = "others"  # of a record that may be somebody else's
LACKING = "lacking"  # a field that some rows of a catalog file do not have
UNSAVED = "unsaved"  # a field of a record that no step ever fills
RATED = "rated"  # a mark that a person gave: few write a case for each
MAYBE_NONE = "maybe none"  # a list that may have no item
NO_ITEM = "no item"  # a list that has none here
ANSWERS = FORMS | {FREE, NAMED}  # texts that have a letter at least
MOST_WORDS = 30  # of a list in the catalog, whose words are told apart
_NONE: Mapping[str, Any] = {}
NUMERIC = ("integer", "number")
Bounds = tuple[float | None, float | None]
UNBOUNDED: Bounds = (None, None)


class Shape(NamedTuple):
    """`kind`: any, text, integer, number, boolean, list, map, null, or union (then `options`).

    A map's `fields` are all that it has, unless it is `open`. `values` are all values that are possible, None when they
    are not known. `empty` says why the value may be null. `what` names it in a message: «a record of `goals`».
    `marks` is what else some of its values are: of a form (`date`, `email`, …), or one of the words below.
    `bounds` are the least and the most that a number can be, a text can be long, a day (`date`) can be from today.
    `of` is the collection of a record.
    """

    kind: str = "any"
    fields: Mapping[str, Shape] = _NONE
    open: bool = False
    item: Shape | None = None
    values: frozenset[Any] | None = None
    empty: str = ""
    options: tuple[Shape, ...] = ()
    what: str = ""
    marks: frozenset[str] = NO_MARKS
    bounds: Bounds = UNBOUNDED
    of: str = ""

    def parts(self) -> tuple[Shape, ...]:
        """The kinds of value it can be, null left out."""
        if self.kind == "union":
            return tuple(one for one in self.options if one.kind != "null")
        return () if self.kind == "null" else (self,)

    def named(self, what: str) -> Shape:
        return self._replace(what=what)

    def full(self) -> Shape:
        """The same, and not null."""
        if self.kind == "null":
            return ANY
        return _with_empty(self, "") if self.empty else self

    def where(self, fits: Callable[[Shape], bool]) -> Shape:
        """With only those of the kinds of value it can be that fit; ANY when none does."""
        if self.kind in ("any", "null"):
            return self
        kept = tuple(part for part in self.parts() if fits(part))
        if len(kept) > 1:
            return self._replace(options=kept)
        return kept[0].maybe(self.empty) if kept else ANY

    def among(self, only: bool, some: frozenset[Any]) -> Shape:
        """With only these of its known values, or without these."""

        def left(shape: Shape) -> Shape:
            if shape.values is None:
                return shape
            return shape._replace(values=frozenset(one for one in shape.values if (one in some) == only))

        if self.kind == "union":
            kept = tuple(one for one in map(left, self.options) if one.values is None or one.values)
            return self._replace(options=kept) if kept else ANY
        found = left(self)
        return found if found.values is None or found.values else ANY

    def bounded(self, least: float | None, most: float | None) -> Shape:
        """Where no number it can be is below or above these."""
        if self.kind == "union":
            return self._replace(options=tuple(one.bounded(least, most) for one in self.options))
        if self.kind not in NUMERIC:
            return self
        low, high = self.bounds
        lowest = low if least is None or (low is not None and low > least) else least
        return self._replace(bounds=(lowest, high if most is None or (high is not None and high < most) else most))

    def marked(self, *marks: str) -> Shape:
        """With these marks as well, on every kind of value that it can be."""
        options = tuple(one.marked(*marks) for one in self.options)
        return self._replace(marks=self.marks.union(marks), options=options)

    def all_marks(self) -> frozenset[str]:
        return self.marks.union(*(one.marks for one in self.options)) if self.options else self.marks

    def maybe(self, why: str) -> Shape:
        return self if self.empty or not why or self.kind == "null" else _with_empty(self, why)


ANY = Shape()
NULL = Shape("null")
TEXT, INTEGER, NUMBER, BOOLEAN = Shape("text"), Shape("integer"), Shape("number"), Shape("boolean")
LIST = Shape("list", item=ANY)
OPEN_MAP = Shape("map", open=True)
FUNCTION = Shape("function")

OF_FORMS = {form: Shape("text", marks=frozenset({form})) for form in FORMS}
OF_WORDS = {"text": TEXT, "choice": TEXT, "integer": INTEGER, "number": NUMBER, "boolean": BOOLEAN, "list": LIST}
_LITERALS = {bool: "boolean", int: "integer", float: "number", str: "text"}


def of_word(word: str) -> Shape:
    """The shape of a type's word, as answer types, collections and `returns` use them."""
    if word in FORMS:
        return OF_FORMS[word]
    return OF_WORDS.get(word, ANY)


def literal(value: Any) -> Shape:
    """A value that stands in a file."""
    if value is None:
        return NULL
    word = _LITERALS.get(type(value))
    return of_data(value) if word is None else _one_value(word, value)


@lru_cache(maxsize=1024, typed=True)  # the same few stand in many conditions
def _one_value(word: str, value: Any) -> Shape:
    return Shape(word, values=frozenset((value,)))


def of_data(data: Any, depth: int = 0) -> Shape:
    """Data of a catalog file: what it is, without its values."""
    if depth > DEEPEST:
        return ANY
    if isinstance(data, dict):
        fields = {str(key): of_data(value, depth + 1) for key, value in data.items()}
        if isinstance(name := data.get("id"), str) and "id" in fields and name:
            fields["id"] = _one_value("text", name)
        return Shape("map", fields)
    if isinstance(data, (list, tuple)):
        if data and len(data) <= MOST_WORDS and all(type(one) is str for one in data):
            return Shape("list", item=Shape("text", values=frozenset(data)))
        return Shape("list", item=rows_of(data, depth + 1) if data else ANY)
    if data is None:
        return NULL
    if isinstance(data, str) and reckoned(data) is not data:
        return TEXT.marked(DECIMAL)
    kinds = ((bool, BOOLEAN), (int, INTEGER), (float, NUMBER), (str, TEXT))
    return next((shape for kind, shape in kinds if isinstance(data, kind)), ANY)


def rows_of(rows: Iterable[Any], depth: int) -> Shape:
    """One shape for the rows of a list; a field that only some rows have is a field all the same."""
    shapes = [of_data(row, depth) for row in rows]
    maps = [one for one in shapes if one.kind == "map" and one.fields]  # a row with nothing in it is told as that
    others = [one for one in shapes if one.kind not in ("map", "null")]
    return union([merged(maps), *others]) if maps else union(others)


def merged(rows: Sequence[Shape]) -> Shape:
    """One map for all of these; a field that only some have, and none has misspelt, is marked."""
    fields: dict[str, Shape] = {}
    having = dict[str, int]()
    for row in rows:
        for name, one in row.fields.items():
            having[name] = having.get(name, 0) + 1
            fields[name] = _of_rows(fields[name], one) if name in fields and fields[name] != one else one
    if any(row.open for row in rows):
        return Shape("map", fields, open=True)
    lacking = [name for name, count in having.items() if count < len(rows)]
    meant = {other for _, other in misspelt([row.fields for row in rows]).values()} if lacking else ()
    return Shape("map", fields | {name: fields[name].marked(LACKING) for name in lacking if name not in meant})


def _of_rows(one: Shape, other: Shape) -> Shape:
    """A field of two rows: where both have tables in it, these are one table."""
    if all(each.kind == "map" and each.fields and not (each.what or each.open) for each in (one, other)):
        return merged([one, other]).marked(*one.marks, *other.marks)
    items = [shape.item for shape in (one, other) if shape.kind == "list" and shape.item is not None]
    if len(items) == 2 and all(item.kind == "map" and item.fields and not item.what for item in items):
        return Shape("list", item=merged(items), marks=one.marks | other.marks)
    return union([one, other])


_SIMPLE = frozenset(("text", "integer", "number", "boolean", "list", "map"))


def union(shapes: Iterable[Shape], depth: int = 0) -> Shape:
    """A value that is one of these. ANY swallows all."""
    shapes = list(shapes)
    if shapes and shapes[0].kind in _SIMPLE and all(one is shapes[0] for one in shapes):
        return shapes[0]
    found: list[Shape] = []
    empty = ""
    for shape in shapes:
        empty = empty or shape.empty or ("it may be null" if shape.kind == "null" else "")
        for part in shape.options if shape.kind == "union" else (shape,):
            if part.kind == "any":
                return Shape(empty=empty, marks=part.marks) if empty or part.marks else ANY
            if part.kind != "null":
                _add(found, part, depth)
    if not found:
        return NULL
    if len(found) == 1:
        return found[0] if found[0].empty == empty else _with_empty(found[0], empty)
    if len(found) > MOST_OPTIONS:
        return Shape(empty=empty)
    return Shape("union", empty=empty, options=tuple(found))


def _with_empty(shape: Shape, empty: str) -> Shape:
    return Shape(
        shape.kind,
        shape.fields,
        shape.open,
        shape.item,
        shape.values,
        empty,
        shape.options,
        shape.what,
        shape.marks,
        shape.bounds,
    )


def _add(found: list[Shape], part: Shape, depth: int) -> None:
    """Scalars of one kind are one shape with all their values, lists are one list of what both hold."""
    part = _with_empty(part, "") if part.empty else part
    for place, other in enumerate(found):
        if other is part or (other.kind == part.kind == "map" and other == part):
            return
        if other.kind != part.kind or part.kind == "map":
            continue
        if part.kind == "list":
            items = [one.item or ANY for one in (other, part)]
            items = [one for one in items if one.kind != "null"] or items  # an empty list has no item to be null
            inner = ANY if depth >= DEEPEST else union(items, depth + 1)
            what = other.what if other.what == part.what else ""
            found[place] = Shape("list", item=inner, what=what, marks=other.marks | part.marks)
        elif other.values != part.values or other.marks != part.marks or other.bounds != part.bounds:
            values = None if other.values is None or part.values is None else other.values | part.values
            known = values if values and len(values) <= MOST_VALUES else None
            bounds, marks = of_both(other.bounds, part.bounds), other.marks | part.marks
            if DECIMAL in marks and not (is_decimal(other) and is_decimal(part)):
                marks -= {DECIMAL}
            found[place] = Shape(part.kind, values=known, marks=marks, bounds=bounds)
        return
    found.append(part)


def is_decimal(text: Shape) -> bool:
    values = text.values
    return DECIMAL in text.marks or (bool(values) and not any(isinstance(reckoned(one), str) for one in values or ()))


def of_both(one: Bounds, other: Bounds) -> Bounds:
    (least, most), (low, high) = one, other
    lowest = min(least, low) if least is not None and low is not None else None
    return lowest, max(most, high) if most is not None and high is not None else None


def told(shape: Shape) -> str:
    """The shape in a sentence: «a text», «a record of `goals`»."""
    if shape.what:
        return shape.what
    words = {"text": "a text", "integer": "a number", "number": "a number", "boolean": "true or false"}
    words |= {"list": "a list", "map": "a map", "null": "null", "function": "a function"}
    if shape.kind == "union":
        return " or ".join(dict.fromkeys(told(one) for one in shape.options))
    return words.get(shape.kind, "a value")
