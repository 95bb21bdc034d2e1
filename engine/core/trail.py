"""What happened in a turn as a few bytes, and back: kept in the memory for `dialogue trace` and `graph --live`.

Law: it holds names of steps and choices, and short values; no text that a person or the bot said (the history does).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import orjson

from engine.core.effects import Walked
from engine.core.events import Event, ModelReplied
from engine.core.values import cut

LONGEST = 60  # characters of a value
NAMES = ("title", "label", "name", "id")  # what a row is called


def encode(event: Event, effects: Iterable[object]) -> bytes:
    """The turn's `Walked`, grouped by conversation; empty when nothing happened in any. What a model's reply cost goes
    with its step; what a re-walk came by was told when it happened."""
    spent = event.spent if isinstance(event, ModelReplied) else {}
    groups = []
    for conversation, ways in groupby(
        (effect for effect in effects if isinstance(effect, Walked) and not effect.again),
        key=lambda one: one.conversation,
    ):
        groups.append([conversation, [_row(way, spent) for way in ways]])
    return orjson.dumps(groups) if groups else b""


def _row(way: Walked, spent: dict[str, Any]) -> list[Any]:
    values = spent if way.what in ("model_replied", "model_failed") else {name: short(one) for name, one in way.values}
    row = [way.scenario, way.what, way.step, way.detail, values]
    while not row[-1]:
        row.pop()
    return row


def decode(body: bytes) -> Iterator[Walked]:
    """As they were, in order; `index` is not kept. Nothing for bytes that this version did not write."""
    try:
        for conversation, rows in orjson.loads(body):
            for scenario, what, *more in rows:
                step, detail, values = [*more, "", "", {}][:3] if len(more) < 3 else more
                yield Walked(what, scenario, step or "", detail or "", conversation, -1, tuple((values or {}).items()))
    except (TypeError, ValueError, AttributeError):
        return


def short(value: Any) -> Any:
    """A value in a few characters: a row by its name, a list by its length."""
    if isinstance(value, str):
        return cut(value, LONGEST)
    if value is None or isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, dict):
        named = next((value[name] for name in NAMES if isinstance(value.get(name), str)), None)
        return short(named) if named is not None else f"{{{len(value)}}}"
    return f"[{len(value)}]" if isinstance(value, (list, tuple)) else short(str(value))
