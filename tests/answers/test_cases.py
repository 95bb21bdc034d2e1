"""Every case of every table tests/answers/<type>.yaml."""

from __future__ import annotations

import json
import time
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from engine.answers.registry import TYPES
from engine.core.answer import Accepted, Question, Rejected
from tests.answers.cases import HERE, question_of, rows


def _named(what: str) -> list[Any]:
    return [pytest.param(*row, id=f"{row[0]}-{str(row[2][0])[:40]!a}") for row in rows(what)]


def _same(one: Any, other: Any) -> bool:
    """Equal, and of the same types all through: 1 is not True, 5 is not 5.0."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@pytest.mark.parametrize(("name", "question", "row"), _named("accepts"))
def test_accepts(name: str, question: Question, row: list[Any]) -> None:
    """What a person gave becomes the value, and the kept form gives it again, a year later too."""
    raw, value = row
    if isinstance(value, dict) and "kind" in value and name in ("photo", "voice", "document"):
        value = {"caption": None, "album": [], **value}  # always there, so that `photo.caption` is no unknown name
    if name == "contact":
        value = {"phone": None, "username": None, "email": None, "note": "", **value}
    result = TYPES[name].parse(raw, question)
    assert isinstance(result, Accepted), result
    assert _same(result.value, value), result.value
    again = TYPES[name].parse(json.loads(json.dumps(result.raw)), question)
    assert again == result
    if question.now.year < 9998:
        assert TYPES[name].parse(result.raw, replace(question, now=question.now + timedelta(days=365))) == result


@pytest.mark.parametrize(("name", "question", "row"), _named("rejects"))
def test_rejects(name: str, question: Question, row: list[Any]) -> None:
    """What does not fit is turned down with the word that says why, and the bounds that it must name."""
    result = TYPES[name].parse(row[0], question)
    assert isinstance(result, Rejected), result
    assert result.word == row[1]
    for key, value in (row[2] if len(row) > 2 else {}).items():
        assert result.values[key] == value


@pytest.mark.parametrize(("name", "question", "row"), _named("shows"))
def test_shows(name: str, question: Question, row: list[Any]) -> None:
    """A value is shown as a person would write it."""
    assert TYPES[name].show(row[0], question) == row[1]


@pytest.mark.parametrize("name", sorted(set(TYPES) - {"text"}))
@pytest.mark.parametrize("piece", ["1", "1 ", "да ", "1,2 и ", "a@", "@a.", "https://a.", "(("])
def test_a_very_long_text_is_turned_down_at_once(name: str, piece: str) -> None:
    """A text as long as a hundred messages is no answer to anything but `text`, and costs no time to say so."""
    question = question_of({"choices": [{"id": "a", "label": "Да"}]})
    began = time.process_time()
    assert isinstance(TYPES[name].parse(piece * (400_000 // len(piece)), question), Rejected)
    assert time.process_time() - began < 0.5


def test_a_very_long_text_meets_no_pattern() -> None:
    """An author's pattern is never tried on more than 4,096 characters."""
    result = TYPES["text"].parse("a" * 4097, question_of({"limits": {"pattern": "a+"}}))
    assert result == Rejected("wrong_too_long", {"max": "4096", "length": 4097})


def test_a_bound_may_be_a_day_object() -> None:
    """A bound that was computed as a day bounds like its ISO text."""
    result = TYPES["date"].parse("30.11.2026", question_of({"limits": {"min": date(2026, 12, 1)}}))
    assert result == Rejected("wrong_too_early", {"min": "01.12.2026"})


def test_every_type_has_its_table() -> None:
    """Each type has a case table of its name, and no table is without a type."""
    assert {path.stem for path in HERE.glob("*.yaml")} == set(TYPES)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_every_type_is_documented(name: str) -> None:
    """A type has a sentence for the reference, a noun in both languages, known kinds, and examples that hold."""
    one = TYPES[name]
    kinds = {"text", "integer", "number", "boolean", "date", "time", "file", "list", "map", "any"}
    assert one.doc.endswith(".")
    assert one.value in kinds
    assert one.takes
    assert one.takes <= {"text", "choice", "files", "contact", "location"}
    assert len(one.noun) == 2  # type: ignore[attr-defined]
    # what cannot be typed, or depends on the question's own choices, has no typed example
    assert one.examples or name in {"photo", "voice", "document", "choice", "choices"}
    question = next(rows("accepts"))[1]
    for typed, value in one.examples:
        assert _same(getattr(one.parse(typed, replace(question, limits={}, choices=())), "value", None), value), typed
