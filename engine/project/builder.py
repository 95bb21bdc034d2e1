"""From the nodes of a scenario file to steps: every mistake is found, none stops the reading."""

from __future__ import annotations

from engine.core.field import build_written
from engine.core.moments import CLOCK_NAMES
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.step import Step, attribute
from engine.project.hints import NO_STEPS, no_step
from engine.project.step_names import name_step
from engine.project.step_slips import misshaped
from engine.project.suggest import advice, closest
from engine.project.text_builder import Made, TextBuilder
from engine.project.unread import Unread
from engine.steps import KINDS

BUILTIN_NAMES = CLOCK_NAMES | {"person", "settings", "catalog", "start", "conversation"}
JINJA_NAMES = frozenset(("loop", "self", "super"))  # which mean something within its tags, so no variable is seen
DEEPEST = 30  # steps inside steps


class StepBuilder(TextBuilder):
    """Builds the steps of one file. `all_steps` are in the order of the file."""

    def __init__(self, file: str, languages: tuple[str, ...]) -> None:
        super().__init__(file, languages)
        self.all_steps: list[Step] = []
        self._parents: list[Step] = []
        self._counts: dict[str, int] = {}
        self._inner: set[int] = set()  # findings that steps inside the one now being built have told

    def steps(self, node: Node) -> tuple[Step, ...]:
        """A list of steps; one step may stand without the list's dash."""
        if len(self._parents) > DEEPEST:
            self.report(
                "too-deep",
                node,
                f"Steps stand more than {DEEPEST} deep inside each other.",
                "Put some into a scenario of their own and `run` it.",
            )
            return ()
        if isinstance(node, Scalar) and node.is_null:
            self.report("not-a-step", node, *NO_STEPS)
            return ()
        nodes = node.items if isinstance(node, Sequence) else [node]
        built = [self._step(one) for one in nodes]
        return tuple([step for step in built if step is not None])

    def _step(self, node: Node) -> Step | None:
        if isinstance(node, Scalar) and node.plain and node.text in KINDS and node.text == "end":
            node = Mapping({"end": (node, Scalar("", node.span))}, node.span)
        if not isinstance(node, Mapping) or not node.entries:
            code, hint = no_step(node.text if isinstance(node, Scalar) else "", KINDS)
            self.report(code, node, *hint)
            return None
        verb = next(filter(KINDS.__contains__, node.entries), None)
        if verb is None:
            first = next((key for key in node if key != "name"), next(iter(node)))
            before = self.all_steps[-1].verb if self.all_steps else ""
            known = advice(first, KINDS) or closest(first, KINDS, ours=True)
            if not known and before in KINDS and first in KINDS[before].FIELDS:
                help = f"It belongs to the `{before}` above: without a dash, in the column of its other keys."
                self.report("unknown-verb", node.key(first), f"Unknown verb: `{first}`.", help)
                meant = None
            else:
                meant = self.unknown("unknown-verb", node.key(first), "verb", first, KINDS)
            self._inner.add(len(self.findings) - 1)
            return self._begun(Unread.without_verb(node, first, node.get(first) if meant else None))
        return self._built(KINDS[verb], verb, node)

    def _begun(self, step: Step) -> Step:
        step.index = len(self.all_steps)
        step.parent = self._parents[-1] if self._parents else None
        self.all_steps.append(step)
        return step

    def _built(self, kind: type[Step], verb: str, node: Mapping) -> Step:
        step = self._begun(kind())
        step.span = node.key(verb).span
        self._parents.append(step)
        self._making.append(Made())
        before = len(self.findings)
        step.node = node
        own: Mapping | None = node
        if slip := misshaped(verb, node, KINDS):
            self.report(slip[0], *slip[1:])
            own = None
        elif not node.entries.keys() <= kind.FIELDS.keys():
            others = self._other_verbs(kind, node) | {"name"}
            own = Mapping({key: pair for key, pair in node.entries.items() if key not in others}, node.span)
        written = build_written(own, kind.FIELDS, self, f"`{verb}`", node.key(verb)) if own is not None else {}
        for name, value in written.items():
            setattr(step, attribute(name), value)
        self._parents.pop()
        made = self._making.pop()
        step.templates, step.references = tuple(made.templates), tuple(made.references)
        name_step(step, verb, node, self, self._counts)
        if len(self.findings) > before and self._has_failed(before):
            for one in self.all_steps[step.index :]:
                self.all_steps[one.index] = Unread.of(one, one.node)
            return self.all_steps[step.index]
        step.reads = reads_of(step)
        return step

    def _has_failed(self, before: int) -> bool:
        """Whether anything is wrong with the step itself, of what was found since there were so many findings."""
        mine = {place for place in range(before, len(self.findings)) if self.findings[place].severity == "error"}
        failed, self._inner = bool(mine - self._inner), self._inner | mine
        return failed

    def _other_verbs(self, kind: type[Step], node: Mapping) -> set[str]:
        """Keys that belong to a second verb: a dash was forgotten before it."""
        found = [key for key in node if key in KINDS and key not in kind.FIELDS]
        for verb in found:
            message = f"`{verb}` begins a step of its own, and this step has begun with `{kind.verb}`."
            self.report("two-verbs", node.key(verb), message, f"Begin a new line with a dash: `- {verb}: …`.")
        return {key for verb in found for key in (verb, *KINDS[verb].FIELDS) if key not in kind.FIELDS}


def reads_of(step: Step) -> tuple[str, ...]:
    return tuple([name for name in step.own_reads() if name not in BUILTIN_NAMES])
