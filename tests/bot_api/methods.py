"""The methods of the Bot API that a bot of this house calls, one function each; `data` is what was sent."""

from __future__ import annotations

from typing import Any

from tests.bot_api import checks
from tests.bot_api.faults import ApiError, bad
from tests.bot_api.world import Chat, File, Message, World, described

MEDIA = {
    "sendphoto": "photo",
    "sendvideo": "video",
    "sendvideonote": "video_note",
    "sendvoice": "voice",
    "senddocument": "document",
}
_TITLES = {"photo": "Photo", "video": "Video", "video_note": "VideoNote", "voice": "Voice", "document": "Document"}


class Upload:
    """A part of a multipart request."""

    def __init__(self, content: bytes, name: str, mime: str) -> None:
        self.content, self.name, self.mime = content, name, mime


async def get_me(world: World, data: dict[str, Any]) -> Any:
    return {**world.me, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}


async def get_chat(world: World, data: dict[str, Any]) -> Any:
    return world.chat(data.get("chat_id")).raw


async def get_updates(world: World, data: dict[str, Any]) -> Any:
    allowed = checks.decoded(data, "allowed_updates", list)
    if allowed is not None:
        world.allowed = allowed or None
    offset, limit = checks.number(data, "offset", 0), checks.number(data, "limit", 100)
    return await world.poll(offset, limit, checks.number(data, "timeout", 0))


async def delete_webhook(world: World, data: dict[str, Any]) -> Any:
    world.webhook = ""
    if str(data.get("drop_pending_updates", "")).lower() == "true":
        world.updates.clear()
    return True


async def get_webhook_info(world: World, data: dict[str, Any]) -> Any:
    return {"url": world.webhook, "has_custom_certificate": False, "pending_update_count": len(world.updates)}


async def set_webhook(world: World, data: dict[str, Any]) -> Any:
    world.webhook = str(data.get("url", ""))
    return True


async def send_message(world: World, data: dict[str, Any]) -> Any:
    chat = world.chat(data.get("chat_id"))
    text, entities = checks.text_of(data, "text", 4096, required=True)
    return await _post(world, chat, {"text": text, "entities": entities}, checks.markup_of(data))


async def send_media(world: World, data: dict[str, Any], kind: str) -> Any:
    chat = world.chat(data.get("chat_id"))
    file = _file(world, data, kind, data.get(kind))
    caption, entities = checks.text_of(data, "caption", 1024, required=False)
    if kind == "video_note" and caption:
        caption, entities = "", []  # Telegram has no such parameter and says nothing
    content = {kind: described(file), "caption": caption, "caption_entities": entities}
    return await _post(world, chat, content, checks.markup_of(data))


async def send_media_group(world: World, data: dict[str, Any]) -> Any:
    chat = world.chat(data.get("chat_id"))
    media = checks.decoded(data, "media", list) or []
    if not 2 <= len(media) <= 10:
        raise bad("wrong number of messages in the album" if media else "media is empty")
    sent = []
    for item in media:
        file = _file(world, data, item["type"], item.get("media"))
        caption, entities = checks.text_of(item, "caption", 1024, required=False)
        content = {
            item["type"]: described(file),
            "caption": caption,
            "caption_entities": entities,
            "media_group_id": "77",
        }
        sent.append(await _post(world, chat, content, None))
    return sent


async def edit_message_text(world: World, data: dict[str, Any]) -> Any:
    message = _editable(world, data)
    if "text" not in message:
        raise bad("there is no text in the message to edit")
    text, entities = checks.text_of(data, "text", 4096, required=True)
    return await _edit(world, message, {"text": text, "entities": entities}, data)


async def edit_message_caption(world: World, data: dict[str, Any]) -> Any:
    message = _editable(world, data)
    if "text" in message:
        raise bad("there is no caption in the message to edit")
    caption, entities = checks.text_of(data, "caption", 1024, required=False)
    return await _edit(world, message, {"caption": caption, "caption_entities": entities}, data)


async def edit_message_reply_markup(world: World, data: dict[str, Any]) -> Any:
    return await _edit(world, _editable(world, data), {}, data)


async def delete_message(world: World, data: dict[str, Any]) -> Any:
    chat = world.chat(data.get("chat_id"))
    message = chat.messages.pop(checks.number(data, "message_id"), None)
    if message is None:
        raise bad("message to delete not found")
    chat.deleted[message["message_id"]] = message
    await world.notify()
    return True


async def answer_callback_query(world: World, data: dict[str, Any]) -> Any:
    press = str(data.get("callback_query_id", ""))
    if press not in world.presses or world.presses[press] is not None:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    text = str(data.get("text") or "")
    if len(text) > 200:
        raise bad("MESSAGE_TOO_LONG")
    world.presses[press] = {"text": text, "show_alert": str(data.get("show_alert", "")).lower() == "true"}
    await world.notify()
    return True


