"""A pressed button: it counts for the question now shown, whatever version of the files drew it; any other changes
nothing by itself."""

from __future__ import annotations

from engine.core.effects import AnswerPress
from engine.core.events import ChoicePressed
from engine.core.house import House
from engine.core.keyboard import SKIP, token
from engine.core.offered import Offered
from engine.core.rewalk import Before
from engine.core.session import Conversation

FIX = "!fix"  # the button beneath «you have answered that already»


def pressed(house: House, offered: Offered, event: ChoicePressed) -> None:
    """A press counts for the question now shown, whatever version drew it; any other changes nothing by itself."""
    session = house.session
    if session.offer is not None and session.offer["id"] == event.question:
        offered.pressed(event.choice)
        return
    active = session.active
    shown = active.shown if active is not None else None
    pending = active.pending if active is not None else None
    if (
        active is not None
        and shown is not None
        and shown.question == event.question
        and (pending is None or pending.kind == "input")
    ):
        session.offer = None
        talk = house.open(active)
        talk.answer({"choice": event.choice})
        house.settle(talk)
        return
    for conversation in [active, *reversed(session.parked)]:
        if conversation is not None and _pressed_earlier(house, conversation, event):
            return
    house.ground.effects.append(AnswerPress(event.press, house.ground.word("button_expired")))


def _pressed_earlier(house: House, conversation: Conversation, event: ChoicePressed) -> bool:
    key = key_of(conversation, event.question)
    if key is None:
        shown = conversation.shown
        if conversation in house.session.parked and shown is not None and shown.question == event.question:
            house.offers.resume(conversation)
            return True
        return False
    if conversation is not house.session.active:
        house.offers.resume(conversation)
    elif event.choice == FIX:
        _reopen(house, conversation, event.question)
    else:
        _already_answered(house, conversation, key, event)
    return True


def _already_answered(house: House, conversation: Conversation, key: str, event: ChoicePressed) -> None:
    entry = conversation.journal.get(key, {})
    raw = entry.get("a")
    same = isinstance(raw, dict) and token(str(raw.get("choice", ""))) == event.choice
    same = same or (isinstance(raw, str) and token(raw) == event.choice)
    same = same or (isinstance(raw, dict) and bool(raw.get("skip")) and event.choice == SKIP)
    if same or "c" in entry:
        return  # a double click
    house.ground.effects.append(AnswerPress(event.press, house.ground.word("already_answered_short")))
    house.offers.fix(event.question)


def _reopen(house: House, conversation: Conversation, question: str) -> None:
    talk = house.open(conversation)  # after an edit keys may have new names
    house.reopen(talk, Before(key_of(talk.conversation, question) or ""))


def key_of(conversation: Conversation, question: str) -> str | None:
    """The answered key whose question bore this token."""
    return next((key for key, entry in conversation.journal.items() if entry.get("q") == question), None)
