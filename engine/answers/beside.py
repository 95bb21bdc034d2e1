"""What people write beside a contact: who they are, and a note such as «звонить после 18».

Law: nothing is lost: what is no name is the note. Both read back what they were written as.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.answers.typed import words

LENGTH = 64  # characters of both
MOST_WORDS = 7
NAME_WORDS = 4
FEW_DIGITS = 4  # of an hour or two; more may be another number

IDLE = frozenset(  # say only that it is a contact
    words(
        "мой моя мне я тел телефон номер адрес почта мыло имейл емейл тг телега телеграм звоните пишите или на по в "
        "whatsapp ватсап вотсап вацап viber вайбер mail email e phone tel number my is me telegram tg"
    )
)
_NOT = frozenset(words("не нет без кроме not no don't without"))
_OF_NOTES = frozenset(  # a note begins with them
    words(
        "после до с со к из от для через во утро утром день днём днем вечер вечером ночью завтра сегодня послезавтра "
        "лучше можно только просто удобно удобнее желательно пожалуйста срочно жду буду любое любой время рабочий "
        "рабочая личный личная мобильный домашний будни будням выходные выходным понедельник вторник среду четверг "
        "пятницу субботу воскресенье спасибо это здравствуйте добрый after before from till until at on in any anytime "
        "morning evening afternoon today tomorrow please call write text only better best work home mobile thanks"
    )
)
_CALLING = ("звон", "позвон", "перезвон", "дозвон", "набер", "набир", "пиш", "писа", "напиш", "связа", "свяж")
_SIGNS = ".,;:!?()«»\"'-–—"
_NAME = r"[^\W\d_]+(?:[\-'’][^\W\d_]+)*\.?"


def read_beside(text: str) -> tuple[str, str] | None:
    """The name and the note; None when it may be another number, says «не», or is a whole story."""
    if sum(sign.isdecimal() for sign in text) > FEW_DIGITS or any(sign in "@/_" for sign in text):
        return None
    parts = list(_parts(text))
    said = [word for part in parts for word in part]
    if said and all(word.isdecimal() for word in said):
        return None
    if not _NOT.isdisjoint(word.casefold() for word in said):
        return None
    names: list[str] = []
    notes: list[str] = []
    for part in parts:
        end = next((place for place, word in enumerate(part) if _begins_a_note(word, place)), len(part))
        if not _is_name(part[:end], not names):
            end = 0
        names += part[:end]
        notes += [" ".join(part[end:])] if part[end:] else []
    name, note = " ".join(names), ", ".join(notes)
    return (name, note) if len(said) <= MOST_WORDS and len(name) + len(note) <= LENGTH else None


def _parts(text: str) -> Iterator[list[str]]:
    """Each part's words, without signs around them and without those at its ends that only say «my phone»."""
    for part in re.split(r"[,;\n()]|\s[–—-]\s|(?<=\w{3})[.!?]+(?=\s|$)", text):
        said = [word for one in part.split() if (word := one.strip(_SIGNS)) and re.search(r"\w", word)]
        while said and said[0].casefold() in IDLE:
            said.pop(0)
        while said and said[-1].casefold() in IDLE:
            said.pop()
        if said:
            yield said


def _begins_a_note(word: str, place: int) -> bool:
    bare, initial = word.casefold(), place > 0 and len(word) == 1 and word.isupper()
    return not initial and (bare in _OF_NOTES or bare.startswith(_CALLING) or not re.fullmatch(_NAME, word))


def _is_name(said: list[str], first: bool) -> bool:
    """«Анна-Мария К»; all in small letters only where no name was told yet, and in a word or two."""
    if not 0 < len(said) <= NAME_WORDS:
        return False
    return said[0][0].isupper() or (first and len(said) <= 2)
