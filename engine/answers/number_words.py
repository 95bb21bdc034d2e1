"""Numbers in words, Russian and English: `двести сорок тысяч`, «полтора миллиона», «два десятка», `fifty-one`.

Law: every word must have its place; «двадцать тридцать», «десять десятков» and «пять десятых» are no numbers here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

_ONES = (
    "ноль zero|один одна одно one|два две two|три three|четыре four|пять five|шесть six|семь seven|восемь eight|"
    "девять nine|десять ten|одиннадцать eleven|двенадцать twelve|тринадцать thirteen|четырнадцать fourteen|"
    "пятнадцать fifteen|шестнадцать sixteen|семнадцать seventeen|восемнадцать eighteen|девятнадцать nineteen"
)
_TENS = (
    "двадцать twenty|тридцать thirty|сорок forty|пятьдесят fifty|шестьдесят sixty|семьдесят seventy|"
    "восемьдесят eighty|девяносто ninety"
)
_HUNDREDS = "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот"
_OTHER_CASES = (  # «около двадцати пяти», «нас трое»
    "одного один|одной один|двух два|двое два|трех три|трое три|четырех четыре|четверо четыре|пяти пять|пятеро пять|"
    "шести шесть|шестеро шесть|семи семь|семеро семь|восьми восемь|девяти девять|десяти десять|"
    "одиннадцати одиннадцать|двенадцати двенадцать|пятнадцати пятнадцать|двадцати двадцать|тридцати тридцать|"
    "сорока сорок|пятидесяти пятьдесят|шестидесяти шестьдесят|семидесяти семьдесят|восьмидесяти восемьдесят|"
    "девяноста девяносто|ста сто|двухсот двести|трехсот триста|пятисот пятьсот|"
    "пара два|пару два|парочка два|парочку два|дважды два|трижды три|"
    "тритцать тридцать|дватцать двадцать|семдесят семьдесят|восемдесят восемьдесят|пятдесят пятьдесят|"
    "шесдесят шестьдесят|шестдесят шестьдесят|девеносто девяносто|одинадцать одиннадцать|пятнацать пятнадцать|"
    "полтинник пятьдесят|тридцатник тридцать|сотка сто|сотку сто|косарь тысяча"
)
WHOLE = {  # said alone: «сколько раз?»
    **dict.fromkeys(("ни разу", "ниразу", "никогда", "нисколько", "ни сколько", "ни одного", "ни одной"), 0),
    **dict.fromkeys(("ни одно", "none", "never", "not once", "not a single one"), 0),
    **dict.fromkeys(("раз", "разок", "разик", "once"), 1),
    "twice": 2,
}
TIMES = {
    **dict.fromkeys(("десяток", "десятка", "десятков", "десяточек"), 10),
    **dict.fromkeys(("дюжина", "дюжину", "дюжины", "дюжин", "dozen", "dozens"), 12),
    **dict.fromkeys(("сотня", "сотню", "сотни", "сотен"), 100),
    **dict.fromkeys(("тыс", "тысяча", "тысячу", "тысячи", "тысяч", "тыщ", "тыща", "k", "к", "thousand"), 10**3),
    **dict.fromkeys(("млн", "миллион", "миллиона", "миллионов", "mln", "million", "millions"), 10**6),
    **dict.fromkeys(("млрд", "миллиард", "миллиарда", "миллиардов", "bln", "billion", "billions"), 10**9),
}
HALVES = {
    **dict.fromkeys(("полтора", "полторы"), Decimal("1.5")),
    **dict.fromkeys(("половина", "half"), Decimal("0.5")),
}
_UNITS = {word: number for number, words in enumerate(_ONES.split("|")) for word in words.split()}
_TEN = {word: number * 10 for number, words in enumerate(_TENS.split("|"), 2) for word in words.split()}
_HUNDRED = {word: number * 100 for number, word in enumerate(_HUNDREDS.split(), 1)}
_BELOW_HUNDRED = {**_UNITS, **_TEN}
_TOGETHER = (
    rf"\b({'|'.join(word for word in _TEN if word > 'z')})({'|'.join(w for w in _UNITS if w > 'z' and _UNITS[w])})\b"
)
_AND_A_HALF = (("с", "половиной"), ("and", "a", "half"))
_CASES = dict(pair.split() for pair in _OTHER_CASES.split("|"))
_OF_NUMBER = (  # what, behind a number, makes it another one
    r"(?:перв|втор|трет|четверт|пят(?:ого|ый|ая|ое|ую|ых|ой)|шест(?:ого|ой|ая|ое|ую|ых)|седьм|восьм|девят|десят|сот|"
    r"тысячн|двадцат|тридцат|сороков|полов|четверт|дюжин|dozen|third|half|halves|quarter|hundred|score)\w*|"
    r"[a-z]+(?:th|ths)"
)
_NO_UNIT = (  # or none
    rf"{_OF_NUMBER}|или|и|не|с|со|до|от|на|по|минус|плюс|or|and|to|minus|plus|not"
)


def number_in_words(text: str) -> int | None:
    """The number that all words of the text are; None when they are none, or more than one."""
    words = text.casefold().replace("-", " ").split()
    number, used = leading_number(words)
    return number if words and used == len(words) else None


def leading_number(words: Sequence[str]) -> tuple[int | None, int]:
    """The number that a text begins with, and how many words it takes: as many as have their place in it."""
    total, group, last, used = 0, None, 10**12, 0
    for place, word in enumerate(words):
        follows = words[place + 1] if place + 1 < len(words) else ""
        if word == "a" and not used and follows in ("hundred", "thousand", "million"):
            group = 1
        elif word == "and" and used and words[place - 1] in ("hundred", "thousand") and follows in _BELOW_HUNDRED:
            continue
        elif word == "hundred" and (group or 1) < 10:
            group = (group or 1) * 100
        elif len(word) > 2 and TIMES.get(word, last) < last and group != 0:
            total, last, group = total + (1 if group is None else group) * TIMES[word], TIMES[word], None
        elif (more := _placed(word, group)) is not None and (more or not used):
            group = (group or 0) + more
        else:
            break
        used = place + 1
    return (total + (group or 0), used) if used else (None, 0)


def leading_amount(words: Sequence[str]) -> tuple[Decimal | None, int]:
    """As `leading_number`, with halves and what they are of: «полтора миллиона», `7 and a half`."""
    first = words[0] if words else ""
    number: Decimal | None
    if first in HALVES:
        number, used = HALVES[first], 1
    elif first == "пол" and words[1:2] and words[1] in TIMES:
        number, used = Decimal("0.5"), 1
    else:
        said, used = (int(first), 1) if first.isdecimal() and len(first) <= 15 else leading_number(words)
        half = next((one for one in _AND_A_HALF if tuple(words[used : used + len(one)]) == one), ())
        if said is None or (first.isdecimal() and not half):
            return None, 0
        number, used = said + Decimal(bool(half)) / 2, used + len(half)
        if not half:
            return number, used
    if words[used : used + 1] and words[used] in TIMES:
        return number * TIMES[words[used]], used + 1
    return (None, 0) if first in ("половина", "half") and used < len(words) else (number, used)


def _placed(word: str, group: int | None) -> int | None:
    """What this word adds to the number below a thousand that has been said so far; None when it does not follow."""
    said = group or 0
    if word in _HUNDRED:
        return _HUNDRED[word] if not said else None
    if word in _TEN:
        return _TEN[word] if said % 100 == 0 else None
    unit = _UNITS.get(word)
    if unit is None or (unit == 0 and group is not None):
        return None
    return unit if said % (10 if unit < 10 else 100) == 0 and said % 100 != 10 else None


def in_first_case(text: str) -> str:
    """«двадцати пяти», «трое», «двадцатьпять», «пара» as «двадцать пять», «три», «двадцать пять», «два»."""
    return re.sub(_TOGETHER, r"\1 \2", " ".join(_CASES.get(word, word) for word in text.split()))


def is_unit(word: str) -> bool:
    """Whether this word behind a number leaves it what it is: «лет», «человек»; not «десятков», «первого», «или»."""
    return not _in_tables(word) and not re.fullmatch(_NO_UNIT, word)


def is_of_number(word: str) -> bool:
    """Whether a word beside a number may be a part of it: «первого», «десятых», «тысяч», `2-3`."""
    return any(sign.isdecimal() for sign in word) or _in_tables(word) or re.fullmatch(_OF_NUMBER, word) is not None


def _in_tables(word: str) -> bool:
    return any(word in one for one in (_BELOW_HUNDRED, _HUNDRED, TIMES, HALVES))
