"""What Telegram looks at before it takes a request. Each check raises ApiError with Telegram's words."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from tests.bot_api.faults import ApiError, bad

ENTITY_KINDS = {
    "bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "text_link", "text_mention", "blockquote",
    "expandable_blockquote", "custom_emoji", "mention", "hashtag", "cashtag", "bot_command", "url", "email",
    "phone_number", "date_time",
}  # fmt: skip
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def text_of(data: dict[str, Any], name: str, limit: int, *, required: bool) -> tuple[str, list[dict[str, Any]]]:
    """The text after Telegram's trimming, with valid entities."""
    text = str(data.get(name) or "")
    entities = decoded(data, "entities" if name == "text" else "caption_entities", list) or []
    if mode := data.get("parse_mode"):
        text = parsed(text, str(mode))
    check_entities(text, entities)
    lead = units(text) - units(text.lstrip())
    text = text.strip()
    if required and not text:
        raise bad("message text is empty")
    if units(text) > limit:
        raise bad("message is too long" if name == "text" else "message caption is too long")
    kept = [{**entity, "offset": entity["offset"] - lead} for entity in entities if entity["offset"] >= lead]
    return text, kept


def check_entities(text: str, entities: list[Any]) -> None:
    inside = _middles(text)
    total = units(text)
    if len(entities) > 100:
        raise bad("can't parse entities: too many entities")  # stricter than Telegram, which ignores the rest
    spans: list[tuple[int, int]] = []
    for entity in entities:
        if not isinstance(entity, dict) or entity.get("type") not in ENTITY_KINDS:
            raise bad("can't parse entities: unsupported entity type")
        start, length = entity.get("offset"), entity.get("length")
        if not isinstance(start, int) or not isinstance(length, int) or start < 0 or length <= 0:
            raise bad("can't parse entities: entity has a wrong offset or length")
        end = start + length
        if end > total:
            raise bad(f"can't parse entities: entity beginning at UTF-16 offset {start} ends after the end of the text")
        if start in inside or end in inside:
            raise bad(f"can't parse entities: entity beginning at UTF-16 offset {start} ends in a middle of a symbol")
        if entity["type"] == "text_link":
            check_url(str(entity.get("url", "")), "can't parse entities: text_link")
        if any(start < one < end < other or one < start < other < end for one, other in spans):
            raise bad("can't parse entities: entities cross")  # Telegram splits them; an honest sender nests
        spans.append((start, end))


def _middles(text: str) -> set[int]:
    found, position = set(), 0
    for character in text:
        if character > "\uffff":
            found.add(position + 1)
            position += 1
        position += 1
    return found


def check_url(url: str, what: str) -> None:
    parts = urlsplit(url if "://" in url else f"http://{url}")
    good = parts.scheme in ("http", "https", "tg", "ton") and parts.netloc
    if parts.scheme in ("http", "https") and "." not in parts.netloc:
        good = ""
    if not good:
        raise bad(f"{what} URL '{url}' is invalid: Wrong HTTP URL")


def parsed(text: str, mode: str) -> str:
    """The plain text of a parse_mode text; only its being well-formed is checked, entities are not made."""
    if mode.lower() == "html":
        return _Html().plain(text)
    if mode.lower() == "markdownv2":
        return _markdown(text, "_*[]()~`>#+-=|{}.!", reserved=True)
    if mode.lower() == "markdown":
        return _markdown(text, "_*`[", reserved=False)
    raise bad("unsupported parse_mode")


def _markdown(text: str, special: str, *, reserved: bool) -> str:
    plain, openers, position = "", {}, 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text) and text[position + 1] in special + "\\":
            plain += text[position + 1]
            position += 2
            continue
        if character in "_*~`|" and character in special:
            if openers.pop(character, None) is None:
                openers[character] = len(text[:position].encode())
        elif reserved and character in special and character not in "[]()>":
            raise bad(
                f"can't parse entities: Character '{character}' is reserved and must be escaped with the preceding '\\'"
            )
        else:
            plain += character
        position += 1
    if openers:
        offset = min(openers.values())
        raise bad(f"can't parse entities: Can't find end of the entity starting at byte offset {offset}")
    return plain


class _Html(HTMLParser):
    def plain(self, text: str) -> str:
        self.text, self.open = "", []
        self.feed(text)
        self.close()
        if self.open:
            raise bad(f"can't parse entities: Can't find end tag corresponding to start tag {self.open[-1]}")
        return self.text

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in {
            "b",
            "strong",
            "i",
            "em",
            "u",
            "ins",
            "s",
            "del",
            "strike",
            "a",
            "code",
            "pre",
            "tg-spoiler",
            "blockquote",
            "span",
        }:
            raise bad(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset 0')
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise bad("can't parse entities: Unexpected end tag at byte offset 0")

    def handle_data(self, data: str) -> None:
        self.text += data


def decoded(data: dict[str, Any], name: str, kind: type) -> Any:
    """A JSON value, sent as such or as a string; None when absent."""
    value = data.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            raise bad(f"can't parse {name} JSON object") from None
    if not isinstance(value, kind):
        raise bad(f"can't parse {name}: wrong type")
    return value


def markup_of(data: dict[str, Any], *, inline_only: bool = False) -> dict[str, Any] | None:
    markup = decoded(data, "reply_markup", dict)
    if markup is None:
        return None
    if "inline_keyboard" in markup:
        rows = _rows(markup["inline_keyboard"])
        for row in rows:
            for button in row:
                _check_button(button)
        return {"inline_keyboard": rows} if rows else None
    if inline_only:
        raise bad("inline keyboard expected")
    if "keyboard" in markup:
        rows = [[{"text": one} if isinstance(one, str) else one for one in row] for row in _rows(markup["keyboard"])]
        if not rows:
            raise bad("reply markup is empty")
        for button in (button for row in rows for button in row):
            if not str(button.get("text", "")).strip():
                raise bad("keyboard button text must be non-empty")
        return {**markup, "keyboard": rows}
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return markup
    raise bad("object expected as reply markup")


def _rows(rows: Any) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    if any(len(row) > 8 for row in rows) or sum(map(len, rows)) > 100:
        raise bad("reply markup is too long")
    return [row for row in rows if row]


def _check_button(button: Any) -> None:
    if not isinstance(button, dict) or not str(button.get("text", "")).strip():
        raise bad("inline keyboard button text must be non-empty")
    actions = [
        name
        for name in ("callback_data", "url", "web_app", "switch_inline_query", "copy_text", "pay")
        if name in button
    ]
    if len(actions) != 1:
        raise bad("text buttons are unallowed in the inline keyboard")
    if "callback_data" in button and not 1 <= len(str(button["callback_data"]).encode()) <= 64:
        raise bad("BUTTON_DATA_INVALID")
    if "url" in button:
        check_url(str(button["url"]), "inline keyboard button")


def check_commands(commands: list[Any]) -> None:
    if len(commands) > 100:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        if not _COMMAND.fullmatch(str(command.get("command", ""))):
            raise bad("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad("BOT_COMMAND_DESCRIPTION_INVALID")


def number(data: dict[str, Any], name: str, default: int | None = None) -> int:
    try:
        return int(data[name])
    except KeyError:
        if default is None:
            raise bad(f"{name} is empty") from None
        return default
    except (TypeError, ValueError):
        raise ApiError(400, f"Bad Request: {name} must be a number") from None
