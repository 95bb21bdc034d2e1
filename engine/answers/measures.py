"""Amounts with their units: «82 кг 400 г», «1 м 75 см», «метр восемьдесят», «1,75 м» where centimetres are asked for.

Law: nothing tells which unit the question is in but its bounds: an amount is in the unit that was said first; only one
that the bounds refuse is in the one other unit of its kind that they admit.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from engine.answers.number_words import in_first_case, leading_amount
from engine.answers.typed import ascii_digits, words

LONGEST = 64  # characters

_KINDS = (  # of each kind the units from the greatest to the least, each so many of the least
    (
        (10**6, "т тонна тонны тонн t ton tons"),
        (10**3, "кг кило килограмм килограмма килограммов kg kilo kilos kilogram kilograms"),
        (1, "г гр грамм грамма граммов g gram grams"),
    ),
    (
        (10**6, "км километр километра километров km kilometre kilometres kilometer kilometers"),
        (10**3, "м метр метра метров m metre metres meter meters"),
        (10, "см сантиметр сантиметра сантиметров cm centimetre centimetres centimeter centimeters"),
        (1, "мм миллиметр миллиметра миллиметров mm"),
    ),
    ((100, "₽ р руб рубль рубля рублей"), (1, "коп копейка копейки копеек")),
)
_UNITS = {word: (kind, size) for kind, units in enumerate(_KINDS) for size, listed in units for word in words(listed)}
_ALONE = frozenset(words("метр килограмм кило километр рубль"))  # «метр восемьдесят»
_PARTS = r"[0-9]+(?:[.,][0-9]+)?|[^\W\d_]+|₽"


def read_measure(text: str, fits: Callable[[int | float], bool]) -> int | float | None:
    """The amount in the unit that fits; in the one that was said where none does; None when it is no amount."""
    said = _said(text) if len(text) <= LONGEST else None
    if said is None:
        return None
    least, kind, size = said
    plain = _number(least / size)
    if fits(plain):
        return plain
    others = [_number(least / other) for other, _ in _KINDS[kind] if other != size]
    fitting = [one for one in others if fits(one)]
    return fitting[0] if len(fitting) == 1 else plain


def _said(text: str) -> tuple[Decimal, int, int] | None:
    """How many of the least unit, the kind, and the size of the unit said first."""
    text = in_first_case(" ".join(ascii_digits(text).casefold().replace("ё", "е").replace("-", " ").split()))
    if re.sub(_PARTS, "", text).strip(" ."):
        return None
    parts: list[str] = re.findall(_PARTS, text)
    amount, used = _amount(parts)
    if amount is None and parts[:1] and parts[0] in _ALONE:
        amount = Decimal(1)
    unit = _UNITS.get(parts[used]) if amount is not None and used < len(parts) else None
    if amount is None or unit is None:
        return None
    kind, size = unit
    rest = parts[used + 1 :]
    if not rest:
        return amount * size, kind, size
    more, used = _amount(rest)
    small = (
        _UNITS.get(rest[used]) if used + 1 == len(rest) else _implied(kind, size, more) if used == len(rest) else None
    )
    if more is None or small is None or small[0] != kind or more * small[1] >= size or amount % 1:
        return None
    return amount * size + more * small[1], kind, size


def _implied(kind: int, size: int, more: Decimal | None) -> tuple[int, int] | None:
    """«1 м 75»: hundredths in two figures; «82 кг 400»: thousandths in three. «1 м 5» may be either."""
    for least, _ in _KINDS[kind]:
        ratio = size // least
        if more is not None and ratio in (100, 1000) and ratio // 10 <= more < ratio:
            return kind, least
    return None


def _amount(parts: list[str]) -> tuple[Decimal | None, int]:
    if parts and parts[0][0].isdecimal():
        return Decimal(parts[0].replace(",", ".")), 1
    return leading_amount(parts)


def _number(amount: Decimal) -> int | float:
    return int(amount) if amount == int(amount) else float(round(amount, 6))
