"""Slips of the finger: two words that one of them makes of the other."""

from __future__ import annotations

SHORTEST = 3  # letters


def is_slip(word: str, other: str) -> bool:
    """A letter more, less or other, or two that changed places; a number at the end is none: `line1`, `line2`."""
    one, two = word.lower(), other.lower()
    if one.rstrip("0123456789_") == two.rstrip("0123456789_"):
        return False
    shared = min(len(one), len(two))
    if shared < SHORTEST or abs(len(one) - len(two)) > 1:
        return False
    at = next((place for place in range(shared) if one[place] != two[place]), shared)
    first, second = one[at:], two[at:]
    swapped = first[:2] == second[:2][::-1] and first[2:] == second[2:]
    return swapped or first[1:] == second[1:] or first[1:] == second or first == second[1:]
