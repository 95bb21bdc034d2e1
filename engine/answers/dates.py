"""Calendar days: `31.12.2026`, `15 мая`, «завтра», `next friday`, «через 3 дня».

Law: the same text and the same `question.now` give the same day; once accepted, the raw answer holds the day itself.
A day without a year is the coming one, or the last one when `max` is today or earlier (birthdays).
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from engine.answers.around import LONGEST as LONGEST_AROUND
from engine.answers.around import asked_back, has_figures, read_around
from engine.answers.bounds import MOMENT_WORDS, outside
from engine.answers.days import (
    coming_day,
    coming_weekday,
    day_in_words,
    day_of,
    later,
    month_of,
    months_later,
    shifted,
    with_year,
)
from engine.answers.deadlines import deadline
from engine.answers.number_words import is_of_number
from engine.answers.relative_days import SPANS, in_words
from engine.answers.typed import ascii_digits, is_russian, typed, words
from engine.answers.vague import near_day, stretch_of_days
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 64  # characters; a longer text is no date

ENGLISH_MONTHS = words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec")
_DAYS = {
    **dict.fromkeys(("сегодня", "с сегодняшнего дня", "today", "сейчас", "now", "седня", "сегодня же"), 0),
    **dict.fromkeys(("завтра", "с завтра", "с завтрашнего дня", "завтрашнего дня", "к завтрашнему дню"), 1),
    **dict.fromkeys(("к завтра", "на завтра", "tomorrow", "завтро", "зафтра"), 1),
    **dict.fromkeys(("послезавтра", "после завтра", "the day after tomorrow", "day after tomorrow"), 2),
    **dict.fromkeys(("вчера", "yesterday"), -1),
    **dict.fromkeys(("позавчера", "the day before yesterday", "day before yesterday"), -2),
}
_WEEKDAYS = {
    word: number
    for number, listed in enumerate(
        (
            "понедельник понедельника понедельнику пн monday mon",
            "вторник вторника вторнику вт tuesday tue tues",
            "среда среду среды среде ср wednesday wed",
            "четверг четверга четвергу чт thursday thu thurs",
            "пятница пятницу пятницы пятнице пт friday fri",
            "суббота субботу субботы субботе сб saturday sat",
            "воскресенье воскресенья воскресенью воскресение вс sunday sun",
        )
    )
    for word in listed.split()
}
_ISO = r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})"
_DMY = r"([0-9]{1,2})([./,\-\s])\s?([0-9]{1,2})(?:[./,\-\s]\s?([0-9]{4}|[0-9]{2}))?"
_EIGHT = r"([0-9]{2})([0-9]{2})([0-9]{4})"  # 12051990
_DAY_MONTH = (
    r"([0-9]{1,2})(?:st|nd|rd|th|[-\s]?о?го|-?о?е)?[\s.\-]*(?:of\s)?([^\W\d_]{3,9})\.?,?\s*([0-9]{4}|[0-9]{2})?"
)
_MONTH_DAY = r"([a-z]{3,9})\.?\s([0-9]{1,2})(?:st|nd|rd|th)?(?:,?\s([0-9]{4}))?"
_DAY_ALONE = (
    r"(?:(?:с|со|на|the|on the)\s)?"
    r"(?:([0-9]{1,2})(?:\s?(?:числа|число|числу)|[-\s]?о?го|-?о?е|st|nd|rd|th))(?:\sчисла)?"
)
_WEEKDAY = (
    r"(?:(?:в|во|on|к|с|со|на)\s)?(?:(?P<last>прошл(?:ый|ую|ое|ая)|last)\s"
    r"|(?P<next>следующ(?:ий|ую|ее|ая|ей|его|ему)|next)\s|(?:эт(?:от|у|о|а|ой|ого|ому)|ближайш\w+|this|coming)\s)?"
    r"(?P<day>[^\W\d_]+)\.?"
)
_WEEKDAY_NUMBER = (
    r"(?:(?:в|во|on)\s)?([^\W\d_]+),?\s(?:the\s)?"
    r"([0-9]{1,2}\s?(?:числа|[-\s]?о?го|-?о?е|st|nd|rd|th))"
)
_HOUR = (
    r",?\s(?:(?:рано|поздно)\s)?(?:утром|днем|вечером|вечер|в обед|ночью|с утра|к вечеру|после обеда|до обеда|"
    r"(?:(?:in\s)?the\s|early\s|late\s)?(?:morning|afternoon|evening|night)|at\s(?:night|noon)|"
    r"(?:в|к|после|at|by|after)\s[0-9]{1,2}(?:[:.][0-9]{2})?(?:\s?(?:утра|дня|вечера|час\w*|[ap]\.?m))?|[0-9]{1,2}:[0-9]{2})$"
)
_HOUR_FIRST = r"^(?:(?:рано|поздно)\s)?(?:утром|днем|вечером|ночью),?\s"
_BY = r"^(?:до|не позднее|не позже|самое позднее|by|till|until|no later than|not later than)\s(?=.)"
_FROM_NOW = r"^(.+?)\sfrom\s(?:now|today)$"
_ABOUT_THROUGH = r"^(дня|дней|недели|недель|месяца|месяцев|года|лет)\sчерез\s(\S+)$"  # «недели через две»
_YEAR_WORD = r"(?<=[0-9]{4})\s?(?:г|год|года|году)$"
_IDLE = frozenset(words("родился родилась рождения г.р г р числа дата день"))  # beside what is idle everywhere
_OTHERWISE = frozenset(words("после до раньше позже перед before after from since"))
_RELATIVE = r"(?:today)?\s*(?:([+-])\s*([0-9]{1,5})\s*([dwmy]))?"


class Day(AnswerType):
    name = "date"
    noun = ("дата", "a date")
    limits = frozenset({"min", "max"})
    doc = (
        "A day, as `2026-12-31`; `min` and `max` are such a day, `today`, or counted from today "
        "(`+30d`, `-2w`, `+6m`, `-18y`). An hour beside it is left out; «к концу месяца» is the month's last day, "
        "«в следующую пятницу» is next week's, and a week ends on Sunday. Of «на выходных», «срочно» a day is "
        "proposed, and a «да» takes it."
    )
    value = "date"
    examples = (("31.12.2026", "2026-12-31"), ("2026-12-31", "2026-12-31"), ("15 мая 2027", "2027-05-15"))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        # {"date": day, "said": day}: an accepted answer whose bounds count from the day on which it was said
        said = question.now.date()
        if isinstance(raw, dict):
            said = iso(raw.get("said")) or said
            raw = raw.get("date")
        low, high = day_limit(question.limits.get("min"), said), day_limit(question.limits.get("max"), said)
        text = typed(raw)
        backwards = high is not None and high <= said
        day = read_around(text, lambda one: read_day(one, said, backwards=backwards), _IDLE) if text else None
        if text and day is None and not _names_no_day(text):
            plain = asked_back(
                text,
                lambda one: plain_day(_plain(one), said, backwards),
                lambda day: show_day(day.isoformat(), question.language),
                _of_day,
            )
            if plain:
                meant = read_day(plain.offer, said, backwards=backwards)
                return (_outside(meant, low, high, question.language) if meant else None) or plain
        if text and day is None and not backwards and (nearly := _nearly(text, question, low, high)):
            return nearly
        if day is None:
            example = said if (low or said) <= said <= (high or said) else low or high or said
            word = "wrong_no_such_day" if text and _names_no_day(text) else "wrong_date"
            return Rejected(word, {"example": show_day(example.isoformat(), question.language)})
        if wrong := _outside(day, low, high, question.language):
            return wrong
        counted = any(iso(question.limits[name]) is None for name in ("min", "max") if name in question.limits)
        kept = {"date": day.isoformat(), "said": said.isoformat()} if counted else day.isoformat()
        return Accepted(day.isoformat(), kept)

    def show(self, value: Any, question: Question) -> str:
        return show_day(value, question.language)


def _outside(day: date, low: date | None, high: date | None, language: str) -> Rejected | None:
    first, last = (bound.isoformat() if bound else None for bound in (low, high))
    return outside(day.isoformat(), first, last, MOMENT_WORDS, lambda bound: show_day(bound, language))


def _nearly(text: str, question: Question, low: date | None, high: date | None) -> Rejected | None:
    """«На выходных» proposed as its day; «в декабре»: which day of it?"""
    if len(text) > LONGEST_AROUND:
        return None
    said, text = question.now.date(), _plain(text)
    for word, name, read in (
        ("wrong_propose", "suggestion", near_day),
        ("wrong_which_day", "example", stretch_of_days),
    ):
        day = read_around(text, lambda one, read=read: read(one, said, low))  # type: ignore[misc] # bound at once
        if day is not None and day <= (high or day):
            shown = show_day(day.isoformat(), question.language)
            return Rejected(word, {name: shown}, shown if word == "wrong_propose" else None)
    return None


def show_day(value: Any, language: str) -> str:
    """`31.12.2026` in Russian, `31 Dec 2026` elsewhere; what is no ISO day is shown as it is."""
    day = iso(value)
    if day is None:
        return "" if value is None else str(value)
    if is_russian(language):
        return f"{day.day:02}.{day.month:02}.{day.year:04}"
    return f"{day.day} {ENGLISH_MONTHS[day.month - 1]} {day.year:04}"


def iso(value: Any) -> date | None:
    """The day that `YYYY-MM-DD` (or a longer ISO moment) names."""
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    found = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?![0-9])", value) if isinstance(value, str) else None
    return day_of(*found.groups()) if found else None


def day_limit(limit: Any, today: date) -> date | None:
    """A bound: an ISO day, `today`, `+30d`, `-18y`, `today + 2w`; None when it cannot be read."""
    day = iso(limit)
    if day or not isinstance(limit, str) or not limit.strip():
        return day
    found = re.fullmatch(_RELATIVE, limit.strip().lower())
    if found is None:
        return None
    count = int((found[1] or "+") + (found[2] or "0"))
    try:
        if found[3] in ("m", "y"):
            return months_later(today, count * (12 if found[3] == "y" else 1))
        return today + timedelta(days=count * (7 if found[3] == "w" else 1))
    except (OverflowError, ValueError):
        return None


def read_day(text: str, today: date, *, backwards: bool) -> date | None:
    """The day that the text names; `backwards`: what may be past or future is past."""
    if len(text) > LONGEST:
        return None
    text = _plain(text)
    return plain_day(text, today, backwards) or in_words(re.sub(_BY, "", text), today, backwards)


def plain_day(text: str, today: date, backwards: bool) -> date | None:
    """What the texts mean that are read here; the rest is dateparser's."""
    if end := deadline(text, today):
        return end
    text = re.sub(_BY, "", text)
    if text in _DAYS:
        return shifted(today, _DAYS[text])
    if said := _as_said(text):
        return with_year(*said, today, backwards)
    if (found := re.fullmatch(_WEEKDAY_NUMBER, text)) and found[1] in _WEEKDAYS:
        day = plain_day(found[2], today, backwards)
        return day if day and day.weekday() == _WEEKDAYS[found[1]] else None
    alone = re.fullmatch(_DAY_ALONE, text)
    if number := int(alone[1]) if alone else day_in_words(text):
        return coming_day(number, today, backwards)
    if (span := SPANS.get(text.removeprefix("через ").removeprefix("in "))) and text.startswith(("через ", "in ")):
        return later(today, *span)
    if found := re.fullmatch(_WEEKDAY, text):
        weekday = _WEEKDAYS.get(found["day"])
        if weekday is not None:
            backwards = backwards or bool(found["last"])
            return coming_weekday(weekday, today, backwards=backwards, next_week=bool(found["next"]))
    return None


