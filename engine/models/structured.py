"""A model's text made into the object that a prompt declares: found, tidied, checked, or sent back to be mended.

Law: what comes out fits its schema and can be stored as JSON anywhere. Tidied without a word is only what cannot change
a meaning: keys nobody asked for go, an optional key that was left out is null, 7.0 for an integer is 7.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from engine.core.markdown import escape
from engine.core.values import LARGEST

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

THINKING = re.compile(r"\A\s*<think(ing)?>.*?(</think(ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"```[a-zA-Z0-9_-]*[ \t]*\n?(.*?)```", re.DOTALL)
UNSTORABLE = re.compile("[\x00\ud800-\udfff]")  # NUL and lone surrogates: PostgreSQL and UTF-8 refuse them
MOST_STARTS = 50  # places where an object may begin; a bound for hostile texts
MOST_ERRORS = 5


class Unfit(ValueError):
    """No object in the reply fits. The message says why, for the model's eyes."""


class TooLong(Unfit):
    """It fits, and is more than a template may make of it."""


def bounded(value: Any, most: int) -> Any:
    """The reply itself. Raises TooLong: what says it again would fail at every message, so the call has failed."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if len(text) > most or len(escape(text)) > most:  # as it stands in a message
        raise TooLong(f"it is too long: {len(text)} characters, where {most // 2} are plenty")
    return value


def tidy_text(text: str) -> str:
    """A plain reply without what reasoning models think aloud, without characters that cannot be stored."""
    return UNSTORABLE.sub("", THINKING.sub("", text)).strip()


def fit_reply(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The first object in the text that fits. Raises Unfit."""
    validator = _validator(json.dumps(schema, sort_keys=True))
    complaint = "there is no JSON object in it"
    for number, found in enumerate(_objects(tidy_text(text))):
        value = _tidy(found, schema)
        errors = [_sentence(error) for error in islice(validator.iter_errors(value), MOST_ERRORS)]
        if not set(found) & set(schema["properties"]):  # else a map of optional keys would take any object
            errors = ["none of the keys that are wanted is in it"]
        if not errors:
            return dict(value)
        if number == 0:
            complaint = "; ".join(errors)
    raise Unfit(complaint)


def mend(text: str, complaint: Unfit, schema: dict[str, Any] | None) -> list[dict[str, Any]]:
    """The turn that asks the model to mend its reply: what it said, what is wrong, what is wanted."""
    wanted = "" if schema is None else f"\n{in_words(schema)}"
    return [
        {"role": "assistant", "content": text[:4000] or "{}"},
        {"role": "user", "content": f"Your reply does not fit: {complaint}.{wanted}"},
    ]


def in_words(schema: dict[str, Any]) -> str:
    """The schema as an instruction, for endpoints that cannot be held to one. Static, so prompts stay cacheable."""
    written = json.dumps(schema, ensure_ascii=False)
    return f"Reply with one JSON object and nothing else, no Markdown. It must fit this JSON Schema:\n{written}"


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Every JSON object that stands in a text: the whole of it, in code fences, or somewhere between words."""
    decoder = json.JSONDecoder(parse_constant=_no_number)
    for whole in (text, *FENCE.findall(text)):
        try:
            value = decoder.decode(whole.strip())
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            yield value
    start, tried = text.find("{"), 0
    while start >= 0 and tried < MOST_STARTS:
        tried += 1
        try:
            value, end = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            end = start + 1
        else:
            yield value
        start = text.find("{", end)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


@lru_cache(maxsize=256)
def _validator(schema: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # 150 ms, needed by structured replies only

    return Draft202012Validator(json.loads(schema))


def _sentence(error: Any) -> str:
    """One error in the model's eyes: where, and what is wrong, no longer than a line."""
    return f"{error.json_path}: {error.message}"[:200]


def _tidy(value: Any, schema: dict[str, Any]) -> Any:
    """See the module's law. What does not fit is left as it is, for the validator to name."""
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, float):
        value = _number(value, schema)
    if isinstance(value, int) and abs(value) > LARGEST:
        return f"a number of {len(str(value))} digits"  # no conversation keeps it; as a text the validator names it
    kind = "object" if isinstance(value, dict) else "array"
    for inner in schema.get("anyOf", ()):
        if inner.get("type") == kind:
            return _tidy(value, inner)
    if isinstance(value, list):
        return [_tidy(item, schema.get("items", {})) for item in value]
    if isinstance(value, dict):
        return _object(value, schema.get("properties", {}))
    return value


def _number(value: float, schema: dict[str, Any]) -> Any:
    kind = schema.get("type")
    if value - value != 0:
        return str(value)  # 1e999 is infinity: no JSON; as a text it is named by the validator
    if value.is_integer() and "integer" in (kind if isinstance(kind, list) else [kind]):
        return int(value)
    return value


def _object(value: dict[str, Any], properties: dict[str, Any]) -> dict[str, Any]:
    tidied = {key: _tidy(value[key], inner) for key, inner in properties.items() if key in value}
    for key, inner in properties.items():
        if key not in value and _may_be_null(inner):
            tidied[key] = None
    return tidied


def _may_be_null(schema: dict[str, Any]) -> bool:
    kind = schema.get("type")
    return "null" in (kind if isinstance(kind, list) else [kind]) or any(map(_may_be_null, schema.get("anyOf", ())))
