"""The table of what filters take, held against the filters themselves."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from engine.core.template import PLAIN
from engine.lint.takes import FILTERS, TESTS

SAMPLES: dict[str, Any] = {
    "text": "ab",
    "integer": 3,
    "number": 2.5,
    "boolean": True,
    "list": [{"id": "a", "n": 1}],
    "map": {"id": "a"},
}
GIVEN = {
    "batch": "(2)",
    "by_id": "('a')",
    "format": "",
    "groupby": "('id')",
    "map": "('string')",
    "max": "(attribute='n')",
    "min": "(attribute='n')",
    "plural": "('day', 'days')",
    "rejectattr": "('id')",
    "selectattr": "('id')",
    "slice": "(2)",
    "sort": "(attribute='n')",
    "sum": "(attribute='n')",
    "unique": "(attribute='n')",
}
OF_ROWS = ("groupby", "max", "min", "rejectattr", "selectattr", "sort", "sum", "unique")  # texts and maps have no rows
GONE_THROUGH = ("batch", "items", "map", "reject", "rejectattr", "select", "selectattr", "slice", "unique")


def works(name: str, kind: str) -> bool:
    gone_through = " | list" if name in GONE_THROUGH else ""
    text = "{{ x | " + name + GIVEN.get(name, "") + gone_through + " }}"
    try:
        PLAIN.from_string(text).render(x=deepcopy(SAMPLES[kind]))
    except Exception:
        return False
    return True


@pytest.mark.parametrize("name", sorted(FILTERS))
def test_what_is_taken_works_and_what_is_said_to_fail_fails(name: str) -> None:
    """Every filter of the table, with a value of every kind."""
    takes = FILTERS[name]
    for kind in SAMPLES:
        if name in OF_ROWS and kind in ("text", "map"):
            continue
        if kind in takes.kinds:
            assert works(name, kind), f"{name} takes {kind}"
        elif takes.fails:
            assert not works(name, kind), f"{name} fails on {kind}"


@pytest.mark.parametrize("name", sorted(TESTS))
def test_tests_fail_on_other_kinds(name: str) -> None:
    text = "{{ x is " + name + ("(2)" if name == "divisibleby" else "") + " }}"
    for kind, value in SAMPLES.items():
        try:
            PLAIN.from_string(text).render(x=value)
        except Exception:
            assert kind not in TESTS[name].kinds, f"{name} takes {kind}"
        else:
            assert kind in TESTS[name].kinds, f"{name} fails on {kind}"