def _plain(text: str) -> str:
    """Without case, hour and closing signs, and «с 1 декабря» without its first word."""
    text = ascii_digits(text).casefold().replace("ё", "е")
    text = re.sub(r"^\s*(?:с|со|к|на)\s(?=[0-9])", "", text)
    text = re.sub(_HOUR_FIRST, "", " ".join(text.split()).rstrip(" .!?,;"))
    text = re.sub(_YEAR_WORD, "", re.sub(_HOUR, "", text))
    text = re.sub(_ABOUT_THROUGH, r"через \2 \1", re.sub(_FROM_NOW, r"in \1", text))
    return text.replace("недельку", "неделю").replace("недельки", "недели").replace("in a couple of ", "in two ")


def _as_said(text: str) -> tuple[str, str, str | None] | None:
    """Day, month and year of a date in figures, or with the month's name; there may be no such day."""
    if found := re.fullmatch(_ISO, text):
        return found[3], found[2], found[1]
    if found := re.fullmatch(_EIGHT, text):
        return found[1], found[2], found[3]
    if found := re.fullmatch(_DMY, text):
        first, mark, second, year = found.groups()
        if mark == "/" and int(second) > 12:  # 12/31/2026 can only be the American order
            first, second = second, first
        return first, second, year
    if found := re.fullmatch(_DAY_MONTH, text):
        day, name, year = found.groups()
    elif found := re.fullmatch(_MONTH_DAY, text):
        name, day, year = found.groups()
    number = month_of(name) if found else None
    return (day, str(number), year) if number else None


def _names_no_day(text: str) -> bool:
    """«31 февраля», 32.01: it is said as a date, and the calendar has no such day."""
    said = _as_said(_plain(text)) if len(text) <= LONGEST else None
    return said is not None and with_year(*said, date(2000, 1, 1), False) is None


def _of_day(word: str) -> bool:
    """Whether a word beside a day may be a part of it, or makes it another one: «мая», «девяностого», `before`."""
    if len(word) < 3:
        return has_figures(word)
    return is_of_number(word) or word in _OTHERWISE or word[-3:] == "ого" or month_of(word) is not None
