"""What stands in one cell."""

from __future__ import annotations

from typing import Any

import pytest

from engine.outputs.cells import cell, whole

WAYS = {"phone": None, "username": None, "email": None, "note": ""}
MANY = {**WAYS, "kind": "phone", "text": "+79161234567, @anna, a@b.ru", "name": ""}
PHOTO = {"kind": "photo", "id": "x", "path": "media/x.jpg", "width": 3}

CASES: list[tuple[Any, str, str]] = [
    (None, "any", ""),
    (True, "boolean", "true"),
    (False, "any", "false"),
    (7, "integer", "7"),
    (-7, "any", "-7"),
    (82.5, "number", "82.5"),
    ("Анна", "text", "Анна"),
    ("=1+1", "text", "'=1+1"),
    ("+1", "text", "'+1"),
    ("-1", "any", "'-1"),
    ("@SUM(A1)", "text", "'@SUM(A1)"),
    ("\t=1", "text", "'\t=1"),
    ("\r=1", "text", "'\r=1"),
    ("\n=1", "text", "'\n=1"),
    ("＝1", "text", "'＝1"),
    ("+79161234567", "text", "'+79161234567"),
    ("+79161234567", "phone", "+79161234567"),
    ("+79161234567", "contact", "+79161234567"),
    ("+7 (916) 123-45-67", "contact", "+7 (916) 123-45-67"),
    ("@anna", "contact", "@anna"),
    ("@anna", "phone", "'@anna"),
    ("@anna(1)", "contact", "'@anna(1)"),
    ("+7916\n=1", "contact", "'+7916\n=1"),
    ("=HYPERLINK(0)", "contact", "'=HYPERLINK(0)"),
    ("+1+cmd|' /C calc'!A0", "phone", "'+1+cmd|' /C calc'!A0"),
    ("-5", "number", "-5"),
    ("-5,5", "number", "-5,5"),
    ("-5+1", "number", "'-5+1"),
    ("=1", "url", "'=1"),
    ("https://x.test/?a=1", "url", "https://x.test/?a=1"),
    (PHOTO, "file", "media/x.jpg"),
    ([PHOTO, {**PHOTO, "path": "media/y.jpg"}], "list", "media/x.jpg; media/y.jpg"),
    (["a", 2, True, None], "list", "a; 2; true; "),
    (["=1", "b"], "list", "'=1; b"),
    ([], "list", ""),
    ([["a"], "b"], "list", '[["a"], "b"]'),
    ([{"a": 1}], "list", '[{"a": 1}]'),
    ({"a": "я"}, "any", '{"a": "я"}'),
    ({"phone": "+7916", "name": "Анна"}, "contact", "Анна, +7916"),
    ({"phone": "+79161234567", "name": "", "own": True}, "contact", "+79161234567"),
    ({"phone": "+7916", "name": "=x"}, "contact", "'=x, +7916"),
    ({**WAYS, "kind": "phone", "phone": "+79161234567", "text": "+79161234567", "name": ""}, "contact", "+79161234567"),
    (
        MANY,
        "any",
        "'+79161234567, @anna, a@b.ru",
    ),
    (
        MANY,
        "contact",
        "+79161234567, @anna, a@b.ru",
    ),
    ({**WAYS, "kind": "email", "email": "a@b.ru", "text": "a@b.ru", "name": "Анна"}, "contact", "Анна, a@b.ru"),
    ({**WAYS, "kind": "phone", "text": "+7916, =1+1", "name": ""}, "contact", "'+7916, =1+1"),
    ({"latitude": -55.75, "longitude": 37.61}, "any", "-55.75, 37.61"),
    ({"latitude": "=1", "longitude": 37.61}, "any", '{"latitude": "=1", "longitude": 37.61}'),
    ({"id": "soup", "title": "Борщ", "price": 350}, "any", "Борщ"),
    ([{"id": "soup", "title": "Борщ"}, {"id": "tea", "title": "=Чай"}], "list", "Борщ; =Чай"),
    ({"title": "=1"}, "any", "'=1"),
    ("\0", "text", "\0"),
    ("\ud83d\ude00", "text", "\U0001f600"),
    ("a\ud83d", "text", "a\ufffd"),
]


@pytest.mark.parametrize(("value", "kind", "text"), CASES)
def test_cell(value: Any, kind: str, text: str) -> None:
    """Every value has its text; what begins like a formula is one only where the declared type allows that form."""
    assert cell(value, kind) == text


def test_decimal_comma() -> None:
    """A Russian Excel reads 82,5 as a number and 82.5 as a date or text."""
    assert cell(82.5, decimal=",") == "82,5"


def test_whole_text_is_left_alone() -> None:
    """A text that UTF-8 can carry is not touched."""
    assert whole("👋 да") == "👋 да"
