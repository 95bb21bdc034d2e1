"""Records: fields that a collection does not have, required ones that are missing, values that it does not take."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any

from engine.core.node import Mapping, Node
from engine.core.project import Collection, CollectionField
from engine.core.records import COMPARISONS
from engine.lint.flow import Flow
from engine.lint.rules.names import names_at
from engine.lint.scope import StepNames, shape_of
from engine.lint.shapes import NUMERIC, Shape, told
from engine.lint.world import World
from engine.project.outcomes import OWN_FIELDS
from engine.project.suggest import closest, did_you_mean

NUMBERS = ("integer", "number")
TEXTS = ("text", "date", "time", "datetime", "phone", "email", "url", "choice")


def check(world: World) -> None:
    for name, flow in world.flows.items():
        for step in world.scenarios[name].steps:
            if step.verb in ("save", "update", "find") and flow.reached(step):
                _step(world, flow, step)


def _step(world: World, flow: Flow, step: Any) -> None:
    collection = world.project.collections.get(step.in_ if step.verb == "find" else getattr(step, step.verb))
    if step.verb == "update" and step.record is None and not step.where:
        world.report(
            "update-all",
            "error",
            step.span,
            "Neither `record` nor `where` says which records are meant, so all of this person's are changed.",
            "Write `record:` with what was found or saved.",
        )
    if step.verb == "find":
        _comparisons(world, step, collection)
    if collection is None or not collection.declared:
        return
    names = names_at(world, flow.scenario, flow, step)
    for field in ("fields", "where"):
        node = step.node.get(field) if isinstance(step.node, Mapping) else None
        if isinstance(node, Mapping):
            _known(world, collection, node, (*collection.fields, *(OWN_FIELDS if field == "where" else ())), field)
            _values(world, collection, node, getattr(step, field, None) or {}, names, field)
    if step.verb == "find":
        _order(world, collection, step)
    if step.verb == "save" and collection.name != "people":
        missing = [name for name, one in collection.fields.items() if one.required and name not in (step.fields or {})]
        if missing:
            at = step.node.key("fields").span if isinstance(step.node, Mapping) and "fields" in step.node else step.span
            message = f"`{collection.name}` needs {', '.join(f'`{name}`' for name in missing)}."
            world.report("missing-field", "error", at, message, f"Add `{missing[0]}: …`.")


def _known(world: World, collection: Collection, node: Mapping, known: tuple[str, ...], field: str) -> None:
    for name, (key, _) in node.entries.items():
        if name in known:
            continue
        if name in OWN_FIELDS:
            world.report(
                "own-field", "error", key.span, f"`{name}` is given by the engine and cannot be set.", "Take it out."
            )
            continue
        message = f"`{collection.name}` has no field `{name}`."
        world.report(
            "unknown-field",
            "error",
            key.span,
            message,
            did_you_mean(name, known) or "Declare it in catalog/outcomes.yaml.",
        )


def _order(world: World, collection: Collection, step: Any) -> None:
    name = step.order.removeprefix("-")
    if "order" in step.spans and name not in collection.fields and name not in OWN_FIELDS:
        world.report(
            "unknown-field",
            "error",
            step.spans["order"],
            f"`{collection.name}` has no field `{name}`.",
            did_you_mean(name, [*collection.fields, *OWN_FIELDS]),
        )


def _comparisons(world: World, step: Any, collection: Collection | None) -> None:
    """`{abov: 5}` would be a map to be equal to, which only a field of type `any` can be."""
    node = step.node.get("where") if isinstance(step.node, Mapping) else None
    for name, value in [(name, pair[1]) for name, pair in node.entries.items()] if isinstance(node, Mapping) else ():
        if not isinstance(value, Mapping):
            continue
        declared = collection.fields.get(name) if collection is not None else None
        sure = declared is not None and declared.type not in ("any", "contact", "file", "list")
        for word, (key, _) in value.entries.items():
            if word not in COMPARISONS and (
                sure or closest(word, COMPARISONS) or value.entries.keys() & COMPARISONS.keys()
            ):
                world.report(
                    "unknown-comparison",
                    "error",
                    key.span,
                    f"There is no comparison `{word}`.",
                    did_you_mean(word, COMPARISONS),
                )


def _values(
    world: World, collection: Collection, node: Mapping, values: MappingOf[str, Any], names: StepNames, field: str
) -> None:
    for name, value in values.items():
        declared, written = collection.fields.get(name), node.get(name)
        if declared is None or written is None or isinstance(written, Mapping):
            continue
        shape = shape_of(names, value)
        shapes = [shape.item] if field == "where" and shape.kind == "list" and shape.item is not None else [shape]
        for one in shapes:
            _fits(world, collection, declared, one, written)


def _fits(world: World, collection: Collection, declared: CollectionField, shape: Shape, written: Node) -> None:
    parts = shape.parts()
    at = written.span
    if declared.type == "choice" and declared.values and parts and all(part.values is not None for part in parts):
        strange = sorted({str(value) for part in parts for value in part.values or ()} - set(declared.values))
        if strange:
            message = f"`{declared.name}` of `{collection.name}` is never `{strange[0]}`."
            world.report("value-not-declared", "error", at, message, did_you_mean(strange[0], declared.values))
        return
    kinds = {part.kind for part in parts}
    wrong = (
        (declared.type in NUMBERS and kinds and kinds <= {"text", "boolean", "list", "map"} and not _numeral(parts))
        or (declared.type in TEXTS and kinds and kinds <= {"list", "map", "boolean"})
        or (declared.type == "list" and kinds and kinds <= {"text", "boolean", *NUMERIC, "map"})
    )
    wrong = wrong or (declared.type == "file" and bool(kinds) and kinds <= {"text", "boolean", *NUMERIC})
    if wrong:
        message = f"`{declared.name}` of `{collection.name}` is of type {declared.type}, and this is {told(shape)}."
        world.report(
            "wrong-field-type",
            "warning",
            at,
            message,
            "Save a value of that type, or declare another one in catalog/outcomes.yaml.",
        )


def _numeral(parts: tuple[Shape, ...]) -> bool:
    """A text that may well be a number: one is made of it."""
    return any(
        part.kind == "text"
        and (part.values is None or all(str(one).replace(".", "", 1).isdigit() for one in part.values))
        for part in parts
    )
