"""Numbers as people type them: `82,5`, `82.5 кг`, `1 234,5`, `~80`, `−5`, `two`, `15 тыс`.

Law: what could be read in two ways is rejected, never guessed (`82 5`, `5-10`). One habit is decided by the language:
`1,234` is 1234 in English and 1.234 in Russian. The only number in a longer text is asked back.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from engine.answers.around import asked_back, has_figures, read_around
from engine.answers.bounds import NUMBER_WORDS, number_limit, outside, show_number
from engine.answers.measures import read_measure
from engine.answers.number_words import TIMES, WHOLE, in_first_case, is_of_number, is_unit, leading_amount
from engine.answers.typed import ascii_digits, is_russian, typed, words
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LEAST_READ_OUT = 20  # «два и три» are two numbers
LONGEST = 64  # characters; a longer text is no number
BIGGEST = 10**15  # every number below it is exact in JSON, in SQL and in a spreadsheet

_PLAIN = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,9}|,(?:[0-9]{1,2}|[0-9]{4,9}))?")
_ABOUT = r"^(?:~|≈|около|примерно|приблизительно|где-то|about|around|approximately|approx\.?|roughly)\s*"
_IDLE = frozenset(  # what people say around a number, beside what they say around any answer
    words(
        "вес рост возраст вешу весил весила возрастом ростом весом лет исполнилось полных сегодня утром вечером сейчас "
        "вчера весы показали показывают на весах стало стал стала набрал набрала сделал сделала "
        "weight height age weigh am we are today already"
    )
)
_NUMBER = (
    r"(?P<sign>[+−–-]|минус\s|minus\s)?\s?[$€£₽№#]?\s?"
    r"(?P<body>(?:[0-9][0-9 \u00a0\u202f\u2009'’.,]*)?[0-9]|[.,][0-9]+)"
    r"\s*(?P<unit>(?:[^\W\d_]{1,15}|[^\W\d_]{1,6}/[^\W\d_]{1,6}|[%$€£₽]|°[cfс]?)\.?)?(?:\s(?P<more>[^\W\d_]{1,15}|[$€£₽])\.?)?"
)
_SPACED = r"[0-9]{1,3}(?:([ \u00a0\u202f\u2009'’])[0-9]{3})(?:\1[0-9]{3})*(?:[.,][0-9]+)?"
_COMMA_GROUPS = r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?"
_DOT_GROUPS = r"[0-9]{1,3}(?:\.[0-9]{3})+(?:,[0-9]+)?"
_DECIMAL = r"[0-9]*[.,]?[0-9]+"
_BY = r"(?i)(?<!\S)ко? (?:(?:концу|началу|середине) \w+|[а-яё]+[уюеи])(?=[\s.,!)]|$)"
_MEASURES = (  # «человек двадцать», «рублей 500»: about so many
    "человек раз раза рублей лет года штук штуки кг кило килограмм килограммов минут часов часа дней дня недель недели "
    "месяцев месяца тысяч миллионов процентов метров километров км литров гостей"
)
_UNIT_FIRST = rf"(?P<unit>{'|'.join(_MEASURES.split())})\s(?P<number>[0-9][0-9 ]*|[^\W\d_]+(?:[ -][^\W\d_]+)*)"
_AND_TENTHS = r"(?P<whole>.*\S)\s+(?:и|целых и|целых|запятая|точка|point)\s+(?P<tenths>\S+)(?:\sдесятых)?"
_MISTYPED = r".*[0-9][оoзiб]"  # «8О» is no eight


class Number(AnswerType):
    name = "number"
    noun = ("число", "a number")
    limits = frozenset({"min", "max"})
    doc = "A number, whole or with a fraction; a unit after it is left out (`82,5 кг`)."
    value = "number"
    examples = (("82,5 кг", 82.5), ("1 234", 1234), ("~80", 80), ("1.80 m", 1.8))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        value = _amount(raw, question)
        if value is None:
            found = _tenths(raw, question) or _alone(raw, question)
            return found or Rejected("wrong_number", {"example": _example(question, 82.5)})
        return _refused(value, question) or Accepted(value, show_number(value, "en"))

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
        value = _amount(raw, question)
        if value is None:
            return _alone(raw, question, whole=True) or Rejected("wrong_integer", {"example": _example(question, 5)})
        if (refused := _refused(value, question)) and refused.offer:
            return refused
        if isinstance(value, float):
            return Rejected("wrong_fraction", {"example": _example(question, round(value))})
        return refused or Accepted(value, str(value))

    def show(self, value: Any, question: Question) -> str:
        return show_number(value, question.language)


def _amount(raw: Raw, question: Question) -> int | float | None:
    """The number that was said, in the unit that the bounds admit; None for none."""
    text = _said(raw)
    if not text:
        return None
    value = read_around(text, lambda said: read_number(said, question.language), _IDLE)
    if value is None or (question.limits and too_far(value, question)):
        measured = read_around(text, lambda said: read_measure(said, lambda one: not too_far(one, question)), _IDLE)
        value = value if measured is None else measured
    return value


def _said(raw: Raw) -> str:
    """What was typed, less a «к лету» or «к концу года»: its «к» makes no thousands."""
    text = typed(raw) or ""
    return re.sub(_BY, " ", text).strip() if len(text) <= LONGEST else text


def _refused(value: int | float, question: Question) -> Rejected | None:
    """As `too_far`; of 1.75 where 100 to 250 are asked for, whether it is 175."""
    wrong = too_far(value, question)
    if wrong and isinstance(value, float) and value * 100 == round(value * 100):
        hundredfold = round(value * 100)
        if question.limits.keys() >= {"min", "max"} and not too_far(hundredfold, question):
            shown = show_number(hundredfold, question.language)
            return Rejected("wrong_near", {"suggestion": shown}, shown)
    return wrong


def _tenths(raw: Raw, question: Question) -> Rejected | None:
    """«Семьдесят восемь и пять», as a scale is read out, or two numbers: it is asked back."""
    found = re.fullmatch(_AND_TENTHS, _said(raw).casefold().rstrip("!?;,. "))
    if found is None:
        return None
    whole, tenths = (read_number(said, question.language) for said in (found["whole"], found["tenths"]))
    if not isinstance(whole, int) or not isinstance(tenths, int) or whole < LEAST_READ_OUT or not 0 < tenths < 10:
        return None
    number = whole + tenths / 10
    shown = show_number(number, question.language)
    return too_far(number, question) or Rejected("wrong_near", {"suggestion": shown}, shown)


def _alone(raw: Raw, question: Question, whole: bool = False) -> Rejected | None:
    """The only number in a longer text, asked back; or told that it is out of bounds."""
    language = question.language

    def read(said: str) -> int | float | None:
        number = read_number(said, language)
        if number is None or (whole and isinstance(number, float)):
            return None
        return number if number > 2 or has_figures(said) else None  # «я живу один»

    found = asked_back(
        _said(raw),
        read,
        lambda number: show_number(number, language),
        is_of_number,
        fits=lambda number: not too_far(number, question),  # «мне 28, рост 165» where 10 to 100 are asked for
    )
    number = read_number(found.offer, language) if found else None
    return None if number is None else too_far(number, question) or found


def read_number(text: str, language: str) -> int | float | None:
    """The number that `text` is, an int when it has no fraction; None when it is none, or could be two."""
    if _PLAIN.fullmatch(text):
        if text.isdecimal():
            return int(text)
        return _whole(float(text.replace(",", ".")))
    if len(text) > LONGEST:
        return None
    text = re.sub(_ABOUT, "", ascii_digits(text).casefold().replace("ё", "е").rstrip("!?;,. "))
    if text in WHOLE:
        return WHOLE[text]
    if found := re.fullmatch(_UNIT_FIRST, text):
        text = f"{found['number']} {found['unit']}"
    found = re.fullmatch(_NUMBER, text)
    if found is None:
        return _spoken(text)
    number = _decimal(found["body"], language)
    if number is None or re.fullmatch(_MISTYPED, text):
        return None
    unit, more = (found["unit"] or "").rstrip("."), found["more"] or ""
    if unit in TIMES:
        number, unit = number * TIMES[unit], more
    elif more:
        return _spoken(text)
    return _whole(-number if found["sign"] and found["sign"] != "+" else number) if is_unit(unit) else None


def _spoken(text: str) -> int | float | None:
    """`тридцать пять лет`, `минус сто`, `семь с половиной`, `2 с половиной миллиона`, «полмиллиона рублей»."""
    text = re.sub(r"^[-−–](?=\w)", "минус ", text)
    negative = text.startswith(("минус ", "minus "))
    text = re.sub(r"\bпол(?=тысяч|миллион|миллиард|сотни|дюжины|десятка)", "пол ", text.replace("-", " "))
    words = in_first_case(text).split()[negative:]
    number, used = leading_amount(words)
    rest = words[used:]
    if number is None or len(rest) > 1 or not all(one.isalpha() and len(one) <= 15 and is_unit(one) for one in rest):
        return None
    return _whole(-number if negative else number)


def _whole(number: Decimal | float) -> int | float:
    return int(number) if number == int(number) else float(number)


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
