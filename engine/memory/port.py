"""What the runtime asks of a memory. SQLite is the one there is; another one would stand behind the same port."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from msgspec import Struct, field

from engine.core.effects import FindRecords, SaveRecord, WithdrawRecord


class Incoming(Struct, frozen=True):
    """An update as a channel got it, before anything understood it. `id` is unique for the channel for ever
    (`telegram:<update_id>`); `body` is the raw JSON. `seq` is the memory's own order, set when it is read back."""

    id: str
    chat: str
    body: bytes
    at: float
    seq: int = 0


class Outgoing(Struct):
    """One thing to be done outside, in order within a chat. `lane` is the chat (`telegram:5`), or the name of another
    worker (`mail`, `media`). `body` is an effect as `engine.core.codec` writes it.

    States: queued -> sending (attempts + 1, durable before the attempt) -> gone from the table when done. After a
    crash a `sending` one with one attempt is tried once more, one with two is given up (law 4)."""

    lane: str
    body: bytes
    seq: int = 0
    attempts: int = 0
    not_before: float = 0.0


class Line(Struct, frozen=True):
    """One line of the message history: who (`user`, `assistant`), what, when (seconds)."""

    chat: str
    at: float
    role: str
    text: str


class Trod(Struct, frozen=True):
    """Which ways one turn went: bytes as `engine.core.trail` writes them."""

    chat: str
    at: float
    ways: bytes


class Record(Struct, frozen=True):
    """A saved outcome. `change` grows with every change of any record; outputs remember the last one they wrote."""

    collection: str
    id: str
    person: str
    fields: dict[str, Any]
    created_at: float
    updated_at: float
    withdrawn: bool = False
    change: int = 0
    holders: str = ""  # who saved it (`engine.core.holders`)


class TurnWrites(Struct):
    """All that one turn leaves behind; written in one transaction (law 4)."""

    chat: str
    at: float
    handled: Sequence[str] = ()  # ids of the inbox that this turn answers
    session: bytes | None = None  # None: unchanged
    saves: Sequence[SaveRecord | WithdrawRecord] = ()
    outgoing: Sequence[Outgoing] = ()  # their `seq` is filled in by the commit
    asked: Sequence[tuple[str, bytes]] = ()  # model requests: (request id, AskModel as bytes)
    replied: Sequence[str] = ()  # model requests that are over
    history: Sequence[Line] = ()
    ways: bytes = b""  # see Trod
    standing: tuple[str, str] | None = None  # (scenario, step) where the chat's person now stands; ("", "") nowhere
    person: str = ""  # whose the saves are (`Sender.id`); empty: the chat


class Asked(Struct, frozen=True):
    """A model request that was committed and has no reply yet; asked again after a restart."""

    chat: str
    request: str
    body: bytes
    at: float


class Snapshot(Struct, frozen=True):
    """A scenario as it was when people began it (`mid_flow_edits: finish_old`). `files`: path -> hash of its content,
    which `source` gives. It was live from `born` to `retired` (seconds; 0: it still is)."""

    scenario: str
    version: str
    born: float
    retired: float
    files: dict[str, str]


class Counts(Struct):
    """For `dialogue status`: sizes, and the age in seconds of the oldest thing that waits."""

    inbox: int = 0
    outbox: int = 0
    oldest_outgoing: float = 0.0
    asked: int = 0
    set_aside: int = 0  # updates that nobody could read
    chats: int = 0
    standing: dict[tuple[str, str], int] = field(default_factory=dict)  # (scenario, step) -> people
    silent: dict[tuple[str, str], int] = field(default_factory=dict)  # those of them who were not heard of for a day


