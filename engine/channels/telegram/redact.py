"""The bot's token stays out of the logs (it stands in every address that is called).

Law: no line that passes a handler with this filter bears the token, tracebacks included. No text of a person is logged
by python-telegram-bot either (at DEBUG it would be).
"""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"\b\d{5,}:[A-Za-z0-9_-]{30,}")
_FORMATTER = logging.Formatter()


class HideToken(logging.Filter):
    """To be added to handlers (`handler.addFilter`): a filter of a logger is not asked for its children's lines."""

    def __init__(self, token: str = "") -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        if (hidden := self._hide(message)) != message:
            record.msg, record.args = hidden, ()
        if record.exc_info:
            record.exc_text = self._hide(record.exc_text or _FORMATTER.formatException(record.exc_info))
        return True

    def _hide(self, text: str) -> str:
        if self._token:
            text = text.replace(self._token, "<token>")
        return _TOKEN.sub("<token>", text)


def hide_token(token: str, *handlers: logging.Handler) -> None:
    """Make `handlers` (default: the root logger's) hide the token, and quieten the libraries that log it."""
    quiet_libraries()
    for handler in handlers or logging.getLogger().handlers:
        handler.addFilter(HideToken(token))


def quiet_libraries() -> None:
    """httpx logs every address at INFO, python-telegram-bot every text at DEBUG."""
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("telegram").setLevel(logging.INFO)
