"""Values in fields of a declared type: made to fit without loss, or not at all."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.fitting import MISFIT, fitted
from engine.core.project import CollectionField
from engine.project.outcomes import FIELD_TYPES

PHOTO = {"kind": "photo", "id": "1", "path": "p.jpg"}
FITTED: list[tuple[str, Any, Any]] = [
    *((kind, None, None) for kind in FIELD_TYPES),
    ("any", [1], [1]),
    ("text", "5", "5"),
    ("text", 5, "5"),
    ("text", 82.5, "82.5"),
    ("text", True, "true"),
    ("text", PHOTO, MISFIT),
    ("text", ["a"], MISFIT),
    ("integer", 5, 5),
    ("integer", "5", 5),
    ("integer", " -5 ", -5),
    ("integer", 5.0, 5),
    ("integer", "5.5", MISFIT),
    ("integer", 5.5, MISFIT),
    ("integer", "five", MISFIT),
    ("integer", True, MISFIT),
    ("integer", "9" * 40, MISFIT),
    ("number", "82.5", 82.5),
    ("number", "82", 82),
    ("number", 5, 5),
    ("number", "82,5", MISFIT),
    ("boolean", True, True),
    ("boolean", "false", False),
    ("boolean", "no", MISFIT),
    ("boolean", 1, MISFIT),
    ("date", "2026-11-21", "2026-11-21"),
    ("date", "2026-13-01", MISFIT),
    ("date", "tomorrow", MISFIT),
    ("date", 5, MISFIT),
    ("time", "09:30", "09:30"),
    ("time", "25:00", MISFIT),
    ("datetime", "2026-11-21T12:00:00+03:00", "2026-11-21T12:00:00+03:00"),
    ("datetime", "noon", MISFIT),
    ("phone", "+79161234567", "+79161234567"),
    ("phone", 79161234567, "79161234567"),
    ("phone", "call me", MISFIT),
    ("email", "a@b.ru", "a@b.ru"),
    ("email", "a b", MISFIT),
    ("url", "https://a.b", "https://a.b"),
    ("url", "a.b", MISFIT),
    ("list", [1], [1]),
    ("list", "a", MISFIT),
    ("file", PHOTO, PHOTO),
    ("file", "a.jpg", MISFIT),
    ("file", [PHOTO], MISFIT),
    ("contact", {"kind": "contact", "phone": "+7"}, {"kind": "contact", "phone": "+7"}),
    ("contact", "@anna", "@anna"),
    ("contact", {"a": 1}, MISFIT),
]


@pytest.mark.parametrize(("kind", "value", "wanted"), FITTED)
def test_a_value_is_made_to_fit(kind: str, value: Any, wanted: Any) -> None:
    """As the table says; of the same type, too: 1 is not true."""
    found = fitted(CollectionField("field", kind), value)
    assert found is wanted or (found == wanted and type(found) is type(wanted))


def test_the_values_of_a_choice_and_of_a_list() -> None:
    """A choice is one of its values, written as a number or a text; a list holds only such."""
    level = CollectionField("level", "choice", values=("1", "2"))
    assert fitted(level, 2) == "2"
    assert fitted(level, "3") is MISFIT
    tags = CollectionField("tags", "list", values=("a", "b"))
    assert fitted(tags, ["b"]) == ["b"]
    assert fitted(tags, ["c"]) is MISFIT
