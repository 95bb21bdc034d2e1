"""Whether Telegram knows the bot, and lets it write to its admin."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from telegram.error import BadRequest, Forbidden, InvalidToken, TelegramError

from engine.channels.telegram.api import DEFAULT_URL, Api, NotSent

PATIENCE = 10.0  # s for an answer


async def check(token: str, base_url: str, admin: str) -> list[tuple[str, str]]:
    """(ok, note or wrong; a sentence). Nothing is sent to anybody, and a bot that runs is not disturbed."""
    api = Api(token, base_url or DEFAULT_URL)
    try:
        me = await api.call("getMe", {}, read_timeout=PATIENCE)
        name = f"@{me.get('username', '')}"
        return [("ok", f"Telegram knows the bot: {name}"), *await _webhook(api), *await _admin(api, name, admin)]
    except InvalidToken:
        return [("wrong", "Telegram does not know this TELEGRAM_BOT_TOKEN: take the right one from @BotFather")]
    except TelegramError as error:
        reason = error.message if isinstance(error, NotSent) else type(error).__name__
        return [("wrong", f"Telegram cannot be reached ({reason}): look at the network, a proxy, TELEGRAM_API_URL")]
    finally:
        for request in (api.request, api.polling):
            await request.shutdown()


async def _webhook(api: Api) -> list[tuple[str, str]]:
    """Another program lets Telegram send it this bot's messages: whoever polls takes that away."""
    try:
        info = await api.call("getWebhookInfo", {}, read_timeout=PATIENCE)
    except TelegramError:  # a server that knows less than Telegram's own
        return []
    host = urlsplit(str(info.get("url") or "")).hostname
    told = f"a webhook to {host} is set for this bot: `dialogue run` takes it away, and what is there gets nothing more"
    return [("note", told)] if host else []


async def _admin(api: Api, name: str, admin: str) -> list[tuple[str, str]]:
    """A bot cannot write first: whoever has never written to it gets nothing."""
    if not re.fullmatch(r"-?\d+", admin):
        return []
    try:
        await api.call("getChat", {"chat_id": admin}, read_timeout=PATIENCE)
    except BadRequest as error:
        if "chat not found" in error.message.lower():
            advice = f"open {name} from that account and press Start, or mend the number"
            return [("wrong", f"the chat of ADMIN_CHAT_ID has never written to the bot, so it gets nothing: {advice}")]
    except Forbidden:
        return [("wrong", "the chat of ADMIN_CHAT_ID has blocked the bot, so it gets nothing")]
    except TelegramError:  # a server that knows less than Telegram's own
        return []
    return [("ok", "the bot may write to ADMIN_CHAT_ID")]
