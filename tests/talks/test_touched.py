"""Which talks an edit touches."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.talks.coverage import Point
from engine.talks.touched import touched, walked

ROOT = Path("/bot")
BEFORE = {
    "tea": walked([Point("tea", 0), Point("tea", 1, "asked_model", "wish"), Point("tea", 1, "asked_model", "*")], True),
    "coffee": walked([Point("coffee", 0), Point("menu", 2)], True),
    "lost": walked([Point("fallback", 0)], True),
    "wrong": walked([Point("menu", 0)], False),
}


@pytest.mark.parametrize(
    ("file", "talks"),
    [
        ("scenarios/tea.yaml", ["tea", "lost"]),
        ("scenarios/sub/menu.yaml", ["coffee", "lost"]),
        ("scenarios/new.yaml", ["tea", "coffee", "lost"]),
        ("prompts/wish.md.j2", ["tea"]),
        ("prompts/_persona.md.j2", ["tea", "coffee", "lost"]),
        ("catalog/bot.yaml", ["tea", "coffee", "lost"]),
        ("tests/dialogues/coffee.yaml", ["coffee"]),
        ("tests/dialogues/other.yaml", []),
    ],
)
def test_an_edit(file: str, talks: list[str]) -> None:
    """Who went through the file; who was not understood, as a scenario may now start on it; what failed or is new."""
    again = touched(ROOT, [ROOT / file], BEFORE)
    found = [name for name in [*BEFORE, "new"] if again(ROOT / f"tests/dialogues/{name}.yaml", name)]
    assert found == [*talks, "wrong", "new"]
