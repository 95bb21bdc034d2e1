"""Buttons as Telegram's keyboards, ready as JSON. Labels are plain texts.

Limits (core.telegram.org/bots/api): 8 buttons a row, 100 in all; `callback_data` 1-64 bytes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any

import orjson

from engine.core.effects import Button, SendMessage

ROW_LIMIT = 8
BUTTON_LIMIT = 100

REMOVE = '{"remove_keyboard":true}'

_log = logging.getLogger(__name__)


def inline(buttons: Sequence[Button]) -> str | None:
    """The keyboard beneath a message; None when there is no button."""
    rows = _rows(buttons)
    if not rows:
        return None
    return _json({"inline_keyboard": [[_inline_button(button) for button in row] for row in rows]})


def _inline_button(button: Button) -> dict[str, str]:
    text = button.label.strip() or button.value or "…"
    return {"text": text, "url": button.url} if button.url else {"text": text, "callback_data": button.token}


def reply(message: SendMessage) -> str | None:
    """The keyboard in place of the letters: the share button first, then the choices (links cannot stand there)."""
    rows: list[list[dict[str, Any]]] = []
    if message.ask_for:
        rows.append([{"text": message.ask_for_label or "📎", f"request_{message.ask_for}": True}])
    choices = [button for button in message.buttons if not button.url]
    rows += [[{"text": button.label.strip() or button.value or "…"} for button in row] for row in _rows(choices)]
    if not rows:
        return None
    return _json({"keyboard": rows, "resize_keyboard": True, "one_time_keyboard": True})


def _rows(buttons: Sequence[Button]) -> list[list[Button]]:
    if len(buttons) > BUTTON_LIMIT:
        _log.warning("A message has %d buttons; Telegram shows %d", len(buttons), BUTTON_LIMIT)
        buttons = buttons[:BUTTON_LIMIT]
    return [piece for _, row in groupby(buttons, key=lambda button: button.row) for piece in _pieces(list(row))]


def _pieces(row: list[Button]) -> Iterable[list[Button]]:
    return (row[start : start + ROW_LIMIT] for start in range(0, len(row), ROW_LIMIT))


def _json(markup: dict[str, Any]) -> str:
    return orjson.dumps(markup).decode()
