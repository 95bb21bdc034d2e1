"""One update (a raw dict) into one event. python-telegram-bot's `Update.de_json` reads it.

Law: an update means one event, or nothing (None), or raises: then nobody can read it. Nothing of a person's text gets
into an id or a path. In groups the bot hears only commands, replies to itself and its own buttons; bots it hears never.
"""

from __future__ import annotations

import hashlib
import mimetypes
import re
from typing import Any

from msgspec import Struct
from telegram import Chat, Contact, Message, Update, User

from engine.channels.port import Received
from engine.channels.telegram.sound import sound
from engine.core.events import (
    ChoicePressed,
    ContactReceived,
    Event,
    FilesReceived,
    LocationReceived,
    MessageEdited,
    OtherReceived,
    Sender,
    TextReceived,
)

KINDS = ("message", "edited_message", "callback_query")  # what is asked of Telegram; anything else means nothing
DOWNLOAD_LIMIT = 20 * 1024 * 1024  # bytes that a bot can fetch

_FILE_KINDS = ("voice", "audio", "video", "video_note", "document")
_OTHER_KINDS = (
    "sticker", "animation", "dice", "poll", "game", "story", "invoice", "paid_media", "checklist", "passport_data",
)  # fmt: skip
_HOLDERS = (*KINDS, "reply_to_message")
_NEEDED = {
    *_HOLDERS, *_FILE_KINDS, "id", "data", "chat_instance", "message_id", "date", "edit_date", "chat", "from", "text",
    "caption", "photo", "contact", "location", "media_group_id", "message_thread_id", "is_topic_message",
}  # fmt: skip
_PEOPLE_BEHIND = (1087968824, 136817688)  # @GroupAnonymousBot, @Channel_Bot: Telegram's names for hidden people
_ADDRESSED = re.compile(r"^(/[A-Za-z0-9_]+)@([A-Za-z0-9_]+)(?=\s|$)")
_SAFE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_TYPES = mimetypes.MimeTypes()  # the standard table alone: the machine's own files would make paths differ
_EXTENSIONS = {"photo": "jpg", "voice": "ogg", "video_note": "mp4"}
_MORE_EXTENSIONS = {
    "image/webp": "webp",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "audio/x-m4a": "m4a",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
}


class Me(Struct, frozen=True):
    """The bot itself."""

    id: int
    username: str


class Understood(Struct, frozen=True):
    received: Received
    album: str = ""  # parts of one album bear the same
    topic: int | None = None  # of a forum: where the answer belongs


def chat_key(chat: int) -> str:
    return f"telegram:{chat}"


def chat_of(raw: dict[str, Any]) -> str:
    """The chat's key, as well as it can be told from an update that may be damaged; `telegram:` when it cannot."""
    for value in raw.values():
        if isinstance(value, dict):
            message = value.get("message", value)
            chat = message.get("chat", value.get("from")) if isinstance(message, dict) else None
            if isinstance(chat, dict) and isinstance(chat.get("id"), int):
                return chat_key(chat["id"])
    return chat_key(0).removesuffix("0")


def moved(raw: dict[str, Any]) -> tuple[str, str] | None:
    """(Old, new) key of a chat, in the service messages that tell in both that a group has become a supergroup."""
    message = raw.get("message")
    chat = message.get("chat") if isinstance(message, dict) else None
    here = chat.get("id") if isinstance(chat, dict) else None
    if not isinstance(message, dict) or not isinstance(here, int):
        return None
    to, since = message.get("migrate_to_chat_id"), message.get("migrate_from_chat_id")
    if isinstance(to, int):
        return chat_key(here), chat_key(to)
    return (chat_key(since), chat_key(here)) if isinstance(since, int) else None


def understand(raw: dict[str, Any], at: float, me: Me) -> Understood | None:
    """`at` is when it was received: a press bears no time of its own. None: nothing that a conversation is about.

    Raises whatever python-telegram-bot raises for an update that is not as documented."""
    if not any(kind in raw for kind in KINDS):
        return None
    try:
        update = Update.de_json(raw, None)
    except Exception:  # of another version of the Bot API; most often in what nobody here reads, as a poll's fields
        update = Update.de_json({"update_id": raw["update_id"], **_needed(raw)}, None)
    key = f"telegram:{update.update_id}"
    if update.callback_query:
        return _press(update, key, at)
    message = update.message or update.edited_message
    if message is None or not _for_me(message, me):
        return None
    event = _edit(message, key, me) if update.edited_message else _event(message, raw["message"], key, me)
    if event is None:
        return None
    album = str(message.media_group_id or "")
    return Understood(Received(chat_key(message.chat.id), sound(event), (key,)), album, _topic(message))


def _needed(raw: dict[str, Any]) -> dict[str, Any]:
    """Only what is read here."""
    return {
        name: _needed(value) if name in _HOLDERS and isinstance(value, dict) else value
        for name, value in raw.items()
        if name in _NEEDED and value is not None
    }


