"""A question that takes several types."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from engine.answers.registry import TYPES, parse_any, type_for
from engine.core.answer import Accepted, Choice, Rejected
from tests.answers.cases import question_of

QUESTION = question_of({})


def _types(names: str) -> list[Any]:
    return [TYPES[name] for name in names.split()]


@pytest.mark.parametrize(
    ("names", "raw", "chosen", "value"),
    [
        ("text number", "82,5", "number", 82.5),
        ("text number", "много", "text", "много"),
        (
            "text photo voice",
            {"files": [{"kind": "voice", "id": "v"}]},
            "voice",
            {"kind": "voice", "id": "v", "caption": None, "album": []},
        ),
        ("text photo voice", "привет", "text", "привет"),
        ("text", "82,5", "text", "82,5"),
        ("integer phone", "8 916 123-45-67", "phone", "+79161234567"),
        ("date text", "завтра", "date", "2026-11-22"),
        ("date text", "когда-нибудь", "text", "когда-нибудь"),
        (
            "location contact",
            {"location": {"latitude": 1, "longitude": 2}},
            "location",
            {"latitude": 1.0, "longitude": 2.0},
        ),
        ("choice text", {"choice": "a"}, "choice", "a"),
        ("choices text", {"choices": ["a"]}, "choices", ["a"]),
        ("choice text", "что-то своё", "text", "что-то своё"),
    ],
)
def test_first_that_accepts(names: str, raw: Any, chosen: str, value: Any) -> None:
    """The type that fits takes the answer, and takes the kept form again."""
    question = replace(QUESTION, choices=(Choice("a", "a", "Первый"),))
    types = _types(names)
    result = parse_any(types, raw, question)
    assert isinstance(result, Accepted)
    assert result.value == value
    assert type_for(types, raw, question).name == chosen
    assert parse_any(types, result.raw, question) == result
    assert type_for(types, result.raw, question).name == chosen


@pytest.mark.parametrize(
    ("names", "raw", "limits", "word"),
    [
        ("number", "x", {}, "wrong_number"),
        ("number photo", "x", {}, "wrong_number"),
        ("number date", "x", {}, "wrong_kind"),
        ("date number", "500", {"max": 300}, "wrong_too_big"),
        ("number photo", {"files": [{"kind": "voice"}]}, {}, "wrong_photo"),
        ("number date", {"files": []}, {}, "wrong_kind"),
        ("number text", {"other": "sticker"}, {}, "wrong_kind"),
        ("number text", 5, {}, "wrong_kind"),
        ("number text", {"type": "photo", "raw": {}}, {}, "wrong_kind"),
        ("number text", {"type": "number", "raw": "x"}, {}, "wrong_number"),
        ("text number", "", {}, "wrong_kind"),
    ],
)
def test_the_most_telling_rejection(names: str, raw: Any, limits: dict[str, Any], word: str) -> None:
    """When no type takes it, the rejection is the one that says most."""
    result = parse_any(_types(names), raw, replace(QUESTION, limits=limits))
    assert isinstance(result, Rejected)
    assert result.word == word


@pytest.mark.parametrize(
    ("language", "wanted"), [("ru", "текст, фото или голосовое"), ("en", "a text, a photo or a voice message")]
)
def test_names_what_is_wanted(language: str, wanted: str) -> None:
    """An answer of a kind that nobody takes is told what the question takes."""
    result = parse_any(_types("text photo voice"), {"other": "poll"}, replace(QUESTION, language=language))
    assert result == Rejected("wrong_kind", {"wanted": wanted})


def test_a_counted_bound_does_not_spoil_an_old_answer() -> None:
    """A day accepted with `min: today` stays accepted when the talk is walked again a year later."""
    types, question = _types("number date"), replace(QUESTION, limits={"min": "today"})
    result = parse_any(types, "завтра", question)
    assert isinstance(result, Accepted)
    later = replace(question, now=question.now.replace(year=2027))
    assert parse_any(types, result.raw, later) == result
    assert isinstance(parse_any(types, "22.11.2026", later), Rejected)
    assert isinstance(parse_any(_types("date"), result.raw, later), Accepted)  # an author took the other type out
