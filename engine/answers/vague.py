"""What is nearly a day or a time of day: «на выходных», «срочно», «после 9», «вечером», «когда угодно».

Law: nothing here is taken, it is proposed («Тогда 28.11.2026?») and a yes takes it; of a stretch in which no day stands
out («на следующей неделе», «в декабре») one is asked for. Texts come in small letters, ё as е.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from engine.answers.days import day_of, month_of, shifted
from engine.answers.number_words import in_first_case

_IN = r"(?:(?:на|в|во|к|до|on|at|over|in|for)\s)?(?:the\s)?"
_NEXT = r"(?:(?P<next>следующ\w+|next)\s|(?:эт\w+|ближайш\w+|this|coming)\s)?"
_WEEKEND = rf"{_IN}{_NEXT}(?:выходн(?:ые|ых|ым|ой)|уик-?[еэ]нд\w*|weekend)"
_WEEK = rf"{_IN}(?:(?:начал\w+|середин\w+|start of|beginning of|middle of)\s)?(?:the\s)?{_NEXT}(?:недел[еию]|week)"
_MONTH = (
    r"(?:(?:в|на|in)\s)?(?:the\s)?(?:(?P<part>начал\w+|середин\w+|start|beginning|early|middle|mid)[\s-](?:of\s)?)?"
    rf"{_NEXT}(?P<month>[^\W\d_]+)"
)
_SEASONS = {
    **dict.fromkeys(("весной", "к весне", "in spring", "by spring"), 3),
    **dict.fromkeys(("летом", "к лету", "in summer", "by summer"), 6),
    **dict.fromkeys(("осенью", "к осени", "in autumn", "by autumn"), 9),
    **dict.fromkeys(("зимой", "к зиме", "in winter", "by winter"), 12),
}
_SOON = (
    r"(?:очень |как можно |чем |максимально |надо |нужно )*"
    r"(?:срочно|поскорее|побыстрее|скорее|быстрее|раньше|немедленно)(?:,? тем лучше|,? если можно)?|"
    r"в ближайш(?:ее время|ие дни|ий день)|на днях|прямо сейчас|"
    r"asap|as soon as possible|(?:very )?urgent(?:ly)?|the sooner the better|right (?:now|away)|immediately|soon"
)
_ANY = (
    r"(?:в )?люб(?:ой день|ое время|ое|ой)|когда (?:угодно|удобно|вам удобно|тебе удобно|получится|сможете|сможешь)|"
    r"как (?:вам|тебе) удобно|на (?:ваше|твое) усмотрение|без разницы|(?:мне )?все равно|не\s?важно|"
    r"any ?(?:time|day)(?: is fine| works)?|whenever|"
    r"(?:it )?does(?:n't| not) matter|(?:i )?do(?:n't| not) (?:mind|care)"
)
_PARTS_OF_DAY = (
    (r"(?:с |рано )?(?:утр\w+)|(?:in the |early )?morning", "09:00"),
    (r"(?:ближе к|до) обеда?у?|в первой половине дня|before (?:noon|lunch)", "11:00"),
    (r"(?:в |на )?обед|в обеденн\w+ (?:время|перерыв)|(?:at )?lunch(?: ?time)?", "13:00"),
    (r"днем|после обеда|во второй половине дня|(?:in the )?afternoon|after lunch", "14:00"),
    (r"(?:к |под |ближе к )?вечер(?:ом|у|а)?|после работы|(?:in the )?evening|after work", "19:00"),
)
_AROUND_HOUR = (
    r"(?:(?:не (?:раньше|ранее|позже|позднее)|после|с|со|от|начиная с|до|between|after|from|since|before|"
    r"until|till|not (?:before|earlier than|later than|after)|между)\s)?(?P<hour>.+?)"
    r"(?P<to>\s?[-–—]\s?.+|\s(?:до|и|to|till|until|and)\s.+)?"
)


def near_day(text: str, today: date, low: date | None) -> date | None:
    """A day that one may mean, from `low` (else today) on: the coming weekend's first, the soonest."""
    first = max(today, low or today)
    if re.fullmatch(_SOON, text) or re.fullmatch(_ANY, text):
        return first
    found = re.fullmatch(_WEEKEND, text)
    if found is None:
        return None
    day = shifted(today, max(5 - today.weekday(), 0))
    if found["next"]:
        day = shifted(today, 12 - today.weekday())
    while day is not None and (day < first or day.weekday() < 5):
        day = shifted(day, 1)
    return day


def stretch_of_days(text: str, today: date, low: date | None) -> date | None:
    """The first day, from `low` (else today) on, of a week, month or season that is named."""
    begin: date | None = None
    if found := re.fullmatch(_WEEK, text):
        begin = shifted(today, (7 if found["next"] else 0) - today.weekday())
    elif text in _SEASONS:
        runs = (today.month - _SEASONS[text]) % 12 < 3
        begin = today if runs else _month(_SEASONS[text], today)
    elif found := re.fullmatch(_MONTH, text):
        begin = _named_month(found["month"], bool(found["next"]), today)
        if begin and (found["part"] or "").startswith(("серед", "mid")):
            begin = begin + timedelta(days=14)
    return max(begin, low or today, today) if begin else None


def _named_month(word: str, following: bool, today: date) -> date | None:
    if word in ("месяц", "месяце", "месяца", "month"):
        return _month(today.month % 12 + 1 if following else today.month, today)
    number = 5 if word == "мае" else month_of(word)
    return _month(number, today) if number else None


def _month(number: int, today: date) -> date | None:
    """The first of the coming month of that number, which may be the one that runs."""
    return day_of(today.year + (number < today.month), number, 1)


def near_time(text: str, read: Callable[[str], str | None], low: str | None) -> str | None:
    """The usual `HH:MM` of a part of the day; the hour that «после 9», «с 9 до 18» begins with, as `read` reads it."""
    if re.fullmatch(_ANY, text):
        return low
    for pattern, usual in _PARTS_OF_DAY:
        if re.fullmatch(pattern, text):
            return usual
    found = re.fullmatch(_AROUND_HOUR, text)
    if found is None or found["hour"] == text:
        return None
    return read(found["hour"]) or read(in_first_case(found["hour"]))