async def send_chat_action(world: World, data: dict[str, Any]) -> Any:
    chat = world.chat(data.get("chat_id"))
    if not data.get("action"):
        raise bad("wrong parameter action in request")
    world.actions.append((chat.id, str(data["action"])))
    await world.notify()
    return True


async def set_my_commands(world: World, data: dict[str, Any]) -> Any:
    commands = checks.decoded(data, "commands", list)
    if commands is None:
        raise bad("commands is empty")
    checks.check_commands(commands)
    language = str(data.get("language_code") or "")
    if len(language) not in (0, 2):
        raise bad("BOT_COMMANDS_LANG_CODE_INVALID")
    world.commands[str(data.get("scope") or ""), language] = commands
    await world.notify()
    return True


async def get_my_commands(world: World, data: dict[str, Any]) -> Any:
    return world.commands.get((str(data.get("scope") or ""), str(data.get("language_code") or "")), [])


async def delete_my_commands(world: World, data: dict[str, Any]) -> Any:
    world.commands.pop((str(data.get("scope") or ""), str(data.get("language_code") or "")), None)
    return True


async def get_file(world: World, data: dict[str, Any]) -> Any:
    file = world.files.get(str(data.get("file_id", "")).removesuffix("-s"))
    if file is None:
        raise bad("invalid file_id")
    if file.size > 20 * 1024 * 1024:
        raise bad("file is too big")
    return {"file_id": file.file_id, "file_unique_id": file.unique, "file_size": file.size, "file_path": file.path}


METHODS = {
    function.__name__.replace("_", ""): function
    for function in (
        get_me, get_chat, get_updates, delete_webhook, get_webhook_info, set_webhook,
        send_message, send_media_group, edit_message_text,
        edit_message_caption, edit_message_reply_markup, delete_message, answer_callback_query, send_chat_action,
        set_my_commands, get_my_commands, delete_my_commands, get_file,
    )
}  # fmt: skip


async def perform(world: World, method: str, data: dict[str, Any]) -> Any:
    """Names are taken in any case, as Telegram does."""
    name = method.lower()
    if kind := MEDIA.get(name):
        return await send_media(world, data, kind)
    function = METHODS.get(name)
    if function is None:
        raise ApiError(404, "Not Found: method not found")
    return await function(world, data)


async def _post(world: World, chat: Chat, content: dict[str, Any], markup: dict[str, Any] | None) -> Message:
    kept = {name: value for name, value in content.items() if value}
    if markup:
        kept["reply_markup"] = markup
    return _public(await world.post(chat, world.me, **kept))


def _public(message: Message) -> Message:
    """As the bot sees it: only inline keyboards are in it."""
    if "inline_keyboard" in message.get("reply_markup", {}):
        return message
    return {name: value for name, value in message.items() if name != "reply_markup"}


def _editable(world: World, data: dict[str, Any]) -> Message:
    chat = world.chat(data.get("chat_id"))
    message = chat.messages.get(checks.number(data, "message_id"))
    if message is None:
        raise bad("message to edit not found")
    if message["from"]["id"] != world.me["id"]:
        raise bad("message can't be edited")
    if message.get("reply_markup") and "inline_keyboard" not in message["reply_markup"]:
        raise bad("message can't be edited")
    return message


async def _edit(world: World, message: Message, content: dict[str, Any], data: dict[str, Any]) -> Message:
    content = {**content, "reply_markup": checks.markup_of(data, inline_only=True)}
    if all((message.get(name) or None) == (value or None) for name, value in content.items()):
        raise bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a current "
            "content and reply markup of the message"
        )
    for name, value in content.items():
        if value:
            message[name] = value
        else:
            message.pop(name, None)
    await world.notify()
    return _public(message)


def _file(world: World, data: dict[str, Any], kind: str, value: Any) -> File:
    if isinstance(value, str) and value.startswith("attach://"):
        value = data.get(value.removeprefix("attach://"))
    if isinstance(value, Upload):
        if not value.content:
            raise bad("file must be non-empty")
        if len(value.content) > 50 * 1024 * 1024:
            raise ApiError(413, "Request Entity Too Large")
        if kind == "photo" and len(value.content) > 10 * 1024 * 1024:
            raise bad(
                f"file of size {len(value.content)} bytes is too big for a photo; the maximum size is 10485760 bytes"
            )
        return world.keep(kind, value.content, value.name, value.mime)
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        checks.check_url(value, "wrong file identifier/HTTP")
        return world.keep(kind, b"from " + value.encode())
    file = world.files.get(str(value))
    if file is None:
        raise bad("wrong file identifier/HTTP URL specified" if value else f"there is no {kind} in the request")
    if file.kind != kind:
        raise bad(f"can't use file of type {_TITLES.get(file.kind, file.kind)} as {_TITLES[kind]}")
    return file
