"""The file that a message carries: the fields for it, and which of them has a value."""

from __future__ import annotations

from engine.core.effects import Media
from engine.core.field import Field
from engine.core.fields import MEDIA
from engine.core.step import Step
from engine.core.template import Value
from engine.core.walk import Walk

KINDS = ("photo", "video", "video_note", "document", "voice")
MEDIA_FIELDS = {
    kind: Field(MEDIA, f"A {kind.replace('_', ' ')} that goes with it; left out when the file is not there.")
    for kind in KINDS
}


def media_of(step: Step, walk: Walk) -> Media | None:
    """The file that a say or a question carries: the first of its media fields that has a value."""
    for kind in KINDS:
        value: Value | None = getattr(step, kind, None)
        if value is None:
            continue
        found = walk.evaluate(value)
        if isinstance(found, dict) and found.get("id"):
            return Media(kind, file=found)  # type: ignore[arg-type] # one of KINDS
        if isinstance(found, str) and found:
            return Media(kind, source=found)  # type: ignore[arg-type] # one of KINDS
    return None
