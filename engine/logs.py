"""The log: standard logging to the console (standard error) and, with LOG_FILE, to a file that rolls over by size.

Law: whatever is written, by us or by a library, passes one redaction; no secret reaches a log. What people wrote is
not logged at all (the callers' duty).
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from engine.settings import Settings, SettingsError

FORMAT = "%(asctime)s - %(levelname)s - %(name)s - %(message)s"
FILE_BYTES, FILES = 5_000_000, 3
LIVE = "engine.runtime.reload"  # says what a save has done
# httpx logs every address at INFO, and Telegram's addresses bear the token.
NOISY = ("httpx", "httpcore", "httpx2", "httpcore2", "telegram", "openai", "asyncio", "watchdog", "urllib3")

_PATTERNS = (
    (re.compile(r"\b\d{6,}:[\w-]{30,}"), "[token]"),
    (re.compile(r"(?i)(authorization['\"]?\s*[:=]\s*)(['\"]?)((bearer|basic)\s+)?[^\s'\",}]+"), r"\1\2[secret]"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), r"\1 [secret]"),
    (re.compile(r"\bsk-[\w-]{8,}"), "[secret]"),
    (re.compile(r"(://[^/\s:@]+):[^/\s@]+@"), r"\1:[secret]@"),
)


class Redaction:
    """Takes known secrets and what looks like one out of a text."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, text: str) -> str:
        if self._known:
            text = self._known.sub("[secret]", text)
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text


class _Formatter(logging.Formatter):
    """Redacts the finished line, so that arguments and tracebacks are covered too."""

    def __init__(self, redaction: Redaction) -> None:
        super().__init__(FORMAT, "%Y-%m-%d %H:%M:%S")
        self._redaction = redaction

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction(super().format(record))


class _Beside(_Formatter):
    """For a console where somebody chats: what a save has done stands there as it is, without time and place."""

    def format(self, record: logging.LogRecord) -> str:
        return self._redaction(record.getMessage()) if record.name == LIVE else super().format(record)


def _is_for_an_author(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name == LIVE


class _Console(logging.StreamHandler[TextIO]):
    """Asks for standard error at each line: a terminal's prompt replaces it while it stands on the screen."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]  # StreamHandler keeps it as an attribute
        return sys.stderr


def _file(path: Path) -> logging.Handler:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8")
    except OSError as error:
        raise SettingsError([("LOG_FILE", f"{str(path)!r} cannot be written ({error.strerror})")]) from error


def configure(settings: Settings, quiet: bool = False) -> None:
    """Set the root logger up, in place of what was there. `quiet`: the console shows warnings and what goes live only
    (somebody chats there), unless LOG_LEVEL was written. Raises SettingsError when LOG_FILE cannot be opened."""
    redaction = Redaction(settings.secrets())
    formatter = _Formatter(redaction)
    console: logging.Handler = _Console()
    console.setFormatter(formatter)
    if quiet and "LOG_LEVEL" not in settings.variables:
        console.addFilter(_is_for_an_author)
        console.setFormatter(_Beside(redaction))
    handlers = [console]
    if settings.log_file:
        handlers.append(_file(settings.log_file))
        handlers[-1].setFormatter(formatter)
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
        old.close()
    for handler in handlers:
        root.addHandler(handler)
    root.setLevel(settings.log_level)
    for name in NOISY:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
