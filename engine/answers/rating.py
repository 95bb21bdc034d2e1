"""Marks on a scale: `4`, `4/5`, «4 из 5», ⭐⭐⭐. Law: a mark of another scale is not converted, it is asked again."""

from __future__ import annotations

import re

from engine.answers.around import asked_back, has_figures, read_around
from engine.answers.bounds import count_limit
from engine.answers.number_words import is_of_number, number_in_words
from engine.answers.typed import ascii_digits, fold, typed, words
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 64  # characters; a longer text is no mark
STARS = "⭐★🌟"
_MARK = r"([0-9]{1,4})(?:[.,]0+)?(?:\s*[+-]|\s*[^\W\d_]{1,10})?(?:\s*(?:/|из|out of|of)\s*([0-9]{1,4}))?[.!]*"
_SCHOOL = {  # marks by their names, in a school of five
    **dict.fromkeys(words("единица единицу кол"), 1),
    **dict.fromkeys(words("двойка двойку"), 2),
    **dict.fromkeys(words("тройка тройку троечка троечку"), 3),
    **dict.fromkeys(words("четверка четверку четверочка четверочку"), 4),
    **dict.fromkeys(words("пятерка пятерку пятерочка пятерочку"), 5),
    **dict.fromkeys(words("десятка десятку"), 10),
}
_PRAISE = {  # what they mean there: asked back
    **dict.fromkeys(("отлично", "супер", "класс", "великолепно", "прекрасно", "excellent", "great"), 5),
    **dict.fromkeys(("хорошо", "good"), 4),
    **dict.fromkeys(("нормально", "норм", "удовлетворительно", "средне", "okay", "so so"), 3),
    **dict.fromkeys(("плохо", "bad"), 2),
    **dict.fromkeys(("ужасно", "отвратительно", "terrible", "awful"), 1),
}
_IDLE = frozenset(
    words(
        "на ставлю поставлю твердая твердое однозначно балл балла баллов звезда звезды звезд с плюсом минусом "
        "points stars"
    )
)


class Rating(AnswerType):
    name = "rating"
    noun = ("оценка", "a mark")
    takes = frozenset({"text", "choice"})
    limits = frozenset({"min", "max"})
    doc = "A mark from `min` (1 unless set) to `max` (5 unless set), as a number, `4/5`, stars, or a button."
    value = "integer"
    examples = (("4", 4), ("5/5", 5), ("⭐️⭐️⭐️", 3), ("четыре", 4))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        low, high = count_limit(question.limits.get("min")), count_limit(question.limits.get("max"))
        low, high = 1 if low is None else low, 5 if high is None else high
        if isinstance(raw, dict):
            raw = raw.get("choice")
        text = typed(raw)
        mark = read_around(text, lambda said: _read(said, high), _IDLE) if text else None
        if mark is None:
            return _nearly(text or "", low, high) or Rejected("wrong_rating", {"min": str(low), "max": str(high)})
        if not low <= mark <= high:
            return Rejected("wrong_out_of_range", {"min": str(low), "max": str(high)})
        return Accepted(mark, str(mark))


def _nearly(text: str, low: int, high: int) -> Rejected | None:
    """«отлично», «ставлю вам 5 за старания»: asked back."""
    short = len(text) <= LONGEST and not any(star in text for star in STARS)
    if short and (low, high) == (1, 5) and (mark := _PRAISE.get(fold(text))):
        return Rejected("wrong_near", {"suggestion": str(mark)}, str(mark))

    def read(said: str) -> int | None:
        mark = _read(said, high) if has_figures(said) else None
        return mark if mark is not None and low <= mark <= high else None

    return asked_back(text, read, str, is_of_number)


def _read(text: str, high: int) -> int | None:
    if len(text) > LONGEST:
        return None
    text = ascii_digits(text).casefold()
    stars = sum(text.count(star) for star in STARS)
    if stars:
        return stars if not text.strip(STARS + "☆\ufe0f\u200d ") else None
    found = re.fullmatch(_MARK, text.replace("\ufe0f", "").replace("\u20e3", ""))
    if found is None:
        said = text.rstrip(".!+ ").replace("ё", "е")
        return _SCHOOL.get(said) or number_in_words(said)
    return int(found[1]) if found[2] is None or int(found[2]) == high else None
