"""What a person types at the terminal -> the body that the inbox keeps -> the event it is.

A line is a text or a `/command`, except for these forms, which stand for what a phone would send:
`photo:PATH` (and `voice:`, `document:`, `video:`, `audio:`), `contact:+79161234567`, `location:55.75,37.61`.
A typed number stays a text: core knows what it chooses.
"""

from __future__ import annotations

import json
import mimetypes
import re
from pathlib import Path
from typing import Any

from engine.core.events import ContactReceived, Event, FilesReceived, LocationReceived, Sender, TextReceived
from engine.memory.port import Incoming

FILE_BYTES = 20_000_000  # what a bot may download from Telegram; the terminal takes no more

_FILE = re.compile(r"(photo|voice|document|video|audio):(\S.*)")
_CONTACT = re.compile(r"contact:(\+?\d[\d ()-]*)")
_LOCATION = re.compile(r"location:(-?\d+(?:\.\d+)?),\s*(-?\d+(?:\.\d+)?)")

# The built-in table only: what the machine knows besides would make a file's name differ from place to place.
_TYPES = mimetypes.MimeTypes()
for _suffix in (".ogg", ".oga", ".opus"):
    _TYPES.add_type("audio/ogg", _suffix)
_TYPES.add_type("audio/mp4", ".m4a")


class NotSent(ValueError):
    """The line names a file that cannot be sent; the text says why."""


def body_of(line: str, unique: str, folders: tuple[Path, ...]) -> dict[str, Any]:
    """`unique` names this message for ever; a file is looked for in `folders`, in order. Raises NotSent."""
    if found := _FILE.fullmatch(line):
        return {"file": _file(found[1], found[2].strip(), unique, folders)}
    if found := _CONTACT.fullmatch(line):
        return {"contact": found[1].strip()}
    if found := _LOCATION.fullmatch(line):
        return {"location": [float(found[1]), float(found[2])]}
    return {"text": line}


def event_of(incoming: Incoming) -> Event:
    """Raises ValueError, KeyError or TypeError for a body that this module did not write."""
    body = json.loads(incoming.body)
    about: dict[str, Any] = {
        "id": incoming.id,
        "at": incoming.at,
        "sender": Sender(**body["sender"]),
        "message": incoming.id,
    }
    if "file" in body:
        return FilesReceived(files=(body["file"],), **about)
    if "contact" in body:
        return ContactReceived(phone=body["contact"], name=about["sender"].name, **about)
    if "location" in body:
        latitude, longitude = body["location"]
        return LocationReceived(latitude=latitude, longitude=longitude, **about)
    return TextReceived(text=body["text"], **about)


def _file(kind: str, name: str, unique: str, folders: tuple[Path, ...]) -> dict[str, Any]:
    path = next((path for folder in folders if (path := folder / Path(name).expanduser()).is_file()), None)
    if path is None:
        raise NotSent(f"{name}: there is no such file")
    size = path.stat().st_size
    if not 0 < size <= FILE_BYTES:
        raise NotSent(f"{name}: {size} bytes; from 1 to {FILE_BYTES} can be sent")
    mime = _TYPES.guess_type(path.name)[0] or "application/octet-stream"
    suffix = _TYPES.guess_extension(mime) or ""
    file: dict[str, Any] = {"kind": kind, "id": str(path.resolve()), "path": f"media/terminal-{unique}{suffix}"}
    file |= {"name": path.name, "mime": mime, "size": size}
    return file | _size_of_photo(path) if kind == "photo" else file


def _size_of_photo(path: Path) -> dict[str, int]:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as image:
            return {"width": image.width, "height": image.height}
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise NotSent(f"{path.name}: is no picture") from error
