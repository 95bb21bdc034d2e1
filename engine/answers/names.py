"""What a person is called: «Аня», «меня зовут анна-мария)», `I'm Bob`.

Law: a name has at most four words and no figures; what asks back, denies or tells a story is no name. Written all in
small or all in capital letters, it gets its capitals.
"""

from __future__ import annotations

import re

from engine.answers.around import has_figures, without_idle
from engine.answers.bounds import count_limit
from engine.answers.typed import fold, typed, words
from engine.core.answer import Accepted, AnswerType, Question, Raw, Rejected

LONGEST = 200  # characters of a message
MOST_WORDS = 4
LENGTH = 60  # characters of a name, unless the author says otherwise

_SAID = (  # what people say with their name
    r"(?i)^(?:(?:(?:можешь|можете|можно|лучше|просто|все)\s)*(?:меня\s)?(?:з[оа]в[уо]т|звать|зови(?:те)?|называй(?:те)?)"
    r"(?:\sменя)?(?:\sпросто)?|мо[её]\sимя|имя|мой\sник|я|это|my name is|the name is|name is|call me|i am|i['’]m|"
    r"it is|it['’]s)\b[\s:—–-]*"
)
_SAID_AFTER = r"(?i)[\s,]+(?:меня (?:з[оа]в[уо]т|звать)|мо[её] имя|зовите меня)$"
_GREETINGS = frozenset(
    words(
        "привет здравствуйте здравствуй приветствую салют хай hi hello hey добрый день вечер доброе утро приятно и "
        "приветик прив здарова здаров здорова дарова дратути хелло йо ку"
    )
)
_IDLE = frozenset(words("просто все just"))  # beside what is idle everywhere
_NO_NAMES = frozenset(
    words(
        "не нет ни без да ага угу ок окей ладно хорошо зачем почему что чего кто как где когда сколько какой какая "
        "какое какие или и а но потому секрет никак никто аноним анонимно неважно пропустить ты вы тебя вас тебе вам "
        "спасибо пока хз быстрее скорее давай давайте дальше далее поехали погнали начать начнем начнём старт хочу "
        "no not yes ok why what who how you skip secret anonymous"
    )
)
_TO_DO = r"(?i)[а-яё]*(?:[аеиоуыя]ть|йти)(?:ся)?"  # «похудеть»: what one wants, no name; «Кать» and «Петь» are names
_TO_DO_LEAST = 5  # letters
_BETWEEN = r"[,!;\n]+|[.…]+(?=\s|$)"
_NAME = r"[^\W\d_]+(?:[-'’.][^\W\d_]*)*"


class Name(AnswerType):
    name = "name"
    noun = ("имя", "a name")
    limits = frozenset({"max_length"})
    doc = (
        "What the person is called, of at most four words and 60 characters (`max_length`): what is said around it is "
        "left out, and it begins with a capital."
    )
    examples = (("меня зовут аня)", "Аня"), ("Анна-Мария К.", "Анна-Мария К."), ("I'm Bob", "Bob"))

    def parse(self, raw: Raw, question: Question) -> Accepted | Rejected:
        text, limit = typed(raw) or "", count_limit(question.limits.get("max_length"))
        most = LENGTH if limit is None else limit
        if not text or len(text) > LONGEST:
            return Rejected("wrong_name")
        found = _read(text)
        name = found or _told(text)
        if not name or len(name) > most:
            return Rejected("wrong_name")
        return Accepted(found, found) if found else Rejected("wrong_near", {"suggestion": name}, name)


def _read(text: str) -> str | None:
    """The one part of the message that is a name, beside greetings."""
    telling = _parts(text)
    return _named(telling[0]) if "?" not in text and len(telling) == 1 else None


def _told(text: str) -> str | None:
    """The name in a longer text, to be asked back: «меня зовут Марина, мне 54», «Аня, 28 лет»."""
    parts = _parts(text)
    introduced = [one.strip() for one in re.split(_BETWEEN, _initials(text)) if re.match(_SAID, one.strip())]
    story = "?" not in text and (has_figures(text) or any(map(_to_do, " ".join(parts[1:]).split())))
    if len(parts) < 2 or len(introduced) > 1 or not (introduced or story):
        return None
    return _named(without_idle(introduced[0], _IDLE) if introduced else parts[0])


def _parts(text: str) -> list[str]:
    """What stands between commas and the like, less what says nothing."""
    parts = [_greeted(without_idle(part, _IDLE).strip(" -–—")) for part in re.split(_BETWEEN, _initials(text))]
    return [part for part in parts if part and not _GREETINGS.issuperset(fold(part).split())]


def _greeted(part: str) -> str:
    """«Привет меня зовут Аня» without its greeting; a greeting alone stays."""
    said = part.split()
    begin = next((place for place, word in enumerate(said) if fold(word) not in _GREETINGS), 0)
    return " ".join(said[begin:])


def _named(part: str) -> str | None:
    said = re.sub(_SAID_AFTER, "", re.sub(_SAID, "", part)).replace("․", ".")
    written = said.split()
    if not 0 < len(written) <= MOST_WORDS or not all(re.fullmatch(_NAME, word) for word in written):
        return None
    if not _NO_NAMES.isdisjoint(word.casefold() for word in written) or any(map(_to_do, written)):
        return None
    return _capitals(said, written)


def _to_do(word: str) -> bool:
    return len(word) >= _TO_DO_LEAST and re.fullmatch(_TO_DO, word) is not None


def _initials(text: str) -> str:
    """The point of «К.» or «А.С.» ends no sentence."""
    return re.sub(r"\b([^\W\d_])\.", "\\1․", text)


def _capitals(said: str, written: list[str]) -> str:
    if said.islower() or (said.isupper() and len(said) > 2 and not said.endswith(".")):
        return " ".join(
            re.sub(r"(?:^|(?<=[-'’.]))[^\W\d_]", lambda sign: sign[0].upper(), word.lower()) for word in written
        )
    return " ".join(written)
