"""The interpreter: one loop for live turns and re-walks alike (rewalk.md, rules 1 to 5 and 10).

A walk carries one conversation from step to step until one waits or the scenario ends. It only changes the copy of the
conversation that it was given, and appends effects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from engine.core.effects import SendMessage, WithdrawRecord
from engine.core.project import Scenario
from engine.core.session import Conversation, Entry, FrameState, Pending, digest
from engine.core.step import WAIT, Step, Waiting
from engine.core.template import Expression, Plain, Scope, Text, Translated, Value

if TYPE_CHECKING:
    from engine.core.ground import Ground


class OverBounds(Exception):
    """A turn or a conversation wanted more than its bound. `str()` names the bound, never a person's data."""


class Frame:
    """A running list of steps: its state, its scenario of today, and what names mean in it."""

    __slots__ = ("scenario", "scope", "state")

    def __init__(self, state: FrameState, scenario: Scenario, scope: Scope) -> None:
        self.state = state
        self.scenario = scenario
        self.scope = scope

    @property
    def step(self) -> Step | None:
        index = self.state.step
        return self.scenario.steps[index] if 0 <= index < len(self.scenario.steps) else None


class Walk:
    def __init__(self, ground: Ground, conversation: Conversation) -> None:
        self.ground = ground
        self.conversation = conversation
        self.effects = ground.effects
        self.ended = False
        self.remark = ""  # a word why a question is asked again; Markdown
        self.invalid = False  # the answer kept for the question now standing fits no more
        self.correct = ""  # a key that the person asked to answer again
        self.speak_from = ""  # a correction's key: silent up to it, speaking after it
        self.held: list[SendMessage] = []
        self.kept_now: dict[str, Entry] = {}  # entries made in this turn: survive a failure later in it
        self.frames: list[Frame] = []
        for state in conversation.frames:
            self._open(state)

    # frames -----------------------------------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        return self.frames[-1]

    def _open(self, state: FrameState) -> Frame:
        scenario = self.ground.project.scenarios[state.scenario]
        if state.variables is None:
            scope = self.frames[-1].scope
        else:
            scope = Scope(state.variables, scenario.writes, self.ground.builtins(self.conversation))
        frame = Frame(state, scenario, scope)
        self.frames.append(frame)
        return frame

    def push(self, state: FrameState) -> None:
        """Open a frame on top. Raises OverBounds when scenarios run each other too deep."""
        if len(self.frames) >= 30:
            raise OverBounds("more than 30 scenarios and loops inside each other")
        self.conversation.frames.append(state)
        self._open(state)

    def pop(self) -> Frame:
        self.conversation.frames.pop()
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

    def _end(self) -> None:
        self.flush()
        self.ended = True
        conversation = self.conversation
        for key, entry in conversation.journal.items():
            if "s" in entry and key not in conversation.visited and self.ground.exists(conversation, key):
                self.effects.append(WithdrawRecord(entry["k"], entry["s"]))
        conversation.pending = None

    # names, texts, values ---------------------------------------------------------------------------------------

    @property
    def scope(self) -> Scope:
        return self.frames[-1].scope

    def render(self, text: Text) -> str:
        return text.render(self.frames[-1].scope, self.ground.language)

    def evaluate(self, value: Expression | Value | Plain | Translated) -> Any:
        if isinstance(value, Plain | Translated):
            return value.render(self.frames[-1].scope)
        return value.evaluate(self.frames[-1].scope)

    def assign(self, name: str, value: Any) -> None:
        variables: dict[str, Any] = self.frames[-1].scope.variables  # type: ignore[assignment] # a frame's own are a dict
        variables[name] = value

    def label(self, name: str, label: str | None) -> None:
        """Remember the label of what was chosen, for `labels.<name>`."""
        labels = self.scope.variables.get("labels") or {}
        if label is not None or name in labels:
            self.assign("labels", {**labels, name: label})

    def values(self, step: Step) -> str:
        """A hash of the values of all variables that the step reads: what its entry was made from (rule 3)."""
        scope = self.frames[-1].scope
        variables = scope.variables
        read = [[name, variables.get(name)] for name in step.reads if name in scope.declared or name in variables]
        return digest(read, size=4) if read else ""

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
            written = self.frame.scenario.writes
            for name, value in checkpoint[1].items():
                if name in written or name == "labels":
                    self.assign(name, value)
        return key

    def entry(self, step: Step, key: str) -> Entry | None:
        """What the journal holds for this key, if it is of this step's kind."""
        found = self.conversation.journal.get(key)
        if found is None and self.conversation.catching_up:
            found = self.ground.adopt(self, step, key)
        return found if found is not None and step.fits(found) else None

    def keep(self, key: str, entry: Entry) -> None:
        journal = self.conversation.journal
        if len(journal) >= self.ground.project.bounds.journal and key not in journal:
            raise OverBounds(f"a conversation of more than {self.ground.project.bounds.journal} answers and records")
        journal[key] = entry
        self.kept_now[key] = entry

    def passed(self, key: str) -> None:
        """An entry of before was kept: what would have been said on the way to it is past (rule 10)."""
        if self.conversation.catching_up:
            self.held.clear()
            if key == self.speak_from:
                self.conversation.catching_up = False

    def record_id(self, key: str) -> str:
        return digest(self.conversation.id, key, self.conversation.round, size=8)

    # waiting ----------------------------------------------------------------------------------------------------

    def wait_for_input(self, key: str) -> Pending | None:
        """Stand at a question. The pending question when it is to be asked now; None when it is the one last shown,
        which is not asked again (rule 10)."""
        conversation = self.conversation
        shown = conversation.shown
        again = conversation.catching_up and shown is not None and (shown.key, shown.round) == (key, conversation.round)
        if again and not self.invalid:
            conversation.pending = shown
            self.held.clear()
            self.remark = ""
        else:
            again = False
            self.flush()
            token = digest(conversation.id, key, conversation.round, size=4)
            conversation.pending = conversation.shown = Pending(key, conversation.round, "input", token)
        conversation.catching_up = False
        conversation.marks = {key: mark for key, mark in conversation.marks.items() if key not in conversation.said}
        return None if again else conversation.pending

    def wait_for(self, kind: str, key: str, request: str) -> None:
        self.flush()
        self.conversation.pending = Pending(key, self.conversation.round, kind, request=request)

    def request_id(self, key: str, values: str) -> str:
        return digest(self.conversation.id, key, self.conversation.round, values, size=8)

    # saying -----------------------------------------------------------------------------------------------------

    def say(self, step: Step, key: str, message: SendMessage) -> None:
        """Say it, unless it was said before in this conversation (rule 10)."""
        conversation = self.conversation
        mark = [digest(message.text, size=4), self.values(step)]
        before = conversation.marks.pop(key, None)
        conversation.said[key] = mark
        if before is not None and mark[0] != before[0] and conversation.catching_up:
            other = self._said_elsewhere(mark[0])
            if other:
                conversation.marks[key] = before
                return
        if before is not None and (mark[0] == before[0] or mark[1] == before[1]):
            return
        if before is None and conversation.catching_up and self._said_elsewhere(mark[0]):
            return
        if conversation.catching_up:
            self.held.append(message)
        else:
            self.send(message)

    def _said_elsewhere(self, text: str) -> bool:
        for other, mark in self.conversation.marks.items():
            if mark[0] == text:
                del self.conversation.marks[other]
                return True
        return False

    def send(self, message: SendMessage) -> None:
        self.effects.append(message)

    def flush(self) -> None:
        self.effects.extend(self.held)
        self.held.clear()

    # ways -------------------------------------------------------------------------------------------------------

    def go(self, name: str) -> Step | Waiting | None:
        """`goto`: out of the loops around when the target stands outside them; a step visited before in this walk
        begins a new round (rule 5)."""
        while True:
            scenario = self.frame.scenario
            target = scenario.by_name.get(name)
            if target is None:
                raise OverBounds(f"goto leads to «{name}», which is no step of {scenario.id}")
            if self.frame.state.variables is not None or self._inside(target):
                break
            self.pop()
        key = f"{self.frame.state.path}{name}"
        if key in self.conversation.visited:
            self._new_round(key, target)
        return target

    def _inside(self, target: Step) -> bool:
        """Whether the target stands in the body of the loop that the top frame runs."""
        caller = self.frame.state.caller
        parent = target.parent
        while parent is not None:
            if parent.index == caller:
                return True
            parent = parent.parent
        return False

    def _new_round(self, key: str, target: Step) -> None:
        conversation = self.conversation
        keys = list(conversation.visited)
        place = keys.index(key)
        stretch = keys[place:]
        for old in stretch:
            conversation.journal.pop(old, None)
            conversation.said.pop(old, None)
            conversation.marks.pop(old, None)
            conversation.loops.pop(old, None)
            self.kept_now.pop(old, None)
        conversation.visited = dict.fromkeys(keys[:place])
        conversation.rounds += 1
        conversation.round = conversation.rounds
        written = self._written(stretch, target)
        variables = self.scope.variables
        values = {name: variables[name] for name in sorted(written | {"labels"}) if name in variables}
        conversation.loops[key] = [conversation.round, values]

    def _written(self, stretch: list[str], target: Step) -> set[str]:
        """All that the steps of this stretch of the file can set."""
        path, scenario = self.frame.state.path, self.frame.scenario
        places = [target.index, max(self.frame.state.step, 0)]
        for key in stretch:
            name = key[len(path) :].split("/")[0].split("[")[0].split("#")[0] if key.startswith(path) else ""
            step = scenario.by_name.get(name)
            if step is not None:
                places.append(step.index)
        inside = scenario.steps[min(places) : max(places) + 1]
        return {name for step in inside for name in step.writes()}


def jsonable(value: Any) -> Any:
    """The value as JSON keeps it. Raises OverBounds for what JSON cannot hold (a number of thousands of digits)."""
    if value is None or isinstance(value, str | bool | float):
        return value
    if isinstance(value, int):
        if not -(2**53) < value < 2**53:
            raise OverBounds("a number beyond 9,007,199,254,740,991")
        return value
    try:
        return orjson.loads(orjson.dumps(value, default=list))
    except (TypeError, orjson.JSONEncodeError) as error:
        raise OverBounds("a value that is no text, number, list or map") from error


__all__ = ["WAIT", "Frame", "OverBounds", "Walk", "jsonable"]
