"""What a conversation can remember: plain JSON, within bounds."""

from __future__ import annotations

import json
from math import isfinite
from typing import Any

import orjson

LARGEST = 2**53 - 1  # beyond it a number is not the same one to every program that reads it


class OverBounds(Exception):
    """A turn or a conversation wanted more than its bound. `str()` names the bound, never a person's data."""


def jsonable(value: Any) -> Any:
    """The value as JSON keeps it. Raises OverBounds for what JSON cannot hold (a number of thousands of digits)."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value if value.isascii() else clean(value)
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise OverBounds(f"a number beyond {LARGEST:,}")
        return value
    try:
        return orjson.loads(orjson.dumps(value, default=list, option=orjson.OPT_NON_STR_KEYS))
    except (TypeError, orjson.JSONEncodeError) as error:
        if "surrogates" in str(error):  # a model may write one
            return json.loads(clean(json.dumps(value, ensure_ascii=False)))
        raise OverBounds("a value that is no text, number, list or map") from error


def clean(text: str) -> str:
    """Without lone surrogates, which no file and no database takes."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")
    return text


def cut(text: str, longest: int) -> str:
    """A text of at most so many characters; `…` stands where it was longer."""
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
