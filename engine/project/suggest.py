"""The word that a person most likely meant.

Law: better no suggestion than a silly one; a word is only suggested when it is near what was typed, is what the same
keys give in the other keyboard layout (`ыфн` is `say`), or, among words of ours, is what others call otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
# Cyrillic letters that look like Latin ones: `sаy` with a Cyrillic «а» is invisible to its author.
_LOOK_ALIKE = str.maketrans("асеорхуАВСЕНКМОРТХ", "aceopxyABCEHKMOPTX")
_NEAR = 0.6
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю")
_BESIDE = {key: row[max(at - 1, 0) : at + 2] for row in _ROWS for at, key in enumerate(row)}
_SHORT, _LONG = 3, 8  # letters of a word


def closest(word: str, candidates: Iterable[str], ours: bool = False) -> str | None:
    """The candidate that is nearest to `word`, or None. Equal ones: the first in the order given. `ours`: they are
    words of the language, not of an author."""
    import difflib  # 2 ms, and only needed once something is wrong, as the other words

    from engine.project.borrowed import means, told

    known = list(candidates)
    lowered: dict[str, str] = {}
    for candidate in known:
        lowered.setdefault(candidate.lower(), candidate)
    typed = word.lower().strip()
    forms = [typed, typed.replace("-", "_").replace(" ", "_")]
    forms += [typed.translate(table) for table in (_LOOK_ALIKE, _TO_LATIN, _TO_CYRILLIC)]
    for form in forms:
        if form in lowered:
            return lowered[form]
    if ours and told(typed, lowered):
        return None
    meant = next(filter(None, (means(form, lowered) for form in forms[:2])), None) if ours else None
    if meant is not None:
        return lowered[meant]
    turned = (one for one in lowered if "_" in one and sorted(one.split("_")) == sorted(forms[1].split("_")))
    if (same := next(turned, None)) is not None:  # `admin_only`
        return lowered[same]
    for form in (typed, typed.translate(_TO_LATIN)):
        for found in difflib.get_close_matches(form, lowered, 3, _NEAR):
            if _alike(form, found):
                return lowered[found]
    return None


def _alike(word: str, near: str) -> bool:
    """Whether more than some of their letters are the same: `page` is no `range`, `sure` no `score`."""
    if word in near or near in word or word[:3] == near[:3] or not {*word.split("_")}.isdisjoint(near.split("_")):
        return True
    return _edits(word, near) <= max(1, max(len(word), len(near)) // 3)


def advice(word: str, candidates: Iterable[str]) -> str:
    """What to write for a word that others have and we have not; empty when nothing is to be said about it."""
    from engine.project.borrowed import told

    return told(word.lower().strip(), dict.fromkeys(candidates))


def is_typo(word: str, meant: str) -> bool:
    """Whether one is the other mistyped, and nothing else: of other letters of the same look, in the other keyboard
    layout, or with one letter (two in a long word) too many, missing, wrong or in its neighbour's place."""
    one, two = (each.lower().replace("-", "_") for each in (word, meant))
    if two in (one, *(one.translate(table) for table in (_LOOK_ALIKE, _TO_LATIN, _TO_CYRILLIC))):
        return True
    if re.sub(r"\D", "", one) != re.sub(r"\D", "", two) or min(len(one), len(two)) < 2:
        return False  # `wish1` is no mistyped `wish2`
    wrong = _edits(one, two)
    if len(two) <= _SHORT and len(one) == len(two) and sorted(one) != sorted(two):
        return False  # `get` is no mistyped `set`
    return wrong <= (2 if len(two) >= _LONG else 1)


def is_surely(word: str, meant: str) -> bool:
    """Whether it is a typo that may be mended unasked: `height`, one letter from `weight`, is a word of its own."""
    if not is_typo(word, meant):
        return False
    one, two = word.lower(), meant.lower()
    other_first = len(one) == len(two) and one[0] != two[0] and one[1:] == two[1:]
    return not other_first or one.translate(_LOOK_ALIKE) == two or two[0] in _BESIDE.get(one[0], "")


def _edits(one: str, two: str) -> int:
    """Letters put in, left out, exchanged, or in their neighbour's place."""
    rows: list[list[int]] = [list(range(len(two) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, other in enumerate(two, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != other))
            if i > 1 and j > 1 and (letter, other) == (two[j - 2], one[i - 2]):
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]


def _rival(word: str, near: str, known: Iterable[str]) -> str | None:
    """Another word that may as well be meant."""
    if not is_typo(word, near):
        return None
    wrong = _edits(word.lower(), near.lower())
    if not 1 <= wrong <= 2:
        return None  # the same in other letters
    others = (one for one in known if one != near and is_typo(word, one))
    return next((one for one in others if _edits(word.lower(), one.lower()) == wrong), None)


def meant_by(used: Iterable[str], known: Iterable[str]) -> frozenset[str | None]:
    """What is most likely meant by those words that are not known."""
    words = dict.fromkeys(known)
    return frozenset(closest(word, words) for word in used if word not in words)


_ASKED = "Did you mean "
_WORD = re.compile(_ASKED + r"`'?([^`']+)'?`(.?)")


def proposal(word: str, then: str = "") -> str:
    """A sentence for a finding's help, the one place that words it. `then`: more of it, such as another word."""
    return f"{_ASKED}`{word}`{then}?"


def proposed(help: str, alone: bool = True) -> str:
    """The word that a finding's help proposes, empty when none; `alone`: and nothing beside it."""
    found = _WORD.search(help)
    return found[1] if found is not None and (found[2] == "?" or not alone) else ""


def did_you_mean(word: str, candidates: Iterable[str], ours: bool = False) -> str:
    """A sentence for a finding's help: the nearest word, else all words when they are few, else nothing. `ours` as in
    `closest`."""
    known = list(candidates)
    near = closest(word, known, ours)
    sentence = advice(word, known) if ours and near is None else ""
    if sentence:
        return sentence
    if near is not None:
        typed = word.lower()
        mixed = typed != near.lower() == typed.translate(_LOOK_ALIKE)
        note = " Yours has letters of another alphabet that look the same." if mixed else ""
        rival = _rival(word, near, known)
        return proposal(near, f" or `{rival}`") if rival else proposal(near) + note
    if 0 < len(known) <= 12:
        return "Known here: " + ", ".join(f"`{each}`" for each in known) + "."
    return ""
