"""A prompt's `returns:` short schema, made into a JSON Schema in OpenAI's strict subset.

Law: what comes out is accepted by every strict endpoint: the root is an object, every property is required, nothing
else is allowed, and what is optional is a union with null. What an author may write:

    name: text                        one of text, integer, number, boolean
    name?: text                       may be null
    level: [low, high]                two or more plain values: one of them
    tags: [text]                      exactly one thing in the list: a list of it
    items: [{id: text, sets: integer}]
    advice: {short: text, long: text} a nested map
    score: {type: integer, min: 0, max: 10, doc: How well it went.}     the long form

A map is the long form when it has `type` with a word as its value and no key but `type`, `min`, `max`, `values`,
`items`, `fields`, `doc`; so a nested map may well have a field called `type`, as long as another field is no such key.
`type` may also be `list` (with `items`; min and max count them) or `map` (with `fields`). A list of one word that is
no type is refused rather than guessed at: an enum of one value is `{type: text, values: [only]}`.

Source of the limits: platform.openai.com/docs/guides/structured-outputs, "Supported schemas".
"""

from __future__ import annotations

import re
from math import isfinite, nan
from typing import Any

from engine.project.suggest import closest

Path = tuple[str | int, ...]

TYPES = {"text": "string", "integer": "integer", "number": "number", "boolean": "boolean"}
WORDS = {schema_type: word for word, schema_type in TYPES.items()}
LONG_FORM = {"type", "min", "max", "values", "items", "fields", "doc"}
MOST_LEVELS, MOST_PROPERTIES, MOST_VALUES = 10, 5_000, 1_000


class ReturnsError(ValueError):
    """`path` leads from `returns` to the mistake: keys as written (`note?`), numbers of list items from 0."""

    def __init__(self, path: Path, message: str) -> None:
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        super().__init__(f"{where}: {message}" if where else message)
        self.path = path
        self.message = message


def schema_of(shorthand: Any) -> dict[str, Any] | None:
    """The JSON Schema of a short schema; None for `text` or nothing at all, which is a plain text.

    Raises ReturnsError for the first mistake.
    """
    if shorthand is None or shorthand == "text":
        return None
    if not isinstance(shorthand, dict):
        raise ReturnsError((), "write a map of names and types, such as {praise: text, score: integer}, or text")
    schema = _object(shorthand, ())
    properties, values = _sizes(schema)
    if properties > MOST_PROPERTIES:
        raise ReturnsError((), f"{properties} fields in all; {MOST_PROPERTIES} is the most")
    if values > MOST_VALUES:
        raise ReturnsError((), f"{values} values to choose from in all; {MOST_VALUES} is the most")
    return schema


def _schema(shape: Any, path: Path) -> dict[str, Any]:
    if isinstance(shape, str):
        return {"type": _type(shape, path)}
    if isinstance(shape, list):
        return _list(shape, path)
    if isinstance(shape, dict):
        if isinstance(shape.get("type"), str) and not set(shape) - LONG_FORM:
            return _long(shape, path)
        _of_json_schema(shape, path)
        return _object(shape, path)
    raise ReturnsError(path, f"write a type ({', '.join(TYPES)}), a list or a map")


_OURS = {"enum": "values", "minimum": "min", "maximum": "max", "properties": "fields", "description": "doc"}
_OURS |= {"minItems": "min", "maxItems": "max"}


def _of_json_schema(shape: dict[str, Any], path: Path) -> None:
    """`{type: string, enum: [a, b]}`: words of JSON Schema, which are no fields of the reply."""
    for word, value in shape.items():
        if word in _OURS and (not isinstance(value, str) or value not in TYPES):
            alone = isinstance(value, list) and word == "enum"
            instead = f"[{', '.join(map(str, value))}]" if alone else f'"{_OURS[word]}"'
            raise ReturnsError((*path, word), f'"{word}" is a word of JSON Schema; write {instead}')


def _type(word: str, path: Path) -> str:
    if word in TYPES:
        return TYPES[word]
    close = closest(word, TYPES, ours=True)
    hint = _instead(word) or (f'"{close}" is meant?' if close else f"use one of {', '.join(TYPES)}")
    raise ReturnsError(path, f'"{word}" is no type; {hint}')


