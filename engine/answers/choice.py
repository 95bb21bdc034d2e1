"""One or several out of a list: pressed, or typed as the label, the value, or the number in the list.

Law: a typed text never stands for a choice that the person may not have meant; a near miss is asked back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from engine.answers.alike import denied, in_other_words, more_or_less, named_within
from engine.answers.around import read_around, without_idle
from engine.answers.bounds import count_limit, outside
from engine.answers.number_words import number_in_words
from engine.answers.numbers import read_number
from engine.answers.typed import fold, folded_label, typed
from engine.answers.typed import words as listed_words
from engine.core.answer import Accepted, AnswerType, Choice, Question, Raw, Rejected
from engine.core.keyboard import counted

LONGEST = 256  # characters of one typed choice
LISTED = 8  # labels named in a sentence
COMPARED = 200  # labels looked at for a near miss
PREFIX = 3  # letters that are enough when only one label begins with them
COUNT_WORDS = ("wrong_too_few", "wrong_too_many", "wrong_how_many")

_LEADING_NUMBER = r"([0-9]+)(?![0-9.,:]*[0-9])"
_LISTED = r"([0-9]{1,4})\s?[.):–—-]\s?(.+)"
_TIMES = frozenset(listed_words("в неделю день месяц раз раза хватит минимум максимум по times a week"))
_AMOUNT = r"\s?(?:[+−–—-]|\b(?:плюс|минус|plus|minus)\b)\s?(?=[0-9])"
_SEPARATORS = r"(?i)(\s*[,;\n+&]\s*|\s+(?:и|and)\s+)"


class OneChoice(AnswerType):
    name = "choice"
    noun = ("один из вариантов", "one of the choices")
    takes = frozenset({"text", "choice"})
    doc = (
        "One of the question's `choices`: a pressed button, or its label, value or number typed; the label in another "
        "form of its words («зал» for «В зале»), «второй», «последний», «ага» for «Да», «2 года» for «1-3 года». A "
        "near miss, and the only label in a longer text, is asked back; a «да» takes it. Where labels or values are "
        "numbers, a number means the one that it names and never the place in the list."
    )
    value = "any"

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        if isinstance(raw, dict):
            found: Choice | Rejected | None = by_id(question.choices, raw.get("choice"))
        else:
            text = typed(raw)
            found = _meant(text, question.choices) if text else None
        if found is None:
            return Rejected("wrong_choice", {"options": named(question.choices)})
        return found if isinstance(found, Rejected) else Accepted(found.value, {"choice": found.id})

    def show(self, value: Any, question: Question) -> str:
        return label_of(value, question.choices)


class ManyChoices(AnswerType):
    name = "choices"
    noun = ("несколько из вариантов", "some of the choices")
    takes = frozenset({"text", "choice"})
    limits = frozenset({"min", "max"})
    doc = "Several of the question's `choices`, as a list in the order shown; `min` (else 1) and `max` are how many."
    value = "list"

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        found: list[Choice] | Rejected | None = None
        if isinstance(raw, dict):
            found = _pressed(raw, question.choices)
        elif text := typed(raw):
            found = _several(text, question)
            bare = without_idle(text) if found is None else ""
            found = _several(bare, question) if bare else found
        if found is None:
            return Rejected(
                "wrong_choices", {"options": named(question.choices), "example": _example(question.choices)}
            )
        if isinstance(found, Rejected):
            return found
        low, high = count_limit(question.limits.get("min")), count_limit(question.limits.get("max"))
        wrong = outside(len(found), 1 if low is None else low, high, COUNT_WORDS, str)
        if wrong:
            return Rejected(wrong.word, {**wrong.values, "example": _example(question.choices)})
        return Accepted([choice.value for choice in found], {"choices": [choice.id for choice in found]})

    def show(self, value: Any, question: Question) -> str:
        return ", ".join(label_of(one, question.choices) for one in value) if isinstance(value, list) else ""


def _example(choices: Sequence[Choice]) -> str:
    """Two choices as one may type them: by number, or by label where a number means something else."""
    first = choices[:2]
    numbered = all(find(str(place), choices) is choice for place, choice in enumerate(first, 1))
    return "1, 2" if numbered and len(first) == 2 else ", ".join(choice.label for choice in first)


def by_id(choices: Sequence[Choice], wanted: Any) -> Choice | None:
    return next((choice for choice in choices if choice.id == wanted), None)


def _meant(text: str, choices: Sequence[Choice]) -> Choice | Rejected | None:
    """As `find`; of what is none, without the words that say nothing, or corrected: «наверное первое», «ой, не чай, а
    кофе»; of a longer text the label in it, asked back."""
    found = find(text, choices)
    if isinstance(found, Choice) or len(text) > LONGEST:
        return found
    plain = read_around(text, lambda said: one if isinstance(one := find(said, choices), Choice) else None)
    if plain or found:
        return plain or found
    within = named_within(text, choices)
    return _offered(within[0]) if len(within) == 1 else _only(within) if within else None


def find(text: str, choices: Sequence[Choice]) -> Choice | Rejected | None:
    """The choice that `text` names; a Rejected that asks back when it may be one or another; None when it is none."""
    if len(text) > LONGEST:
        return None
    for choice in choices:
        if text == choice.label:
            return choice
    words = fold(text)
    same = [choice for choice in choices if words == folded_label(choice.label)]
    same = same or [choice for choice in choices if words in (folded_label(choice.id), _value_text(choice))]
    same = same or [choice for choice in choices if any(words == folded_label(one) for one in choice.also)]
    if not same and (tight := _tight(words)):  # «Москва +1» for «Москва+1»
        same = [one for one in choices if tight in [_tight(folded_label(name)) for name in (one.label, *one.also)]]
    if not same and words and not any(sign.isalnum() or sign < "\u2000" for sign in words):  # an emoji of the label
        same = [choice for choice in choices if words in choice.label.replace("\ufe0f", "")]
    if same:
        return _only(same)
    if (listed := re.fullmatch(_LISTED, words)) and 1 <= int(listed[1]) <= len(choices):  # copied as «2. Дома»
        choice = choices[int(listed[1]) - 1]
        if folded_label(choice.label) == listed[2] and not listed[2].isdecimal():
            return choice
    number = words if words.isdecimal() else number_in_words(words)
    if number is None and not counted(choices):  # «3 раза», «раза три» for 3
        said = read_around(text, lambda one: read_number(one, "ru"), _TIMES)
        number = said if isinstance(said, int) and all(sign not in words for sign in "-–—/") else None
    if number is not None:  # «два»: the value 2, else as a typed 2
        valued = [choice for choice in choices if _value_text(choice) == str(number)]
        return _only(valued) if valued else _by_number(int(number), choices)
    begun = [choice for choice in choices if len(words) >= PREFIX and folded_label(choice.label).startswith(words)]
    begun = begun or in_other_words(text, choices)
    return _only(begun) if begun else _near(words, choices)


def named(choices: Sequence[Choice]) -> str:
    """The labels, for the end of a sentence: `«A», «B», …`."""
    labels = ", ".join(f"«{choice.label}»" for choice in choices[:LISTED])
    return labels + ", …" if len(choices) > LISTED else labels


def label_of(value: Any, choices: Sequence[Choice]) -> str:
    """The label of the choice that has this value; the value's own title when it is no longer among them."""
    for choice in choices:
        if type(choice.value) is type(value) and choice.value == value:
            return choice.label
    if isinstance(value, dict):
        value = next((value[key] for key in ("title", "name", "label", "id") if value.get(key)), "")
    return "" if value is None else str(value)


