"""Checks a catalog file against its JSON Schema (`schemas/<kind>.json`) and gives it as typed data.

Law: a scalar is what its schema says: where a text is wanted, `010` and `no` are texts. A file is checked by compiled
code; jsonschema is only loaded to word what is wrong. What is wrong is told once, in place, and left out of the data,
so that everything else is still built and checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from engine.core.finding import Finding, Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.project.borrowed import TRUTH
from engine.project.suggest import closest, did_you_mean
from engine.project.values import plain
from engine.project.yaml import read

_WORDS = {
    "object": "a map (`key: value` lines)",
    "array": "a list",
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "`true` or `false`",
    "null": "nothing",
}
_Path = tuple[str | int, ...]
_Error = Any  # jsonschema.ValidationError: its types leave open what each kind of error holds


def load(source: str | bytes | None, file: str, kind: str) -> tuple[Mapping, dict[str, Any], list[Finding]]:
    """(node, data, findings) of one file; an absent, empty or unreadable one is an empty map."""
    empty = Mapping(span=Span(file))
    if source is None:
        return empty, {}, []
    node, findings = read(source, file)
    findings = [finding for finding in findings if finding.code != "empty-file"]
    if node is None or (isinstance(node, Scalar) and node.is_null):
        return empty, {}, findings
    data, wrong = check(node, kind)
    return node if isinstance(node, Mapping) else empty, data if isinstance(data, dict) else {}, findings + wrong


def check(node: Node, kind: str) -> tuple[Any, list[Finding]]:
    """Typed data without what is wrong, and what is wrong; None when nothing is left."""
    data = _typed(node, schema(kind))
    if _fits(kind, data):
        return data, []
    from jsonschema import Draft7Validator  # 150 ms, and only needed once something is wrong

    validator = Draft7Validator(schema(kind))
    errors = list(validator.iter_errors(data))
    of_wrong_type = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
    told = [error for error in errors if error.validator == "type" or tuple(error.absolute_path) not in of_wrong_type]
    findings = [finding for error in told for finding in _findings(error, node)]
    while errors:
        paths = {path for error in errors for path in _paths(error)}
        for path in sorted(paths, key=_last_first, reverse=True):  # what is inside before what it is in
            if not path:
                return None, findings
            _drop(data, path)
        errors = list(validator.iter_errors(data))  # what was required may be gone now: that is no news
    return data, findings


@cache
def schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 7) of a kind: `bot`, `models`, `outcomes`, `words`."""
    text = (Path(__file__).parent / "schemas" / f"{kind}.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def at(node: Node, path: Iterable[str | int]) -> tuple[Node, Span]:
    """The node at a path, and the span to show for it: a short value itself, else its key."""
    span = node.span
    for step in path:
        if isinstance(node, Mapping) and isinstance(step, str) and step in node:
            key, node = node.entries[step]
            span = node.span if isinstance(node, Scalar) and (node.text or not node.plain) else key.span
        elif isinstance(node, Sequence) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
            span = node.span
        else:
            break
    return node, span


def in_first(text: str | dict[str, str], languages: tuple[str, ...]) -> str:
    """A localized text in the first of the languages that it has."""
    if isinstance(text, str):
        return text
    return next((text[language] for language in languages if language in text), "")


def key_at(node: Node, path: list[Any]) -> Scalar:
    """The key that a path of keys ends with, which must be there."""
    parent, _ = at(node, path[:-1])
    if not isinstance(parent, Mapping):
        raise KeyError(path)
    return parent.key(path[-1])


@cache
def _compiled(kind: str) -> Any:
    import fastjsonschema

    return fastjsonschema.compile(schema(kind), detailed_exceptions=False)  # jsonschema words what is wrong


def _fits(kind: str, data: Any) -> bool:
    import fastjsonschema  # not before there is a file to check

    try:
        _compiled(kind)(data)
    except fastjsonschema.JsonSchemaValueException:
        return False
    return True


def _typed(node: Node, form: dict[str, Any]) -> Any:
    if isinstance(node, Scalar):
        types = _types(form)
        if "string" not in types or node.is_null or {"number", "integer", "boolean"} & types:
            return plain(node)
        return node.text
    if isinstance(node, Sequence):
        inner = form.get("items", {})
        return [_typed(item, inner) for item in node.items]
    known, rest = form.get("properties", {}), form.get("additionalProperties") or {}
    return {key: _typed(value, known.get(key, rest)) for key, (_, value) in node.entries.items()}


def _types(form: dict[str, Any]) -> set[str]:
    types = form.get("type", [])
    return {types} if isinstance(types, str) else set(types)


def _paths(error: _Error) -> list[_Path]:
    """What to leave out so that this error is gone."""
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        return [(*path, key) for key in _extra(error)]
    if "propertyNames" in error.absolute_schema_path:
        return [(*path, str(error.instance))]
    return [path]


def _last_first(path: _Path) -> list[tuple[int, str]]:
    """List items are left out from the last to the first, so that the others keep their numbers."""
    return [(step, "") if isinstance(step, int) else (0, step) for step in path]


def _drop(data: Any, path: _Path) -> None:
    for step in path[:-1]:
        data = data[step]
    del data[path[-1]]


def _extra(error: _Error) -> list[str]:
    return [key for key in error.instance if key not in error.schema.get("properties", {})]


def _findings(error: _Error, root: Node) -> list[Finding]:
    path = list(error.absolute_path)
    _, span = at(root, path)
    name = next((f"`{step}`" for step in reversed(path) if isinstance(step, str)), "This file")
    if error.validator == "additionalProperties" and (around := _left_out(error)):
        key = key_at(root, [*path, _extra(error)[0]])
        help = f"Write `{around}:` above it, and what belongs to it further right."
        return [Finding(key.span, "unknown-key", "error", f"`{key.text}` is not known here.", help)]
    if error.validator == "additionalProperties":
        return [_unknown(key_at(root, [*path, key]), error.schema.get("properties", {})) for key in _extra(error)]
    if "propertyNames" in error.absolute_schema_path:
        key = key_at(root, [*path, error.instance])
        message = f"`{key.text}` cannot be a name here."
        return [Finding(key.span, "bad-name", "error", message, f"Use {error.schema['description']}.")]
    if error.validator == "required":
        missing = [key for key in error.validator_value if key not in error.instance]
        if _left_out(error) in missing:
            return []  # told as the keys that belong to it
        if any(closest(key, missing, ours=True) for key in error.instance if key not in error.schema["properties"]):
            return []  # told as the unknown key that it is
        code, message, help = "missing-key", f"`{missing[0]}` is missing in {name}.", f"Write `{missing[0]}:` under it."
    elif error.validator == "type":
        code, (message, help) = "wrong-type", _wrong_type(name, error)
    elif error.validator == "enum":
        code, message = "unknown-value", f"`{error.instance}` is none of the values that {name} may have."
        help = did_you_mean(str(error.instance), error.validator_value, ours=True)
    else:
        code, message, help = "bad-value", *_bad_value(name, error)
    return [Finding(span, code, "error", message, help)]


def _left_out(error: _Error) -> str:
    """`leads: {name: text}`: the key `fields` around the names was forgotten; else empty."""
    known, given = error.schema.get("properties", {}), error.instance
    lacking = [one for one in error.schema.get("required", ()) if one not in given]
    strange = [one for one in given if one not in known]
    maps = len(lacking) == 1 and "object" in _types(known.get(lacking[0], {}))
    return lacking[0] if maps and strange and not any(closest(one, lacking) for one in strange) else ""


def _unknown(key: Scalar, known: Iterable[str]) -> Finding:
    help = did_you_mean(key.text, known, ours=True)
    return Finding(key.span, "unknown-key", "error", f"`{key.text}` is not known here.", help)


def _wrong_type(name: str, error: _Error) -> tuple[str, str]:
    wanted = _types(error.schema)
    words = " or ".join(word for kind, word in _WORDS.items() if kind in wanted - {"null"})
    value = error.instance
    got = {type(None): "empty", list: "a list", dict: "a map"}.get(type(value), f"`{value}`")
    example = "Each item begins with `- ` on a line of its own." if wanted == {"array"} else ""
    if wanted == {"boolean"} and isinstance(value, str) and value.lower() in TRUTH:
        example = f"Write `{TRUTH[value.lower()]}`."
    elif wanted == {"array"} and isinstance(value, str) and ("," in value or re.fullmatch(r"[\w/-]+", value)):
        example = f"Put it into brackets: `[{value}]`."
    elif wanted == {"object"} and isinstance(value, list):
        example = "Take the dashes out: a name and a colon stand before each entry."
    return f"{name} must be {words}; it is {got}.", example


def _bad_value(name: str, error: _Error) -> tuple[str, str]:
    if error.validator in ("minItems", "minLength"):
        return f"{name} is empty.", "Write at least one, or delete the key."
    if error.validator == "minimum":
        return f"{name} must be {error.validator_value} or more.", ""
    return f"`{error.instance}` is not right for {name}.", f"Write {error.schema['description']}."
