"""Marks that nobody waits for. Law: they are seen at once by who asks, written with the next group or soon after."""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from msgspec import Struct, field

KEPT = 900  # characters of a chat's list of questions: 20 of them and more; stays on the row's own page


class Lazy(Struct):
    """Each mark coalesces: only the last state of a thing is written. Emptied after the commit."""

    done: set[int] = field(default_factory=set)  # numbers of the outbox
    later: dict[int, tuple[int, float]] = field(default_factory=dict)  # number -> (attempts, not before)
    delivered: dict[str, dict[str, str]] = field(default_factory=dict)  # chat -> question -> message
    marks: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.done or self.later or self.delivered or self.marks)

    def write(self, db: Connection) -> None:
        """Inside a transaction."""
        if self.later:
            rows = [(attempts, not_before, seq) for seq, (attempts, not_before) in self.later.items()]
            db.executemany("UPDATE outbox SET attempts = ?, not_before = ? WHERE seq = ?", rows)
        if self.done:
            db.executemany("DELETE FROM outbox WHERE seq = ?", [(seq,) for seq in self.done])
        if self.delivered:
            db.executemany(
                "INSERT INTO questions VALUES (?1, ?2) ON CONFLICT (chat) DO UPDATE"
                " SET messages = substr(excluded.messages || messages, 1, ?3)",
                [(chat, as_list(messages), KEPT) for chat, messages in self.delivered.items()],
            )
        if self.marks:
            db.executemany("INSERT OR REPLACE INTO marks VALUES (?, ?)", self.marks.items())

    def clear(self) -> None:
        self.done.clear()
        self.later.clear()
        self.delivered.clear()
        self.marks.clear()

    def forget(self, chat: str) -> None:
        self.delivered.pop(chat, None)
        self.marks.pop(f"asked:{chat}", None)
        self.marks.pop(f"topic:{chat}", None)


def as_list(messages: dict[str, str]) -> str:
    """Newest first, so that cutting the end off drops the oldest."""
    lines = [f"{question}\t{message}\n" for question, message in messages.items()]
    return "".join(reversed(lines))


def in_list(messages: str, question: str) -> str | None:
    """The message of a question in such a list; the newest where there are two. A line that was cut has no end."""
    lines: Sequence[str] = messages.split("\n")[:-1]
    for line in lines:
        name, _, message = line.partition("\t")
        if name == question:
            return message
    return None
