"""How long: «полтора часа», `1h 30m`, «90 мин», `1:30`, «час-полтора», «три месяца».

Law: a value is whole minutes, a month 30 days, a year 365; a bare number is minutes; of «полтора-два часа» it is the
longer end, which is enough for either. Bare numbers (`5-10`) may be anything, and are no length of time.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.answers.around import asked_back, has_figures, read_around
from engine.answers.bounds import outside
from engine.answers.number_words import in_first_case, leading_number
from engine.answers.typed import ascii_digits, is_russian, typed, words
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected
from engine.core.filters import plural

LONGEST = 64  # characters; a longer text is no duration
DAY = 60 * 24  # minutes
MOST = DAY * 366 * 100  # minutes: a hundred years
WORDS = ("wrong_too_brief", "wrong_too_lengthy", "wrong_duration_range")

_MINUTES: dict[str, Decimal] = {
    **dict.fromkeys(words("с сек секунда секунду секунды секунд s sec secs second seconds"), Decimal(1) / 60),
    **dict.fromkeys(
        words("м мин минута минуту минуты минут минутка минутку минуток m min mins minute minutes"), Decimal(1)
    ),
    **dict.fromkeys(words("ч час часа часов часик часиков часика часок часочек h hr hrs hour hours"), Decimal(60)),
    **dict.fromkeys(words("д день дня дней сут сутки суток d day days"), Decimal(DAY)),
    **dict.fromkeys(words("н нед неделя неделю недели недель w wk week weeks"), Decimal(DAY * 7)),
    **dict.fromkeys(words("мес месяц месяца месяцев mo mos month months"), Decimal(DAY * 30)),
    **dict.fromkeys(words("г год года лет годик годика y yr yrs year years"), Decimal(DAY * 365)),
}
_COUNTS = {
    **dict.fromkeys(("полтора", "полторы"), Decimal("1.5")),
    **dict.fromkeys(("пол", "half"), Decimal("0.5")),
    **dict.fromkeys(("четверть", "quarter"), Decimal("0.25")),
    **dict.fromkeys(("a", "an"), Decimal(1)),
    **dict.fromkeys(("пара", "пару", "couple"), Decimal(2)),
}
_SHOWN = (  # minutes, and what so many are called
    (DAY * 365, ("год", "года", "лет"), ("year", "years")),
    (DAY * 30, ("месяц", "месяца", "месяцев"), ("month", "months")),
    (DAY, ("день", "дня", "дней"), ("day", "days")),
    (60, ("ч", "ч", "ч"), ("h", "h")),
    (1, ("мин", "мин", "мин"), ("min", "min")),
)
_CLOCK = r"([0-9]{1,3}):([0-5][0-9])"
_PART = r"([0-9]+(?:[.,][0-9]+)?)|([^\W\d_]+)"
_WHOLE = frozenset(words("день дня сутки суток day"))
# «минут 20», «часа два»: about so many. In this case a unit never stands alone.
_COUNTED = frozenset(
    words(
        "минут минуток часа часика часов дня дней сут суток недель секунд месяца месяцев года годика лет "
        "hours minutes mins hrs days weeks secs months years"
    )
)
_IN_ONE = r"\bпол(?=час|минут|дня\b|недел|месяц|год)"
_HALF_MORE = r"\b(?:с половиной|and a half)\b"
_ABOUT = (
    r"^(?:около|примерно|приблизительно|где-то|почти|целый|about|around|approximately|roughly|maybe|almost)\s|"
    r"\s(?:or so|примерно|где-то)$"
)
_FROM_TO = r"(?:(?:от|from|between)\s)?(?P<from>.+?)(?:\s?[-–—]\s?|\s(?:или|до|or|to|and)\s)(?P<to>.+)"
_ONE = r"^(?:около |от )(?=(?:часа|дня|суток|минуты|недели|месяца|года)\b)"  # «около часа», «от часа до двух»


class Duration(AnswerType):
    name = "duration"
    noun = ("длительность", "how long")
    limits = frozenset({"min", "max"})
    doc = (
        "How long, in whole minutes; `min` and `max` are minutes too (or a text such as `1h 30m`). Of «час-полтора» or "
        "`1-2 hours` it is the longer end. A month counts as 30 days, a year as 365."
    )
    value = "integer"
    examples = (
        ("полтора часа", 90),
        ("1h 30m", 90),
        ("90 мин", 90),
        ("45", 45),
        ("2,5 часа", 150),
        ("час-полтора", 90),
        ("три месяца", 129600),
    )

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text = typed(raw)
        value = read_around(text, read_minutes) if text else None
        language = question.language
        low, high = duration_limit(question.limits.get("min")), duration_limit(question.limits.get("max"))

        def refused(minutes: int) -> Rejected | None:
            return outside(minutes, low, high, WORDS, lambda bound: show_minutes(bound, language))

        if value is None:
            found = asked_back(
                text or "",
                lambda said: read_minutes(said) if has_figures(said) and not said.isdecimal() else None,
                lambda minutes: show_minutes(minutes, language),
                lambda word: has_figures(word) or (len(word) > 1 and word in _MINUTES),
            )
            meant = read_minutes(found.offer) if found else None
            wrong = refused(meant) if meant is not None else None
            return wrong or found or Rejected("wrong_duration", {"example": show_minutes(90, language)})
        return refused(value) or Accepted(value, str(value))

    def show(self, value: Any, question: Question) -> str:
        if not isinstance(value, int):
            return "" if value is None else str(value)
        return show_minutes(value, question.language)


def show_minutes(minutes: int, language: str) -> str:
    """90 as `1 ч 30 мин` or `1 h 30 min`, 129600 as `3 месяца`."""
    parts: list[str] = []
    left = minutes
    for size, ru, en in _SHOWN:
        count, left = divmod(left, size)
        if count or (size == 1 and not parts):
            parts.append(plural(count, *(ru if is_russian(language) else en)))
    return " ".join(parts)


def read_minutes(text: str) -> int | None:
    """Whole minutes, rounded half up; None when the text is no duration or one above a hundred years."""
    if len(text) > LONGEST:
        return None
    text = ascii_digits(text).casefold().replace("ё", "е").strip("~≈.!? ")
    text = re.sub(_ABOUT, "", re.sub(_ONE, "1 ", text))
    if found := re.fullmatch(_CLOCK, text):
        return int(found[1]) * 60 + int(found[2])
    text = re.sub(_IN_ONE, "пол ", text)
    total = _sum(*_parts(text))
    if total is None and (span := re.fullmatch(_FROM_TO, text)):
        total = _longer(span["from"], span["to"])
    if total is None or total > MOST:
        return None
    return int(total.quantize(Decimal(1), ROUND_HALF_UP))


def _longer(text: str, to: str) -> Decimal | None:
    """Of «час-полтора», «часа два-три», `1-2 hours`: the unit is said once, with either."""
    (first, half), (last, half_more) = _parts(text), _parts(to)
    units = [one for one in (*first, *last) if isinstance(one, str) and one in _MINUTES]
    if not units:
        return None
    low = _sum(first if units[0] in first else [*first, units[0]], half)
    high = _sum(last if units[-1] in last else [*last, units[-1]], half_more)
    return high if low is not None and high is not None and low < high else None


def _parts(text: str) -> tuple[list[Decimal | str], bool]:
    """The words and numbers of a text, and whether a half is to be added; no parts when there are odd signs in it."""
    half = re.search(_HALF_MORE, text) is not None
    text = re.sub(_HALF_MORE, " ", text)
    if re.sub(_PART, "", text).strip(" .,и"):
        return [], False
    return _numbered(re.findall(_PART, in_first_case(text))), half


def _sum(parts: list[Decimal | str], half: bool) -> Decimal | None:
    """The parts (`2 часа`, `half an hour`, `15`) added up; every word must have its place."""
    if not parts:
        return None
    total, count, unit = Decimal(0), None, Decimal(0)
    if len(parts) == 2 and parts[0] in _COUNTED and isinstance(parts[1], Decimal):
        parts.reverse()
    for part in parts:
        if isinstance(part, Decimal):
            if count is not None:
                return None
            count = part
        elif part in _MINUTES:
            if (unit and _MINUTES[part] >= unit) or (count is None and part in _COUNTED):
                return None  # parts go from the greatest to the least
            if count is not None and count < 1 and part in _WHOLE:
                return None  # «полдня» may be four hours or twelve
            unit = _MINUTES[part]
            more, half = (Decimal("0.5") if half else Decimal(0)), False
            total += ((Decimal(1) if count is None else count) + more) * unit
            count = None
        else:
            return None
    if count is not None:  # a last bare number: minutes, and after hours too («час 15»)
        if (unit and (unit != 60 or count >= 60)) or count % 1:  # a bare 1,5 may be hours
            return None
        if parts[:-1] == ["час"] and count < 10:  # «час два» may be one hour or two
            return None
        total += count + (Decimal("0.5") if half else 0)
        half = False
    return None if half else total


def _numbered(parts: list[tuple[str, str]]) -> list[Decimal | str]:
    """The parts of a text, its numbers as such: «двадцать пять минут» is 25 and a unit."""
    found: list[Decimal | str] = []
    place = 0
    while place < len(parts):
        number, word = parts[place]
        said, used = leading_number([one for _, one in parts[place:]])
        if number:
            found.append(Decimal(number.replace(",", ".")))
        elif word in _COUNTS:
            follows = parts[place + 1][1] if place + 1 < len(parts) else ""
            of_one = found[-1:] in ([Decimal("0.5")], [Decimal("0.25")]) or follows in ("couple", "half", "quarter")
            if not (word in ("a", "an") and of_one):
                found.append(_COUNTS[word])
        elif said is not None:
            found.append(Decimal(said))
            place += used - 1
        elif word not in ("и", "and", "на", "of"):
            found.append(word)
        place += 1
    return found


def duration_limit(limit: Any) -> int | None:
    return read_minutes(str(limit)) if isinstance(limit, (int, float, str)) and not isinstance(limit, bool) else None
