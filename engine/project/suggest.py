"""The word that a person most likely meant.

Law: better no suggestion than a silly one; a word is only suggested when it is near what was typed, is what the same
keys give in the other keyboard layout (`ыфн` is `say`), or, among words of ours, is what others call otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

_LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбю"
_TO_LATIN = str.maketrans(_CYRILLIC, _LATIN)
_TO_CYRILLIC = str.maketrans(_LATIN, _CYRILLIC)
# Cyrillic letters that look like Latin ones: `sаy` with a Cyrillic «а» is invisible to its author.
_LOOK_ALIKE = str.maketrans("асеорхуАВСЕНКМОРТХ", "aceopxyABCEHKMOPTX")
_NEAR = 0.6


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
    for form in (typed, typed.translate(_TO_LATIN)):
        found = difflib.get_close_matches(form, lowered, 1, _NEAR)
        if found:
            return lowered[found[0]]
    return None


def advice(word: str, candidates: Iterable[str]) -> str:
    """What to write for a word that others have and we have not; empty when nothing is to be said about it."""
    from engine.project.borrowed import told

    return told(word.lower().strip(), dict.fromkeys(candidates))


def meant_by(used: Iterable[str], known: Iterable[str]) -> frozenset[str | None]:
    """What is most likely meant by those words that are not known."""
    words = dict.fromkeys(known)
    return frozenset(closest(word, words) for word in used if word not in words)


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
        return f"Did you mean `{near}`?{note}"
    if 0 < len(known) <= 12:
        return "Known here: " + ", ".join(f"`{each}`" for each in known) + "."
    return ""
