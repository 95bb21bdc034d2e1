"""What an answer can be: of each type, of what there is to choose from."""

from __future__ import annotations

from typing import Any

from engine.core.choices import Literal, Made
from engine.core.template import Value
from engine.lint import reach
from engine.lint.given import CONTACT, FILE, LOCATION
from engine.lint.results import item_of
from engine.lint.scope import StepNames, shape_of
from engine.lint.shapes import (
    ANY,
    FRACTION,
    FREE,
    MOST_VALUES,
    NAMED,
    NUMBER,
    OPEN_MAP,
    PERSONAL,
    RATED,
    TEXT,
    Shape,
    literal,
    merged,
    of_word,
    union,
)

SKIPPED, UNANSWERED = "the question may be skipped", "the question may stay unanswered"
MARKED = {
    "text": TEXT.marked(FREE),
    "number": NUMBER.marked(FRACTION),
    "url": TEXT.marked("url"),
    "name": TEXT.marked(NAMED),
    **{name: TEXT.marked(name, PERSONAL) for name in ("email", "phone")},
}


def answer(names: StepNames, step: Any) -> Shape:
    shape = union([_of_type(names, step, kind.name, kind.value) for kind in step.types])
    default = shape_of(names, step.default) if step.default is not None else None
    if default is not None and (step.skip or step.tries):
        return union([shape, default])
    if step.skip:
        return shape.maybe(SKIPPED)
    return shape.maybe(UNANSWERED) if step.tries and step.after_tries in (None, "!skip") else shape


def _of_type(names: StepNames, step: Any, name: str, value: str) -> Shape:
    if name in ("choice", "choices"):
        one = chosen(names, step)
        return Shape("list", item=one) if name == "choices" else one
    if name in ("location", "contact"):
        return LOCATION if name == "location" else CONTACT
    if name in ("number", "integer"):
        return (MARKED["number"] if name == "number" else of_word(value)).bounded(*reach.of_limits(step))
    if name == "text" and not step.gather:
        return MARKED[name]._replace(bounds=reach.of_lengths(step))
    if name == "date":
        return of_word(value)._replace(bounds=reach.of_days(step))
    if name in MARKED:
        return MARKED[name]
    if name == "rating":
        marks = rated(step)
        return union(map(literal, marks)).marked(RATED) if len(marks) <= MOST_VALUES else of_word(value)
    if value == "file":
        return FILE._replace(fields={**FILE.fields, "kind": literal(name)})
    return OPEN_MAP if value == "map" else of_word(value)


def rated(step: Any) -> range:
    """The marks that a rating can have; none at all where a limit is no number that stands there."""
    least, most = (one.data if isinstance(one, Value) else one for one in (step.min, step.max))
    least, most = 1 if least is None else least, 5 if most is None else most
    whole = all(isinstance(one, int) and not isinstance(one, bool) for one in (least, most))
    return range(least, most + 1) if whole and least <= most else range(MOST_VALUES + 1)


def chosen(names: StepNames, step: Any) -> Shape:
    """One of the choices."""
    if isinstance(step.choices, Literal) and step.choices.options:
        return union([literal(option.value) for option in step.choices.options])
    if isinstance(step.choices, Made):
        item = row_of(shape_of(names, step.choices.source))
        if step.choices.value is None:
            return item.full()
        inner = StepNames(names.world, names.declared, names.state, {"item": item})
        return shape_of(inner, step.choices.value)
    return ANY


def made_names(names: StepNames, made: Made) -> dict[str, Shape]:
    """What `label`, `value` and `if` of made choices see beside the variables."""
    return {"item": row_of(shape_of(names, made.source)).full()}


def row_of(shape: Shape, alone: str = "label") -> Shape:
    """One of what there is to choose from: of a map each entry is a row, with its key as `id` (core/choices.py); what
    is no row stands under `alone`."""
    parts = shape.parts()
    if len(parts) != 1 or parts[0].kind != "map" or parts[0].open or not parts[0].fields:
        return item_of(shape)
    rows = [
        one if one.kind == "map" else Shape("map", {alone: one})
        for one in parts[0].fields.values()
        if one.kind != "any"
    ]
    if len(rows) < len(parts[0].fields):
        return ANY
    return merged([Shape("map", {"id": TEXT, **row.fields}, row.open) for row in rows])
