"""What a group writes. Law: everything here runs inside one open transaction, and changes nothing outside the database
until `Written.settle`, which is called after COMMIT; so a group that fails leaves no trace.

The turns of a group are written table by table (`executemany`): that costs a fifth less than turn by turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sqlite3 import Connection
from typing import Any

from msgspec import Struct, field

from engine.memory.lazy import Lazy
from engine.memory.move import Move
from engine.memory.port import Incoming, Outgoing, TurnWrites
from engine.memory.saves import write_save
from engine.memory.snapshots import Keep, KeepLive, LetGo

DAY = 86_400


class Accept(Struct, frozen=True):
    updates: Sequence[Incoming]


class Sending(Struct, frozen=True):
    item: Outgoing


class Quarantine(Struct, frozen=True):
    update: str
    reason: str


class SweepHistory(Struct, frozen=True):
    """Take a chat's lines out of a stretch of history and trail: above `after`, up to `upto` (None: the end)."""

    chat: str
    after: int
    upto: int | None


class Forget(Struct, frozen=True):
    chat: str


class Expire(Struct, frozen=True):
    """Empty at most `limit` records of a collection whose last change is older than `before` (seconds)."""

    collection: str
    before: float
    limit: int


class Flush(Struct, frozen=True):
    """Nothing of its own: waits for what is lazily waiting."""


Job = (
    TurnWrites | Accept | Sending | Quarantine | SweepHistory | Forget | Move | Expire | Flush | Keep | KeepLive | LetGo
)


class Numbers(Struct):
    """The last numbers given out; read when the transaction begins, written at its end if they grew."""

    inbox: int
    outbox: int
    change: int


class Written(Struct):
    """`results` in the order of the jobs; `settle` does in memory what the commit made true."""

    results: list[Any]
    settled: list[Callable[[], object]] = field(default_factory=list)

    def settle(self) -> None:
        for step in self.settled:
            step()


def write_group(db: Connection, jobs: Sequence[Job], lazy: Lazy, places: dict[str, int], now: float) -> Written:
    """All jobs of a group. `places`: number in the inbox of every update that waits; `now`: seconds."""
    written = Written([None] * len(jobs))
    row = db.execute("SELECT inbox, outbox, change FROM numbers").fetchone()
    numbers = Numbers(*row)
    turns = [job for job in jobs if isinstance(job, TurnWrites)]
    if turns:
        _write_turns(db, turns, numbers, places, written)
    for index, job in enumerate(jobs):
        match job:
            case TurnWrites() | Sending() | Flush():
                pass  # all at once, above and below
            case Accept():
                written.results[index] = _accept(db, job.updates, numbers, places, written, now)
            case Quarantine():
                _quarantine(db, job, places, written)
            case SweepHistory():
                _sweep(db, job)
            case Keep() | KeepLive() | LetGo() | Move():
                job.write(db)
            case Expire():
                written.results[index] = _expire(db, job, numbers, now)
            case forget:
                written.results[index] = _forget(db, forget, numbers, now)
    sending = [(index, job.item) for index, job in enumerate(jobs) if isinstance(job, Sending)]
    for index, item in sending:
        marked = db.execute("UPDATE outbox SET attempts = ? WHERE seq = ?", (item.attempts + 1, item.seq))
        written.results[index] = marked.rowcount > 0
    if sending:
        written.settled.append(lambda: _count_attempts([item for _, item in sending]))
    if lazy:
        lazy.write(db)
        written.settled.append(lazy.clear)
    last = (numbers.inbox, numbers.outbox, numbers.change)
    if last != row:
        db.execute("UPDATE numbers SET inbox = ?, outbox = ?, change = ?", last)
    return written


def _write_turns(
    db: Connection, turns: Sequence[TurnWrites], numbers: Numbers, places: dict[str, int], written: Written
) -> None:
    handled = [update for turn in turns for update in turn.handled]
    if handled:
        _leave_inbox(db, handled, places, written)
    chats = []
    outgoing: list[tuple[Outgoing, int]] = []
    rows = []
    for turn in turns:
        if turn.session is not None or turn.standing is not None:
            chats.append((turn.chat, turn.at, *(turn.standing or (None, None)), turn.session))
        for item in turn.outgoing:
            numbers.outbox += 1
            outgoing.append((item, numbers.outbox))
            rows.append((numbers.outbox, item.lane, turn.at, item.attempts, item.not_before, item.body))
        for save in turn.saves:
            numbers.change += write_save(db, save, turn.person or turn.chat, turn.at, numbers.change + 1)
    if chats:
        db.executemany(
            "INSERT INTO chats (chat, at, scenario, step, session) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (chat) DO UPDATE SET at = excluded.at, scenario = coalesce(excluded.scenario, scenario),"
            " step = coalesce(excluded.step, step), session = coalesce(excluded.session, session)",
            chats,
        )
    if rows:
        db.executemany("INSERT INTO outbox (seq, lane, at, attempts, not_before, body) VALUES (?, ?, ?, ?, ?, ?)", rows)
        written.settled.append(lambda: _number(outgoing))
    _write_asked(db, turns)
    history = [(line.chat, line.at, line.role, line.text) for turn in turns for line in turn.history]
    if history:
        _write_history(db, history)
    ways = [(turn.chat, turn.at, turn.ways) for turn in turns if turn.ways]
    if ways:
        db.executemany("INSERT INTO trail (chat, at, ways) VALUES (?, ?, ?)", ways)


