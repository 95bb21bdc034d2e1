"""`{{ 1234.5 | number }}`: as people of a language write it."""

from __future__ import annotations

from typing import Any

import pytest

from engine.core.scope import Scope
from engine.core.template import Text

CASES: list[tuple[str, Any, str, str]] = [  # what is written, the value, in Russian, in English
    ("x | number", 2.5, "2,5", "2.5"),
    ("x | number", 82.0, "82", "82"),
    ("x | number", 7, "7", "7"),
    ("x | number", -1234567.25, "-1\u00a0234\u00a0567,25", "-1,234,567.25"),
    ("x | number", 0.1 + 0.2, "0,3", "0.3"),
    ("x | number", 1e-7, "0,0000001", "0.0000001"),
    ("x | number(2)", 2.5, "2,50", "2.50"),
    ("x | number(0)", 2.5, "3", "3"),
    ("x | number(digits=1)", 0.05, "0,1", "0.1"),
    ("x | number(99)", 0.5, "0,500000000000000", "0.500000000000000"),
    ("x | number(-1)", 15, "15", "15"),
    ("x | number", "2.50", "2,50", "2.50"),
    ("x | number", "900000000000000", "900\u00a0000\u00a0000\u00a0000\u00a0000", "900,000,000,000,000"),
    ("x | number", None, "", ""),
    ("x | number", "много", "", ""),
    ("x | number", True, "", ""),
    ("x | number", [1], "", ""),
    ("x | number", float("nan"), "", ""),
    ("x | number", 1e300, "", ""),
    ("x | number", "1e999999", "", ""),
]


def test_a_language_that_nobody_knows() -> None:
    """A bot may speak what CLDR has no rules for: dates and numbers are written as in English then."""
    text = Text({"tlh": "{{ 1234.5 | number }} {{ '2026-11-21' | date }}"})
    assert (
        text.render(Scope({}, frozenset(), {"_language": "tlh", "_timezone": "UTC"}), "tlh").replace("\\", "")
        == "1,234.5 21 November 2026"
    )


@pytest.mark.parametrize(("written", "value", "russian", "english"), CASES)
def test_number(written: str, value: Any, russian: str, english: str) -> None:
    """Comma or point, groups of thousands, and so many digits as are asked for; nothing for what is no number."""
    text = Text({"ru": "{{ " + written + " }}"})
    for language, wanted in (("ru", russian), ("en", english)):
        assert (
            text.render(Scope({"x": value}, frozenset(), {"_language": language}), language).replace("\\", "") == wanted
        )
