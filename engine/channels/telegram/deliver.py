"""One effect into requests: `SendMessage` into one or more messages, the rest into edits and answers.

Law: a long message that fails half way goes on where it stopped when the same effect comes again. The buttons are on
the last part. What is only polish (formatting, a missing picture, an edit of what is gone) never costs the message.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import orjson
from msgspec import Struct
from msgspec.structs import replace

from engine.channels.markdown import Entity, Rendered, render, units
from engine.channels.port import Deliverable, Host, NotNow, Unknown
from engine.channels.telegram import keyboards
from engine.channels.telegram.calls import Calls
from engine.channels.telegram.failures import BENIGN, Refused
from engine.channels.telegram.media import METHODS, Attachment, Files
from engine.channels.telegram.split import CAPTION_LIMIT, TEXT_LIMIT, split
from engine.channels.telegram.topics import Topics
from engine.core.effects import AnswerPress, CloseQuestion, Media, RedrawQuestion, ReportProblem, SendMessage

NOTICE_LIMIT = 200
REMEMBERED = 5_000  # questions whose text is kept, to be shown again with the answer beneath

_log = logging.getLogger(__name__)


class Part(Struct, frozen=True):
    """One message of an effect. `fleeting`: only there to take a keyboard away; deleted at once."""

    text: Rendered
    media: Media | None = None
    markup: str | None = None
    fleeting: bool = False


class Shown(Struct, frozen=True):
    """A question as it stands in the chat."""

    text: Rendered
    caption: bool
    inline: bool


class Delivery:
    def __init__(self, calls: Calls, files: Files, host: Callable[[], Host]) -> None:
        self._calls = calls
        self._files = files
        self._host = host
        self._unfinished: dict[int, tuple[SendMessage, int]] = {}  # chat -> what stopped half way, parts done
        self._shown: OrderedDict[tuple[int, str], Shown] = OrderedDict()
        self.topics = Topics(host)

    async def deliver(self, chat: int, key: str, effect: Deliverable) -> None:
        """`key` is the chat's key for the host. Raises as `Channel.deliver` does."""
        if isinstance(effect, SendMessage):
            await self._send(chat, key, effect)
            return
        try:
            if isinstance(effect, AnswerPress):
                await self._answer(chat, effect)
            elif isinstance(effect, CloseQuestion):
                await self._close(chat, key, effect)
            else:
                await self._redraw(chat, key, effect)
        except Refused as refused:
            if not isinstance(effect, AnswerPress) and not refused.says(BENIGN):
                raise
            _log.debug("%s came to nothing: %s", type(effect).__name__, refused)
        except Unknown as unknown:
            raise NotNow(1, str(unknown)) from unknown  # these may be done twice without harm

    # messages

    async def _send(self, chat: int, key: str, effect: SendMessage) -> None:
        parts = plan(effect)
        stopped, done = self._unfinished.pop(chat, (None, 0))
        if stopped != effect:
            done = 0
        message: dict[str, Any] = {}
        for number in range(done, len(parts)):
            try:
                message = await self._send_part(chat, parts[number])
            except (NotNow, Unknown):
                if number:
                    self._unfinished[chat] = (effect, number)
                raise
        if effect.question and message:
            last = parts[-1]
            inline = bool(last.markup and "inline_keyboard" in last.markup)
            self._remember(chat, effect.question, Shown(last.text, "text" not in message, inline))
            self._host().delivered(key, effect.question, str(message["message_id"]))

    async def _send_part(self, chat: int, part: Part) -> dict[str, Any]:
        if part.media is not None:
            message = await self._send_media(chat, part.media, part)
            if message is not None:
                return message
            if not part.text.text.strip() and not part.markup:
                return {}
        message = await self._send_text(chat, part)
        if part.fleeting:
            try:
                await self._calls.call(chat, "deleteMessage", {"message_id": message["message_id"]}, paced=False)
            except Exception as error:  # it has done its work; a line that stays is no reason to stop
                _log.debug("A fleeting message stays: %s", error)
        return message

    async def _send_text(self, chat: int, part: Part) -> dict[str, Any]:
        text = part.text if part.text.text.strip() else Rendered("…")
        data = {"text": text.text, "entities": _entities(text), "reply_markup": part.markup}
        return await self._forgiving(chat, "sendMessage", data)

    async def _send_media(self, chat: int, media: Media, part: Part) -> dict[str, Any] | None:
        for attachment in await self._files.attachments(media):
            try:
                message = await self._send_attachment(chat, attachment, part)
            except Refused as refused:
                self._files.forget(attachment)
                _log.warning("Telegram does not take %s %r: %s", media.kind, media.source or "of a person", refused)
                continue
            self._files.uploaded(attachment, message)
            return message
        return None

    async def _send_attachment(self, chat: int, attachment: Attachment, part: Part) -> dict[str, Any]:
        data: dict[str, Any] = {attachment.kind: attachment.value, "reply_markup": part.markup}
        if part.text.text.strip():
            data |= {"caption": part.text.text, "caption_entities": _entities(part.text)}
        return await self._forgiving(chat, METHODS[attachment.kind], data)

    async def _forgiving(self, chat: int, method: str, data: dict[str, Any]) -> dict[str, Any]:
        """Send; what Telegram refuses goes without its formatting or link button, a text at last without anything: a
        question that nobody sees would take the next thing said for its answer."""
        if method.startswith("send"):
            data = self.topics.placed(chat, data)
        while True:
            try:
                return dict(await self._calls.call(chat, method, data))
            except Refused as refused:
                plainer = _plainer(data, refused) or (_bare(data) if method == "sendMessage" else None)
                if plainer is None:
                    raise
                self._host().problem(ReportProblem(f"Telegram refused a message, which was sent plainer: {refused}"))
                data = plainer

    # what was sent

    async def _answer(self, chat: int, effect: AnswerPress) -> None:
        if effect.press:
            data = {"callback_query_id": effect.press, "text": effect.text[:NOTICE_LIMIT] or None}
            await self._calls.answer(chat, data)

    async def _close(self, chat: int, key: str, effect: CloseQuestion) -> None:
        message = self._host().message_of(key, effect.question)
        shown = self._shown.get((chat, effect.question))
        if message is None or (shown and not shown.inline):
            return  # nothing stands there that could go: a reply keyboard folds by itself
        text = shown and effect.chosen and _with_answer(shown, render(effect.chosen))
        if shown and text:
            await self._edit(chat, message, replace(shown, text=text), None)
        else:
            await self._calls.call(chat, "editMessageReplyMarkup", {"message_id": int(message)})
        self._shown.pop((chat, effect.question), None)

    async def _redraw(self, chat: int, key: str, effect: RedrawQuestion) -> None:
        message = self._host().message_of(key, effect.question)
        if message is None:
            return
        markup = keyboards.inline(effect.buttons)
        if not effect.text:
            await self._calls.call(chat, "editMessageReplyMarkup", {"message_id": int(message), "reply_markup": markup})
            return
        shown = self._shown.get((chat, effect.question))
        redrawn = _redrawn(effect, caption=bool(shown and shown.caption))
        try:
            await self._edit(chat, message, redrawn, markup)
        except Refused as refused:
            if shown or not refused.says(("no text in the message",)):
                raise
            redrawn = _redrawn(effect, caption=True)  # sent before the last start: it is a file with a caption
            await self._edit(chat, message, redrawn, markup)
        self._remember(chat, effect.question, redrawn)

    async def _edit(self, chat: int, message: str, shown: Shown, markup: str | None) -> None:
        data: dict[str, Any] = {"message_id": int(message), "reply_markup": markup}
        if shown.caption:
            data |= {"caption": shown.text.text, "caption_entities": _entities(shown.text)}
            await self._forgiving(chat, "editMessageCaption", data)
        else:
            data |= {"text": shown.text.text, "entities": _entities(shown.text)}
            await self._forgiving(chat, "editMessageText", data)

    def _remember(self, chat: int, question: str, shown: Shown) -> None:
        self._shown[chat, question] = shown
        if len(self._shown) > REMEMBERED:
            self._shown.popitem(last=False)


