"""What a person typed, made fit for reading and for comparing.

Law: nothing here decides what an answer means, and no text, however odd, raises.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Any

# Spaces of width nought, directional marks, byte order mark: they come with copied texts and mean nothing at the ends.
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\u2800\u3164\ufe0e\ufe0f\ufeff"
)
_SPACES = (  # all that `str.isspace` takes
    "\t\n\v\f\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_ENDS = INVISIBLE + _SPACES
_COPIED = " \t\r\n\v\f\u00a0\u200b\ufeff"  # what a copied text drags along at its ends
_UNSTORABLE = re.compile("[\ud800-\udfff]")  # UTF-8 takes no lone surrogate
_MARKDOWN = re.compile(r"\]\([^()]*\)|[*_~`\[\]\\|]")
_WORDLESS = frozenset({"So", "Sk", "Cf", "Cc", "Mn", "Me", "Cs", "Co", "Cn"})  # emoji, their modifiers, unseen signs
_TRAILING = " .,!?;:…)»\"'"
_LEADING = " «(\"'№#-•–—"


def typed(raw: Any) -> str | None:
    """The text without what cannot be stored or seen at its ends; None when `raw` is no text at all."""
    if not isinstance(raw, str):
        return None
    text: str = (raw if raw.isascii() else _UNSTORABLE.sub("", raw)).replace("\x00", "")
    return text.strip(_ENDS)


def whole(raw: str) -> str:
    """The text as it was written, marks of direction and zero bytes included, without its outer spaces."""
    return _UNSTORABLE.sub("", raw).strip(_COPIED)


def words(listed: str) -> list[str]:
    """A word list as it is written in a table of words."""
    return listed.split()


def ascii_digits(text: str) -> str:
    """Digits of any script as 0-9 (`٥` is 5); everything else stays."""
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(sign)) if sign.isdecimal() else sign for sign in text)


def fold(text: str) -> str:
    """The text as its words alone: any case, ё as е, no emoji, Markdown or outer punctuation, single spaces.

    A text that has no words (`👍`, `+`) is folded to itself, without emoji modifiers.
    """
    words = text.casefold().replace("ё", "е")
    if not words.isascii():
        words = unicodedata.normalize("NFC", words)
        words = "".join(" " if unicodedata.category(sign) in _WORDLESS else sign for sign in ascii_digits(words))
    words = " ".join(_MARKDOWN.sub("", words).split()).rstrip(_TRAILING).lstrip(_LEADING)
    return words or "".join(sign for sign in text if unicodedata.category(sign) not in ("Sk", "Mn", "Cf", "Cc", "Cs"))


@lru_cache(maxsize=4096)
def folded_label(label: str) -> str:
    """`fold`, remembered: for what authors wrote. Never for what a person typed, which must not stay in memory."""
    return fold(label)


def is_russian(language: str) -> bool:
    return language[:2].lower() == "ru"
