"""Times of day: `9:05`, `0900`, «9 утра», `9pm`, «полдевятого», «без пяти девять», «девять тридцать», «полдень».

Law: a value is `HH:MM` of a 24-hour day.
"""

from __future__ import annotations

import re
from typing import Any

from engine.answers.around import LONGEST as LONGEST_AROUND
from engine.answers.around import asked_back, has_figures, read_around
from engine.answers.bounds import MOMENT_WORDS, outside
from engine.answers.number_words import in_first_case, number_in_words
from engine.answers.typed import ascii_digits, typed, words
from engine.answers.vague import near_time
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 40  # characters; a longer text is no time of day

_NAMED = {
    **dict.fromkeys(("полдень", "в полдень", "noon", "midday", "at noon"), "12:00"),
    **dict.fromkeys(("полночь", "в полночь", "midnight", "at midnight"), "00:00"),
    **dict.fromkeys(("час дня", "в час дня"), "13:00"),
    **dict.fromkeys(("час ночи", "в час ночи"), "01:00"),
}
_HALF = {
    word: hour
    for hour, word in enumerate(
        words(
            "первого второго третьего четвертого пятого шестого "
            "седьмого восьмого девятого десятого одиннадцатого двенадцатого"
        )
    )
}
_HALF_TO = r"(?:в\s)?(?:пол(?:овин[ау]\s|[-\s]?)|(?P<quarter>четверть\s))(?P<word>[а-я]+)(?:\s(?P<part>[а-я]+))?"
_PART = r"(?P<part>утра|утром|дня|днем|вечера|вечером|ночи|ночью|a\.?m\.?|p\.?m\.?)"
_LACKING = rf"(?:в\s)?без\s(?P<less>[^\W_]+(?:\s[^\W_]+)??)(?:\sмин\w*)?\s(?P<hour>[^\W_]+)(?:\s{_PART})?"
_IN_WORDS = rf"(?:(?:в|к|около|at|by|around)\s)?(?P<words>[^\W\d_]+(?:\s[^\W\d_]+){{1,3}}?)(?:\s{_PART})?"
_TIME = (
    r"(?:(?:в|во|к|около|ближе к|в районе|at|by|around)(?:\s|(?=[0-9]))|~\s?)?"
    r"(?:(?P<packed>[0-9]{3,4})|(?P<hour>[0-9]{1,2}|[^\W\d_]+(?=\s))"
    r"(?:\s?(?:[:.\-–,h]|ч\.?|час(?:а|ов)?|\s)\s?(?P<minute>[0-9]{2})(?:\s?(?:м|мин|минут[аы]?|m|min)\.?)?(?::[0-9]{2})?)?)"
    rf"\s?(?:ч|час|часа|часов|h|o'?clock)?\.?\s?{_PART}?"
)
_TWO_HOURS = r"[0-9]{1,2}\s?[-–]\s?(?:1[0-9]|2[0-4])(?![0-9])"
_MORNING, _DAY, _EVENING, _NIGHT = ("утра", "утром"), ("дня", "днем"), ("вечера", "вечером"), ("ночи", "ночью")
_IDLE = frozenset(
    words("часов часиков часам нормально удобно подойдет смогу приду сегодня")
)  # beside what is idle everywhere


class Clock(AnswerType):
    name = "time"
    noun = ("время", "a time")
    limits = frozenset({"min", "max"})
    doc = (
        "A time of day, as `09:05`; `min` and `max` are such times. Of «после 9», «вечером» a time is proposed, and a "
        "«да» takes it."
    )
    value = "time"
    examples = (("9:05", "09:05"), ("9 утра", "09:00"), ("9pm", "21:00"), ("полдень", "12:00"), ("в 19.30", "19:30"))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text = typed(raw)
        value = read_around(text, lambda said: read_time(said, question), _IDLE) if text else None
        low, high = time_limit(question.limits.get("min")), time_limit(question.limits.get("max"))
        if value is None:
            found = asked_back(text or "", lambda said: read_time(said, question) if _tells(said) else None, str)
            found = found or (_nearly(text, question, low) if text else None)
            wrong = _outside(str(found.offer), low, high) if found else None
            return wrong or found or Rejected("wrong_time", {"example": low or "9:30"})
        return _outside(value, low, high) or Accepted(value, value)


