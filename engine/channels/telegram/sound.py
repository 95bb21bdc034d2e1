"""Whether an event holds what its fields say: PTB takes most things as they come, a list where a text should be too."""

from __future__ import annotations

from functools import cache
from math import isfinite
from typing import Any, TypeVar

from msgspec.structs import fields

from engine.core.events import Event, FilesReceived, Sender

NUMBERS = ("at", "latitude", "longitude")
Made = TypeVar("Made", bound=Event)


def sound(event: Made) -> Made:
    """The event itself. Raises TypeError for one that no turn could take."""
    kind: Any = type(event)
    for name in _texts(kind):
        _must(isinstance(getattr(event, name), str), name)
    for name in NUMBERS:
        value = getattr(event, name, 0.0)
        _must(isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value), name)
    if event.sender is not None:
        for name in _texts(Sender):
            _must(isinstance(getattr(event.sender, name), str), name)
    for file in event.files if isinstance(event, FilesReceived) else ():
        for name, value in file.items():
            wanted: Any = str if name in ("kind", "id", "path", "name", "mime") else int | float
            _must(isinstance(value, wanted), name)
    return event


@cache
def _texts(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind) if field.type is str)


def _must(right: bool, name: str) -> None:
    if not right:
        raise TypeError(f"{name} is something else")
