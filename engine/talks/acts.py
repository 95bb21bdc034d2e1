"""What a person does, as the event that a channel would make of it."""

from __future__ import annotations

import mimetypes
from typing import Any

from engine.core.effects import Button
from engine.core.events import (
    ChoicePressed,
    ContactReceived,
    Event,
    FilesReceived,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    ScenarioChosen,
    TextReceived,
)
from engine.talks.file import Line
from engine.talks.stage import Asked, Person, Stage

_TYPES = mimetypes.MimeTypes()
_SIZES = {"photo": {"width": 1280, "height": 960}, "voice": {"duration": 12}}


class CannotAct(Exception):
    """The line cannot be done: there is no such button. The text says what there is."""


def event_of(stage: Stage, line: Line) -> Event:
    """Raises CannotAct."""
    person = stage.people[line.who]
    about: dict[str, Any] = {"id": stage.fresh(), "at": stage.at, "sender": person.sender}
    message = about["id"]
    if line.kind in ("says", "repeats"):
        text = str(line.value or "") * int(line.more.get("times") or 1)
        person.messages[text] = message
        return TextReceived(text=text, message=message, **about)
    if line.kind == "press":
        asked, button = pressed(person, str(line.value), str(line.more.get("of") or ""))
        _, choice = button.token.split(":", 1)
        return ChoicePressed(
            question=button.token.split(":")[0] or asked.question, choice=choice, press=message, **about
        )
    if line.kind == "edits":
        edited = person.messages.get(str(line.value))
        if edited is None:
            raise CannotAct(f"{line.who} has said no «{line.value}» that could be edited.")
        person.messages[str(line.more.get("to"))] = edited
        return MessageEdited(message=edited, text=str(line.more.get("to")), **about)
    if line.kind == "contact":
        own = line.more.get("own") != "false"
        return ContactReceived(
            phone=str(line.value),
            name=str(line.more.get("name") or person.sender.name),
            own=own,
            message=message,
            **about,
        )
    if line.kind == "location":
        latitude, longitude = _place(line.value)
        return LocationReceived(latitude=latitude, longitude=longitude, message=message, **about)
    if line.kind == "sends":
        return OtherReceived(what=str(line.value), message=message, **about)
    if line.kind == "starts":
        return ScenarioChosen(scenario=str(line.value), **about)
    return FilesReceived(files=_files(line), caption=str(line.more.get("caption") or ""), message=message, **about)


def pressed(person: Person, label: str, of: str) -> tuple[Asked, Button]:
    """A button by what stands on it (or by its value): beneath the last message whose buttons are there, or beneath the
    last one of the step `of`, even when it is answered. Raises CannotAct."""
    candidates = [one for one in reversed(person.asked) if (one.step == of if of else one.open) and one.buttons]
    if not candidates:
        raise CannotAct(f"{person.name} sees no buttons" + (f" of `{of}`." if of else "."))
    asked = candidates[0]
    choices = [button for button in asked.buttons if button.token]
    for names in (
        [button.label for button in choices],
        [button.label.removeprefix("✓ ") for button in choices],
        [button.value for button in choices],
    ):
        if label in names:
            return asked, choices[names.index(label)]
    raise CannotAct(
        f"There is no button «{label}»; {person.name} sees "
        + ", ".join(f"«{one.label}»" for one in asked.buttons)
        + "."
    )


def _place(value: Any) -> tuple[float, float]:
    parts = value if isinstance(value, list) else str(value).split(",")
    try:
        latitude, longitude = (float(part) for part in parts)
    except ValueError:
        raise CannotAct("A location is `55.75, 37.61`.") from None
    return latitude, longitude


def _files(line: Line) -> tuple[dict[str, Any], ...]:
    names = line.value if isinstance(line.value, list) else [line.value or line.kind]
    return tuple(_file(line.kind, str(name), line.more.get("size")) for name in names)


def _file(kind: str, name: str, megabytes: Any) -> dict[str, Any]:
    size = int(float(megabytes or 0.1) * 1_000_000)
    file = {"kind": kind, "id": name, "path": f"media/{name}", "name": name, "size": size}
    mime = _TYPES.guess_type(name)[0]
    return file | ({"mime": mime} if mime else {}) | _SIZES.get(kind, {})
