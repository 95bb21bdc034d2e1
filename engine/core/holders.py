"""Who has saved a record: it is withdrawn when the last of them takes its save back, and not before.

`holders` are words in one text: conversations, or rounds of a loop in one (`<conversation>#<round>`). An ended
conversation takes nothing back any more, so a record that many have saved is simply kept: MANY.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.core.effects import WithdrawRecord
from engine.core.session import PEOPLE, Conversation, Entry

if TYPE_CHECKING:
    from engine.core.ground import Ground

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


def holder_of(conversation: Conversation, entry: Entry) -> str:
    """Who saved a record: this conversation, in the round that its entry was made in."""
    return f"{conversation.id}#{entry['o']}" if entry.get("o") else conversation.id


def withdraw(ground: Ground, conversation: Conversation, keys: Iterable[str]) -> None:
    """The way that was taken in the end does not come by these: what they saved is taken back, unless a step on the way
    has saved it too, or its own step is gone from the file (what a deleted step has saved stays)."""
    journal, visited = conversation.journal, conversation.visited
    standing = {entry["s"] for key in visited if "s" in (entry := journal.get(key, {}))}
    for key in keys:
        entry = journal.get(key, {})
        if "s" not in entry or key in visited or entry["s"] in standing or entry["k"] == PEOPLE:
            continue
        if ground.exists(conversation, key):
            standing.add(entry["s"])
            ground.effects.append(WithdrawRecord(entry["k"], entry["s"], holder_of(conversation, entry)))
