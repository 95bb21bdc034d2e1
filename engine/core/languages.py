"""Further languages of a text, laid in by the loader before anybody reads it.

Law: where a translation comes from is not known here; a text just has one language more.
"""

from __future__ import annotations

from engine.core.moments import CLOCK_NAMES
from engine.core.node import Scalar
from engine.core.template import Plain, Text, Translated, Value


def lay_in(text: Text | Translated, language: str, plain: Plain, scalar: Scalar) -> None:
    """`plain` is what `text` is in `language`; `scalar` is where that stands."""
    text.languages = {**text.languages, language: plain}
    if isinstance(text, Text):
        text.scalars = {**text.scalars, language: scalar}
    text.reads |= plain.reads
    text.clock = bool(text.reads & CLOCK_NAMES)


def renew(value: Value) -> None:
    """What it reads, once its texts have got another language."""
    value.reads = frozenset().union(*(part.reads for part in value.parts()))
    value.clock = bool(value.reads & CLOCK_NAMES)