class Memory(Protocol):
    """Reads are plain calls (tens of microseconds, on the loop). Writes are awaited: they return once durable, and
    those of one tick of the loop share one transaction. Raises `engine.memory.errors.MemoryFailed` (disk full, locked,
    damaged) with a sentence that says what to do; nothing of that group was written then."""

    # the way in
    async def accept(self, updates: Sequence[Incoming]) -> list[Incoming]:
        """Store updates that are new; return these, with `seq`. One seen before (handled or not) is left out."""

    def waiting(self) -> list[Incoming]:
        """What was accepted and not handled, oldest first; for a restart."""

    async def quarantine(self, update: str, reason: str) -> None:
        """Set an update aside that nobody can read; it is kept, and is not in `waiting` again."""

    # a turn
    def session(self, chat: str) -> bytes | None: ...

    def find(
        self,
        query: FindRecords,
        person: str,
        unsaved: Sequence[SaveRecord | WithdrawRecord] = (),
        at: float | None = None,
    ) -> list[dict[str, Any]]:
        """Records as dicts: fields, `id`, `created_at`, `updated_at` (ISO 8601, UTC). `unsaved` (this very turn's
        writes) are seen as if they were committed at `at`, the turn's time (None: now).
        Use `engine.core.records.matches` for what SQL cannot say."""

    async def commit(self, turn: TurnWrites) -> None: ...

    # the way out
    async def sending(self, item: Outgoing) -> bool:
        """Mark one attempt, durably, before it is made; raises its `attempts`. False when it is to leave no more: its
        person was forgotten meanwhile, perhaps by another process."""

    def done(self, item: Outgoing) -> None:
        """It is out (or given up). Written with the next group; losing this mark costs one repeated attempt."""

    def later(self, item: Outgoing, not_before: float) -> None:
        """It certainly did not arrive: queued again, attempts set back."""

    def outgoing(self) -> list[Outgoing]:
        """All that is not done, in order; for a restart."""

    def delivered(self, chat: str, question: str, message: str) -> None:
        """Remember the channel's message id of a question, for redrawing and closing it. Lazily written; the last 20 a
        chat are enough."""

    def message_of(self, chat: str, question: str) -> str | None: ...

    def asked(self) -> list[Asked]: ...

    # outputs and commands
    def changes(self, collection: str, after: int, limit: int = 1000) -> list[Record]:
        """Records of a collection whose last change is later than `after`, in the order of change."""

    def records(self, collection: str) -> Iterator[Record]: ...

    def mark(self, name: str) -> str | None:
        """A small named value (an output's last change, a channel's offset)."""

    def set_mark(self, name: str, value: str) -> None:
        """Lazily written with the next group."""

    def history(self, chat: str | None = None) -> Iterator[Line]: ...

    def trail(self, chat: str | None = None) -> Iterator[Trod]:
        """Of the last months, oldest first."""

    def count(self) -> Counts: ...

    # people in the middle of a talk, when the files change
    def sessions(self, after: int = 0, scenarios: Collection[str] = ()) -> tuple[int, list[tuple[str, bytes]]]:
        """A stretch of all sessions, some milliseconds' worth: (where the next one begins, [(chat, session)]). Begin
        with 0; 0 comes back after the last. `scenarios`: only of chats whose person stands in one of these."""

    def snapshots(self) -> list[Snapshot]: ...

    def live(self) -> dict[str, str]:
        """The bot's files as they were live last: path -> hash of the content, which `source` gives."""

    async def keep_live(self, files: Mapping[str, str], sources: Mapping[str, bytes]) -> None:
        """These are live now; `sources` holds the contents of those that are new or changed, by hash."""

    def source(self, hashed: str) -> bytes | None:
        """The content of a file, of a snapshot or live."""

    async def keep(self, snapshots: Sequence[Snapshot], sources: Mapping[str, bytes]) -> None:
        """Keep these snapshots (in place of one of the same scenario and version) and their contents by hash."""

    async def let_go(self, snapshots: Sequence[tuple[str, str]]) -> None:
        """Drop these (scenario, version), and every content that nothing else has."""

    async def forget(self, chat: str) -> list[tuple[str, str]]:
        """Remove everything of a person; returns (collection, id) of the records withdrawn so that outputs follow."""

    async def move(self, chat: str, to: str) -> None:
        """A chat goes on under another name (a group became a supergroup): talk, history, what waits, all of it, at
        once. Where the new name has a talk of its own already, that one stays."""

    async def expire(self, collection: str, before: float, limit: int = 200) -> list[dict[str, Any]]:
        """Empty records of a collection whose last change is older than `before` (seconds), `limit` at the most; the
        fields that they had. They are withdrawn, so that outputs follow."""

    async def flush(self) -> None:
        """Write what is lazily waiting."""

    def problems(self) -> list[str]:
        """What is wrong with the store itself, in sentences; reads all of it. Raises MemoryFailed."""

    def lost(self) -> str:
        """Whether what is stored was taken away from beneath a running bot: a sentence, or nothing."""

    def backup(self, target: Path) -> None:
        """A whole copy as of now, beside a running bot. Raises FileExistsError, MemoryFailed."""

    def close(self) -> None: ...
