"""What a few words say to one of the engine's own questions: yes, go on, begin anew, skip, change.

The words stand in `engine/words/`. Law: every part of what was said must say the same, but for idle words; of «да, но
позже» nothing is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from engine.core.ground import Ground

IDLE = "idle_words"
PATIENCE = 3  # wrong answers after which the ways out are named
_SIGNS = ",.:;!?…()—–-"
_APART = r"[\s,.:;!?…()—–-]+"
LONGEST = 100  # characters; a longer text is a story


def meant(ground: Ground, text: str, meanings: Mapping[str, Iterable[str]]) -> str:
    """The key of `meanings` that the text stands for; empty when it is none, or several. The meanings name lists of
    phrases in the files of words."""
    return told(
        text,
        {key: frozenset().union(*(phrases(ground.word(one)) for one in lists)) for key, lists in meanings.items()},
        ground.word(IDLE),
    )


def told(text: str, meanings: Mapping[str, frozenset[str]], idle: str) -> str:
    """The same with the phrases themselves; `idle` are words that tell nothing at either end of a part."""
    found = set()
    for part in re.split(r"[,;.!?…()\n]+", text if len(text) <= LONGEST else ""):
        words = folded(part)
        if not words:
            continue
        bare = without(words, phrases(idle))
        keys = [key for key, lists in meanings.items() if {words, bare} & lists]
        if keys or bare:  # nothing but idle words tells nothing
            found.add(keys[0] if len(keys) == 1 else "")
    return found.pop() if len(found) == 1 else ""


def with_ways_out(ground: Ground, text: str, tries: int) -> str:
    """Every third time that an answer does not fit, how to get out of the question."""
    if tries % PATIENCE:
        return text
    ways = {name: command_word(ground, name) for name in ("back", "cancel")}
    return f"{text}\n\n{ground.word('wrong_hint', **ways)}"


def command_word(ground: Ground, name: str) -> str:
    """What a built-in command is called in this bot, without its slash."""
    return ground.word(f"command_{name}").split(",")[0].strip().lstrip("/")


def asks_back(ground: Ground, text: str, beyond_doubt: bool = False) -> bool:
    """Whether a text asks about the question: «а зачем вам это?», «не понял». `beyond_doubt`: where it may be an answer
    too, a question mark alone tells nothing."""
    if len(text) > LONGEST or not ("?" in text or at_an_end(text, ground.word("asking_words"), ground.word(IDLE))):
        return False
    bare, asked = without(folded(text), phrases(ground.word(IDLE))), text.rstrip(" )!.").endswith("?")
    known = phrases(ground.word("asking_words"))
    if bare in known or not bare.strip():
        return bool(bare) or asked
    begins = any(bare.startswith(one + " ") for one in known)
    return asked and (begins or not beyond_doubt)


def asks_why(ground: Ground, text: str) -> bool:
    """«А зачем вам это?»: a text that is about the question and nothing else, so hardly ever an answer to it."""
    why, idle = ground.word("why_words"), ground.word(IDLE)
    if len(text) > LONGEST or not at_an_end(text, why, idle):
        return False
    return without(folded(text), phrases(idle)) in phrases(why)


def said_wrong(ground: Ground, text: str, beyond: str = "amend_words", maybe: str = "oops_words") -> tuple[str, bool]:
    """The text less the words that say it was wrong («ой, я ошиблась»), and whether they can mean nothing else. Both
    lists are named by their keys in the files of words."""
    if not at_an_end(text, ground.word(beyond), ground.word(maybe)):
        return text, False  # as nearly every answer
    pattern, certain = _pattern(ground.word(beyond), ground.word(maybe))
    left, sure = text.strip(), False
    while left and (found := pattern.match(left) or pattern.search(left)):
        said = (found["first"] or found["last"]).casefold().replace("ё", "е")
        sure = sure or said in certain
        left = left[found.end() :] if found["first"] else left[: found.start()]
    return left, sure


def at_an_end(text: str, *lists: str) -> bool:
    """Whether a text begins or ends with a word that a phrase of these lists begins or ends with: a quick way to no."""
    words, ends = text.casefold().replace("ё", "е").split(), _ends(lists)
    return bool(words) and (words[0].strip(_SIGNS) in ends or words[-1].strip(_SIGNS) in ends)


@lru_cache(maxsize=64)
def _ends(lists: tuple[str, ...]) -> frozenset[str]:
    every = [one.split() for sentence in lists for one in phrases(sentence)]
    return frozenset(words[place] for words in every for place in (0, -1))


@lru_cache(maxsize=32)
def _pattern(amend: str, oops: str) -> tuple[re.Pattern[str], frozenset[str]]:
    certain, either = phrases(amend), phrases(amend) | phrases(oops)
    every = "|".join(re.escape(one).replace("е", "[её]") for one in sorted(either, key=len, reverse=True))
    begin, end = rf"\s*(?P<first>{every})(?:{_APART}|$)", rf"{_APART}(?P<last>{every})[\s.!)(]*$"
    return re.compile(f"^{begin}|{end}", re.IGNORECASE), certain


@lru_cache(maxsize=256)
def phrases(sentence: str) -> frozenset[str]:
    """Of a list in a file of words."""
    return frozenset(folded(one) for one in sentence.split(",")) - {""}


def folded(text: str) -> str:
    return " ".join(text.casefold().replace("ё", "е").strip("«».!?…\"' ").split())


def without(words: str, idle: frozenset[str]) -> str:
    """The words less the idle ones at either end."""
    left = words.split()
    while left and left[0] in idle:
        del left[0]
    while left and left[-1] in idle:
        del left[-1]
    return " ".join(left)


def offers(text: str, word: str) -> bool:
    """Whether a question tells the person to write this word: «напиши «стоп»», `write "done"`."""
    said = re.escape(folded(word).strip(".!? "))
    around = rf"[«\"“„'`*_]{said}[.!]?[»\"”“'`*_]"
    asked = rf"\b(?:напиши|скажи|ответь|отправь|введи|write|type|say|send|reply|answer)(?:те)?:? {said}\b"
    return re.search(f"{around}|{asked}", folded(text)) is not None