def _write_asked(db: Connection, turns: Sequence[TurnWrites]) -> None:
    asked = [(request, turn.chat, turn.at, body) for turn in turns for request, body in turn.asked]
    if asked:
        db.executemany("INSERT OR REPLACE INTO asked (request, chat, at, body) VALUES (?, ?, ?, ?)", asked)
    replied = [(request,) for turn in turns for request in turn.replied]
    if replied:
        db.executemany("DELETE FROM asked WHERE request = ?", replied)


def _write_history(db: Connection, rows: list[tuple[str, float, str, str]]) -> None:
    sql = "INSERT INTO history (chat, at, role, text) VALUES (?, ?, ?, ?)"
    try:
        for row in rows:
            row[3].encode()
    except UnicodeEncodeError:  # half of an emoji, as models write it: the line is kept without it
        rows = [(chat, at, role, text.encode(errors="replace").decode()) for chat, at, role, text in rows]
    db.executemany(sql, rows)


def _leave_inbox(db: Connection, updates: Sequence[str], places: dict[str, int], written: Written) -> None:
    """By number; an id whose number this process never saw is looked for (the inbox is short)."""
    known = [(places[update],) for update in updates if update in places]
    if known:
        db.executemany("DELETE FROM inbox WHERE seq = ?", known)
    if len(known) < len(updates):
        db.executemany("DELETE FROM inbox WHERE id = ?", [(update,) for update in updates if update not in places])
    written.settled.append(lambda: [places.pop(update, None) for update in updates])


def _accept(
    db: Connection,
    updates: Sequence[Incoming],
    numbers: Numbers,
    places: dict[str, int],
    written: Written,
    now: float,
) -> list[Incoming]:
    new = []
    today = int(now // DAY)
    for update in updates:
        if db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (update.id, today)).rowcount:
            numbers.inbox += 1
            new.append(Incoming(update.id, update.chat, update.body, update.at, numbers.inbox))
    db.executemany(
        "INSERT INTO inbox (seq, id, chat, at, body) VALUES (?, ?, ?, ?, ?)",
        [(update.seq, update.id, update.chat, update.at, update.body) for update in new],
    )
    written.settled.append(lambda: places.update({update.id: update.seq for update in new}))
    return new


def _quarantine(db: Connection, job: Quarantine, places: dict[str, int], written: Written) -> None:
    db.execute(
        "INSERT OR REPLACE INTO quarantine (id, chat, at, reason, body)"
        " SELECT id, chat, at, ?, body FROM inbox WHERE id = ?",
        (job.reason, job.update),
    )
    _leave_inbox(db, [job.update], places, written)


def _sweep(db: Connection, job: SweepHistory) -> None:
    upto = job.upto if job.upto is not None else 1 << 62
    for table in ("history", "trail"):
        db.execute(f"DELETE FROM {table} WHERE seq > ? AND seq <= ? AND chat = ?", (job.after, upto, job.chat))  # noqa: S608 - the names stand above


def _forget(db: Connection, job: Forget, numbers: Numbers, now: float) -> list[tuple[str, str]]:
    """Records stay as empty, nameless, withdrawn rows, so that every output learns that they are to go."""
    for table, column in (
        ("chats", "chat"),
        ("inbox", "chat"),
        ("quarantine", "chat"),
        ("asked", "chat"),
        ("questions", "chat"),
        ("outbox", "lane"),
    ):
        db.execute(f"DELETE FROM {table} WHERE {column} = ?", (job.chat,))  # noqa: S608 - the names stand above
    db.execute("DELETE FROM outbox WHERE lane = ?", (f"media:{job.chat}",))
    letter = f":{job.chat}"  # one of theirs that has not left yet
    db.execute("DELETE FROM outbox WHERE lane LIKE 'mail:%' AND substr(lane, ?) = ?", (-len(letter), letter))
    names = [(f"{kind}:{job.chat}",) for kind in ("asked", "tokens", "topic")]
    db.executemany("DELETE FROM marks WHERE name = ?", names)
    rows = db.execute("SELECT seq, collection, id FROM records WHERE person = ? ORDER BY seq", (job.chat,)).fetchall()
    _empty(db, [seq for seq, _, _ in rows], numbers, now)
    return [(collection, record) for _, collection, record in rows]


def _expire(db: Connection, job: Expire, numbers: Numbers, now: float) -> list[str]:
    rows = db.execute(
        "SELECT seq, fields FROM records"
        " WHERE collection = ? AND updated_at < ? AND (person <> '' OR fields <> '{}') LIMIT ?",
        (job.collection, job.before, job.limit),
    ).fetchall()
    _empty(db, [seq for seq, _ in rows], numbers, now)
    return [fields for _, fields in rows]


def _empty(db: Connection, records: Sequence[int], numbers: Numbers, now: float) -> None:
    for seq in records:
        numbers.change += 1
        db.execute(
            "UPDATE records SET person = '', conversation = '', fields = '{}', withdrawn = 1,"
            " updated_at = ?, change = ? WHERE seq = ?",
            (now, numbers.change, seq),
        )


def _number(outgoing: Sequence[tuple[Outgoing, int]]) -> None:
    for item, seq in outgoing:
        item.seq = seq


def _count_attempts(items: Sequence[Outgoing]) -> None:
    for item in items:
        item.attempts += 1
