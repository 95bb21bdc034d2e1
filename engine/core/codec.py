"""Effects as bytes and back: what the outbox keeps until it is done. JSON, so that a person can read it too."""

from __future__ import annotations

from typing import Any

import orjson
from msgspec.structs import asdict

from engine.core.effects import (
    AskModel,
    Button,
    CloseQuestion,
    KeepFile,
    Media,
    Notify,
    RedrawQuestion,
    SendMessage,
)

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (SendMessage, RedrawQuestion, CloseQuestion, Notify, KeepFile, AskModel)
}
LISTS = ("images", "audio")


def encode(effect: Any) -> bytes:
    """Raises TypeError for an effect that is not kept."""
    name = type(effect).__name__
    if name not in KINDS:
        raise TypeError(f"{name} is not kept in the outbox")
    return orjson.dumps([name, effect], default=asdict)


def decode(body: bytes) -> Any:
    """Raises ValueError for bytes that this version did not write."""
    try:
        name, fields = orjson.loads(body)
        if "buttons" in fields:
            fields["buttons"] = tuple(Button(**button) for button in fields["buttons"])
        if fields.get("media"):
            fields["media"] = Media(**fields["media"])
        for key in LISTS:
            if key in fields:
                fields[key] = tuple(fields[key])
        return KINDS[name](**fields)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"an effect that this version cannot read: {error}") from error
