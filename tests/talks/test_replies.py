"""A reply that a talk test gives must be one that the prompt returns."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.project.load import Loader
from engine.talks.replies import checker

PROMPT = b"---\nreturns: {sure: boolean, count?: integer}\n---\n{% block user %}Sure?{% endblock %}\n"


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ({"sure": True, "count": None}, ""),
        ({"sure": "yes", "count": 1}, "sure: write `true`, without quotes"),
        ({"sure": "нет", "count": 1}, "sure: write `false`, without quotes"),
        ({"sure": False, "count": "yes"}, "count: 'yes' is not of type 'integer', 'null'"),
    ],
)
def test_what_is_wrong_is_said_as_one_writes_it(reply: object, wrong: str) -> None:
    """`sure: yes` is a text in YAML as it is read here."""
    loaded = Loader(Path("/nowhere")).build({"prompts/sure.md.j2": PROMPT})
    assert loaded.draft is not None
    assert checker(loaded.draft.prompts["sure"])(reply) == wrong
