"""A choice named in other words than its label: «ага» for «Да», «зал» for «В зале», «второй», «похудеть» for a noun.

Law: what is meant here is one choice and no other, and nothing that was said is left out: a «не», a number, an «или»
that the label lacks is another meaning.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from engine.answers.number_words import is_unit
from engine.answers.spans import in_span
from engine.answers.typed import fold, words
from engine.answers.yes_no import said
from engine.core.answer import Choice
from engine.core.keyboard import counted

MOST_WORDS = 6  # a longer text is a story
MOST_SAID = 30  # words of a story in which a label is looked for
LONGEST = 256  # characters of it
SEEN = 10  # choices on one page, if the author says nothing: of more, the last is not the last that is shown

_PLACES = (
    "перв(?:ый|ая|ое|ую)|1-?(?:й|я|е|ый|ая|ое)|(?:the )?first",
    "втор(?:ой|ая|ое|ую)|2-?(?:й|я|е|ой|ая|ое)|(?:the )?second",
    "трет(?:ий|ья|ье|ью)|3-?(?:й|я|е|ий|ья|ье)|(?:the )?third",
    "четверт(?:ый|ая|ое|ую)|4-?(?:й|я|е|ый|ая|ое)|(?:the )?fourth",
    "пят(?:ый|ая|ое|ую)|5-?(?:й|я|е|ый|ая|ое)|(?:the )?fifth",
)
_LAST = "(?:сам(?:ый|ая|ое|ую) )?последн(?:ий|яя|ее|юю)|(?:the )?(?:very )?last"
_PLACE = r"(?:{})(?:\s(?:вариант|пункт|ответ|кнопка|кнопку|option|one|button|choice))?"
_NUMBERED = r"(?:вариант|пункт|номер|option|number)\s([0-9]{1,3})"
_ORDINAL = r"\b(?:перв|втор|трет|четверт|пят(?:ы|а|о|у)|последн|first|second|third|fourth|fifth|last)\w*"
_YES_LABELS = frozenset(
    words(
        "да yes yep ок ok хочу буду готов готова согласен согласна давай давайте поехали погнали верно правильно "
        "подтверждаю correct right"
    )
)
_NO_LABELS = frozenset(words("нет no"))
_NOT = frozenset(words("не нет ни без кроме not no without except never"))
_IDLE = frozenset(
    words(
        "в во на у к с со я мне мой моя мое хочу буду давай давайте выбираю выберу пожалуйста лучше вариант это the a "
        "in at to i my want please option"
    )
)
_KIN = (  # any of these for a label that has one of them
    frozenset(words("мужчина мужской муж м мужик парень пацан мальчик юноша male man m boy guy")),
    frozenset(words("женщина женский жен ж девушка девочка дама female woman f girl lady")),
    frozenset(
        words(
            "завершить завершил завершила закончить закончил закончила готово сделано сделал сделала выполнил "
            "выполнила финиш done finish finished"
        )
    ),
    frozenset(words("пропустить пропуск пропускаю пропусти пропустим пас skip pass")),
    frozenset(words("начать начнем начинаем начинай старт стартуем start begin")),
)
_OF_AGE = frozenset(words("лет год возраст age old"))
_NO_ANSWER = frozenset(words("пол"))  # beside a word of kin: «женский пол»
_ENDINGS = sorted(
    words(
        "ть ться ние ния нию нием ого его ому ему ыми ими ами ями ых их ый ий ой ая яя ое ее ую юю ым им ом ем ей ов "
        "ев ах ях ам ям а я о е у ю ы и ь й s"
    ),
    key=len,
    reverse=True,
)


def in_other_words(text: str, choices: Sequence[Choice]) -> list[Choice]:
    """The choices that a text may mean which is no label, value or number: none, one, or several that it fits alike."""
    said_words = fold(text).replace(",", " ").split()
    if not 0 < len(said_words) <= MOST_WORDS:
        return []
    return (
        _in_place(" ".join(said_words), choices)
        or _yes_or_no(text, choices)
        or _of_kin(said_words, choices)
        or in_span(text, choices)
        or _inflected(frozenset(said_words), choices)
    )


def more_or_less(text: str) -> bool:
    """«Москва +1», «мск-2»: near to Moscow, and another answer."""
    return re.search(r"(?:(?:^|\s|[^\W\d])[+−–-]|(?i:плюс|минус|plus|minus))\s?[0-9]", text) is not None


def denied(text: str) -> bool:
    return not _NOT.isdisjoint(text.split())


def named_within(text: str, choices: Sequence[Choice], though_denied: bool = False) -> list[Choice]:
    """The choices whose labels stand in a longer text, in whatever form: «хочу похудеть к лету» for «Похудение». Beside
    them those of which a word is said too. They are asked back; none where something is denied,
    unless that is what is looked for."""
    said_words = frozenset(re.findall(r"\w+", fold(text)[:LONGEST]))
    if (
        len(said_words) > MOST_SAID
        or more_or_less(text[:LONGEST])
        or not (though_denied or _NOT.isdisjoint(said_words))
    ):
        return []
    stems = _stems(said_words)
    labels = [(choice, _label_stems(name)) for choice in choices for name in _names(choice)]
    whole = [pair for pair in labels if pair[1] and pair[1] <= stems and all(len(stem) >= 3 for stem in pair[1])]
    told = frozenset().union(*(label for _, label in whole))
    return _once([choice for choice, label in labels if (choice, label) in whole or (whole and label & stems - told)])


def speaks_of(text: str, question: str) -> bool:
    """Whether a text has a word of the question in it, in whatever form: «вес 82» for «Сколько ты весишь?»."""
    said, asked = (_stems(frozenset(re.findall(r"[^\W\d_]+", fold(one)))) for one in (text, question))
    if not _OF_AGE.isdisjoint(said) and not _OF_AGE.isdisjoint(asked):
        return True
    pairs = ((one, other) for one in said for other in asked if min(len(one), len(other)) >= 3 or one == other)
    return any(one.startswith(other) or other.startswith(one) for one, other in pairs)


def _in_place(text: str, choices: Sequence[Choice]) -> list[Choice]:
    """«второй», «вариант 2», where numbers mean places and no label begins to count itself; «последний» of a list that
    stands on one page."""
    place = next((number for number, word in enumerate(_PLACES, 1) if re.fullmatch(_PLACE.format(word), text)), 0)
    if found := re.fullmatch(_NUMBERED, text):
        place = int(found[1])
    if any(re.search(_ORDINAL, fold(choice.label)) for choice in choices):
        return []
    if re.fullmatch(_PLACE.format(_LAST), text):
        return [*choices[-1:]] if 1 < len(choices) <= SEEN else []
    return [choices[place - 1]] if 0 < place <= len(choices) and counted(choices) else []


def _yes_or_no(text: str, choices: Sequence[Choice]) -> list[Choice]:
    """«ага» for «Да», «неа» for «Нет, спасибо»; a yes to the only button there is, when that is no refusal."""
    meant = said(text)
    if meant is None:
        return []
    firsts = [fold(choice.label).replace(",", " ").removeprefix("все ").split()[:1] for choice in choices]
    if len(choices) == 1 and meant and not _NOT.intersection(firsts[0]):
        return [*choices]
    wanted = _YES_LABELS if meant else _NO_LABELS
    return [
        choice
        for choice, first in zip(choices, firsts, strict=True)
        if wanted.intersection(first) or (not meant and first == ["не"] and said(choice.label) is False)
    ]


def _of_kin(said_words: list[str], choices: Sequence[Choice]) -> list[Choice]:
    telling = [word for word in said_words if word not in _IDLE | _NO_ANSWER]
    kin = next((one for one in _KIN if len(telling) == 1 and telling[0] in one), frozenset())
    return [choice for choice in choices if kin.intersection(fold(choice.label).split())]


def _inflected(said_words: frozenset[str], choices: Sequence[Choice]) -> list[Choice]:
    """Every word that tells something stands in the label, in whatever form, and a «не» in both or in neither."""
    wanted = _stems(said_words)
    if not wanted or not all(len(word) >= 3 and is_unit(word) and word.isalpha() for word in said_words - _IDLE - _NOT):
        return []
    fitting = [
        choice
        for choice in choices
        for name in _names(choice)
        if wanted <= (label := _label_stems(name)) and _NOT.intersection(wanted) == _NOT.intersection(label)
    ]
    return _once(fitting) or [choice for choice in choices if _all_of(wanted, choice)]


def _all_of(wanted: frozenset[str], choice: Choice) -> bool:
    """«записаться к юристу»: nothing but words of the choice's names, one of which is whole."""
    names = [_label_stems(name) for name in _names(choice)]
    return (
        wanted <= frozenset().union(*names) and _NOT.isdisjoint(wanted) and any(one and one <= wanted for one in names)
    )


def _names(choice: Choice) -> list[str]:
    return [name for name in (choice.label, *choice.also) if not more_or_less(name)]


def _once(found: list[Choice]) -> list[Choice]:
    return [choice for place, choice in enumerate(found) if choice not in found[:place]]


@lru_cache(maxsize=4096)
def _label_stems(label: str) -> frozenset[str]:
    return _stems(frozenset(re.findall(r"\w+", fold(label))))


def _stems(all_words: frozenset[str]) -> frozenset[str]:
    return frozenset(word if word in _NOT else _stem(word) for word in all_words - _IDLE)


def _stem(word: str) -> str:
    """«зале» as «зал», «похудение» and «похудеть» as «похуде»; three letters at least stay."""
    ending = next((one for one in _ENDINGS if word.endswith(one) and len(word) - len(one) >= 3), "")
    return word[: len(word) - len(ending)]
