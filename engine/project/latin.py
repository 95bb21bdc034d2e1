"""A Russian word in the letters that files, scenarios and commands may have."""

from __future__ import annotations

import re

_SOUNDS = {"ж": "zh", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ъ": "", "ь": "", "ю": "yu", "я": "ya"}
_LETTERS: dict[int, int | str] = {
    **str.maketrans("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye"),
    **{ord(letter): sound for letter, sound in _SOUNDS.items()},
}


def in_latin(word: str) -> str:
    """Small Latin letters, digits and `_`, beginning with a letter: «Мой чек-ин» is `moy_chek_in`; empty when nothing
    is left."""
    spelled = word.lower().translate(_LETTERS)
    return re.sub(r"^[^a-z]+|_+$", "", re.sub(r"[^a-z0-9]+", "_", spelled))
