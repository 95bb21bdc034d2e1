"""Choices that are stretches of a measure: «1-3 года», «больше 3 лет», `18-25`, «до 30 минут».

Law: an amount with the same measure («2 года», «пять лет») means the one stretch that it lies in; where two touch, the
one whose end is said to be in it. Of bare numbers nothing is known: they mean places in the list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from engine.answers.around import without_idle
from engine.answers.number_words import in_first_case, leading_amount, number_in_words
from engine.answers.typed import ascii_digits, fold, words
from engine.core.answer import Choice

LONGEST = 64  # characters

_MEASURES = {
    word: number
    for number, listed in enumerate(
        (
            "год года лет годик года year years yr",
            "месяц месяца месяцев month months мес",
            "неделя недели недель week weeks нед",
            "день дня дней day days",
            "час часа часов hour hours ч h",
            "минута минуты минут мин minute minutes min",
            "раз раза time times",
            "человек человека сотрудник сотрудника сотрудников people persons employees",
            "кг килограмм килограмма килограммов kg",
            "км километр километра километров km",
            "тысяча тысячи тысяч тыс thousand",
        )
    )
    for word in words(listed)
}
_FROM_TO = r"(?:от |from )?([0-9]+(?:[.,][0-9]+)?)\s?(?:[-–—]|до|to)\s?([0-9]+(?:[.,][0-9]+)?)\s?([^\W\d_]+)"
_ABOVE = r"(?:>|более|больше|свыше|дольше|от|over|more than|above)\s?([0-9]+(?:[.,][0-9]+)?)\s?([^\W\d_]+)"
_BELOW = r"(?:<|менее|меньше|до|less than|under|up to|below)\s?([0-9]+(?:[.,][0-9]+)?)\s?([^\W\d_]+)"
_PLUS = r"([0-9]+(?:[.,][0-9]+)?)\s?\+\s?([^\W\d_]+)"
_WITH_END = ("от", "до", "up to")
Stretch = tuple[Decimal | None, Decimal | None, bool, int]  # from, to, whether a lone end is in it, the measure


def in_span(text: str, choices: Sequence[Choice]) -> list[Choice]:
    """The choice whose stretch holds the amount that was said; none, or one."""
    spans = [(choice, _stretch(choice.label)) for choice in choices]
    if len(text) > LONGEST or not any(span for _, span in spans):
        return []
    if stretch := _stretch(_in_figures(text)):  # «больше трёх лет»
        return [choice for choice, span in spans if span and span[:2] == stretch[:2] and span[3] == stretch[3]]
    said = _amount(text)
    if said is None:
        return []
    amount, measure = said
    fitting = [choice for choice, span in spans if span and span[3] == measure and _holds(span, amount)]
    return fitting if len(fitting) == 1 else []


def _holds(span: Stretch, amount: Decimal) -> bool:
    low, high, with_end, _ = span
    if low is not None and high is not None:
        return low <= amount <= high
    if low is not None:
        return amount >= low if with_end else amount > low
    return high is not None and (amount <= high if with_end else amount < high)


@lru_cache(maxsize=4096)
def _stretch(label: str) -> Stretch | None:
    text = re.sub(r"[^\w\s.,<>+–—-]", "", label.casefold().replace("ё", "е")).strip()
    if found := re.fullmatch(_FROM_TO, text):
        return _of(found[1], found[2], True, found[3])
    if found := re.fullmatch(_PLUS, text):
        return _of(found[1], "", True, found[2])
    if found := re.fullmatch(_ABOVE, text):
        return _of(found[1], "", text.startswith(_WITH_END), found[2])
    if found := re.fullmatch(_BELOW, text):
        return _of("", found[1], text.startswith(_WITH_END), found[2])
    return None


def _of(low: str, high: str, with_end: bool, measure: str) -> Stretch | None:
    kind = _MEASURES.get(measure)
    ends = [Decimal(end.replace(",", ".")) if end else None for end in (low, high)]
    return None if kind is None else (ends[0], ends[1], with_end, kind)


def _in_figures(text: str) -> str:
    said = in_first_case(fold(text)).split()
    return " ".join(str(number) if (number := number_in_words(word)) is not None else word for word in said)


def _amount(text: str) -> tuple[Decimal, int] | None:
    """«2 года», «года два», «полтора года», «год»."""
    said = in_first_case(fold(without_idle(ascii_digits(text)))).replace(",", ".").split()
    if len(said) > 1 and said[0] in _MEASURES:
        said = [*said[1:], said[0]]
    if not said or said[-1] not in _MEASURES:
        return None
    numbers, measure = said[:-1], _MEASURES[said[-1]]
    if not numbers:
        return Decimal(1), measure
    if len(numbers) == 1 and re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,3})?", numbers[0]):
        return Decimal(numbers[0]), measure
    amount, used = leading_amount(numbers)
    return (amount, measure) if amount is not None and used == len(numbers) else None
