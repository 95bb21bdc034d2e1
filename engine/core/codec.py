"""Effects as bytes and back: what the outbox keeps until it is done. JSON, so that a person can read it too."""

from __future__ import annotations

from typing import Any

import msgspec

from engine.core.effects import AskModel, CloseQuestion, KeepFile, Notify, RedrawQuestion, SendMessage

KINDS: dict[str, type[Any]] = {
    kind.__name__: kind for kind in (SendMessage, RedrawQuestion, CloseQuestion, Notify, KeepFile, AskModel)
}


def encode(effect: Any) -> bytes:
    """Raises TypeError for an effect that is not kept."""
    name = type(effect).__name__
    if name not in KINDS:
        raise TypeError(f"{name} is not kept in the outbox")
    return msgspec.json.encode((name, effect))


def decode(body: bytes) -> Any:
    """Raises ValueError for bytes that this version did not write."""
    try:
        name, fields = msgspec.json.decode(body)
        return msgspec.convert(fields, KINDS[name])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"an effect that this version cannot read: {error}") from error