def _tight(words: str) -> str:
    """«москва + 1», «москва плюс 1» as «москва+1»; empty for a text without such an amount."""
    found, count = re.subn(_AMOUNT, lambda said: "+" if said[0].strip() in ("+", "плюс", "plus") else "-", words)
    return found if count else ""


def _value_text(choice: Choice) -> str | None:
    value = choice.value
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return None
    return folded_label(str(value))


def _only(found: Sequence[Choice]) -> Choice | Rejected:
    return found[0] if len(found) == 1 else Rejected("wrong_choice_unclear", {"options": named(found)})


def _by_number(number: int, choices: Sequence[Choice]) -> Choice | Rejected | None:
    """`2` is the second, unless the values or labels are numbers themselves: then it is the one that it names, if any.
    Where it names one and the place is another's, «3» for «1 раз», «3 раза», «5 раз», it is asked back."""
    placed = [choices[number - 1]] if 1 <= number <= len(choices) else []
    if counted(choices):
        return placed[0] if placed else None
    labels = [folded_label(choice.label) for choice in choices]
    leading = [re.match(_LEADING_NUMBER, label) for label in labels]
    if not all(leading) or all(label.isdecimal() for label in labels):
        return None
    meant = [choice for choice, begin in zip(choices, leading, strict=True) if begin and int(begin[1]) == number]
    return _only([*meant, *(one for one in placed if one not in meant)]) if meant else None


