"""Who has saved a record: it is withdrawn when the last of them takes its save back, and not before.

`holders` are words in one text: conversations, or rounds of a loop in one (`<conversation>#<round>`). An ended
conversation takes nothing back any more, so a record that many have saved is simply kept: MANY.
"""

from __future__ import annotations

MOST = 8
MANY = "*"


def taken(holders: str, holder: str) -> str:
    """The holders once this one has saved the record too."""
    known = holders.split()
    if holder and holder not in known and MANY not in known:
        known.append(holder)
    return " ".join(known) if len(known) <= MOST else MANY


def released(holders: str, holder: str) -> str:
    """Those who hold it still, empty for nobody. Without a name everybody lets go."""
    return " ".join(one for one in holders.split() if one != holder) if holder else ""
