"""What people say around an answer: «ну где-то 82)) 😅», «вес: 82», «ой, не 80, а 78».

Law: what is left out here tells nothing of the answer; a «не», an «или», an «от» stays, and then it is no answer. One
that stands alone in a longer text is not taken but asked back («Верно понимаю: 28?»), and of two neither.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import TypeVar

from engine.answers.typed import words
from engine.core.answer import Rejected

T = TypeVar("T")

LONGEST = 200  # characters; beyond, nothing is looked for
MOST_WORDS = 30  # of a text in which one answer is looked for
STRETCH = 4  # words that one answer takes

IDLE = frozenset(
    words(
        "ну вот ой а о ок ладно так значит короче блин ура давай давайте можно нужно надо наверное наверно кажется "
        "думаю вроде пожалуйста плиз пож пжл спасибо пусть будет было это где-то примерно приблизительно почти уже "
        "еще пока ровно точно прям прямо лучше хотя хоть бы скорее хочу хотел хотела хотелось мне меня я у мой моя мое "
        "мои нас если конечно получается допустим скажем именно всего только лишь целых типа мол же вообще "
        "well so please thanks maybe probably perhaps just exactly okay about i it is it's its i'm my me think guess"
    )
)
_NOT = r"\b(?:не|нет|ни|или|без|кроме|not|no|or|without|except)\b"
_SMILE = r"(?<![\w)])[:;=]['’-]?[)(DdPp|*]+|[)(]{2,}|(?<=\s)[)(]+(?=\s|$)|[(]+$"
_NOTE = r"\s*\(([^()]*)\)\s*$"
_KEPT_SIGNS = "°№"
_EMOJI = frozenset({"So", "Sk", "Cf", "Me", "Mn", "Cs"})
_SIGNS = ".,:;!?…=—–-\"'«»"
_ENDS = r"^(?:[.,:;!?…=\"'«»()]|[—–-](?!\d))+\s*|[.,:;!?…=\"'«»()+—–-]+$"  # of a stretch; «-1» keeps its sign
_OOPS = r"(?:ой|упс|тьфу|блин|нет|пардон|извини|извините|сорри|oops|sorry|no)"
_CORRECTED = (
    rf"(?:{_OOPS}[,.]+\s*)+(?P<right>.+)",
    rf"(?:{_OOPS}[,.\s]+)*(?:не|not)\s(.+?),?\s(?:а|но|but)\s(?P<right>.+)",
    r"(?P<right>.+?),?\s(?:(?:а|and)\s)?(?:не|not)\s(.+)",
    rf"(.+?)[,.…\s]+(?:{_OOPS}|точнее|вернее|то есть|т\.?\s?е\.?|в смысле|i mean|(?:or )?rather|actually)"
    r"[,.…\s]+(?P<right>.+)",
)
_NAMED_FIRST = r"(?:[^\W\d]+\s){1,3}(?:не|not)\s(.+?),?\s(?:а|но|but)\s(?P<right>.+)"  # «возраст не 40, а 41»


def has_figures(text: str) -> bool:
    return any(sign.isdecimal() for sign in text)


def read_around(text: str, read: Callable[[str], T | None], idle: frozenset[str] = frozenset()) -> T | None:
    """What `read` makes of the text as it stands; else of it without what says nothing; else of what it corrects
    itself to. `idle`: more words that say nothing of an answer of this kind, in small letters."""
    found = read(text)
    if found is not None or len(text) > LONGEST:
        return found
    bare = without_idle(text, idle)
    if bare and bare != text and (found := read(bare)) is not None:
        return found
    for pattern in _CORRECTED:
        if said := re.fullmatch(pattern, bare, re.IGNORECASE):
            sides = [read(without_idle(side, idle)) for side in said.groups()]
            if None not in sides:
                return read(without_idle(said["right"], idle))
    return None


def contrast(text: str) -> tuple[str, str] | None:
    """Of «не 34, а 35», «возраст не 34, а 35» and «35, а не 34» what was wrong and what is right; else None."""
    for pattern, wrong_first in ((_CORRECTED[1], True), (_NAMED_FIRST, True), (_CORRECTED[2], False)):
        if len(text) <= LONGEST and (said := re.fullmatch(pattern, text.strip(" .!"), re.IGNORECASE)):
            return said.groups() if wrong_first else said.groups()[::-1]  # type: ignore[return-value] # two groups
    return None


def put_right(text: str, wrong: str, right: str) -> str | None:
    """A longer text with what was wrong in it put right, where that stands in it once: «не 10, а 20 км» of «пробежать
    10 км» is «пробежать 20 км»."""
    found = [*re.finditer(rf"(?<!\w){re.escape(wrong)}(?!\w)", text, re.IGNORECASE)]
    if len(found) != 1:
        return None
    before, after = text[: found[0].start()], text[found[0].end() :]
    said = right.split()
    for place in range(1, len(said)):  # what follows there, and was said once more
        again = " ".join(said[place:])
        if re.match(rf"\s*{re.escape(again)}(?!\w)", after, re.IGNORECASE):
            after = after.lstrip()[len(again) :]
            break
    return f"{before}{right}{after}"


def asked_back(
    text: str,
    read: Callable[[str], T | None],
    show: Callable[[T], str],
    doubtful: Callable[[str], bool] = has_figures,
    most: int = STRETCH,
    fits: Callable[[T], bool] = lambda value: True,
) -> Rejected | None:
    """«Верно понимаю: 28?» of «мне 28 лет, и я программист»: the one value that stands in the text, or the only one of
    several that `fits`; None of none, of several, where something is denied, and where a word beside it is `doubtful`:
    it may belong to the value, which takes `most` words."""
    said = text.split()
    if len(text) > LONGEST or len(said) > MOST_WORDS or re.search(_NOT, text, re.IGNORECASE):
        return None
    found = [*_stretches(said, read, doubtful, most)]
    if len(found) > 1:
        found = [one for one in found if one is None or fits(one)]
    if len(found) != 1 or found[0] is None:
        return None
    shown = show(found[0])
    return Rejected("wrong_near", {"suggestion": shown}, shown)


def without_idle(text: str, more: frozenset[str] = frozenset()) -> str:
    """The text without emoji, smileys, a note in brackets behind it, and words that say nothing at its ends; a long one
    as it is."""
    if len(text) > LONGEST:
        return text
    text = re.sub(_SMILE, " ", "".join(" " if _is_emoji(sign) else sign for sign in text)).rstrip()
    text = text if "(" in text else text.rstrip(")")
    note = re.search(_NOTE, text)
    if note and not re.search(rf"\d|{_NOT}", note[1], re.IGNORECASE):
        text = text[: note.start()]
    left = text.split()
    idle = IDLE | more
    while left and _is_idle(left[-1], idle):
        del left[-1]
    dropped = False
    while left and (_is_idle(left[0], idle) or (dropped and not left[0].strip(_SIGNS))):
        dropped = True
        del left[0]
    return " ".join(left)


def _is_idle(word: str, idle: frozenset[str]) -> bool:
    return word.casefold().replace("ё", "е").strip(_SIGNS) in idle


def _is_emoji(sign: str) -> bool:
    return sign > "\u00ff" and sign not in _KEPT_SIGNS and unicodedata.category(sign) in _EMOJI


def _stretches(
    said: list[str], read: Callable[[str], T | None], doubtful: Callable[[str], bool], most: int
) -> Iterator[T | None]:
    """What the longest stretches of words mean, each word in one of them; None for a doubtful word in none."""
    place = 0
    while place < len(said):
        for end in range(min(len(said), place + most), place, -1):
            stretch = re.sub(_ENDS, "", " ".join(said[place:end]))
            if stretch and (value := read(stretch)) is not None:
                yield value
                place = end - 1
                break
        else:
            if doubtful(said[place].casefold().strip(_SIGNS)):
                yield None
        place += 1
