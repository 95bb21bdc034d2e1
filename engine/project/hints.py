"""The sentences about YAML that is read, but not as it looks: what it is, and what to type instead.

Law: a hint is (message, help), both for a person who writes conversations and no programs. For YAML that cannot be read
at all, `syntax.py` finds the words.
"""

from __future__ import annotations

from collections.abc import Collection

from engine.core.values import cut
from engine.project.quoting import Mended, quoted
from engine.project.suggest import did_you_mean
from engine.project.trouble import Place

INVISIBLE = frozenset("\u00a0\u2007\u202f\u200b\u200c\u200d\u2060\ufeff\u3000")  # no letter, no plain space
Hint = tuple[str, str]  # message, help
Answer = tuple[str, Place, Hint] | tuple[str, Place, Hint, Mended | None]

SEVERAL_DOCUMENTS: Hint = (
    "A second document begins here; only the first is read.",
    "Delete this `---` line, or move what follows into a file of its own.",
)
COMPLEX_KEY: Hint = (
    "A list or a map stands where a key is expected.",
    "Write a plain word before the colon. If this is meant to be a text, put it in quotes.",
)
MERGE_KEY: Hint = ("`<<` (merge) is not read here.", "Write the entries out, or use a plain alias as a whole value.")
LOST_DASH: Hint = (
    "This line is no item of a list: it still belongs to the text above.",
    "A list stands under a key without a value. For a text of several lines write `|` after the key.",
)
MISSING_SPACE: Hint = ("There is no space after the colon, so this is no key.", "Write a space after the colon.")
NO_TEXT: Hint = ("Expected a text here, or one for each language.", "")
SEVERAL_TEXTS: Hint = (
    NO_TEXT[0],
    "Write one text, or after `|` one of several lines. Several messages are several steps.",
)
AFTER_DASH: Hint = (
    "There is no space after the dash, so this is no item of a list.",
    "Write a space after the dash: `- `.",
)
EMPTY_KEY: Hint = ("There is no key before this colon.", "Write a key before it, or put the text in quotes.")


def decimal_comma(whole: str, rest: str) -> Hint:
    message = (
        f"Between braces the comma ends an entry, so this is `{whole}`, and a key `{rest}` with nothing behind it."
    )
    return message, f'Write `{whole}.{rest}`, or "{whole},{rest}" in quotes as a text.'


def too_deep(limit: int) -> Hint:
    return f"This is nested more than {limit} levels deep.", "Move the inner part into a file of its own."


def duplicate_key(key: str, first: int, anew: bool) -> Hint:
    help = f"If a new item begins here, write its dash: `- {key}: …`. Else keep one of the two."
    return f"`{key}` stands here a second time; the first is on line {first}.", help if anew else "Keep one of the two."


def unused_anchor(name: str) -> Hint:
    return f"`&{name}` names this place, and nothing uses the name.", "If the text begins with `&`, put it in quotes."


def unknown_alias(name: str) -> Hint:
    help = f"If this is meant to be a text, put it in quotes: {quoted('*' + name)}."
    return f"`*{name}` refers to a place named `&{name}`, and there is none.", help


def alias_loop(name: str) -> Hint:
    return f"`*{name}` stands inside the very thing that it refers to.", "Write the value out here."


def alias_bomb(limit: int) -> Hint:
    return f"Aliases make this file more than {limit} entries larger.", "Write fewer aliases of aliases."


def tag(tag: str) -> Hint:
    return f"`{tag}` is a YAML tag, and tags are not read here.", "If the text begins with `!`, put it in quotes."


def unquoted_braces(value: str) -> Hint:
    message = "A value that begins with `{{` or `{%` must stand in quotes; YAML takes `{` for a map."
    return message, f"Write it as {quoted(value)}."


def lost_comment(comment: str) -> Hint:
    message = f"From ` {cut(comment, 20)}` on this is a comment and no part of the text."
    return message, "Put the whole text in quotes; or, if it is a comment, write a space after `#`."


def invisible(word: str) -> Hint | None:
    """A key with a character that nobody can see in it."""
    sign = next((one for one in word if one in INVISIBLE), "")
    message = f"An invisible character (U+{ord(sign):04X}) stands in `{word.strip()}`." if sign else ""
    return (message, "Delete it, and type plain spaces.") if sign else None


NO_STEPS: Hint = (
    "There are no steps here.",
    "Steps stand below it and further right, such as `- say: Hello!`; where nothing is to happen, write `[]`.",
)


def no_step(written: str, verbs: Collection[str]) -> tuple[str, Hint]:
    """Code and hint for a list's entry that is no map."""
    verb, colon, _ = written.partition(":")
    if colon and verb in verbs:
        return "missing-space", MISSING_SPACE
    first = written.split(" ")[0]
    if not colon and first in verbs:
        return "missing-colon", (f"There is no colon after `{first}`.", f"Write `- {first}: …`.")
    help = did_you_mean(verb, verbs, ours=True) if verb else "For example `- say: Hello!`"
    help = help or f"To say it, write `say: {quoted(written)}`."
    return "not-a-step", ("A step begins with its verb: `verb: …`.", help)
