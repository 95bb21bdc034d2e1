"""One conversation's turns: begin, answer, after an edit of the files, back, correct (rewalk.md, rules 7 to 9)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any, TypeVar

from engine.core.answer import Amended, Raw, Recalled
from engine.core.ground import Ground
from engine.core.pins import inputs_unless_given
from engine.core.project import Scenario
from engine.core.rewalk import (
    Before,
    accept_at,
    answered_before,
    asked_today,
    entry_of,
    go_before,
    inputs_of,
    put,
    rename,
    stand_at,
    walk_again,
)
from engine.core.session import Conversation, digest
from engine.core.step import Step
from engine.core.template import TemplateFailed
from engine.core.values import jsonable
from engine.core.walk import Walk

Found = TypeVar("Found")
NEAREST = 5  # answers that /back tries: after an edit today's way may not come by the last ones
Parts = Sequence[tuple[str, str]]  # (message, text)
STUCK = "!"  # the version of a conversation whose last turn failed: to be walked again


class Talk:
    """Each method works on `conversation`, a copy of the turn's own, and returns the walk where it came to stand."""

    def __init__(self, ground: Ground, conversation: Conversation) -> None:
        self.ground = ground
        self.conversation = conversation
        self.walk: Walk | None = None  # the last walk, for the report when it fails
        if not self.current:
            rename(ground, conversation)

    @classmethod
    def new(cls, ground: Ground, scenario: Scenario, start: dict[str, Any]) -> Talk:
        """A conversation that has not begun."""
        identity = digest(ground.event.id, scenario.id, size=6)
        conversation = Conversation(identity, scenario.id, ground.event.at, start, version=scenario.version)
        if scenario.inputs:
            conversation.start = {**start, "inputs": inputs_unless_given(ground, conversation, scenario)}
        return cls(ground, conversation)

    def begin(self, scenario: Scenario) -> Walk:
        """Walk to the first question."""
        walk = self.walk = Walk(self.ground, self.conversation)
        self.ground.walked("started", self.conversation)
        walk.begin(scenario, inputs_of(self.conversation))
        return walk

    @property
    def current(self) -> bool:
        """Whether today's files are those that the cached position belongs to."""
        return self.conversation.version == self.ground.project.scenarios[self.conversation.scenario].version

    # inputs -----------------------------------------------------------------------------------------------------

    def accepts(self, raw: Raw) -> bool:
        """Whether the question now standing would take this; nothing is changed."""
        walk = self.walk = Walk(self.ground, self.conversation)
        step = walk.frame.step
        return step is not None and step.accepts(walk, raw) is not None

    def as_it_was(self) -> Raw:
        """The answer that the question now standing has, where it was opened again; None where it was not."""
        pending = self.conversation.pending
        if pending is None or not self.conversation.reopened or self.conversation.reopened != pending.key:
            return None
        raw: Raw = self.conversation.journal.get(pending.key, {}).get("a")
        return raw

    def corrects(self) -> bool:
        """Whether the question now standing asks itself which earlier answer is wrong."""
        step = Walk(self.ground, self.conversation).frame.step
        return step is not None and step.corrects

    def names(self, raw: Raw) -> bool:
        """Whether the question last shown itself offers this word."""
        asked = asked_today(self.ground, self.conversation)
        if self.current:
            walk = Walk(self.ground, self.conversation)
            asked = (walk, walk.frame.step) if walk.frame.step is not None else None
        try:
            return asked is not None and asked[1].names(asked[0], raw)
        except TemplateFailed:
            return False

    def answer(self, raw: Raw) -> Walk:
        """A person's input to the question last shown."""
        if not self.current:
            return self._answer_after_edit(raw)
        walk = self.walk = Walk(self.ground, self.conversation)
        return self._deliver(walk, raw)

    def _deliver(self, walk: Walk, raw: Raw) -> Walk:
        conversation = self.conversation
        pending, step = conversation.pending, walk.frame.step
        if pending is None or step is None:
            return walk
        reopened = conversation.reopened == pending.key
        onward = step.receive(walk, raw)
        if walk.correct:
            return self.reopen(Before(walk.correct)) or walk  # a confirm offers only what can be opened
        if reopened and conversation.pending is None:
            conversation.reopened = ""
            return self.again(speak_from=pending.key)
        walk.run(onward)
        return walk

    def _answer_after_edit(self, raw: Raw) -> Walk:
        """Rule 8. The answer to the question last shown is kept when today's step of it takes it; then the way of today
        is walked, and whatever it lacks is asked."""
        conversation, ground = self.conversation, self.ground
        shown, mark = conversation.shown, len(ground.effects)
        stuck = conversation.version == STUCK
        kept = False
        if shown is None or not stuck or shown.key not in conversation.journal or conversation.reopened == shown.key:
            try:
                kept = accept_at(ground, conversation, raw)
            except TemplateFailed:
                kept = False
        if kept and shown is not None:
            conversation.reopened = ""
            return self.again(speak_from=shown.key)
        del ground.effects[mark:]
        walk = self.again(word="" if stuck else "flow_changed")
        pending = conversation.pending
        if shown is not None and pending is not None and (pending.key, pending.round) == (shown.key, shown.round):
            return self._deliver(walk, raw)
        return walk

    def again(self, speak_from: str = "", word: str = "") -> Walk:
        """Walk today's files over the journal."""
        self.walk = walk_again(self.ground, self.conversation, speak_from, self.ground.word(word) if word else "")
        return self.walk

    # the model and the records ----------------------------------------------------------------------------------

    def returned(self, result: Any, failure: str = "") -> Walk | None:
        """What the conversation waited for. After an edit the reply is kept under its step's key, and used when that
        step still wants it."""
        conversation = self.conversation
        pending = conversation.pending
        if pending is None:
            return None
        if self.current:
            self.ground.fuel = min(self.ground.fuel, pending.state.get("fuel", self.ground.fuel))
            walk = self.walk = Walk(self.ground, conversation)
            step = walk.frame.step
            if step is None:
                return None
            walk.run(step.returned(walk, result, failure))
            return walk
        self.store(result, failure)
        return self.again()

    def store(self, result: Any, failure: str = "") -> None:
        """Keep a model's reply without walking: the conversation is parked, or its files have changed."""
        conversation = self.conversation
        pending = conversation.pending
        if pending is not None and pending.kind == "model":
            entry = {"r": None if failure else jsonable(result), "h": pending.state.get("h")}
            put(self.ground, conversation, pending.key, {**entry, "x": True} if failure else entry)
        conversation.pending = None
        conversation.version = STUCK

    # back and corrections ---------------------------------------------------------------------------------------

    def back(self) -> Walk | None:
        """Ask the question before again; None when there is none."""
        nearest = islice(answered_before(self.conversation), NEAREST)
        return next((walk for before in nearest if (walk := self.reopen(before)) is not None), None)

    def reopen(self, before: Before) -> Walk | None:
        """Ask an answered question again, its answer kept until a new one comes; None when today's way passes it by."""
        trial = self.conversation.copy()
        mark = len(self.ground.effects)
        go_before(self.ground, trial, before)
        walk = stand_at(self.ground, trial, before.key)
        if walk is None:
            del self.ground.effects[mark:]
            return None
        self.conversation, self.walk = trial, walk
        return walk

    def amended(self, before: Before, text: str, alone: bool) -> Amended | None:
        """What a text makes of an answer given before; nothing is changed."""
        entry = entry_of(self.conversation, before)
        return self._at(before, lambda walk, step: step.amends(walk, entry, text, alone))

    def recalled(self, before: Before, text: str) -> Recalled | None:
        """An answer given before, in words; nothing is changed."""
        entry = entry_of(self.conversation, before)
        return self._at(before, lambda walk, step: step.recalled(walk, entry, text))

    def _at(self, before: Before, asked: Callable[[Walk, Step], Found | None]) -> Found | None:
        """What an answered question says when the walk stands at it once more; None when today's way passes it by."""
        mark, trial = len(self.ground.effects), self.conversation.copy()
        go_before(self.ground, trial, before)
        walk = stand_at(self.ground, trial, before.key)
        step = walk.frame.step if walk is not None else None
        found = asked(walk, step) if walk is not None and step is not None else None
        del self.ground.effects[mark:]
        return found

    def correct(self, before: Before, raw: Raw, parts: Parts = ()) -> Walk | None:
        """Put another answer in place of one given before; None when the question does not take it. `parts`: the
        messages that it now consists of."""
        entry = self._at(before, lambda walk, step: step.accepts(walk, raw))
        if entry is None:
            return None
        key = before.key
        go_before(self.ground, self.conversation, before)
        if parts:  # not the message in which this was said
            entry = {name: value for name, value in entry.items() if name not in ("t", "p")}
            if parts[0][0]:
                entry["t"] = parts[0][0]
        if len(parts) > 1:
            entry["p"] = [list(part) for part in parts]
        question = {"q": token} if (token := self.conversation.journal[key].get("q")) else {}
        put(self.ground, self.conversation, key, {**entry, **question})
        return self.again(speak_from=key)
