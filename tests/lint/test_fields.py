"""What lint says of every field with nothing, too much, or something else in it."""

from __future__ import annotations

from tests.lint.fields import TABLE, table


def test_every_field_with_strange_values() -> None:
    """As `fields.out` has it; `python -m tests.lint.golden` writes it anew."""
    assert table() == TABLE.read_text("utf-8")