def _instead(word: str) -> str:
    """What to write for a type that others have, or for what is meant as one."""
    several = [one for one in re.split(r"\s*(?:\||/|,|\bor\b|\bили\b)\s*", word) if one]
    if len(several) > 1:
        return f"one of several is [{', '.join(several)}]"
    if found := re.fullmatch(r"(\d+)\s*(?:-|–|\.\.|to)\s*(\d+)", word.strip()):
        return f"a number within limits is {{type: integer, min: {found[1]}, max: {found[2]}}}"
    return _OF_OTHERS.get(word.lower(), "")


_OF_OTHERS = {
    **dict.fromkeys(("list", "array"), "a list of texts is [text]"),
    **dict.fromkeys(("object", "map", "dict", "json"), "a map is written as its fields: {name: text}"),
    **dict.fromkeys(("choice", "enum"), "one of several is [low, high]"),
    **dict.fromkeys(("date", "time", "datetime"), 'write {type: text, doc: "…"}, with its form in `doc`'),
}


def _object(fields: dict[Any, Any], path: Path) -> dict[str, Any]:
    if not fields:
        raise ReturnsError(path, "a map needs at least one field")
    if sum(1 for part in path if isinstance(part, str)) >= MOST_LEVELS:
        raise ReturnsError(path, f"nested deeper than {MOST_LEVELS} levels")
    properties: dict[str, Any] = {}
    for key, shape in fields.items():
        here = (*path, key)
        name = key.removesuffix("?") if isinstance(key, str) else ""
        if not name.isidentifier() or name.startswith("_"):
            raise ReturnsError(here, "a name is letters, digits and _, and begins with a letter")
        if name in properties:
            raise ReturnsError(here, f'"{name}" stands here twice')
        schema = _schema(shape, here)
        properties[name] = _or_null(schema) if key != name else schema
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _list(items: list[Any], path: Path) -> dict[str, Any]:
    if len(items) == 1:
        only = items[0]
        if isinstance(only, str) and only not in TYPES:
            try:
                _type(only, path)
            except ReturnsError as error:
                hint = f"one thing is a list of that type; one fixed value is {{type: text, values: [{only}]}}"
                raise ReturnsError((*path, 0), f"{error.message} ({hint})") from None
        return {"type": "array", "items": _schema(only, (*path, 0))}
    for number, item in enumerate(items):
        if isinstance(item, (dict, list)):
            raise ReturnsError((*path, number), "a list has one shape for all its items; merge these into one map")
    return _values(items, path)


def _values(values: list[Any], path: Path) -> dict[str, Any]:
    """One of these plain values. Their types must agree (null beside them makes it optional)."""
    if not values:
        raise ReturnsError(path, "there is no value to choose from")
    kinds = {_kind(value, (*path, number)) for number, value in enumerate(values) if value is not None}
    if kinds == {"integer", "number"}:
        kinds = {"number"}
    if len(kinds) != 1:
        raise ReturnsError(path, "the values must be of one type: all texts or all numbers")
    if len({str(value) for value in values}) != len(values):
        raise ReturnsError(path, "a value stands here twice")
    schema: dict[str, Any] = {"type": kinds.pop(), "enum": [value for value in values if value is not None]}
    return _or_null(schema) if None in values else schema


def _kind(value: Any, path: Path) -> str:
    for kind, schema_type in ((bool, "boolean"), (int, "integer"), (float, "number"), (str, "string")):
        if isinstance(value, kind):
            return schema_type
    raise ReturnsError(path, "a value is a text, a number, true or false")


