"""The long poll: updates are stored, then confirmed, then understood, one by one.

Law: the offset moves only after `host.accept` has returned, so a crash at any instant loses nothing; an update that
nobody can read is set aside and the next one is taken. Updates that mean nothing to a conversation (`parse.understand`
gives None) are confirmed without being stored: they would stay in the inbox for ever.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from telegram.error import Conflict, InvalidToken, NetworkError, TelegramError

from engine.channels.port import ChannelFailed, Host
from engine.channels.telegram.albums import Albums
from engine.channels.telegram.api import Api, Flooded
from engine.channels.telegram.failures import Backoff
from engine.channels.telegram.parse import KINDS, Me, Understood, chat_of, moved, understand
from engine.memory.port import Incoming

AT_ONCE = 8  # updates read (0.15 ms each) before the turns of others come in between

_log = logging.getLogger(__name__)


class Updates:
    """`heard` is told each chat's key and topic (of a forum, else None) before its message is handed on."""

    def __init__(
        self,
        api: Api,
        host: Host,
        heard: Callable[[str, int | None], None],
        *,
        poll_seconds: int = 30,
        album_seconds: float = 1.0,
    ) -> None:
        self._heard = heard
        self._api = api
        self._host = host
        self._poll_seconds = poll_seconds
        self._albums = Albums(host.receive, album_seconds)
        self._backoff = Backoff(most=15)
        self._offset: int | None = None
        self.trouble = ""  # why nothing comes in just now

    async def run(self, backlog: Sequence[Incoming]) -> None:
        """Until cancelled. Raises ChannelFailed when Telegram does not know the token."""
        me = await self._me()
        _log.info("Telegram: @%s is listening", me.username)
        try:
            for incoming in backlog:
                await self._hand_on(incoming, _understood(json.loads(incoming.body), incoming.at, me))
            while True:
                await self._safely(me)
        finally:
            self._albums.stop()

    async def _me(self) -> Me:
        while True:
            try:
                me = await self._api.call("getMe", {})
                return Me(me["id"], me.get("username", ""))
            except InvalidToken as error:
                raise ChannelFailed(
                    "Telegram does not know this TELEGRAM_BOT_TOKEN: take the right one from @BotFather"
                ) from error
            except TelegramError as error:
                await self._wait("Telegram cannot be reached", error)

    async def _safely(self, me: Me) -> None:
        """One round; whatever goes wrong, the next one comes."""
        try:
            await self._round(me)
            self._backoff.reset()
            if self.trouble:
                self.trouble = ""
                self._host.answers_again()
        except Conflict as error:
            await self._conflict(error)
        except InvalidToken as error:
            await self._wait("Telegram refuses TELEGRAM_BOT_TOKEN (was it revoked?)", error, logging.ERROR)
        except TelegramError as error:
            await self._wait("No updates from Telegram", error)
        except Exception as error:  # the memory is full, say: nothing was confirmed, so nothing is lost
            await self._wait("Updates could not be stored", error, logging.ERROR)

    async def _round(self, me: Me) -> None:
        asked = {
            "timeout": 0 if self.trouble else self._poll_seconds,  # whether it is over is to be known at once
            "offset": self._offset,
            "allowed_updates": orjson.dumps(KINDS).decode(),
        }
        batch = await self._api.call("getUpdates", asked, read_timeout=self._poll_seconds + 10)
        if not isinstance(batch, list):
            raise NetworkError("getUpdates gave no list")
        at = time.time()
        taken: dict[str, Understood | Exception] = {}
        stored: list[Incoming] = []
        offset = self._offset
        for number, raw in enumerate(batch, 1):
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
            if not isinstance(raw, dict) or not isinstance(raw.get("update_id"), int):
                _log.error("Telegram gave an update without an id; it is left out")
                continue
            offset = max(offset or 0, raw["update_id"] + 1)
            if move := moved(raw):
                self._host.moved(*move)
            result = _understood(raw, at, me)
            if result is not None:
                incoming = Incoming(f"telegram:{raw['update_id']}", chat_of(raw), _body(raw), at)
                taken[incoming.id] = result
                stored.append(incoming)
        new = await self._host.accept(stored) if stored else []
        self._offset = offset
        for incoming in new:
            await self._hand_on(incoming, taken[incoming.id])

    async def _hand_on(self, incoming: Incoming, result: Understood | Exception | None) -> None:
        """Never fails: the updates after this one are stored already, and must not be left until the next start."""
        try:
            if isinstance(result, Understood):
                self._heard(result.received.chat, result.topic)
                self._albums.put(result)
            else:
                await self._set_aside(incoming, result)
        except Exception:
            _log.exception("Update %s stays in the inbox until the next start", incoming.id)

    async def _set_aside(self, incoming: Incoming, result: Exception | None) -> None:
        reason = (
            type(result).__name__ if result else "means nothing"
        )  # no more: the text of an error may quote a person
        _log.error("Update %s cannot be read and is set aside (%s)", incoming.id, reason)
        await self._host.quarantine(incoming.id, reason)

    async def _conflict(self, error: Conflict) -> None:
        if "webhook" in error.message.lower():
            _log.warning("A webhook is set for this bot; it is removed, this program polls")
            try:
                await self._api.call("deleteWebhook", {})
            except TelegramError as failed:
                await self._wait("The webhook could not be removed", failed)
            return
        await self._wait("Another program polls Telegram with this bot's token: stop one of them", error, logging.ERROR)

    async def _wait(self, what: str, error: Exception, level: int = logging.WARNING) -> None:
        seconds = error.seconds if isinstance(error, Flooded) else self._backoff.next()
        self.trouble = what if isinstance(error, TelegramError) else f"{what}: {error}"  # a full disk is not Telegram's
        _log.log(level, "%s: %s. Again in %.0f s", what, error or type(error).__name__, seconds)
        await asyncio.sleep(seconds)


def _understood(raw: dict[str, Any], at: float, me: Me) -> Understood | Exception | None:
    try:
        orjson.dumps(raw)  # half a surrogate, say: nothing in the house could keep such a text
        return understand(raw, at, me)
    except Exception as error:  # one update that PTB cannot read must not block all the others
        return error


def _body(raw: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(raw)
    except (TypeError, ValueError):
        return json.dumps(raw).encode()
