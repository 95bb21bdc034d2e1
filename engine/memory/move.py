"""A chat that goes on under another name. Law: as `writes`: inside one open transaction."""

from __future__ import annotations

from sqlite3 import Connection

from msgspec import Struct


class Move(Struct, frozen=True):
    chat: str
    to: str

    def write(self, db: Connection) -> None:
        ways = {"old": self.chat, "new": self.to}
        db.execute(
            "DELETE FROM chats WHERE chat = :new AND coalesce(scenario, '') = ''"
            " AND EXISTS (SELECT 1 FROM chats WHERE chat = :old)",
            ways,
        )
        for table, column in (
            ("chats", "chat"),
            ("questions", "chat"),
            ("history", "chat"),
            ("trail", "chat"),
            ("asked", "chat"),
            ("inbox", "chat"),
            ("quarantine", "chat"),
            ("records", "person"),
        ):
            db.execute(f"UPDATE OR IGNORE {table} SET {column} = :new WHERE {column} = :old", ways)  # noqa: S608 - the names stand above
        for table in ("chats", "questions"):  # the new name had one of its own
            db.execute(f"DELETE FROM {table} WHERE chat = :old", ways)  # noqa: S608 - the names stand above
        for start in ("media:", ""):
            lanes = {"old": start + self.chat, "new": start + self.to}
            db.execute("UPDATE outbox SET lane = :new WHERE lane = :old", lanes)
        for start in ("asked:", "tokens:", "topic:"):
            marks = {"old": start + self.chat, "new": start + self.to}
            db.execute("UPDATE OR IGNORE marks SET name = :new WHERE name = :old", marks)
