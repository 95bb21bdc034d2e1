"""Numbers as people of a language write them: 1 234,5 in Russian, 1,234.5 in English (CLDR, through Babel)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import pass_context
from jinja2.runtime import Context

if TYPE_CHECKING:
    from babel import Locale

MOST_DIGITS = 15  # behind the point; a float has no more


@pass_context
def number(context: Context, value: Any, digits: int | None = None) -> str:
    """«1 234,5» in the person's language, with so many `digits` behind the point (else as many as there are). A text
    is the number that it is written as; null, and what is no number, give nothing."""
    found = _decimal(value)
    if found is None:
        return ""
    if digits is None:
        digits = min(max(0, -int(found.as_tuple().exponent)), MOST_DIGITS)
    digits = min(max(int(digits), 0), MOST_DIGITS)
    from babel.numbers import format_decimal  # late: 50 ms that few turns need

    rounded = found.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    pattern = "#,##0." + "0" * digits if digits else "#,##0"
    return format_decimal(rounded, pattern, locale=locale_of(str(context.get("_language") or "ru")))


@lru_cache(maxsize=16)
def locale_of(language: str) -> Locale:
    """What CLDR knows of a language; English of one that it does not know."""
    from babel import Locale, UnknownLocaleError  # late, as above

    try:
        return Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def _decimal(value: Any) -> Decimal | None:
    """82.0 is 82 and 0.1 + 0.2 is 0.3, as they are shown; of a text, `2.50` keeps both digits."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, float):
        value = f"{value:.15g}"
    try:
        found = Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < Decimal(10) ** 15 else None
