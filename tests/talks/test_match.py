"""Exact texts, wildcards, patterns, values."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.lengths import WrongTime, seconds
from engine.talks.match import as_written, text_matches, value_matches
from engine.talks.times import moment


@pytest.mark.parametrize(
    ("expected", "actual", "right"),
    [
        ("Привет!", "Привет!", True),
        ("Привет!", "Привет", False),
        ("Привет, *!", "Привет, Анна!", True),
        ("*", "что угодно\nв две строки", True),
        ("**Жирно**", "**Жирно**", True),
        ("**Жирно**", "**Не жирно**", False),
        ("Сумма *", "Сумма **5**", True),
        ("*курсив*", "*курсив*", True),
        ("/за(каз|явк)/", "Ваша заявка принята", True),
        ("/^заказ$/", "Ваш заказ", False),
        ("/(/", "(", False),
        ("/menu", "/menu", True),
        ("a  \nb", "a\nb\n", True),
        ("5*3", "5*3", True),
    ],
)
def test_texts(expected: str, actual: str, right: bool) -> None:
    """What an author means by a text, by `*` and by slashes."""
    assert text_matches(expected, actual) is right


@pytest.mark.parametrize(
    ("expected", "actual", "right"),
    [
        (5, 5, True),
        ("5", 5, True),
        (82.5, 82.5, True),
        ("82.0", 82.0, False),
        ("82", 82.0, True),
        (True, True, True),
        (True, 1, False),
        ("true", True, False),
        (None, None, True),
        (None, "", False),
        ("*", 0, True),
        ("*", None, False),
        ("Анна*", "Анна К.", True),
        ({"a": 1}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": None}, {"a": 1}, True),
        ({"a": 1}, [1], False),
        ([1, "*"], [1, {"x": 1}], True),
        ([1], [1, 2], False),
    ],
)
def test_values(expected: Any, actual: Any, right: bool) -> None:
    """A map need not name every field, a list is compared item by item."""
    assert value_matches(expected, actual) is right


def test_escapes_are_no_part_of_what_is_read() -> None:
    """The backslashes that protect people's values are left out, the author's own signs stay."""
    assert as_written(r"**5\*3** \(да\)") == "**5*3** (да)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3h", 10800),
        ("2d", 172800),
        ("1d 2h", 93600),
        ("30 min", 1800),
        ("45 сек", 45),
        ("2 дня", 172800),
        ("1.5h", 5400),
        ("1w", 604800),
    ],
)
def test_lengths_of_time(text: str, expected: float) -> None:
    """Russian and English, short and long."""
    assert seconds(text) == expected


@pytest.mark.parametrize("text", ["", "3", "h", "three hours", "3 parsecs"])
def test_wrong_lengths_of_time(text: str) -> None:
    """What is no length of time is told, not guessed."""
    with pytest.raises(WrongTime):
        seconds(text)


def test_moments() -> None:
    """A moment is in the bot's zone unless it says its own; nonsense is told."""
    assert moment("2026-01-15 12:00", "Europe/Moscow") == moment("2026-01-15 09:00+00:00", "Europe/Moscow")
    with pytest.raises(WrongTime):
        moment("вчера", "UTC")
