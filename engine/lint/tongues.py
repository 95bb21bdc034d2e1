"""Languages called by their own names, as people choose among them: `Русский`, `English`. Such names are the same
whatever language the bot speaks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from engine.core.choices import Literal

_WORDS = re.compile(r"[^\W\d_]+(?:[ -][^\W\d_]+)*")
_CODE = re.compile(r"[a-z]{2,3}")


def are_languages(choices: Literal, languages: Iterable[str]) -> bool:
    """Whether at least two of the choices are languages called by their own names: of the bot's languages, and of those
    whose codes (`de`) the choices stand for."""
    written = [plain.source for one in choices.options for plain in one.label.languages.values()]
    labels = {word.group().casefold() for one in written if (word := _WORDS.search(one))}
    codes = {*languages, *(one.id for one in choices.options if _CODE.fullmatch(one.id))}
    return len(labels) > 1 and len(labels & {own_name(code) for code in codes}) > 1


@cache
def own_name(code: str) -> str:
    """In small letters; empty for a language that CLDR does not know."""
    from babel import Locale, UnknownLocaleError  # late: 40 ms, and few bots ask for a language

    try:
        locale = Locale.parse(code, sep="-" if "-" in code else "_")
    except (ValueError, UnknownLocaleError):
        return ""
    return (locale.get_language_name() or "").casefold()