def plan(effect: SendMessage) -> list[Part]:
    """The messages that it takes, in order."""
    whole = render(effect.text)
    reply = keyboards.reply(effect) if effect.ask_for or effect.keyboard == "reply" else None
    markup = reply or keyboards.inline(effect.buttons)
    parts: list[Part] = []
    if effect.media is None:
        if not whole.text.strip() and not markup and not effect.drop_keyboard:
            _log.warning("An empty message is not sent (scenario %s, step %s)", effect.scenario, effect.step)
            return []
        parts = [Part(text) for text in split(whole)]
    elif units(whole.text) <= CAPTION_LIMIT and (effect.media.kind != "video_note" or not whole.text.strip()):
        parts = [Part(split(whole, CAPTION_LIMIT)[0], effect.media)]
    else:
        parts = [Part(Rendered(""), effect.media), *(Part(text) for text in split(whole))]
    if effect.drop_keyboard and not reply:
        if markup and len(parts) == 1:
            # One message cannot take a keyboard away and bear buttons; nor can one that took it away be edited.
            parts.insert(0, Part(Rendered("…"), fleeting=True))
        parts[0] = replace(parts[0], markup=keyboards.REMOVE)
    if markup:
        parts[-1] = replace(parts[-1], markup=markup)
    return parts


