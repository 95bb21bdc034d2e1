"""The same object for the same schema, always: what the stand-in says when no reply was set."""

from __future__ import annotations

from typing import Any


def fill(schema: dict[str, Any], name: str = "text") -> Any:
    """The smallest sensible value: the first enum value, the minimum, one item, a field's own name as a text."""
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return fill(schema["anyOf"][0], name)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "object":
        return {key: fill(inner, key) for key, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [fill(schema.get("items", {}), name)] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return schema.get("minimum", min(1, schema.get("maximum", 1)))
    return {"boolean": True, "null": None}.get(str(kind), name)
