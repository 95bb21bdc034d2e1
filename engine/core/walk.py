"""The interpreter: one loop for live turns and re-walks alike (rewalk.md, rules 1 to 5 and 10).

A walk carries one conversation from step to step until one waits or the scenario ends. It only changes the copy of the
conversation that it was given, and appends effects.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from engine.core.basis import Basis, basis_of, told_of_the_person
from engine.core.effects import SendMessage
from engine.core.frame import Frame
from engine.core.holders import withdraw
from engine.core.loops import carried, new_round
from engine.core.project import Scenario
from engine.core.scope import Scope
from engine.core.session import Conversation, Entry, FrameState, Pending, digest
from engine.core.step import Step, Waiting
from engine.core.template import Expression, Plain, Text, Translated, Value
from engine.core.values import OverBounds

if TYPE_CHECKING:
    from engine.core.ground import Ground

NOW = nullcontext()


class Walk:
    def __init__(self, ground: Ground, conversation: Conversation) -> None:
        self.ground = ground
        self.conversation = conversation
        self.effects = ground.effects
        self.ended = False
        self.remark = ""  # a word why a question is asked again; Markdown
        self.stood: Pending | None = None  # the question that stood before a re-walk
        self.correct = ""  # a key that the person asked to answer again
        self.speak_from = ""  # a correction's key: silent up to it, speaking after it
        self.held: list[SendMessage] = []
        self.came_past = False  # it came by answers of before
        self.kept_now = ground.kept.setdefault(conversation.id, {})
        self.frames: list[Frame] = []
        for state in conversation.frames:
            self._open(state)
        ground.address(conversation.frames)

    # frames -----------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def _open(self, state: FrameState) -> Frame:
        scenario = self.ground.project.scenarios[state.scenario]
        if state.variables is None:
            outer = self.frames[-1]
            frame = Frame(state, scenario, outer.scope, outer.wrote)
        else:
            if scenario.loops and state.wrote is None:
                state.wrote = {}
            scope = Scope(state.variables, scenario.writes, self.ground.builtins(self.conversation))
            frame = Frame(state, scenario, scope, state.wrote)
        self.frames.append(frame)
        return frame

    def push(self, state: FrameState) -> None:
        """Open a frame on top. Raises OverBounds when scenarios run each other too deep."""
        if len(self.frames) >= 30:
            raise OverBounds("more than 30 scenarios and loops inside each other")
        self.conversation.frames.append(state)
        self._open(state)
        self.ground.address(self.conversation.frames)

    def pop(self) -> Frame:
        self.conversation.frames.pop()
        self.ground.address(self.conversation.frames)
        return self.frames.pop()

    def begin(self, scenario: Scenario, variables: dict[str, Any]) -> None:
        """Open the first frame and walk."""
        self.push(FrameState(scenario.id, -1, variables=variables))
        self.run(scenario.first)

    def end_scenario(self) -> None:
        """`end`: leave the loops around, so that the end of the list is the end of this scenario."""
        while self.frame.state.variables is None:
            self.pop()

    def run(self, step: Step | Waiting | None) -> None:
        """Walk on from this step until one waits or the conversation ends."""
        while not isinstance(step, Waiting):
            if step is not None:
                self.frame.state.step = step.index
                self.ground.burn()
                step = step.enter(self)
                continue
            finished = self.pop()
            if not self.frames:
                self._end()
                return
            caller = self.frame.scenario.steps[finished.state.caller]
            self.frame.state.step = caller.index
            step = caller.resume(self, finished)

    def go(self, name: str) -> Step:
        """`goto`: out of the loops around when its target stands outside them; a step visited before in this walk
        begins a new round (rule 5)."""
        frame = self.frame
        target = frame.scenario.by_name.get(name)
        if target is None:
            raise OverBounds(f"goto leads to «{name}», which is no step of {frame.scenario.id}")
        while frame.state.variables is None and not frame.holds(target):
            self.pop()
            frame = self.frame
        key = f"{frame.state.path}{name}"
        if key in self.conversation.visited:
            new_round(self.ground, self.conversation, frame, target, key)
        return target

    def _end(self) -> None:
        self.flush()
        self.ended = True
        withdraw(self.ground, self.conversation, self.conversation.journal)
        self.conversation.pending = None

    # names, texts, values ---------------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        return self.frames[-1].scope

    def render(self, text: Text) -> str:
        return text.render(self.frames[-1].scope, self.ground.language)

    def evaluate(self, value: Expression | Value | Plain | Translated) -> Any:
        if isinstance(value, (Plain, Translated)):
            return value.render(self.frames[-1].scope)
        return value.evaluate(self.frames[-1].scope)

    def assign(self, name: str, value: Any) -> None:
        frame = self.frames[-1]
        variables: dict[str, Any] = frame.scope.variables  # type: ignore[assignment] # a frame's own are a dict
        variables[name] = value
        if frame.wrote is not None:
            frame.wrote[name] = len(self.conversation.visited) - 1

    def label(self, name: str, label: str | None) -> None:
        """Remember the label of what was chosen, for `labels.<name>`."""
        labels = self.scope.variables.get("labels") or {}
        if label is not None or name in labels:
            self.assign("labels", {**labels, name: label})

    def then(self, at: float | None) -> AbstractContextManager[None]:
        """As if it were that moment: a kept answer means what it meant when it was given. None: it does not matter."""
        return NOW if at is None else self._at(at)

    @contextmanager
    def _at(self, at: float) -> Iterator[None]:
        ground, frame = self.ground, self.frames[-1]
        scope, now = frame.scope, ground.at
        ground.at = at
        ground.forget_builtins()
        frame.scope = Scope(scope.variables, scope.declared, ground.builtins(self.conversation))
        try:
            yield
        finally:
            ground.at, frame.scope = now, scope
            ground.forget_builtins()

    # journal ----------------------------------------------------------------------------------------------------

    def visit(self, step: Step) -> str:
        """Arrive at a step that has a place in the journal: its key, marked as visited; a loop's head gets its
        checkpoint laid on (rule 5)."""
        conversation = self.conversation
        plain = key = f"{self.frame.state.path}{step.name}"
        visits = 1
        while key in conversation.visited:
            visits += 1
            key = f"{plain}#{visits}"
        conversation.visited[key] = None
        checkpoint = conversation.loops.get(key)
        if checkpoint is not None:
            conversation.round = checkpoint[0]
            for name, value in carried(checkpoint, self.frame).items():
                self.assign(name, value)
        return key

    def basis(self, step: Step) -> Basis:
        """What an entry of this step would be made from now: the values of all variables that the step reads."""
        scope = self.scope
        found = basis_of(step.reads, scope.variables, scope.declared)
        if step.person:
            found["person"] = told_of_the_person(self.conversation)
        return found

    def entry(self, step: Step, key: str) -> Entry | None:
        """What the journal holds for this key, if it is of this step's kind."""
        found = self.conversation.journal.get(key)
        if found is None and self.conversation.catching_up:
            found = self.ground.adopt(self.conversation, step, key)
        return found if found is not None and step.fits(found) else None

    def keep(self, key: str, entry: Entry) -> None:
        journal = self.conversation.journal
        if len(journal) >= self.ground.project.bounds.journal and key not in journal:
            raise OverBounds(f"a conversation of more than {self.ground.project.bounds.journal} answers and records")
        journal[key] = entry
        self.kept_now[key] = entry

    def answered(self, pending: Pending, entry: Entry) -> None:
        """Keep what a person gave to this question; the buttons that it was asked with are known by its token."""
        self.keep(pending.key, {**entry, "q": pending.question})

    def passed(self, key: str) -> None:
        """An entry of before was kept: what would have been said on the way to it is past (rule 10), and the steps to
        it were paid for by the turn that made it."""
        if self.conversation.catching_up:
            self.held.clear()
            self.came_past = True
            self.ground.refuel()
            if key == self.speak_from:
                self.conversation.catching_up = False

    def record_id(self, key: str) -> str:
        return digest(self.conversation.id, key, self.conversation.round, size=8)

    # waiting ----------------------------------------------------------------------------------------------------

    def wait_for_input(self, key: str) -> Pending | None:
        """Stand at a question. The pending question when it is to be asked now; None when it is the one that stood
        before the re-walk, which is not asked again (rule 10)."""
        conversation = self.conversation
        stood = self.stood if conversation.catching_up and conversation.shown is not None else None
        again = stood is not None and (stood.key, stood.round) == (key, conversation.round)
        if again:
            conversation.pending = conversation.shown = stood
            self.held.clear()
            self.remark = ""
        else:
            self.flush()
            answered = conversation.journal.get(key) or {}  # asked again, perhaps under another name: its token stays
            token = answered.get("q") or digest(conversation.id, key, conversation.round, size=4)
            conversation.pending = conversation.shown = Pending(key, conversation.round, "input", token)
        if conversation.catching_up:  # it goes on behind a question that today's file has put before kept answers
            conversation.catching_up = self.came_past and not conversation.journal.keys() <= conversation.visited.keys()
        if conversation.marks:
            conversation.marks = {key: mark for key, mark in conversation.marks.items() if key not in conversation.said}
        return None if again else conversation.pending

    @property
    def standing(self) -> Pending:
        """What the conversation waits for; asked by the step that it waits at."""
        pending = self.conversation.pending
        assert pending is not None  # noqa: S101 nothing is delivered to a step that nobody waits at
        return pending

    def wait_for(self, kind: str, key: str, request: str) -> None:
        """Stand at a request. What is left of the turn's fuel goes with it: a circle through a model ends too."""
        self.flush()
        state = {"fuel": self.ground.fuel}
        self.conversation.pending = Pending(key, self.conversation.round, kind, request=request, state=state)

    def request_id(self, key: str, values: Basis) -> str:
        return digest(self.conversation.id, key, self.conversation.round, values, size=8)

    # saying -----------------------------------------------------------------------------------------------------

    def say(self, step: Step, key: str, message: SendMessage) -> None:
        """Say it, unless it was said before in this conversation (rule 10): the same text here or elsewhere, or another
        text in this place from the same values, which only the author has changed."""
        conversation = self.conversation
        text, values = digest(message.text, size=4), self.basis(step)
        conversation.said[key] = [text, values]
        marks = conversation.marks
        if marks:
            before = marks.get(key)
            if before is not None and before[0] == text:
                del marks[key]
                return
            other = next((other for other, mark in marks.items() if mark[0] == text), None)
            if other is not None:
                del marks[other]
                return
            if before is not None and before[1] == values:
                return  # the mark stays: its own text may stand further on today
        if conversation.catching_up:
            self.held.append(message)
        else:
            self.send(message)

    def send(self, message: SendMessage) -> None:
        self.effects.append(message)

    def flush(self) -> None:
        self.effects.extend(self.held)
        self.held.clear()