def _press(update: Update, key: str, at: float) -> Understood | None:
    query = update.callback_query
    if query is None or query.message is None:
        return None  # a button of an inline message, which this bot never sends
    question, colon, choice = (query.data or "").partition(":")
    if not colon:
        question, choice = "", query.data or ""
    event = ChoicePressed(
        id=key,
        at=at,
        sender=_person(query.from_user),
        question=question,
        choice=choice,
        press=query.id,
        message=str(query.message.message_id),
    )
    topic = _topic(query.message) if isinstance(query.message, Message) else None
    return Understood(Received(chat_key(query.message.chat.id), sound(event), (key,)), topic=topic)


def _topic(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _edit(message: Message, key: str, me: Me) -> Event | None:
    text = message.text or message.caption
    if not text:
        return None  # a live location moves by edits
    at = (message.edit_date or message.date).timestamp()
    return MessageEdited(
        id=key, at=at, sender=_sender(message), message=str(message.message_id), text=_command(text, me)
    )


def _event(message: Message, raw: dict[str, Any], key: str, me: Me) -> Event | None:
    sender, at, number = _sender(message), message.date.timestamp(), str(message.message_id)
    if message.text is not None:
        return TextReceived(id=key, at=at, sender=sender, text=_command(message.text, me), message=number)
    if message.contact:
        return _contact(message, message.contact, key)
    if message.location:
        return LocationReceived(
            id=key,
            at=at,
            sender=sender,
            latitude=message.location.latitude,
            longitude=message.location.longitude,
            message=number,
        )
    other = next((kind for kind in _OTHER_KINDS if raw.get(kind)), "")
    if not other and (file := _file(message, raw)):
        return FilesReceived(id=key, at=at, sender=sender, files=(file,), caption=message.caption or "", message=number)
    return OtherReceived(id=key, at=at, sender=sender, what=other, message=number) if other else None


def _for_me(message: Message, me: Me) -> bool:
    sender = message.from_user
    if sender is not None and sender.is_bot and sender.id not in _PEOPLE_BEHIND:
        return False  # two bots would answer each other for ever
    if message.chat.type == Chat.PRIVATE:
        return True
    if message.chat.type == Chat.CHANNEL:
        return False
    text = message.text or message.caption or ""
    if text.startswith("/"):
        addressed = _ADDRESSED.match(text)
        return addressed is None or addressed[2].lower() == me.username.lower()
    replied = message.reply_to_message
    return bool(replied and replied.from_user and replied.from_user.id == me.id)


def _command(text: str, me: Me) -> str:
    """`/start@my_bot promo` -> `/start promo`."""
    if text.startswith("/") and (match := _ADDRESSED.match(text)) and match[2].lower() == me.username.lower():
        return match[1] + text[match.end() :]
    return text


def _sender(message: Message) -> Sender | None:
    return _person(message.from_user) if message.from_user else None


def _person(user: User) -> Sender:
    return Sender(chat_key(user.id), user.full_name or "", user.username or "", (user.language_code or "")[:2].lower())


def _contact(message: Message, contact: Contact, key: str) -> ContactReceived:
    own = bool(message.from_user and contact.user_id == message.from_user.id)
    phone = contact.phone_number
    if own and phone.isdigit():
        phone = f"+{phone}"  # Telegram gives one's own number in full, often without the plus
    name = " ".join(part for part in (contact.first_name, contact.last_name) if part)
    at, number = message.date.timestamp(), str(message.message_id)
    return ContactReceived(id=key, at=at, sender=_sender(message), phone=phone, name=name, own=own, message=number)


def _file(message: Message, raw: dict[str, Any]) -> dict[str, Any] | None:
    """The file as the events describe it, from the raw fields (PTB has checked them; its durations warn when read)."""
    if message.photo:
        return _described("photo", _largest(raw["photo"]))
    for kind in _FILE_KINDS:
        if getattr(message, kind):
            return _described(kind, raw[kind])
    return None


def _largest(sizes: list[dict[str, Any]]) -> dict[str, Any]:
    """The largest that can be downloaded."""
    fitting = [size for size in sizes if size.get("file_size", 0) <= DOWNLOAD_LIMIT]
    return max(fitting or sizes[:1], key=lambda size: size["width"] * size["height"])


def _described(kind: str, raw: dict[str, Any]) -> dict[str, Any]:
    unique = raw["file_unique_id"]
    if not _SAFE.fullmatch(unique):
        unique = hashlib.sha256(unique.encode()).hexdigest()[:32]
    file = {"kind": kind, "id": raw["file_id"], "path": f"media/{unique}.{_extension(kind, raw)}"}
    names = {"file_name": "name", "mime_type": "mime", "file_size": "size", "length": "width"}
    for key in ("file_name", "mime_type", "file_size", "width", "height", "duration", "length"):
        if raw.get(key) is not None:
            file[names.get(key, key)] = raw[key]
    return file


def _extension(kind: str, raw: dict[str, Any]) -> str:
    """From the kind or the declared type; a person's file name only chooses among the endings of the standard table."""
    if kind in _EXTENSIONS:
        return _EXTENSIONS[kind]
    mime = raw.get("mime_type", "")
    if found := _MORE_EXTENSIONS.get(mime) or (_TYPES.guess_extension(mime) or "").removeprefix("."):
        return found
    ending = "." + raw.get("file_name", "").rpartition(".")[2].lower()
    return ending[1:] if ending in _TYPES.types_map[True] else {"video": "mp4", "audio": "mp3"}.get(kind, "bin")
