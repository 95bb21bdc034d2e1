"""A pattern that is said to be always heard by another really is, whatever the text."""

from __future__ import annotations

import re

from hypothesis import assume, given
from hypothesis import strategies as st

from engine.core.triggers import searched
from engine.lint.wordings import takes, wordings

PIECES = st.sampled_from(
    ["a", "b", "ab", "[ab]", "(a|b)", "(a|bc)", "a?", "b+", "(ab)*", ".", "\\w", "^", "$", "\\b", " "]
)
PATTERNS = st.lists(PIECES, min_size=1, max_size=5).map("".join)


@given(PATTERNS, PATTERNS, st.data())
def test_what_is_told_is_true(first: str, second: str, data: st.DataObject) -> None:
    """Of each wording that the first one takes, the texts that the second is found in are all the first one's."""
    own = wordings(second)
    assume(own and all(takes(first, wording) for wording in own))
    text = data.draw(st.one_of(st.from_regex(re.compile(second), alphabet="ab c"), st.text("ab c", max_size=8)))
    if searched(second, text):
        assert searched(first, text)


def test_plain_cases() -> None:
    """The commonest ones are seen."""
    assert all(takes("заказ", one) for one in wordings("где (мой )?заказ"))
    assert [takes("заказ|меню", one) for one in wordings("(дай|хочу) (меню|еду)")] == [True, False, True, False]
    assert not any(takes("^заказ$", one) for one in wordings("заказ"))
    assert not any(takes(r"\bзаказ\b", one) for one in wordings("заказ"))
    assert wordings("(?=a)b") == ()
    assert wordings(".*") == ()
