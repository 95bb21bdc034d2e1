"""A .env that was saved while the bot runs: it counts from the next start on, which is told once for each change.

Law: names of variables, never their values.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from engine.outputs.atomic import Print, fingerprint
from engine.settings import Settings, SettingsError

log = logging.getLogger(__name__)


class Unread:
    """`names` are the variables that .env says otherwise than the bot goes by. `tell` is for the admin."""

    def __init__(self, settings: Settings, tell: Callable[[str], None]) -> None:
        self._settings = settings
        self._tell = tell
        self._stamp = self._stamps()
        self.names: list[str] = []

    def look(self) -> None:
        """Tell what has changed since the last look."""
        stamp = self._stamps()
        if stamp == self._stamp:
            return
        self._stamp = stamp
        try:
            names = self._settings.changed()
        except SettingsError as error:
            wrong = "; ".join(f"{name}: {problem}" for name, problem in error.problems)
            self._say(f"The changed .env cannot be read, mend it before the bot is started again. {wrong}")
            return
        if names and names != self.names:
            many = f"{', '.join(names[:10])}{', …' if len(names) > 10 else ''}"
            self._say(f"The changed .env counts from the next start on: start the bot again to take up {many}")
        elif self.names and not names:
            self._say(".env says again what the bot goes by")
        self.names = names

    def _say(self, sentence: str) -> None:
        log.warning("%s", sentence)
        self._tell(sentence)

    def _stamps(self) -> list[Print | None]:
        return [_stamp(path) for path in self._settings.files]


def _stamp(path: Path) -> Print | None:
    """None also where it cannot be looked at: it counts as one that is not there."""
    try:
        return fingerprint(path)
    except OSError:
        return None
