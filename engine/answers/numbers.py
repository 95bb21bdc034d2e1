"""Numbers as people type them: `82,5`, `82.5 кг`, `1 234,5`, `~80`, `−5`, `two`, `15 тыс`.

Law: what could be read in two ways is rejected, never guessed (`82 5`, `5-10`). One habit is decided by the language:
`1,234` is 1234 in English and 1.234 in Russian.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.answers.bounds import NUMBER_WORDS, number_limit, outside, show_number
from engine.answers.typed import ascii_digits, is_russian, typed
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 64  # characters; a longer text is no number
BIGGEST = 10**15  # every number below it is exact in JSON, in SQL and in a spreadsheet

_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9}|,(?:[0-9]{1,2}|[0-9]{4,9}))?")
_LEAD = (
    r"(?:(?:мне|я вешу|вешу|это|i am|i['’]m|i weigh|it is|it['’]s)(?:\s+(?:уже|already))?\s+)?"
    r"(?:(?:~|≈|около|примерно|приблизительно|где-то|about|around|approximately|approx\.?|roughly)\s*)?"
)
_NUMBER = (
    r"(?P<sign>[+−–-]|минус\s|minus\s)?\s?[$€£₽№#]?\s?"
    r"(?P<body>(?:[0-9][0-9 \u00a0\u202f\u2009'’.,]*)?[0-9]|[.,][0-9]+)"
    r"\s*(?P<unit>(?:[^\W\d_]{1,15}|[^\W\d_]{1,6}/[^\W\d_]{1,6}|[%$€£₽]|°[cfс]?)\.?)?"
)
_HALF = r"([0-9]{1,15}|[^\W\d_]+(?:[ -][^\W\d_]+)?)\s(?:с половиной|and a half)"
_SPACED = r"[0-9]{1,3}(?:([ \u00a0\u202f\u2009'’])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?"
_COMMA_GROUPS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_DOT_GROUPS = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"
_DECIMAL = r"[0-9]*[.,]?[0-9]+"
_TIMES = {
    **dict.fromkeys(("тыс", "тысяча", "тысячи", "тысяч", "k", "к", "thousand"), 1_000),
    **dict.fromkeys(("млн", "миллион", "миллиона", "миллионов", "mln", "million", "millions"), 1_000_000),
    **dict.fromkeys(("млрд", "миллиард", "миллиарда", "миллиардов", "bln", "billion"), 1_000_000_000),
}

_ONES = (
    "ноль zero|один одна одно one|два две two|три three|четыре four|пять five|шесть six|семь seven|восемь eight|"
    "девять nine|десять ten|одиннадцать eleven|двенадцать twelve|тринадцать thirteen|четырнадцать fourteen|"
    "пятнадцать fifteen|шестнадцать sixteen|семнадцать seventeen|восемнадцать eighteen|девятнадцать nineteen"
)
_TENS = (
    "двадцать twenty|тридцать thirty|сорок forty|пятьдесят fifty|шестьдесят sixty|семьдесят seventy|"
    "восемьдесят eighty|девяносто ninety"
)
_UNITS = {word: number for number, words in enumerate(_ONES.split("|")) for word in words.split()}
HALVES = {"полтора": 1.5, "полторы": 1.5, "половина": 0.5, "half": 0.5}
_TEN = {word: number * 10 for number, words in enumerate(_TENS.split("|"), 2) for word in words.split()}


class Number(AnswerType):
    name = "number"
    noun = ("число", "a number")
    limits = frozenset({"min", "max"})
    doc = "A number, whole or with a fraction; a unit after it is left out (`82,5 кг`)."
    value = "number"
    examples = (("82,5 кг", 82.5), ("1 234", 1234), ("~80", 80), ("1.80 m", 1.8))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text = typed(raw)
        value = read_number(text, question.language) if text else None
        if value is None:
            return Rejected("wrong_number", {"example": _example(question, 82.5)})
        return too_far(value, question) or Accepted(value, show_number(value, "en"))

    def show(self, value: Any, question: Question) -> str:
        return show_number(value, question.language)


class Integer(AnswerType):
    name = "integer"
    noun = ("целое число", "a whole number")
    limits = frozenset({"min", "max"})
    doc = "A whole number; a unit after it is left out (`25 лет`)."
    value = "integer"
    examples = (("25 лет", 25), ("5.0", 5), ("двадцать один", 21), ("−5", -5))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text = typed(raw)
        value = read_number(text, question.language) if text else None
        if value is None:
            return Rejected("wrong_integer", {"example": _example(question, 5)})
        if isinstance(value, float):
            return Rejected("wrong_fraction", {"example": show_number(round(value), question.language)})
        return too_far(value, question) or Accepted(value, str(value))

    def show(self, value: Any, question: Question) -> str:
        return show_number(value, question.language)


def read_number(text: str, language: str) -> int | float | None:
    """The number that `text` is, an int when it has no fraction; None when it is none, or could be two."""
    if _PLAIN.fullmatch(text):
        if text.isdecimal():
            return int(text)
        return _whole(float(text.replace(",", ".")))
    if len(text) > LONGEST:
        return None
    text = re.sub(_LEAD, "", ascii_digits(text).casefold().rstrip("!?;,. "), count=1)
    found = re.fullmatch(_NUMBER, text)
    if found is None:
        return HALVES.get(text) or _and_a_half(text) or number_in_words(text)
    number = _decimal(found["body"], language)
    if number is None:
        return None
    number *= _TIMES.get((found["unit"] or "").rstrip("."), 1)
    return _whole(float(-number if found["sign"] and found["sign"] != "+" else number))


def _whole(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _decimal(body: str, language: str) -> Decimal | None:
    if re.fullmatch(_SPACED, body):
        body = re.sub(r"[\s'’]", "", body)
    commas, dots = body.count(","), body.count(".")
    english = not is_russian(language) and not body.startswith("0")
    if (commas > 1 or (commas and dots) or (commas and english)) and re.fullmatch(_COMMA_GROUPS, body):
        return Decimal(body.replace(",", ""))
    if (dots > 1 or (commas and dots)) and re.fullmatch(_DOT_GROUPS, body):
        return Decimal(body.replace(".", "").replace(",", "."))
    return Decimal(body.replace(",", ".")) if re.fullmatch(_DECIMAL, body) else None


def _and_a_half(text: str) -> float | None:
    """`семь с половиной`, `7 and a half`."""
    found = re.fullmatch(_HALF, text)
    whole = (int(found[1]) if found[1].isdecimal() else number_in_words(found[1])) if found else None
    return None if whole is None else whole + 0.5


def number_in_words(text: str) -> int | None:
    """Nought to a hundred in Russian or English: `восемьдесят пять`, `eighty-five`."""
    words = text.casefold().replace("-", " ").split()
    match words:
        case ["сто" | "hundred"] | ["a" | "one", "hundred"]:
            return 100
        case [word] if word in _UNITS or word in _TEN:
            return _UNITS.get(word, _TEN.get(word))
        case [ten, unit] if ten in _TEN and 0 < _UNITS.get(unit, 0) < 10:
            return _TEN[ten] + _UNITS[unit]
    return None


def too_far(value: int | float, question: Question) -> Rejected | None:
    """What to say when the number lies outside `min` and `max`, or outside of what can be kept exactly."""
    limits, language = question.limits, question.language
    if limits:
        low, high = number_limit(limits.get("min")), number_limit(limits.get("max"))
        wrong = outside(value, low, high, NUMBER_WORDS, lambda bound: show_number(bound, language))
        if wrong:
            return wrong
    if -BIGGEST < value < BIGGEST:
        return None
    return Rejected("wrong_out_of_range", {"min": str(1 - BIGGEST), "max": str(BIGGEST - 1)})


def _example(question: Question, usual: int | float) -> str:
    """A number that would be accepted, for the sentence that asks for one."""
    low, high = number_limit(question.limits.get("min")), number_limit(question.limits.get("max"))
    if (low is not None and usual < low) or (high is not None and usual > high):
        usual = next(bound for bound in (low, high) if bound is not None)
        if low is not None and high is not None and low <= round((low + high) / 2) <= high:
            usual = round((low + high) / 2)
    return show_number(usual, question.language)
