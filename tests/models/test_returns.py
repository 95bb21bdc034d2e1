"""The short schema of `returns:` becomes a strict JSON Schema, or one exact error."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest

from engine.project.returns import ReturnsError, attributes_of, schema_of

TEXT = {"type": "string"}


def strict(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


FIELDS: list[tuple[Any, Any, Any]] = [
    # (what stands after `f:`, its schema, its attributes)
    ("text", TEXT, "text"),
    ("integer", {"type": "integer"}, "integer"),
    ("number", {"type": "number"}, "number"),
    ("boolean", {"type": "boolean"}, "boolean"),
    (["low", "high"], {"type": "string", "enum": ["low", "high"]}, "text"),
    (["text", "number"], {"type": "string", "enum": ["text", "number"]}, "text"),
    ([1, 2, 3], {"type": "integer", "enum": [1, 2, 3]}, "integer"),
    ([0.5, 1], {"type": "number", "enum": [0.5, 1]}, "number"),
    (["a", None, "b"], {"type": ["string", "null"], "enum": ["a", "b", None]}, "text"),
    (["text"], {"type": "array", "items": TEXT}, ["text"]),
    ([["integer"]], {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, [["integer"]]),
    ([["a", "b"]], {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}, ["text"]),
    (
        [{"id": "text", "sets": "integer"}],
        {"type": "array", "items": strict({"id": TEXT, "sets": {"type": "integer"}})},
        [{"id": "text", "sets": "integer"}],
    ),
    ({"short": "text"}, strict({"short": TEXT}), {"short": "text"}),
    ({"type": "text", "name": "text"}, strict({"type": TEXT, "name": TEXT}), {"type": "text", "name": "text"}),
    ({"type": ["a", "b"]}, strict({"type": {"type": "string", "enum": ["a", "b"]}}), {"type": "text"}),
    ({"items": ["text"]}, strict({"items": {"type": "array", "items": TEXT}}), {"items": ["text"]}),
    (
        {"type": "integer", "min": 0, "max": "10", "doc": "How well."},
        {"type": "integer", "minimum": 0, "maximum": 10, "description": "How well."},
        "integer",
    ),
    ({"type": "number", "min": "0.5", "max": 2.0}, {"type": "number", "minimum": 0.5, "maximum": 2}, "number"),
    ({"type": "text", "values": ["only"]}, {"type": "string", "enum": ["only"]}, "text"),
    ({"type": "number", "values": [1, 2]}, {"type": "integer", "enum": [1, 2]}, "integer"),
    (
        {"type": "list", "items": "text", "min": 1, "max": 3},
        {"type": "array", "items": TEXT, "minItems": 1, "maxItems": 3},
        ["text"],
    ),
    (
        {"type": "map", "fields": {"type": "text"}, "doc": "d"},
        {**strict({"type": TEXT}), "description": "d"},
        {"type": "text"},
    ),
]


@pytest.mark.parametrize(("shape", "schema", "attributes"), FIELDS)
def test_a_field_becomes_its_schema(shape: Any, schema: Any, attributes: Any) -> None:
    """Each form of the language gives exactly its schema, a valid one, and the names that a scenario may read."""
    whole = schema_of({"f": shape})
    assert whole == strict({"f": schema})
    jsonschema.Draft202012Validator.check_schema(whole)
    assert attributes_of(whole) == {"f": attributes}


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        ("text", {"type": ["string", "null"]}),
        (["a", "b"], {"type": ["string", "null"], "enum": ["a", "b", None]}),
        (["a", "b", None], {"type": ["string", "null"], "enum": ["a", "b", None]}),
        (["text"], {"anyOf": [{"type": "array", "items": TEXT}, {"type": "null"}]}),
        ({"a": "text"}, {"anyOf": [strict({"a": TEXT}), {"type": "null"}]}),
        (
            {"type": "list", "items": "text", "doc": "d"},
            {"anyOf": [{"type": "array", "items": TEXT}, {"type": "null"}], "description": "d"},
        ),
        ({"type": "integer", "min": 1}, {"type": ["integer", "null"], "minimum": 1}),
    ],
)
def test_an_optional_field_may_be_null_and_is_still_required(shape: Any, schema: Any) -> None:
    """`note?` keeps the schema strict: the key is always there, its value may be null."""
    whole = schema_of({"note?": shape})
    assert whole == strict({"note": schema})
    jsonschema.validate({"note": None}, whole)
    assert attributes_of(whole) == attributes_of(schema_of({"note": shape}))


@pytest.mark.parametrize("shorthand", [None, "text"])
def test_a_plain_text_has_no_schema(shorthand: Any) -> None:
    """`returns: text` and no `returns` at all both mean a plain text."""
    assert schema_of(shorthand) is None
    assert attributes_of(None) == "text"


def deep(levels: int) -> Any:
    return "text" if levels == 0 else {"a": deep(levels - 1)}


@pytest.mark.parametrize(
    ("shorthand", "path", "words"),
    [
        ("integer", (), "write a map"),
        ({}, (), "at least one field"),
        ({"f": "string"}, ("f",), '"text" is meant'),
        ({"f": "nonsense"}, ("f",), "use one of text"),
        ({"f": "integr"}, ("f",), '"integer" is meant'),
        ({"f": 5}, ("f",), "write a type"),
        ({"f": []}, ("f",), "no value"),
        ({"f": [None, None]}, ("f",), "one type"),
        ({"f": ["only"]}, ("f", 0), "values: [only]"),
        ({"f": ["a", {"b": "text"}]}, ("f", 1), "one shape"),
        ({"f": ["a", 1]}, ("f",), "one type"),
        ({"f": ["a", "a"]}, ("f",), "twice"),
        ({"f": ["a", object()]}, ("f", 1), "a value is"),
        ({"f": {}}, ("f",), "at least one field"),
        ({"f": {"g": [{"h": "txt"}]}}, ("f", "g", 0, "h"), '"text" is meant'),
        ({"a b": "text"}, ("a b",), "a name is"),
        ({"_a": "text"}, ("_a",), "a name is"),
        ({1: "text"}, (1,), "a name is"),
        ({"a": "text", "a?": "text"}, ("a?",), "twice"),
        ({"f": {"type": "txt", "min": 1}}, ("f", "type"), '"text" is meant'),
        ({"f": {"type": "list"}}, ("f",), "needs `items`"),
        ({"f": {"type": "map"}}, ("f",), "needs `fields`"),
        ({"f": {"type": "text", "items": "text"}}, ("f", "items"), "type: list"),
        ({"f": {"type": "list", "items": "text", "fields": {}}}, ("f", "fields"), "type: map"),
        ({"f": {"type": "text", "values": "a"}}, ("f", "values"), "write a list"),
        ({"f": {"type": "integer", "values": ["a"]}}, ("f", "values"), "no integer"),
        ({"f": {"type": "text", "min": 3}}, ("f", "min"), "numbers and lists"),
        ({"f": {"type": "integer", "values": [1, 2], "max": 3}}, ("f", "max"), "numbers and lists"),
        ({"f": {"type": "integer", "min": 0.5}}, ("f", "min"), "whole number"),
        ({"f": {"type": "integer", "min": "x"}}, ("f", "min"), "whole number"),
        ({"f": {"type": "number", "min": True}}, ("f", "min"), "write a number"),
        ({"f": {"type": "number", "max": "inf"}}, ("f", "max"), "write a number"),
        ({"f": {"type": "integer", "min": 5, "max": 1}}, ("f", "min"), "above max"),
        (deep(11), ("a",) * 10, "deeper"),
        ({f"f{n}": "text" for n in range(5_001)}, (), "5001 fields"),
        ({"f": list(range(1_001))}, (), "1001 values"),
    ],
)
def test_a_mistake_is_named_where_it_stands(shorthand: Any, path: tuple[Any, ...], words: str) -> None:
    """An author's mistake gives the path to it and a sentence that says what to type."""
    with pytest.raises(ReturnsError) as caught:
        schema_of(shorthand)
    assert caught.value.path == path
    assert words in caught.value.message
    assert caught.value.message in str(caught.value)


def test_ten_levels_are_allowed() -> None:
    """The strict subset's own depth limit is the only one."""
    assert schema_of(deep(10)) is not None


@pytest.mark.parametrize(("schema", "tree"), [({}, "any"), ({"type": ["null"]}, "any"), ({"type": "array"}, ["any"])])
def test_a_foreign_schema_is_read_as_any(schema: Any, tree: Any) -> None:
    """A schema that no short form makes never stops lint."""
    assert attributes_of(schema) == tree
