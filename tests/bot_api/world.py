"""What Telegram knows: people, chats, messages, files, and the queue of updates for the bot."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

from tests.bot_api.faults import ApiError, bad

Message = dict[str, Any]


@dataclass
class File:
    file_id: str
    unique: str
    kind: str
    content: bytes
    name: str = ""
    mime: str = ""
    size: int = 0
    path: str = ""


@dataclass
class Chat:
    """`messages` are live: edits are applied; what was deleted is in `deleted`."""

    id: int
    kind: str
    title: str
    messages: dict[int, Message] = field(default_factory=dict)
    deleted: dict[int, Message] = field(default_factory=dict)
    keyboard: dict[str, Any] | None = None  # the reply keyboard that stands there
    blocked: bool = False
    migrated_to: int | None = None

    @property
    def raw(self) -> dict[str, Any]:
        name = {"first_name": self.title} if self.kind == "private" else {"title": self.title}
        return {"id": self.id, "type": self.kind, **name}


class World:
    def __init__(self, token: str, username: str) -> None:
        self.token = token
        self.me = {"id": int(token.split(":")[0]), "is_bot": True, "first_name": "Bot", "username": username}
        self.chats: dict[int, Chat] = {}
        self.files: dict[str, File] = {}
        self.updates: dict[int, dict[str, Any]] = {}  # those that are not confirmed yet
        self.presses: dict[str, dict[str, Any] | None] = {}  # callback id -> the answer, None until answered
        self.commands: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.actions: list[tuple[int, str]] = []
        self.webhook = ""
        self.allowed: list[str] | None = None
        self.changed = asyncio.Condition()
        self.poller: asyncio.Event | None = None  # set when a later getUpdates puts an end to this one
        self.numbers = itertools.count(100)
        self.update_numbers = itertools.count(700_000_001)
        self.file_numbers = itertools.count(1)

    async def notify(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    async def push(self, **update: Any) -> int:
        """Queue an update for the bot; returns its number."""
        number = next(self.update_numbers)
        if self.allowed is None or next(iter(update)) in self.allowed:
            self.updates[number] = {"update_id": number, **update}
        await self.notify()
        return number

    async def poll(self, offset: int, limit: int, timeout: float) -> list[dict[str, Any]]:  # noqa: ASYNC109 - a test's patience
        """What is waiting from `offset` on; earlier ones are confirmed by it and gone."""
        if self.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; "
                "use deleteWebhook to delete the webhook first",
            )
        if self.poller:
            self.poller.set()
        mine = self.poller = asyncio.Event()
        if offset < 0:
            offset = max(self.updates, default=0) + offset + 1
        for number in [number for number in self.updates if number < offset]:
            del self.updates[number]
        await self.notify()
        try:
            async with asyncio.timeout(timeout), self.changed:
                await self.changed.wait_for(lambda: self.updates or mine.is_set())
        except TimeoutError:
            pass
        if mine.is_set():
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        self.poller = None
        return list(self.updates.values())[: max(1, min(limit, 100))]

    def chat(self, chat_id: Any) -> Chat:
        """The chat to write to. Raises as Telegram does when that cannot be."""
        try:
            chat = self.chats.get(int(chat_id))
        except (TypeError, ValueError):
            chat = None
        if chat is None:
            raise bad("chat not found")
        if chat.migrated_to:
            raise bad("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        if chat.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    async def post(self, chat: Chat, sender: dict[str, Any], **content: Any) -> Message:
        """A new message in a chat."""
        number = next(self.numbers)
        message: Message = {"message_id": number, "date": int(time.time()), "chat": chat.raw, "from": sender, **content}
        chat.messages[number] = message
        markup = content.get("reply_markup") or {}
        if "keyboard" in markup:
            chat.keyboard = markup
        elif markup.get("remove_keyboard"):
            chat.keyboard = None
        await self.notify()
        return message

    def keep(self, kind: str, content: bytes, name: str = "", mime: str = "", size: int | None = None) -> File:
        """A new file that Telegram has; `size` may claim more than there is."""
        number = next(self.file_numbers)
        file = File(f"{kind}-file-{number}", f"AQAD{number:04d}", kind, content, name, mime, size or len(content))
        file.path = f"{kind}/file_{number}"
        self.files[file.file_id] = file
        return file


def described(file: File) -> Any:
    """A file as it stands in a message."""
    base: dict[str, Any] = {"file_id": file.file_id, "file_unique_id": file.unique, "file_size": file.size}
    if file.kind == "photo":
        small = {**base, "file_id": file.file_id + "-s", "file_unique_id": file.unique + "s", "file_size": 100}
        return [{**small, "width": 90, "height": 60}, {**base, "width": 900, "height": 600}]
    if file.name:
        base["file_name"] = file.name
    if file.mime:
        base["mime_type"] = file.mime
    if file.kind in ("voice", "video", "audio", "video_note"):
        base["duration"] = 3
    if file.kind == "video":
        base |= {"width": 640, "height": 480}
    if file.kind == "video_note":
        base["length"] = 240
    return base
