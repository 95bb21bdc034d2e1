"""Ways on which a person's answer is followed by nothing at all, though other ways from there say something."""

from __future__ import annotations

from typing import Any

from jinja2 import nodes

from engine.core.finding import Severity
from engine.core.project import Scenario
from engine.core.step import Step
from engine.core.template import Value
from engine.lint.flow import Flow
from engine.lint.kinds import speaks
from engine.lint.rules.names import names_at
from engine.lint.scope import condition_of, shape_of
from engine.lint.sets import after
from engine.lint.shapes import MAYBE_NONE
from engine.lint.state import State
from engine.lint.world import World


def check(world: World) -> None:
    for name, flow in world.whole.items():
        # Whoever runs it may go on speaking, and may stand in a file that cannot be read.
        goes_on = (name in world.called or world.broken) and not world.scenarios[name].triggers
        if not goes_on:
            _Endings(world, world.scenarios[name], flow).check()


class _Endings:
    def __init__(self, world: World, scenario: Scenario, flow: Flow) -> None:
        self.world, self.scenario, self.flow = world, scenario, flow
        self.told: set[tuple[int, str]] = set()

    def check(self) -> None:
        """The last branch first: what it leads to is told there, and not again above. Where a `goto` leads to no step,
        that is told."""
        leads = (one.name for step in self.scenario.steps for one in step.references if one.kind == "step")
        if any(name not in self.scenario.by_name for name in leads):
            return
        self._last_words()
        quiet = self._quiet()
        for step in sorted(self._after_answers(), key=lambda one: -one.index):
            edges = self.flow.edges[step.index]
            if not any(to is None or to.index in quiet for _, to in edges):
                continue
            ways = self._ways(step, self.flow.before[step.index])
            silent = {label: ends for label, to, state in ways if (ends := self._ends_silently(to, state))}
            if len(silent) == len(ways):
                continue
            for label, ends in silent.items():
                self.told.add((step.index, label))
                if not (step.verb == "switch" and label == "else"):  # a choice without a case is told as such
                    self._report(step, label, ends)

    def _last_words(self) -> None:
        """A question whose answer nothing follows, on no way: the talk just stops."""
        for step in self.scenario.steps:
            if step.takes_input() and self.scenario.triggers and self.flow.reached(step) and self._is_last(step):
                message = "Nothing is said after this answer: the conversation ends without a word."
                help = "The person sees no answer and waits. Say a last word: `- say: …`."
                self.world.report("ends-silently", "warning", step.at(step.verb), message, help)

    def _is_last(self, step: Step) -> bool:
        seen, queue = {step.index}, [to for _, to in self.flow.edges[step.index]]
        while queue:
            one = queue.pop()
            if one is not None and one.index not in seen:
                if speaks(one) or one.verb == "end":
                    return False
                seen.add(one.index)
                queue += [to for _, to in self.flow.edges[one.index]]
        return True

    def _after_answers(self) -> list[Step]:
        """The steps with several ways on that are come to with nothing said since a person's answer."""
        found = {step.index: step for step in self.scenario.steps if step.takes_input()}
        first = self.scenario.first
        if first is not None and not speaks(first) and self.scenario.triggers:  # what starts it is a message too
            found[first.index] = first
        queue = [to for step in found.values() for _, to in self.flow.edges[step.index]]
        while queue:
            step = queue.pop()
            if step is not None and not speaks(step) and step.index not in found:
                found[step.index] = step
                queue += [to for _, to in self.flow.edges[step.index]]
        several = [step for step in found.values() if self.flow.reached(step) and len(self.flow.edges[step.index]) > 1]
        return [step for step in several if step.verb != "each" or self._may_have_none(step)]

    def _quiet(self) -> set[int]:
        """The steps from which some way ends without a word, whatever holds there; far quicker to know than
        `_ends_silently`, and mostly none."""
        queue = [step.index for step in self.scenario.steps if step.verb == "end"]
        before: dict[int, list[int]] = {}
        for step in self.scenario.steps:
            for _, to in self.flow.edges[step.index] if not speaks(step) else ():
                if to is None:
                    queue.append(step.index)
                else:
                    before.setdefault(to.index, []).append(step.index)
        found = set[int]()
        while queue:
            index = queue.pop()
            if index not in found:
                found.add(index)
                queue += before.get(index, ())
        return found

    def _may_have_none(self, step: Any) -> bool:
        """Records that may not be there; a list of the catalog is as long as it is."""
        return MAYBE_NONE in shape_of(names_at(self.world, self.scenario, self.flow, step), step.in_).marks

    def _ends_silently(self, step: Step | None, state: State) -> Severity | None:
        """How much it matters that some way from here comes to the end without a word: an `end` that the author wrote
        may be meant. None when there is no such way."""
        seen, queue = set[int](), [(step, state)]
        ends: Severity | None = None
        while queue:
            step, state = queue.pop()
            if step is None:
                return "warning"
            if step.verb == "end":
                ends = "info"
            elif not speaks(step) and step.index not in seen:
                seen.add(step.index)
                ways = self._ways(step, state)
                queue += [(to, left) for label, to, left in ways if (step.index, label) not in self.told]
        return ends

    def _ways(self, step: Step, state: State) -> list[tuple[str, Step | None, State]]:
        """Those that are taken; where an input decides, and only a scenario that runs this one can give it another
        value than its default, that one may go on speaking."""
        past = after(self.world, self.scenario, step, state)
        other = self._of_others(step) if step.verb == "if" and self.scenario.id in self.world.called else None
        edges = self.flow.edges[step.index]
        return [(label, to, left) for label, to in edges if label != other and (left := past(label)) is not None]

    def _of_others(self, step: Any) -> str | None:
        """The way that is not taken by default: `no` of `if: not short`, where `short` is false if left out."""
        node, when = condition_of(step.if_), True
        while isinstance(node, nodes.Not):
            node, when = node.node, not when
        default = self.scenario.inputs.get(node.name) if isinstance(node, nodes.Name) else None
        if not isinstance(default, Value) or not default.constant:
            return None
        return "no" if bool(default.data) == when else "yes"

    def _report(self, step: Step, label: str, severity: Severity) -> None:
        when = self.flow.taken(step, label)
        ends = f"The conversation ends without a word{f' {when}' if when else ''}"
        message = f"{ends}; on other ways from here it speaks."
        help = "The person sees no answer and waits. Say a last word there: `- say: …`."
        self.world.report("ends-silently", severity, step.span, message, help)
