"""The photos and voices of one ask: fetched once, whatever models are then tried.

Law: a file that cannot be had, seen or heard is left out and logged (without its name); the question is asked anyway.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import Any

from engine.core.effects import AskModel
from engine.models.endpoint import Endpoint
from engine.models.failure import CallFailed
from engine.models.images import data_url
from engine.models.port import Load
from engine.models.wire import transcribe

logger = logging.getLogger("engine.models")

MOST_FILES = 10  # of a kind in one ask
SHARE = 0.4  # of the time that is left: a file that will not come must not cost the reply
PICTURES, SOUNDS = ("photo", "sticker"), ("voice", "audio", "video_note")
UNABLE = (400, 404, 405, 415, 422, 501)  # an endpoint that says so cannot transcribe


class Attachments:
    def __init__(self, request: AskModel, load: Load, transcriber: str) -> None:
        self._prompt = request.prompt
        self._pictures = _files(request.images, PICTURES, "image/")
        self._sounds = _files(request.audio, SOUNDS, "audio/")
        self._load = load
        self._transcriber = transcriber
        self._urls: list[str] | None = None
        self._heard: dict[str, str] = {}

    def leave_out_images(self, why: str) -> list[str]:
        if self._pictures:
            logger.info("prompt=%s images left out: %s", self._prompt, why)
        return []

    async def images(self, deadline: float) -> list[str]:
        """Data URLs, in the order of the prompt. `deadline` is in the loop's time."""
        if self._urls is None:
            found = await asyncio.gather(*(self._picture(file, deadline) for file in self._pictures))
            self._urls = [url for url in found if url]
        return self._urls

    async def _picture(self, file: dict[str, Any], deadline: float) -> str:
        try:
            async with asyncio.timeout(_share(deadline)):
                return await asyncio.to_thread(data_url, await self._load(file))
        except Exception as error:  # whatever a channel raises: see the module's law
            logger.warning("prompt=%s image left out: %s", self._prompt, _why(error))
            return ""

    async def transcript(self, endpoint: Endpoint, insist: bool, deadline: float) -> str:
        """What was said aloud, in a block of its own; empty when there is nothing to hear or nobody who can.

        An endpoint that once said it cannot is not asked again, unless the author declared that it can (`insist`)."""
        blocks = [await self._sound(file, endpoint, insist, deadline) for file in self._sounds]
        return "\n\n".join(block for block in blocks if block)

    async def _sound(self, file: dict[str, Any], endpoint: Endpoint, insist: bool, deadline: float) -> str:
        key = str(file.get("id") or file.get("path"))
        if key in self._heard:
            return self._heard[key]
        if endpoint.deaf and not insist:
            logger.info("prompt=%s voice left out: %s cannot transcribe", self._prompt, endpoint.name)
            return ""
        try:
            async with asyncio.timeout(_share(deadline)):
                sound = await self._load(file)
                async with endpoint.turn():
                    text = await transcribe(await endpoint.client(), self._transcriber, _name(file), sound)
        except Exception as error:  # whatever a channel raises: see the module's law
            if isinstance(error, CallFailed) and error.status in UNABLE:
                endpoint.deaf = True
            logger.warning("prompt=%s voice left out: %s", self._prompt, _why(error))
            return ""
        self._heard[key] = _block(text)
        return self._heard[key]


def _files(given: Iterable[Any], kinds: tuple[str, ...], mime: str) -> list[dict[str, Any]]:
    """The files of the right kind; a null answer, or a text where a photo might have been, is none."""
    files = [file for file in given if isinstance(file, dict)]
    fit = [file for file in files if file.get("kind") in kinds or str(file.get("mime", "")).startswith(mime)]
    return fit[:MOST_FILES]


def _share(deadline: float) -> float:
    return max(0.0, deadline - asyncio.get_running_loop().time()) * SHARE


def _why(error: Exception) -> str:
    return error.reason if isinstance(error, CallFailed) else type(error).__name__


def _name(file: dict[str, Any]) -> str:
    """A file name with an ending that transcribers know (Telegram's .oga is .ogg to them), never the person's own."""
    ending = str(file.get("path") or file.get("name") or "").rpartition(".")[2].lower()
    known = {"oga": "ogg", "opus": "ogg"}.get(ending, ending)
    if not known.isalnum() or len(known) > 4:
        known = "mp4" if file.get("kind") == "video_note" else "ogg"
    return f"voice.{known}"


def _block(text: str) -> str:
    """The transcript, marked as what the person said, so that a prompt can tell it from its own words."""
    said = text.replace("<voice_message>", "").replace("</voice_message>", "").strip()
    return f"<voice_message>\n{said}\n</voice_message>" if said else ""
