"""People's files: brought from the channel, kept in DATA_DIR. Law: never outside of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from engine.channels.port import Channel, NotNow
from engine.core.effects import KeepFile
from engine.outputs import atomic

TRIES = 2  # more, for a file that the model is to see


class Files:
    def __init__(self, channel: Channel, data_dir: Path) -> None:
        self._channel = channel
        self._data = data_dir

    async def load(self, file: dict[str, Any]) -> bytes:
        """A person's file: kept before, or brought from the channel now. Raises DeliveryFailed."""
        path = self._place(file)
        if path is not None and path.is_file():
            return await asyncio.to_thread(path.read_bytes)
        for _ in range(TRIES):
            try:
                return await self._channel.download(file)
            except NotNow as error:
                await asyncio.sleep(min(error.seconds, 2))
        return await self._channel.download(file)

    async def keep(self, effect: KeepFile) -> None:
        """Raises DeliveryFailed in its kinds; NotNow also for a disk that takes nothing."""
        path = self._place(effect.file)
        if path is None or path.is_file():
            return
        content = await self._channel.download(effect.file)
        try:
            await asyncio.to_thread(_write, path, content)
        except OSError as error:
            raise NotNow(30, f"a file could not be kept: {error.strerror}") from error

    def _place(self, file: dict[str, Any]) -> Path | None:
        """Where a file is kept; None for a path that would lead out of DATA_DIR."""
        data = self._data.resolve()
        path = (data / str(file.get("path", ""))).resolve()
        return path if path.is_relative_to(data) and path != data else None


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    atomic.replace(path, [content])
