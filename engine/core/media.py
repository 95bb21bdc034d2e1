"""The file that a message carries: the fields for it, and which of them has a value.

Law (7): neither a person nor the model chooses a path or an address. What an expression makes is handed out when it
lies in `media/`, stands in the catalog or the settings, or holds nothing at its beginning that came from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from engine.core.effects import Media, ReportProblem
from engine.core.field import Field
from engine.core.fields import MEDIA
from engine.core.step import Step
from engine.core.template import Value
from engine.core.walk import Walk

FOLDER = "media/"
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
            if not value.constant and _chosen_outside(found, walk):
                message = f"`{kind}` is what a person or the model wrote, which names no file and no address"
                walk.ground.effects.append(ReportProblem(message, value.span or step.span))
                continue
            return Media(kind, source=found)  # type: ignore[arg-type] # one of KINDS
    return None


def _chosen_outside(source: str, walk: Walk) -> bool:
    """Whether a person, the model or a record named this path or address, or its beginning."""
    if ".." in source.split("/"):
        return True
    if source.startswith(FOLDER):
        return False
    project = walk.ground.project
    listed = _texts([project.catalog.get(walk.ground.language), project.settings])
    return any(_begins(source, text) for text in _said(walk)) and source not in listed


def _begins(source: str, text: str) -> bool:
    """A single word, such as a choice that was typed, is no beginning of an address."""
    return source == text or (("/" in text or "." in text) and source.startswith(text))


def _said(walk: Walk) -> Iterator[str]:
    """Every text of this conversation that came from outside, but for choices among what the author lists."""
    talk, session = walk.conversation, walk.ground.session
    yield from _texts([talk.start, session.person, session.record])
    for key, entry in talk.journal.items():
        step = walk.ground.locate(talk.scenario, key)
        if getattr(step, "choices", None) is None or "text" in (getattr(step, "answer", None) or ()):
            yield from _texts([entry.get(kind) for kind in "arf"])


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value.strip()
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _texts(item)