def _redrawn(effect: RedrawQuestion, *, caption: bool) -> Shown:
    text = split(render(effect.text), CAPTION_LIMIT if caption else TEXT_LIMIT)[-1]  # the part with the buttons
    return Shown(text, caption, bool(effect.buttons))


def _entities(text: Rendered) -> str | None:
    if not text.entities:
        return None
    return orjson.dumps([_entity(entity) for entity in text.entities]).decode()


def _entity(entity: Entity) -> dict[str, Any]:
    found = {"type": entity.kind, "offset": entity.offset, "length": entity.length}
    return {**found, "url": entity.url} if entity.url else found


def _plainer(data: dict[str, Any], refused: Refused) -> dict[str, Any] | None:
    """The same without what Telegram refused; None when that would change nothing."""
    if refused.says(("thread", "topic")) and "message_thread_id" in data:  # deleted or closed since
        return {name: value for name, value in data.items() if name != "message_thread_id"}
    if refused.says(("entit",)) and (data.get("entities") or data.get("caption_entities")):
        return {name: value for name, value in data.items() if name not in ("entities", "caption_entities")}
    if refused.says(("button", "url")) and '"url"' in (data.get("reply_markup") or ""):
        rows = orjson.loads(data["reply_markup"]).get("inline_keyboard", [])
        kept = [row for row in ([button for button in row if "url" not in button] for row in rows) if row]
        markup = orjson.dumps({"inline_keyboard": kept}).decode() if kept else None
        return {**data, "reply_markup": markup}
    return None


def _bare(data: dict[str, Any]) -> dict[str, Any] | None:
    """The text alone; None when it is nothing else."""
    return {"text": data["text"]} if data.get("entities") or data.get("reply_markup") else None


def _with_answer(shown: Shown, chosen: Rendered) -> Rendered | None:
    """`✓ chosen` beneath the question; None when that would be too long."""
    before = f"{shown.text.text.rstrip()}\n✓ " if shown.text.text.strip() else "✓ "
    text = before + chosen.text
    if units(text) > (CAPTION_LIMIT if shown.caption else TEXT_LIMIT):
        return None
    room = units(shown.text.text.rstrip())
    kept = [
        replace(entity, length=min(entity.length, room - entity.offset))
        for entity in shown.text.entities
        if entity.offset < room
    ]
    moved = [replace(entity, offset=entity.offset + units(before)) for entity in chosen.entities]
    return Rendered(text, (*kept, *moved))
