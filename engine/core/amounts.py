"""Fields that hold a number, or a length of time."""

from __future__ import annotations

import re
from typing import Any

from engine.core.field import Builder, FieldType, expected
from engine.core.lengths import WrongTime, seconds
from engine.core.node import Node, Scalar

_AMOUNT = re.compile(r"\d+(?:[.,]\d+)?(?![\w.,])")


class NumberType(FieldType, frozen=True):
    whole: bool = True
    least: float = 0
    most: float = 1e9

    @property
    def word(self) -> str:  # type: ignore[override] # computed from its limits
        return f"a {'whole ' if self.whole else ''}number from {self.least:g}"

    def build(self, node: Node, builder: Builder) -> Any:
        try:
            number = (int if self.whole else float)(node.text) if isinstance(node, Scalar) else None
        except ValueError:
            number = None
        if number is None or not self.least <= number <= self.most:
            what = f"a {'whole ' if self.whole else ''}number from {self.least:g} to {self.most:g}"
            expected(builder, node, what, self._meant(node))
            return None
        return number

    def _meant(self, node: Node) -> str:
        """What to write for `0,5`, `500 tokens`, `2.0`."""
        found = _AMOUNT.match(node.text) if isinstance(node, Scalar) else None
        if found is None:
            return ""
        number = float(found[0].replace(",", "."))
        fits = self.least <= number <= self.most and (not self.whole or number == int(number))
        return f"Write `{number:g}`." if fits else ""

    def schema(self) -> dict[str, Any]:
        return {"type": "integer" if self.whole else "number", "minimum": self.least, "maximum": self.most}


class LengthType(FieldType, frozen=True):
    """A length of time; the value is seconds."""

    least: float
    most: float

    @property
    def word(self) -> str:  # type: ignore[override] # computed from its limits
        return f"a length of time from {self.least:g} to {self.most:g} seconds, such as `2s`"

    def build(self, node: Node, builder: Builder) -> Any:
        try:
            length = seconds(node.text) if isinstance(node, Scalar) else None
        except WrongTime:
            length = None
        if length is None or not self.least <= length <= self.most:
            expected(builder, node, self.word)
            return None
        return length

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": r"^\s*(\d+(\.\d+)?\s*[^\W\d]+\s*)+$"}