def _long(shape: dict[str, Any], path: Path) -> dict[str, Any]:
    word = shape["type"]
    if word == "list":
        if "items" not in shape:
            raise ReturnsError(path, "a list needs `items`, such as items: text")
        schema: dict[str, Any] = {"type": "array", "items": _schema(shape["items"], (*path, "items"))}
    elif word == "map":
        if not isinstance(shape.get("fields"), dict):
            raise ReturnsError(path, "a map needs `fields`, such as fields: {id: text}")
        schema = _object(shape["fields"], (*path, "fields"))
    elif "values" in shape:
        _type(word, (*path, "type"))
        if not isinstance(shape["values"], list):
            raise ReturnsError((*path, "values"), "write a list, such as values: [low, high]")
        schema = _values(shape["values"], (*path, "values"))
        if TYPES[word] != schema["type"] and (TYPES[word], schema["type"]) != ("number", "integer"):
            raise ReturnsError((*path, "values"), f"these values are no {word}")
    else:
        schema = {"type": _type(word, (*path, "type"))}
    _refuse_strangers(shape, path)
    _bounds(shape, schema, path)
    if shape.get("doc"):
        schema["description"] = str(shape["doc"])
    return schema


def _refuse_strangers(shape: dict[str, Any], path: Path) -> None:
    """`items` of a text or `fields` of a list is a mistake, or a nested map that looks like the long form."""
    for key, owner in (("items", "list"), ("fields", "map")):
        if key in shape and shape["type"] != owner:
            hint = 'for a nested map with a field called "type" write {type: map, fields: ...}'
            raise ReturnsError((*path, key), f'"{key}" belongs to type: {owner}; {hint}')


def _bounds(shape: dict[str, Any], schema: dict[str, Any], path: Path) -> None:
    words = {"integer": ("minimum", "maximum"), "number": ("minimum", "maximum"), "array": ("minItems", "maxItems")}
    for key, side in (("min", 0), ("max", 1)):
        if key not in shape:
            continue
        if "enum" in schema or schema["type"] not in words:
            raise ReturnsError((*path, key), "min and max are for numbers and lists; say the length of a text in `doc`")
        schema[words[schema["type"]][side]] = _number(shape[key], schema["type"] != "number", (*path, key))
    if "min" in shape and "max" in shape and (names := words[schema["type"]]) and schema[names[0]] > schema[names[1]]:
        raise ReturnsError((*path, "min"), "min is above max")


def _number(value: Any, whole: bool, path: Path) -> int | float:
    """A bound; a text that is a number counts too, as a YAML reader may leave it one."""
    try:
        number = float("" if isinstance(value, bool) else value)
    except (TypeError, ValueError):
        number = nan
    if not isfinite(number) or (whole and not number.is_integer()):
        raise ReturnsError(path, "write a whole number" if whole else "write a number")
    return int(number) if number.is_integer() else number


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    """The same, or null. A map or list stands beside null in a union of two schemas, a plain value has two types."""
    if "anyOf" in schema or isinstance(schema["type"], list):
        return schema
    if schema["type"] in ("object", "array"):
        inner = dict(schema)
        outside = {"description": inner.pop("description")} if "description" in inner else {}
        return {"anyOf": [inner, {"type": "null"}], **outside}
    both = {**schema, "type": [schema["type"], "null"]}
    if "enum" in schema:
        both["enum"] = [*schema["enum"], None]
    return both


def _sizes(schema: dict[str, Any]) -> tuple[int, int]:
    """How many properties and enum values there are in all."""
    properties, values = len(schema.get("properties", ())), len(schema.get("enum", ()))
    below = [*schema.get("properties", {}).values(), *schema.get("anyOf", ())]
    if "items" in schema:
        below.append(schema["items"])
    for inner in map(_sizes, below):
        properties, values = properties + inner[0], values + inner[1]
    return properties, values


def attributes_of(schema: dict[str, Any] | None) -> Any:
    """What a scenario may read of a reply, as a tree in the words of the short schema.

    A map is `{name: subtree}`, a list `[subtree]`, a leaf its type's word (`text`, `integer`, `number`, `boolean`, and
    `any` for what no short schema makes). That a field may be null is not told: attributes of null are null.
    """
    if schema is None:
        return "text"
    for inner in schema.get("anyOf", ()):
        if inner.get("type") != "null":
            return attributes_of(inner)
    kind = schema.get("type")
    if isinstance(kind, list):
        kind = next((one for one in kind if one != "null"), None)
    if kind == "object":
        return {name: attributes_of(inner) for name, inner in schema.get("properties", {}).items()}
    if kind == "array":
        return [attributes_of(schema.get("items", {}))]
    return WORDS.get(str(kind), "any")
