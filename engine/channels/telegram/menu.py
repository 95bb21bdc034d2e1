"""The commands that Telegram lists beside the text field: the scenarios' titles, in each of the bot's languages.

Limits (core.telegram.org/bots/api#setmycommands): 100 commands, `[a-z0-9_]{1,32}`, description 1-256 characters.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import suppress

import orjson
from telegram.error import BadRequest, TelegramError

from engine.channels.telegram.api import Api, Flooded
from engine.channels.telegram.failures import Backoff
from engine.core.builtin import BUILTIN
from engine.core.project import Project

COMMAND_LIMIT = 100
TITLE_LIMIT = 256
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")

_log = logging.getLogger(__name__)

Commands = tuple[tuple[str, str], ...]


def menu(project: Project) -> dict[str, Commands]:
    """Language -> ((command, title), …): the first command of every scenario, then those that always work.

    A scenario without a title is listed by its id."""
    return {language: _commands(project, language) for language in project.languages}


def _commands(project: Project, language: str) -> Commands:
    commands: dict[str, str] = {}
    for scenario in project.scenarios.values():
        if scenario.only_admin:
            continue
        for trigger in scenario.triggers:
            command = trigger.value.lower()
            if trigger.kind == "command" and not trigger.payload and _COMMAND.fullmatch(command):
                title = " ".join((scenario.title.plain(language) if scenario.title else "").split())
                commands.setdefault(command, (title or scenario.id)[:TITLE_LIMIT])
                break
    words = project.words.get(language, {})
    for name in BUILTIN:
        if name in project.scenarios or (name == "language" and len(project.languages) < 2):
            continue
        command = words.get(f"command_{name}", name).split(",")[0].strip().lstrip("/")
        if _COMMAND.fullmatch(command):
            commands.setdefault(command, _begun(words.get(f"about_{name}", name))[:TITLE_LIMIT])
    if len(commands) > COMMAND_LIMIT:
        _log.warning("%d commands; Telegram's menu shows %d", len(commands), COMMAND_LIMIT)
    return tuple(commands.items())[:COMMAND_LIMIT]


def _begun(sentence: str) -> str:
    """With a capital first letter; the others as they are."""
    return sentence[:1].upper() + sentence[1:]


class Menu:
    """Publishes the menu when it changed, in every language once. What fails is tried again, with growing pauses, until
    it is there, is refused, or a newer project has come."""

    def __init__(self, api: Api, first: float = 1.0) -> None:
        self._api = api
        self._first = first  # s before the second attempt
        self._shown: dict[str, Commands] = {}
        self._newest: Project | None = None
        self._newer = asyncio.Event()
        self._publishing = asyncio.Lock()

    async def show(self, project: Project) -> None:
        self._newest = project
        self._newer.set()
        async with self._publishing:  # two at once would publish the same, or the older one last
            if self._newest is not project:
                return
            self._newer.clear()
            backoff = Backoff(self._first, most=300)
            while wait := await self._try(project, backoff):
                with suppress(TimeoutError):
                    async with asyncio.timeout(wait):
                        await self._newer.wait()
                        return

    async def _try(self, project: Project, backoff: Backoff) -> float:
        """One attempt at what is not shown yet. Seconds until the next one; 0 when none is needed."""
        default = project.languages[0]
        for language, commands in menu(project).items():
            if language != default and len(language) != 2:
                continue  # Telegram knows two-letter languages only
            code = "" if language == default else language  # the default one is for every other app language too
            if self._shown.get(code) == commands:
                continue
            listed = [{"command": command, "description": title} for command, title in commands]
            try:
                await self._api.call(
                    "setMyCommands", {"commands": orjson.dumps(listed).decode(), "language_code": code or None}
                )
            except BadRequest as error:
                _log.error("Telegram does not take the menu of commands (%s): %s", language, error.message)
            except TelegramError as error:
                wait = max(error.seconds, 0.05) if isinstance(error, Flooded) else backoff.next()
                _log.warning(
                    "The menu of commands (%s) could not be shown: %s. Again in %.0f s", language, error.message, wait
                )
                return wait
            else:
                self._shown[code] = commands
        return 0.0
