"""Words that people bring along: each leads to a word that there is."""

from __future__ import annotations

import pytest

from engine.answers.registry import TYPES
from engine.core.choices import MADE, OPTION
from engine.core.records import COMPARISONS
from engine.core.template import PEOPLE
from engine.project.borrowed import MEANS, TOLD, means
from engine.project.outcomes import FIELD_TYPES
from engine.project.prompts import FRONT
from engine.project.scenario import FIELDS
from engine.project.suggest import closest, did_you_mean
from engine.steps import KINDS
from engine.steps.say import LINK

KEYS = {key for kind in KINDS.values() for key in kind.FIELDS}


def test_every_word_leads_to_one_of_the_language() -> None:
    """No word is explained by one that the language does not have (any more)."""
    known = {
        *KEYS,
        *FIELDS,
        *FRONT,
        *MADE,
        *OPTION,
        *LINK,
        *TYPES,
        *FIELD_TYPES,
        *PEOPLE.filters,
        "person",
        *PEOPLE.tests,
        *COMPARISONS,
    }
    assert {ours for ours in MEANS if ours not in known} == set()
    assert {ours for told in TOLD.values() for ours, _ in told if ours not in known} == set()


@pytest.mark.parametrize(
    ("word", "among", "meant"),
    [
        ("Print", KINDS, "say"),
        ("сказать", KINDS, "say"),
        ("options", KINDS["ask"].FIELDS, "choices"),
        ("text", KINDS["ask"].FIELDS, "question"),
        ("str", TYPES, "text"),
        ("bool", TYPES, "yes_no"),
        ("bool", FIELD_TYPES, "boolean"),
        ("wait", KINDS, None),
        ("elif", KINDS["if"].FIELDS, None),
        ("qestion", KINDS["ask"].FIELDS, "question"),
    ],
)
def test_it_comes_before_what_is_spelled_alike(word: str, among: dict[str, object], meant: str | None) -> None:
    """`wait` is no misspelt `switch`."""
    assert closest(word, among, ours=True) == meant
    assert (f"`{meant}`" in did_you_mean(word, among, ours=True)) == (meant is not None)


def test_an_authors_own_words_are_not_read_so() -> None:
    """A field that an author calls `question` is not what is meant by `text`."""
    assert closest("text", ["question", "day"]) is None
    assert means("text", {"question"}) == "question"
