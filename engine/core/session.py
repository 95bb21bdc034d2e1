"""What is remembered of a person's talks: plain data that goes in and out of JSON.

Law 3: of a conversation the `journal` is the truth; everything under "cache" is computed from it and today's files, and
is kept only so that an ordinary turn need not walk again.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import orjson
from msgspec import Struct, field

PEOPLE = "people"  # the collection that holds one record a person, seen as `person.<field>` everywhere

Entry = dict[str, Any]
"""What one step produced. Exactly one of these keys tells the kind: `a` raw answer (`t` the message it came in, `p` the
messages and their texts when it came in several), `c` confirmed, `r` model reply (`x` true: it failed), `f` records
found, `s` record id saved (`v` its fields, `o` the round if not 0), `u` records updated, `n` notified, `v` value made
with the clock or chance. Beside it `h` is what it was made from (`engine.core.basis`), `q` the token of the question
that it answers."""


def digest(*parts: Any, size: int = 6) -> str:
    """A short stable name for these JSON-able parts: `size` bytes as hex."""
    return blake2b(orjson.dumps(parts, default=str, option=orjson.OPT_SORT_KEYS), digest_size=size).hexdigest()


def is_of(kept: Mapping[str, Any], message: str, key: str) -> bool:
    """Whether this entry (`t`), or what is not taken yet (`m` of a pending's state), was made from this message."""
    return kept.get(key) == message or any(part[0] == message for part in kept.get("p", ()))


class Pending(Struct):
    """What the conversation waits for. `kind`: `input`, `model` or `records`. `question` is the token its buttons
    bear; `request` the id a model or record request bears. `state` belongs to the step (tries, page, ticks)."""

    key: str
    round: int
    kind: str
    question: str = ""
    request: str = ""
    state: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The name of the step that waits."""
        return self.key.rsplit("/", 1)[-1].split("#")[0]

    def copy(self) -> Pending:
        return Pending(self.key, self.round, self.kind, self.question, self.request, dict(self.state))

    def data(self) -> list[Any]:
        return [self.key, self.round, self.kind, self.question, self.request, self.state]


class FrameState(Struct):
    """Where one running list of steps stands. `step` is an index into its scenario, -1 past the end. `variables` is
    None for the body of an `each`, which shares those of the frame around it; `items`, `at` are its loop. `wrote` (in
    a scenario that can loop) says of every variable how many keys were visited before it was last set."""

    scenario: str
    step: int
    path: str = ""
    caller: int = -1
    variables: dict[str, Any] | None = None
    items: list[Any] | None = None
    at: int = 0
    wrote: dict[str, int] | None = None

    def copy(self) -> FrameState:
        variables = None if self.variables is None else dict(self.variables)
        wrote = None if self.wrote is None else dict(self.wrote)
        return FrameState(self.scenario, self.step, self.path, self.caller, variables, self.items, self.at, wrote)

    def data(self) -> list[Any]:
        row: list[Any] = [self.scenario, self.step, self.path, self.caller, self.variables]
        if self.wrote is not None:
            return [*row, self.items, self.at, self.wrote]
        return row if self.items is None else [*row, self.items, self.at]


class Conversation(Struct):
    id: str
    scenario: str
    started: float
    start: dict[str, Any]  # command, payload, text, match
    journal: dict[str, Entry] = field(default_factory=dict)
    said: dict[str, list[Any]] = field(default_factory=dict)  # key of a say -> [hash of text, what it was made from]
    loops: dict[str, list[Any]] = field(default_factory=dict)  # a loop's head -> see `engine.core.loops.OVER`
    rounds: int = 0  # the highest round given out
    pending: Pending | None = None
    reopened: str = ""  # key that /back or a correction opened; its entry stays until replaced
    shown: Pending | None = None  # the question last shown to the person
    # cache
    version: str = ""
    frames: list[FrameState] = field(default_factory=list)
    visited: dict[str, None] = field(default_factory=dict)  # keys in order of the walk
    round: int = 0
    marks: dict[str, list[Any]] = field(default_factory=dict)  # says of the walk before, not met again yet
    catching_up: bool = False  # a re-walk is silent until it stops at a question
    offered: bool = False  # parked and offered again: once is enough, should the person pass it over

    def copy(self) -> Conversation:
        pending = self.pending.copy() if self.pending else None
        shown = pending if self.shown is self.pending else self.shown.copy() if self.shown else None
        return Conversation(
            self.id,
            self.scenario,
            self.started,
            self.start,
            dict(self.journal),
            dict(self.said),
            dict(self.loops),
            self.rounds,
            pending,
            self.reopened,
            shown,
            self.version,
            [frame.copy() for frame in self.frames],
            dict(self.visited),
            self.round,
            dict(self.marks),
            self.catching_up,
            self.offered,
        )

    def answered_by(self, message: str) -> str | None:
        """The key of the answer that came in this message."""
        return next((key for key, entry in self.journal.items() if message and is_of(entry, message, "t")), None)

    def data(self) -> list[Any]:
        row = [
            self.id,
            self.scenario,
            self.started,
            self.start,
            self.journal,
            self.said,
            self.loops,
            self.rounds,
            self.pending.data() if self.pending else None,
            self.reopened,
            None if self.shown is None else 0 if self.shown is self.pending else self.shown.data(),
            self.version,
            [frame.data() for frame in self.frames],
            list(self.visited),
            self.round,
            self.marks,
            self.catching_up,
        ]
        return [*row, True] if self.offered else row

    @classmethod
    def of(cls, row: list[Any]) -> Conversation:
        pending = Pending(*row[8]) if row[8] else None
        shown = pending if row[10] == 0 else Pending(*row[10]) if row[10] else None
        frames = [FrameState(*frame) for frame in row[12]]
        identity, scenario, started, start, journal, said, loops, rounds = row[:8]
        return cls(
            identity,
            scenario,
            started,
            start,
            journal,
            said,
            loops,
            rounds,
            pending,
            row[9],
            shown,
            row[11],
            frames,
            dict.fromkeys(row[13]),
            row[14],
            *row[15:],
        )


class Session(Struct):
    """One person in one chat. `person` holds id, name, username, language; `record` the fields of the person's own
    record in the collection `people`. `offer` is a question of the engine's own (go on? which language?). `keyboard`: a
    reply keyboard stands in place of the person's own. `last`: scenario, start and end (`at`) of the talk that was gone
    through last, for who finds a mistake in it."""

    person: dict[str, Any] = field(default_factory=dict)
    record: dict[str, Any] = field(default_factory=dict)
    active: Conversation | None = None
    parked: list[Conversation] = field(default_factory=list)
    offer: dict[str, Any] | None = None
    keyboard: bool = False
    last: dict[str, Any] | None = None

    def copy(self) -> Session:
        return Session(
            dict(self.person),
            dict(self.record),
            self.active.copy() if self.active else None,
            [conversation.copy() for conversation in self.parked],
            dict(self.offer) if self.offer else None,
            self.keyboard,
            self.last,
        )

    def dump(self) -> bytes:
        active = self.active.data() if self.active else None
        parked = [one.data() for one in self.parked]
        row = [1, self.person, self.record, active, parked, self.offer, self.keyboard]
        return orjson.dumps(row if self.last is None else [*row, self.last])

    @classmethod
    def load(cls, body: bytes | None) -> Session:
        if not body:
            return cls()
        _, person, record, active, parked, offer, keyboard, *last = orjson.loads(body)
        talks = [Conversation.of(one) for one in parked]
        return cls(person, record, Conversation.of(active) if active else None, talks, offer, keyboard, *last)
