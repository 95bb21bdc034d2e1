"""A record's fields as JSON text. Law: whatever a turn saves can be stored, and reads back the same if JSON can say it.

orjson does the ordinary case; the standard library takes what orjson refuses (whole numbers over 64 bits, half of an
emoji in a model's reply, a date object), so that an odd value never stops a person's talk.
"""

from __future__ import annotations

import json
from typing import Any

import orjson

_ODD = " "  # before what orjson could not write: it could not read it exactly either


def to_text(fields: dict[str, Any]) -> str:
    try:
        return orjson.dumps(fields).decode()
    except TypeError:
        return _ODD + json.dumps(fields, default=str)


def from_text(text: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(text) if text.startswith(_ODD) else orjson.loads(text)
    return fields
