"""How a case table is read: a list of groups, each a question with what it accepts, rejects and shows."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from engine.core.answer import Choice, Question

HERE = Path(__file__).parent
NOW = "2026-11-21T12:00"  # a Saturday


def question_of(group: dict[str, Any]) -> Question:
    choices = tuple(
        Choice(one["id"], one.get("value", one["id"]), one["label"], "", tuple(one.get("also", ())))
        for one in group.get("choices", ())
    )
    return Question(
        now=datetime.fromisoformat(group.get("now", NOW)),
        language=group.get("language", "ru"),
        limits=group.get("limits", {}),
        choices=choices,
        region=group.get("region", "RU"),
        username=group.get("username", ""),
    )


def rows(what: str) -> Iterator[tuple[str, Question, list[Any]]]:
    """(type, question, row) of every table; `what` is `accepts` [raw, value], `rejects` [raw, word, values?]
    or `shows` [value, text]."""
    for path in sorted(HERE.glob("*.yaml")):
        for group in yaml.safe_load(path.read_text(encoding="utf-8")):
            for row in group.get(what, ()):
                yield path.stem, question_of(group), row
