"""The other side of the chat: people who write, press, share and read, as a test needs them."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from typing import Any

from tests.bot_api.world import Chat, Message, World, described

_presses = itertools.count(9_000_000_001)
_albums = itertools.count(1)
PIXEL = b"\x89PNG\r\n\x1a\n" + b"\0" * 40


@dataclass(frozen=True)
class BotMessage:
    """A message of the bot, live: an edit shows at once. `raw` is as Telegram keeps it."""

    raw: Message

    @property
    def id(self) -> int:
        return int(self.raw["message_id"])

    @property
    def text(self) -> str:
        return str(self.raw.get("text", self.raw.get("caption", "")))

    @property
    def buttons(self) -> list[str]:
        """The labels beneath the message, row after row."""
        return [button["text"] for row in self.rows for button in row]

    @property
    def rows(self) -> list[list[dict[str, Any]]]:
        markup = self.raw.get("reply_markup") or {}
        return list(markup.get("inline_keyboard", []))

    @property
    def keyboard(self) -> list[str]:
        """The labels of the reply keyboard that came with it."""
        markup = self.raw.get("reply_markup") or {}
        return [button["text"] for row in markup.get("keyboard", []) for button in row]

    @property
    def media(self) -> str:
        """`photo`, `video`, `video_note`, `voice`, `document`, or empty."""
        return next((kind for kind in ("photo", "video", "video_note", "voice", "document") if kind in self.raw), "")

    @property
    def formatted(self) -> list[tuple[str, str]]:
        """(kind, the words that it covers)."""
        encoded = self.text.encode("utf-16-le")
        entities = self.raw.get("entities") or self.raw.get("caption_entities") or []
        return [
            (
                entity["type"],
                encoded[entity["offset"] * 2 : (entity["offset"] + entity["length"]) * 2].decode("utf-16-le"),
            )
            for entity in entities
        ]


@dataclass(frozen=True)
class Press:
    """A pressed button; its spinner runs until the bot answers."""

    world: World
    id: str

    async def answered(self, timeout: float = 5) -> str:  # noqa: ASYNC109 - a test's patience
        """The notice that came with the answer."""
        async with asyncio.timeout(timeout), self.world.changed:
            await self.world.changed.wait_for(lambda: self.world.presses[self.id] is not None)
        return str((self.world.presses[self.id] or {})["text"])


class Person:
    def __init__(self, world: World, number: int, name: str, language: str, username: str) -> None:
        self.world = world
        self.id = number
        self.raw: dict[str, Any] = {"id": number, "is_bot": False, "first_name": name}
        if language:
            self.raw["language_code"] = language
        if username:
            self.raw["username"] = username
        self._heard = 0

    @property
    def chat(self) -> Chat:
        return self.world.chats[self.id]

    @property
    def transcript(self) -> list[str]:
        """The chat as it stands on the screen: `Анна: да`, `bot: Точно? [Да|Нет]`."""
        return [self._line(message) for message in self.chat.messages.values()]

    @property
    def keyboard(self) -> list[str]:
        """The labels of the reply keyboard that stands there now."""
        markup = self.chat.keyboard or {}
        return [button["text"] for row in markup.get("keyboard", []) for button in row]

    # speaking: each returns the message's number

    async def says(self, text: str, chat: Chat | None = None, **more: Any) -> int:
        content: dict[str, Any] = {"text": text, **more}
        if text.startswith("/"):
            length = len(text.split()[0])
            content["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        return await self._send(chat, **content)

    async def sends_photo(self, caption: str = "", content: bytes = PIXEL, **more: Any) -> int:
        return await self.sends("photo", caption, content, **more)

    async def sends_voice(self, content: bytes = b"OggS-voice") -> int:
        return await self.sends("voice", content=content, mime="audio/ogg")

    async def sends(
        self,
        kind: str,
        caption: str = "",
        content: bytes = PIXEL,
        name: str = "",
        mime: str = "",
        size: int | None = None,
        **more: Any,
    ) -> int:
        """A file of a kind; `size` may claim more bytes than there are."""
        file = self.world.keep(kind, content, name, mime, size)
        words = {"caption": caption} if caption else {}
        return await self._send(None, **{kind: described(file)}, **words, **more)

    async def sends_album(self, count: int, caption: str = "") -> list[int]:
        group = str(next(_albums))
        return [
            await self.sends_photo(
                caption if number == 0 else "", content=PIXEL + bytes([number]), media_group_id=group
            )
            for number in range(count)
        ]

    async def sends_contact(self, phone: str = "79161234567", *, own: bool = True, name: str = "") -> int:
        """One's own card bears one's own name."""
        shown = name or (self.raw["first_name"] if own else "Анна")
        contact: dict[str, Any] = {"phone_number": phone, "first_name": shown}
        if own:
            contact["user_id"] = self.id
        return await self._send(None, contact=contact)

    async def sends_location(self, latitude: float = 55.75, longitude: float = 37.62) -> int:
        return await self._send(None, location={"latitude": latitude, "longitude": longitude})

    async def sends_raw(self, chat: Chat | None = None, **content: Any) -> int:
        """A message with any content (`sticker={...}`)."""
        return await self._send(chat, **content)

    async def edits(self, message: int, text: str) -> None:
        raw = self.chat.messages[message]
        raw |= {"text": text, "edit_date": int(time.time())}
        await self.world.push(edited_message=raw)

    async def presses(self, label: str, message: BotMessage | int | None = None) -> Press:
        """The newest button with this label, inline or on the reply keyboard (then it is said, or shared)."""
        number = message.id if isinstance(message, BotMessage) else message
        for raw in reversed(self.chat.messages.values()):
            if number not in (None, raw["message_id"]):
                continue
            for row in BotMessage(raw).rows:
                for button in row:
                    if button["text"] == label:
                        return await self.presses_data(button["callback_data"], raw)
        if number is None and (button := self._on_keyboard(label)):
            if button.get("request_contact"):
                await self.sends_contact()
            elif button.get("request_location"):
                await self.sends_location()
            else:
                await self.says(label)
            return Press(self.world, "")
        raise AssertionError(f"no button {label!r} in:\n" + "\n".join(self.transcript))

    async def presses_data(self, data: str, message: Message | int) -> Press:
        """A press with any callback_data, also of a button that is gone by now."""
        raw = self.chat.messages[message] if isinstance(message, int) else message
        press = str(next(_presses))
        self.world.presses[press] = None
        await self.world.push(
            callback_query={"id": press, "from": self.raw, "chat_instance": "1", "message": raw, "data": data}
        )
        return Press(self.world, press)

    async def blocks(self) -> None:
        """Block the bot: Telegram tells it, and it can write no more."""
        self.chat.blocked = True
        me = self.world.me
        member = {"user": me, "status": "member"}
        kicked = {"user": me, "status": "kicked", "until_date": 0}
        await self.world.push(
            my_chat_member={
                "chat": self.chat.raw, "from": self.raw, "date": int(time.time()),
                "old_chat_member": member, "new_chat_member": kicked,
            }
        )  # fmt: skip

    async def unblocks(self) -> None:
        """«Restart»: the app sends /start by itself, so `says("/start")` follows where a test wants that."""
        self.chat.blocked = False

    # reading

    async def hears(self, timeout: float = 20, containing: str = "") -> BotMessage:  # noqa: ASYNC109 - a test's patience
        """The bot's next message that was not heard yet (and has `containing` in it: others are passed over)."""
        found: list[Message] = []

        def there() -> bool:
            found[:] = [
                message
                for number, message in self.chat.messages.items()
                if number > self._heard and message["from"]["is_bot"] and containing in BotMessage(message).text
            ]
            return bool(found)

        try:
            async with asyncio.timeout(timeout), self.world.changed:
                await self.world.changed.wait_for(there)
        except TimeoutError:
            raise AssertionError(f"nothing heard of {containing!r} in:\n" + "\n".join(self.transcript)) from None
        self._heard = found[0]["message_id"]
        return BotMessage(found[0])

    def _on_keyboard(self, label: str) -> dict[str, Any] | None:
        rows = (self.chat.keyboard or {}).get("keyboard", [])
        return next((button for row in rows for button in row if button["text"] == label), None)

    async def _send(self, chat: Chat | None, **content: Any) -> int:
        message = await self.world.post(chat or self.chat, self.raw, **content)
        await self.world.push(message=dict(message))
        return int(message["message_id"])

    def _line(self, raw: Message) -> str:
        message = BotMessage(raw)
        who = "bot" if raw["from"]["is_bot"] else self.raw["first_name"]
        media = next(
            (f"<{kind}> " for kind in ("photo", "video", "video_note", "voice", "document", "contact") if kind in raw),
            "",
        )
        buttons = f" [{'|'.join(message.buttons or message.keyboard)}]" if message.buttons or message.keyboard else ""
        return f"{who}: {media}{message.text}{buttons}".rstrip()


@dataclass(frozen=True)
class Group:
    """A group; people speak in it by `group.says(person, text)`."""

    world: World
    id: int

    @property
    def chat(self) -> Chat:
        return self.world.chats[self.id]

    async def says(self, person: Person, text: str, reply_to: Message | None = None) -> int:
        more = {"reply_to_message": reply_to} if reply_to else {}
        return await person.says(text, self.chat, **more)
