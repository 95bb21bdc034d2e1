"""Photos, voice messages and documents. Law: a value is the file's map as the channel made it; no bytes are looked at.

Of an album the first file is the value, and the others stand in its `album`; a caption stands in its `caption`.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any, ClassVar

from engine.answers.bounds import number_limit, outside, show_number
from engine.answers.typed import typed
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

MEGABYTE = 1024 * 1024
SIZE_WORDS = ("wrong_file_small", "wrong_file_big", "wrong_file_size")


class _File(AnswerType):
    """What the three have in common: the kind of file, and the sign that stands for it in a summary."""

    takes = frozenset({"files"})
    value = "file"
    sign: ClassVar[str]

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        sent = raw.get("files") if isinstance(raw, dict) else None
        files = [one for one in sent if isinstance(one, dict)] if isinstance(sent, (list, tuple)) else []
        mine = [one for one in files if one.get("kind") == self.name]
        if not mine:
            return self.instead(files)
        wrong = next((wrong for one in mine if (wrong := self.unfit(one, question))), None)
        if wrong:
            return wrong
        caption = typed(raw.get("caption"))
        kept: dict[str, Any] = {"files": mine, "caption": caption} if caption else {"files": mine}
        value = {**mine[0], "caption": caption or None, "album": mine[1:]}  # always there, so that `photo.caption` is
        return Accepted(value, kept)

    def instead(self, files: list[dict[str, Any]]) -> Rejected:
        """What to say when no file of this kind came."""
        return Rejected(f"wrong_{self.name}")

    def unfit(self, file: dict[str, Any], question: Question) -> Rejected | None:
        return None

    def show(self, value: Any, question: Question) -> str:
        if not isinstance(value, dict):
            return ""
        more = len(value["album"]) if isinstance(value.get("album"), list) else 0
        return f"{self.sign} ×{more + 1}" if more else self.sign


class Photo(_File):
    name = "photo"
    noun = ("фото", "a photo")
    sign = "📷"
    doc = "A photo; of an album the first, with the others in its `album`."

    def instead(self, files: list[dict[str, Any]]) -> Rejected:
        pictures = [one for one in files if str(one.get("mime", "")).startswith("image/")]
        return Rejected("wrong_photo_as_file" if pictures else "wrong_photo")


class Voice(_File):
    name = "voice"
    noun = ("голосовое", "a voice message")
    sign = "🎤"
    doc = "A voice message."


class Document(_File):
    name = "document"
    noun = ("файл", "a file")
    sign = "📎"
    limits = frozenset({"min_size", "max_size", "formats"})
    doc = "A file; `min_size` and `max_size` in MB, `formats` a list such as `[pdf, docx]`."

    def unfit(self, file: dict[str, Any], question: Question) -> Rejected | None:
        limits = question.limits
        formats = _formats(limits.get("formats"))
        if formats and not formats & _forms_of(file):
            return Rejected("wrong_format", {"formats": ", ".join(sorted(formats))})
        size = file.get("size")
        if isinstance(size, bool) or not isinstance(size, (int, float)):
            return None  # unknown: the channel did not say
        low, high = number_limit(limits.get("min_size")), number_limit(limits.get("max_size"))
        return outside(size / MEGABYTE, low, high, SIZE_WORDS, lambda bound: show_number(bound, question.language))

    def show(self, value: Any, question: Question) -> str:
        name = typed(value.get("name")) if isinstance(value, dict) else None
        return f"{super().show(value, question)} {name or ''}".strip()


def _formats(wanted: Any) -> set[str]:
    if isinstance(wanted, str):
        wanted = wanted.replace(",", " ").split()
    listed = wanted if isinstance(wanted, (list, tuple, set, frozenset)) else ()
    return {str(one).strip(" .").lower() for one in listed}


def _forms_of(file: dict[str, Any]) -> set[str]:
    """The file's endings, by its name and by its MIME type; `jpg` and `jpeg` are one."""
    from mimetypes import guess_all_extensions

    found = [PurePosixPath(str(file.get("name") or "")).suffix]
    if found == [""]:
        found = guess_all_extensions(str(file.get("mime") or ""))
    forms = {one.lstrip(".").lower() for one in found} - {""}
    return forms | {"jpg", "jpeg"} if forms & {"jpg", "jpeg"} else forms
