"""A JSON Schema in the strict subset, which a prompt's `returns` becomes, as a shape."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.lint.shapes import FRACTION, NUMBER, Shape, literal, of_word, union
from engine.project.returns import attributes_of


def of_schema(schema: Mapping[str, Any]) -> Shape:
    options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    if options:
        return of_schema(options[0]).maybe("the model may leave it out")
    kinds = schema.get("type")
    optional = isinstance(kinds, list) and "null" in kinds
    kind = next((one for one in kinds if one != "null"), "") if isinstance(kinds, list) else kinds
    if kind == "object":
        return Shape("map", {name: of_schema(inner) for name, inner in schema.get("properties", {}).items()})
    if kind == "array":
        return Shape("list", item=of_schema(schema.get("items", {})))
    word = attributes_of({"type": kind})
    shape = (
        union(literal(value) for value in schema["enum"] if value is not None)
        if "enum" in schema
        else NUMBER.marked(FRACTION)
        if word == "number"
        else of_word(str(word))
    ).bounded(schema.get("minimum"), schema.get("maximum"))
    return shape.maybe("the model may leave it out") if optional else shape
