"""What a message's file is for Telegram: an id it knows, an address, or bytes to upload.

Law: only files inside the project's root are uploaded for an author, and none whose name begins with a dot or that lies
in DATA_DIR (a path may come from a person's text); people's own files come from DATA_DIR/media alone.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from pathlib import Path
from typing import Any

from msgspec import Struct
from telegram import InputFile

from engine.core.effects import Media

UPLOAD_LIMIT = 50 * 1024 * 1024  # bytes
PHOTO_LIMIT = 10 * 1024 * 1024
_CACHE_SIZE = 10_000

METHODS = {
    "photo": "sendPhoto",
    "video": "sendVideo",
    "video_note": "sendVideoNote",
    "document": "sendDocument",
    "voice": "sendVoice",
}

_log = logging.getLogger(__name__)
_Key = tuple[str, str, int, int]


class Attachment(Struct, frozen=True):
    """`kind` decides the method and the field's name. `key` is set for an upload whose id is worth remembering."""

    kind: str
    value: str | InputFile
    key: _Key | None = None


class Files:
    """Finds what to send, and remembers Telegram's id of what was uploaded (until the program ends)."""

    def __init__(self, root: Path, data_dir: Path) -> None:
        self._root = root
        self._data = data_dir.resolve()
        self._ids: OrderedDict[_Key, str] = OrderedDict()

    async def attachments(self, media: Media) -> list[Attachment]:
        """Ways to send it, the best first; none when there is no such file (the log is told)."""
        if media.file is not None:
            known = str(media.file.get("id") or "")
            ways = [Attachment(media.kind, known)] if known else []
            path = self._inside(self._data / "media", self._data / str(media.file.get("path") or "-"))
        elif media.source.startswith(("http://", "https://")):
            return [Attachment(media.kind, media.source)]
        else:
            ways, path = [], self._authors(media.source)
        if path is not None:
            ways += await self._uploads(media.kind, path)
        if not ways:
            _log.warning("There is no file %r to send as a %s; the text goes alone", media.source, media.kind)
        return ways

    def uploaded(self, attachment: Attachment, message: dict[str, Any]) -> None:
        """Remember the id that Telegram gave the file in the sent `message`."""
        if attachment.key is None:
            return
        found = message.get(attachment.kind) or message.get("animation") or message.get("document") or {}
        if isinstance(found, list):
            found = found[-1] if found else {}  # a photo in its sizes, the largest last
        if file_id := found.get("file_id"):
            self._ids[attachment.key] = file_id
            if len(self._ids) > _CACHE_SIZE:
                self._ids.popitem(last=False)

    def forget(self, attachment: Attachment) -> None:
        """Telegram refused the remembered id."""
        if attachment.key:
            self._ids.pop(attachment.key, None)

    def _authors(self, source: str) -> Path | None:
        root = self._root.resolve()  # now: a link may be led elsewhere while the bot runs
        path = self._inside(root, root / source)
        if path is None or path.is_relative_to(self._data):
            return None
        hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
        return None if hidden else path

    @staticmethod
    def _inside(folder: Path, path: Path) -> Path | None:
        try:
            path = path.resolve()
            return path if path.is_relative_to(folder) and path.is_file() else None
        except (OSError, ValueError):  # a name too long, a zero byte
            return None

    async def _uploads(self, kind: str, path: Path) -> list[Attachment]:
        try:
            key = self._key(kind, path)
            if key is None:
                return []
            if known := self._ids.get(key):
                return [Attachment(key[0], known, key)]
            content = await asyncio.to_thread(path.read_bytes)
        except OSError as error:
            _log.warning("%s cannot be read: %s", path, error)
            return []
        file = InputFile(content, filename=path.name)
        ways = [Attachment(key[0], file, key)]
        if key[0] == "photo":
            ways.append(Attachment("document", file))  # Telegram refuses pictures that are very long or large
        return ways

    @staticmethod
    def _key(kind: str, path: Path) -> _Key | None:
        """How it would go up, or None when it cannot. Raises OSError."""
        stat = path.stat()
        if not 0 < stat.st_size <= UPLOAD_LIMIT:
            _log.warning("%s has %d bytes; a bot can send files of 1 byte to 50 MB", path, stat.st_size)
            return None
        if kind == "photo" and stat.st_size > PHOTO_LIMIT:
            kind = "document"  # as a photo Telegram takes 10 MB at most
        return kind, str(path), stat.st_mtime_ns, stat.st_size