def _outside(value: str, low: str | None, high: str | None) -> Rejected | None:
    """Told that it is too early or too late; of 6:00 where 9:00 to 21:00 are asked for, whether it is 18:00."""
    wrong = outside(value, low, high, MOMENT_WORDS, str)
    later = f"{int(value[:2]) + 12}{value[2:]}"
    if wrong and "01:00" <= value < "08:00" and not outside(later, low, high, MOMENT_WORDS, str):
        return Rejected("wrong_near", {"suggestion": later}, later)
    return wrong


def _nearly(text: str, question: Question, low: str | None) -> Rejected | None:
    """«После 9», «вечером», «в любое время»: the time that may be meant is proposed."""
    if len(text) > LONGEST_AROUND:
        return None
    value = read_around(_folded(text), lambda said: near_time(said, lambda hour: read_time(hour, question), low))
    return Rejected("wrong_propose", {"suggestion": value}, value) if value else None


def _folded(text: str) -> str:
    return " ".join(ascii_digits(text).casefold().replace("ё", "е").split()).rstrip("!?., ")


def _tells(said: str) -> bool:
    """Of a stretch in a longer text: «в 9», «9 утра», `9:30`; a bare 9 may be anything."""
    return not said.isdecimal() and (has_figures(said) or said.startswith(("в ", "во ", "к ")))


def time_limit(limit: Any) -> str | None:
    """A bound as `HH:MM`; None when it cannot be read."""
    found = re.fullmatch(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2})?", limit.strip()) if isinstance(limit, str) else None
    return _hhmm(int(found[1]), int(found[2])) if found else None


def read_time(text: str, question: Question) -> str | None:
    """`HH:MM`, or None when the text is no time of day."""
    if len(text) > LONGEST:
        return None
    text = _folded(text)
    if text in ("сейчас", "now"):
        return f"{question.now:%H:%M}"
    if text in _NAMED:
        return _NAMED[text]
    if (half := re.fullmatch(_HALF_TO, text)) and half["word"] in _HALF:
        hour = _HALF[half["word"]] or 12
        return _of_day(hour, 15 if half["quarter"] else 30, half["part"] or "")
    if lacking := re.fullmatch(_LACKING, text):
        return _lacking(lacking["less"], lacking["hour"], lacking["part"] or "")
    found = re.fullmatch(_TIME, text) or re.fullmatch(_TIME, text + " ")  # a last word may be the hour: «в девять»
    if found is None:
        said = re.fullmatch(_IN_WORDS, text)
        return _in_words(said["words"].split(), said["part"] or "") if said else None
    if packed := found["packed"]:
        return _of_day(int(packed[:-2]), int(packed[-2:]), found["part"] or "")
    if re.match(_TWO_HOURS, text) and int(found["minute"]) > int(found["hour"]):
        return None  # «9-18» is no 9:18
    hour_said = _number(found["hour"])
    return None if hour_said is None else _of_day(hour_said, int(found["minute"] or 0), found["part"] or "")


def _lacking(less: str, hour_said: str, part: str) -> str | None:
    """«без пятнадцати восемь»; «без пяти час» is said of the day."""
    minutes = 15 if less == "четверти" else _number(in_first_case(less))
    hour = 1 if hour_said == "час" else _number(hour_said)
    full = None if hour is None else _of_day(hour, 0, part or ("дня" if hour == 1 else ""))
    if minutes is None or full is None or not 0 < minutes < 30:
        return None
    return _hhmm((int(full[:2]) or 24) - 1, 60 - minutes)


def _in_words(words: list[str], part: str) -> str | None:
    """«семь тридцать»: an hour and from ten minutes on; «двадцать пять» is neither."""
    for place in range(1, len(words)):
        hour, minute = number_in_words(" ".join(words[:place])), number_in_words(" ".join(words[place:]))
        if hour is not None and minute is not None and minute >= 10:
            return _of_day(hour, minute, part)
    return None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else number_in_words(text)


def _of_day(hour: int, minute: int, part: str) -> str | None:
    """The hour as said, put into its part of the day: 2 дня is 14, 12 ночи is 0."""
    part = part.replace(".", "")
    if hour > 12:
        return None if part in ("am", *_MORNING) else _hhmm(hour, minute)
    if part == "am" or part in _MORNING:
        hour %= 12 if part == "am" else 24
    elif part == "pm":
        hour = hour % 12 + 12
    elif part in _DAY:
        hour += 12 if 1 <= hour <= 6 else 0
    elif part in _EVENING:
        hour = (hour + 12) % 24
    elif part in _NIGHT:
        hour = (hour + 12) % 24 if hour >= 9 else hour
    return _hhmm(hour, minute)


def _hhmm(hour: int, minute: int) -> str | None:
    if (hour, minute) == (24, 0):
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None
