"""`n | plural(…)`: as many forms as the language of the words has.

Law: the words tell their language by their alphabet; where the bot speaks a language that counts otherwise in the same
alphabet, nothing is said.
"""

from __future__ import annotations

import re

from jinja2 import nodes

from engine.lint.reader import Reader

_CYRILLIC, _LATIN = re.compile(r"[а-яё]", re.IGNORECASE), re.compile(r"[a-z]", re.IGNORECASE)
_TWO_IN_CYRILLIC = frozenset(("bg", "mk", "kk", "ky", "mn", "tt"))
_THREE_IN_LATIN = frozenset(("pl", "cs", "sk", "hr", "bs", "sr", "sl", "lt", "lv", "ro"))
MOST = 3


def check(reader: Reader, node: nodes.Filter) -> None:
    words = [one.value for one in node.args if isinstance(one, nodes.Const) and isinstance(one.value, str)]
    given = len(node.args) + len(node.kwargs)
    if given == 1 and isinstance(node.args[0], nodes.List):
        at = reader.source.after_sign("plural", node.lineno, ("|", "filter"))
        message = "`plural` takes its forms one by one, and here is a list of them: the text fails."
        reader.report("plural-forms", "error", str(node.args), at, message, "Take the square brackets out.")
    if len(words) < given or node.dyn_args is not None or node.dyn_kwargs is not None:
        return  # what it is given is not written out here
    help = "Russian has three: `plural('день', 'дня', 'дней')`; English two: `plural('day', 'days')`."
    if not 2 <= given <= MOST:
        _report(reader, node, "error", f"`plural` takes two or three forms, and here {_are(given)}.", help)
        return
    languages = {*reader.names.languages}
    if given < MOST and any(map(_CYRILLIC.search, words)) and not languages & _TWO_IN_CYRILLIC:
        message = "Russian words have three forms, for 1, 2 and 5, and here are two."
        _report(reader, node, "warning", message, "For example `plural('день', 'дня', 'дней')`.")
    elif given == MOST and all(map(_LATIN.search, words)) and not languages & _THREE_IN_LATIN:
        message = "English words have two forms, and here are three: they would be counted as Russian ones."
        _report(reader, node, "warning", message, "For example `plural('day', 'days')`.")


def _are(given: int) -> str:
    return {0: "is none", 1: "is one"}.get(given, f"are {given}")


def _report(reader: Reader, node: nodes.Filter, severity: str, message: str, help: str) -> None:
    first = node.args[0].value if node.args and isinstance(node.args[0], nodes.Const) else None
    place = reader.source.literal(str(first), node.lineno)
    at = reader.source.after_sign("plural", node.lineno, ("|", "filter")) if first is None else place
    reader.report("plural-forms", severity, str(node.args), at, message, help)
