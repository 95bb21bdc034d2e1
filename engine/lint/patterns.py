"""Patterns of authors: those that some texts keep busy for minutes."""

from __future__ import annotations

import re

NESTED = re.compile(r"[+*}]\)[+*{]|\([^)]*\|[^)]*\)[+*{]|[+*}][^()\[\]]*\)\s*[+*{]")
ATTACKS = ("a" * 60 + "!", "1" * 60 + "!", " " * 60 + "!", "ab" * 30 + "!", "а" * 60 + "!", "a1 " * 20 + "!")
SEARCHED = ("a" * 999 + "!", "1" * 999 + "!", "a1 " * 333 + "!")  # as long as what a trigger looks at
PATIENCE = 0.05  # s
MESSAGE = "Some texts keep this pattern busy for minutes, and are then refused."
HELP = "Do not repeat what is repeated inside: `(a+)+` is `a+`."


SLASHES = "The slashes around this pattern are part of it, so only a text with slashes fits."


def within_slashes(pattern: str) -> str:
    """Of `/wine/i`, as other languages write a pattern, the `wine`; empty for any other."""
    found = re.fullmatch(r"/(.+)/[a-z]{0,3}", pattern, re.DOTALL)
    return found[1] if found is not None else ""


def is_slow(pattern: str, searched: bool = False) -> bool:
    """Whether it is one of those, for a pattern that can be read. `searched`: it is looked for within a text."""
    import regex  # type: ignore[import-untyped]  # it ships no types; late: most bots have no pattern

    if not NESTED.search(pattern):
        return False
    compiled = regex.compile(pattern)
    for attack in (*ATTACKS, *(SEARCHED if searched else ())):
        try:
            (compiled.search if searched else compiled.fullmatch)(attack, timeout=PATIENCE)
        except TimeoutError:
            return True
    return False