def _near(words: str, choices: Sequence[Choice]) -> Rejected | None:
    if more_or_less(words):
        return None
    from difflib import get_close_matches

    labels = {folded_label(name): choice for choice in choices[:COMPARED] for name in (*choice.also, choice.label)}
    close = get_close_matches(words, labels, n=1, cutoff=0.72)
    return _offered(labels[close[0]]) if close and (denied(close[0]) or not denied(words)) else None


def _offered(near: Choice) -> Rejected:
    return Rejected("wrong_choice_near", {"suggestion": near.label}, {"choice": near.id})


def _pressed(raw: dict[Any, Any], choices: Sequence[Choice]) -> list[Choice] | None:
    ids = raw.get("choices", [raw["choice"]] if "choice" in raw else None)
    if not isinstance(ids, (list, tuple)) or any(by_id(choices, wanted) is None for wanted in ids):
        return None
    return [choice for choice in choices if choice.id in ids]


def _several(text: str, question: Question) -> list[Choice] | Rejected | None:
    """Labels or numbers with commas, «и», new lines between; a label may hold such a sign itself."""
    choices = question.choices
    if len(text) > LONGEST * 4:
        return None
    words = fold(text)
    if re.fullmatch(r"[0-9]+(?: [0-9]+)+", words):
        text = words.replace(" ", ",")
    parts = re.split(_SEPARATORS, text)[:199]
    chosen: list[Choice] = []
    missed: list[Choice] = []  # near misses, which a yes would take with the rest
    start = 0
    while start < len(parts):
        found: Choice | Rejected | None = None
        end = len(parts)
        for end in range(len(parts), start, -2):  # the longest stretch that is a choice
            stretch = "".join(parts[start:end]).strip()
            found = find(stretch, choices) if end == start + 1 else _exact(stretch, choices)
            if isinstance(found, Choice):
                break
        if found is None and not parts[start].strip():
            start += 2
            continue
        if isinstance(found, Rejected) and (near := by_id(choices, (found.offer or {}).get("choice"))):
            missed.append(near)
            found, end = near, start + 1
        if not isinstance(found, Choice):
            return _all_or_none(words, question) if len(parts) == 1 and found is None else found
        chosen.append(found)
        start = end + 1
    if missed:
        suggestion = "», «".join(choice.label for choice in missed)
        meant = {"choices": [choice.id for choice in choices if choice in chosen]}
        return Rejected("wrong_choice_near", {"suggestion": suggestion}, meant)
    return [choice for choice in choices if choice in chosen]


def _exact(stretch: str, choices: Sequence[Choice]) -> Choice | None:
    words = fold(stretch) if len(stretch) <= LONGEST else ""
    return next((choice for choice in choices if folded_label(choice.label) == words), None)


def _all_or_none(words: str, question: Question) -> list[Choice] | None:
    if words in ("все", "всё", "all"):
        return list(question.choices)
    if words in ("ничего", "никакие", "ни один", "none", "nothing") and count_limit(question.limits.get("min")) == 0:
        return []
    return None
