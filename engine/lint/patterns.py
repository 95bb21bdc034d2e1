"""Patterns of authors: those that some texts keep busy for minutes."""

from __future__ import annotations

import re

NESTED = re.compile(r"[+*}]\)[+*{]|\([^)]*\|[^)]*\)[+*{]|[+*}][^()\[\]]*\)\s*[+*{]")
ATTACKS = ("a" * 60 + "!", "1" * 60 + "!", " " * 60 + "!", "ab" * 30 + "!", "а" * 60 + "!", "a1 " * 20 + "!")
PATIENCE = 0.05  # s
MESSAGE = "Some texts keep this pattern busy for minutes, and are then refused."
HELP = "Do not repeat what is repeated inside: `(a+)+` is `a+`."


def is_slow(pattern: str) -> bool:
    """Whether it is one of those, for a pattern that can be read."""
    import regex  # type: ignore[import-untyped]  # it ships no types; late: most bots have no pattern

    if not NESTED.search(pattern):
        return False
    compiled = regex.compile(pattern)
    for attack in ATTACKS:
        try:
            compiled.fullmatch(attack, timeout=PATIENCE)
        except TimeoutError:
            return True
    return False
