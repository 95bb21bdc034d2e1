"""What a person sends while the model thinks: kept, and taken after its reply as the answer to what is asked then.

Law: what was sent before the conversation was left, or one question of it opened again, answers no question that is
asked afterwards: it is let go.
"""

from __future__ import annotations

from engine.core.builtin import builtin_of
from engine.core.events import (
    ChoicePressed,
    ContactReceived,
    Event,
    FilesReceived,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    TextReceived,
)
from engine.core.ground import Ground
from engine.core.project import Project
from engine.core.session import Session
from engine.core.talk import STUCK
from engine.core.triggers import command_of


def wants(project: Project, session: Session, event: Event) -> bool:
    """Whether the event can be taken now. While the model thinks, what a person sends is to be kept and offered
    again after its reply; commands, words such as «отмена» and buttons are taken at once."""
    if not thinks(session) or session.offer is not None:
        return True
    if isinstance(event, TextReceived):
        return command_of(event.text) is not None or builtin_of(Ground(project, session, event), event.text) is not None
    if isinstance(event, MessageEdited):  # of what is kept itself: it comes after that
        return session.active is None or session.active.answered_by(event.message) is not None
    return not isinstance(event, (FilesReceived, ContactReceived, LocationReceived, OtherReceived))


def left(before: Session, after: Session, event: Event) -> bool:
    """Whether the person turned away from what the model was thinking about, and with it from what is kept."""
    if not thinks(before) or not isinstance(event, (TextReceived, ChoicePressed)):
        return False
    return before.active is None or after.active is None or before.active.id != after.active.id or not thinks(after)


def thinks(session: Session) -> bool:
    """Whether what a person sends is to wait for the model's reply."""
    active = session.active
    return (
        active is not None and active.version != STUCK and active.pending is not None and active.pending.kind == "model"
    )
