"""A burst of messages as one answer: what a question with `gather` holds, for how long, and what becomes of it.

Law: pure; times come in. What is held is not handled: it stays in the inbox until the one event that is made of it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from engine.core.answer import Raw
from engine.core.asking import Asking
from engine.core.events import Event, FilesReceived, MessageEdited, TextReceived
from engine.core.project import Project
from engine.core.session import Session
from engine.core.triggers import command_of

LONGEST = 10  # times `gather`: longer a burst does not last, however fast one message follows another
MOST = 20  # messages of a burst
Said = TextReceived | FilesReceived


class Burst(Struct):
    """What is held, in order. `until` is when it is over, on the clock that `add` was given."""

    events: list[Said] = field(default_factory=list)
    began: float = 0.0
    until: float = 0.0

    def __bool__(self) -> bool:
        return bool(self.events)

    def takes(self, event: Said) -> bool:
        """Whether this belongs to what is held: the same person, files of one kind (an answer is of one), no more than
        MOST. What does not comes after it."""
        if not self.events:
            return True
        kinds = {kind for one in (*self.events, event) for kind in kinds_of(one)}
        last = self.events[-1].sender
        same = (last and last.id) == (event.sender and event.sender.id)
        return same and len(kinds) <= 1 and len(self.events) < MOST

    def add(self, event: Said, now: float, pause: float) -> None:
        if not self.events:
            self.began = now
        self.events.append(event)
        self.until = min(now + pause, self.began + pause * LONGEST)

    def amend(self, event: Event) -> bool:
        """An edit of a message that is held; False when it is none."""
        if not isinstance(event, MessageEdited) or not event.message:
            return False
        for place, held in enumerate(self.events):
            if held.message == event.message:
                self.events[place] = _reworded(held, event.text)
                return True
        return False

    def whole(self) -> Said:
        """The one event: texts and captions joined by line breaks, files together. It bears the first one's id and
        message, the last one's time, and its `parts`, so that an edit of one of them later on finds it."""
        first, last = self.events[0], self.events[-1]
        if len(self.events) == 1:
            return first
        parts = tuple((one.message, words_of(one)) for one in self.events)
        files = tuple(file for one in self.events if isinstance(one, FilesReceived) for file in one.files)
        if files:
            return FilesReceived(
                id=first.id,
                at=last.at,
                sender=last.sender,
                files=files,
                caption=joined(parts),
                message=first.message,
                parts=parts,
            )
        return TextReceived(
            id=first.id, at=last.at, sender=last.sender, text=joined(parts), message=first.message, parts=parts
        )


def pause(project: Project, session: Session, event: Event) -> float:
    """Seconds for which the event is to be held, because more of the same answer may follow; 0: take it now, after
    what is held."""
    if not isinstance(event, Said) or (isinstance(event, TextReceived) and command_of(event.text) is not None):
        return 0.0
    active = session.active
    if active is None or session.offer is not None or not active.frames:
        return 0.0
    if active.pending is None or active.pending.kind != "input":
        return 0.0
    scenario = project.scenarios.get(active.frames[-1].scenario)
    step = scenario.by_name.get(active.pending.name) if scenario is not None else None
    if not isinstance(step, Asking) or not step.gather:
        return 0.0
    return step.gather if kinds_of(event) <= set(step.answer or ()) else 0.0


def _reworded(event: Said, text: str) -> Said:
    if isinstance(event, FilesReceived):
        return replace(event, caption=text)
    return replace(event, text=text)


def kinds_of(event: Said) -> set[str]:
    return {str(file.get("kind", "")) for file in event.files} if isinstance(event, FilesReceived) else set()


def words_of(event: Said) -> str:
    return event.text if isinstance(event, TextReceived) else event.caption


def amended(kept: Mapping[str, Any], message: str, text: str) -> list[tuple[str, str]]:
    """The messages that it was made from, after an edit of one of them."""
    parts = kept.get("p") or [(message, text)]
    return [(one, text if one == message else words) for one, words in parts]


def with_words(raw: Raw, text: str) -> Raw:
    """An answer after an edit of its words: of files that is their caption."""
    inner = raw.get("raw") if isinstance(raw, dict) and "type" in raw else raw
    return {**inner, "caption": text} if isinstance(inner, dict) and "files" in inner else text


def joined(parts: Sequence[tuple[str, str]]) -> str:
    return "\n".join(text for _, text in parts if text)
