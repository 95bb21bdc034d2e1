"""From the nodes of a scenario file to steps: every mistake is found, none stops the reading."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from jinja2.exceptions import TemplateSyntaxError

from engine.core.field import build_written
from engine.core.fields import ONE_EXPRESSION
from engine.core.finding import Finding, Mend, Span
from engine.core.moments import CLOCK_NAMES
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.step import Reference, Step, attribute
from engine.core.template import PLAIN, Expression, Plain, Text, Translated, Value
from engine.project.broken import broken
from engine.project.hints import NO_STEPS, NO_TEXT, SEVERAL_TEXTS, invisible, no_step
from engine.project.places import span_of
from engine.project.quoting import as_scalar
from engine.project.step_names import name_step
from engine.project.step_slips import misshaped
from engine.project.suggest import advice, closest, did_you_mean, is_typo
from engine.project.unread import Unread
from engine.project.values import plain as plain_data
from engine.steps import KINDS

BUILTIN_NAMES = CLOCK_NAMES | {"person", "settings", "catalog", "start", "conversation"}
JINJA_NAMES = frozenset(("loop", "self", "super"))  # which mean something within its tags, so no variable is seen
DEEPEST = 30  # steps inside steps


@dataclass(slots=True)
class _Made:
    """What the step now being built has used."""

    templates: list[Any] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


class StepBuilder:
    """Builds the steps of one file. `steps` are in the order of the file; `findings` is what was wrong."""

    def __init__(self, file: str, languages: tuple[str, ...]) -> None:
        self.file = file
        self.languages = languages
        self.findings: list[Finding] = []
        self.all_steps: list[Step] = []
        self.references: list[Reference] = []
        self.texts: list[tuple[Text | Translated, Node]] = []  # what can be translated, and where it stands
        self._making: list[_Made] = [_Made()]
        self._parents: list[Step] = []
        self._counts: dict[str, int] = {}
        self._inner: set[int] = set()  # findings that steps inside the one now being built have told

    # what field types ask ---------------------------------------------------------------------------------------

    def report(self, code: str, at: Node | Span, message: str, help: str = "", severity: str = "error") -> None:
        span = at if isinstance(at, Span) else at.span
        self.findings.append(Finding(span, code, severity, message, help))  # type: ignore[arg-type] # one of Severity

    def _failed(self, before: int) -> bool:
        """Whether anything wrong was found since there were so many findings."""
        return len(self.findings) > before and any(one.severity == "error" for one in self.findings[before:])

    def unknown(self, code: str, at: Node, what: str, word: str, known: Iterable[str], wanted: str = "") -> str | None:
        unseen, near = invisible(word), closest(word, known, ours=True)
        if unseen is not None:
            self.report("control-character", at, *unseen)
        elif wanted and not advice(word, known) and not (near and (near == wanted or is_typo(word, near))):
            self.report(code, at, f"Unknown {what}: `{word}`.", f"Write `{wanted}: …`, which is missing here.")
            return wanted
        else:
            listed = f"Write one of {', '.join(f'`{one}`' for one in known)}." if code == "unknown-value" else ""
            self.report(code, at, f"Unknown {what}: `{word}`.", did_you_mean(word, known, ours=True) or listed)
        return near

    def refer(self, kind: str, name: str, at: Node) -> None:
        reference = Reference(kind, name, at.span)
        self._making[-1].references.append(reference)
        self.references.append(reference)

    def remember(self, template: Any) -> None:
        self._making[-1].templates.append(template)

    def data(self, node: Node) -> Any:
        return plain_data(node)

    def text(self, node: Node) -> Text | None:
        """A text, or a map of languages to texts."""
        sources: dict[str, Scalar] = {}
        if isinstance(node, Scalar):
            sources[self.languages[0]] = node
        elif isinstance(node, Mapping) and node.entries:
            for key, (key_node, value) in node.entries.items():
                if key not in self.languages:
                    self.unknown("unknown-language", key_node, "language", key, self.languages)
                elif not isinstance(value, Scalar):
                    self.report("wrong-type", value, "Expected a text here.")
                else:
                    sources[key] = value
        else:
            self.report("wrong-type", node, *(SEVERAL_TEXTS if isinstance(node, Sequence) else NO_TEXT))
            return None
        if not sources:
            return None
        sources = {one: sources[one] for one in self.languages if one in sources}
        try:
            text = Text({one: at.text for one, at in sources.items()}, sources)
        except (TemplateSyntaxError, RecursionError):
            for one in sources.values():
                self.checked(Plain, one)  # says which, and where
            return None
        self.texts.append((text, node))
        self.remember(text)
        return text

    def plain(self, node: Node) -> Plain | Translated | None:
        made: Plain | Translated | None = None
        if isinstance(node, Mapping) and node.entries and set(node) <= set(self.languages):
            made = self._translated(node)
        elif isinstance(node, Scalar):
            made = self.checked(Plain, node)
        else:
            self.report("wrong-type", node, "Expected a text here.")
        if made is not None:
            self.remember(made)
        return made

    def _translated(self, node: Mapping) -> Translated | None:
        texts = {}
        for language, (_, value) in node.entries.items():
            if not isinstance(value, Scalar):
                self.report("wrong-type", value, "Expected a text here.")
                continue
            texts[language] = self.checked(Plain, value)
        if not texts or None in texts.values():
            return None
        made = Translated({language: texts[language] for language in self.languages if language in texts})
        self.texts.append((made, node))
        return made

    def expression(self, node: Node) -> Expression | None:
        if not isinstance(node, Scalar) or not node.text.strip():
            self.report("wrong-type", node, "Expected an expression here.", _as_expression(node))
            return None
        if ONE_EXPRESSION.match(node.text):
            inner = node.text.strip()[2:-2].strip()
            message, help = "A condition is written without `{{ }}`.", f"Write `{inner}`."
            mend = Mend(node.span, as_scalar(inner))
            self.findings.append(Finding(node.span, "braces-in-condition", "error", message, help, mend))
            return None
        made: Expression | None = self.checked(Expression, node)
        if made is not None:
            self.remember(made)
        return made

    def value(self, node: Node) -> Value | None:
        before = len(self.findings)
        value = Value(self._data(node), node.span)
        if self._failed(before):
            return None
        value.node = node
        self.remember(value)
        return value

    def _data(self, node: Node) -> Any:
        if isinstance(node, Sequence):
            return [self._data(item) for item in node.items]
        if isinstance(node, Mapping):
            if node.entries and set(node) <= set(self.languages):
                return self._translated(node)
            return {key: self._data(value) for key, (_, value) in node.entries.items()}
        if ONE_EXPRESSION.match(node.text):
            start = node.text.index("{{") + 2
            inner = node.text[start : node.text.rindex("}}")]
            return self.checked(Expression, node, inner.strip("-"), start)
        if "{{" in node.text or "{%" in node.text:
            return self.checked(Plain, node)
        return plain_data(node)

    def checked(self, kind: Any, node: Scalar, source: str | None = None, offset: int = 0) -> Any:
        """A template of this kind; a syntax error becomes a finding at the line of the file where it stands."""
        try:
            made = kind(node.text if source is None else source, node.span)
        except TemplateSyntaxError:
            written = node.text if source is None else source
            found = broken(PLAIN, written, bare=kind is Expression)
            at = max(node.text.find(written, offset), offset)  # a `-` behind the braces was taken out
            span = span_of(node, at + found.start, at + found.end)
            self.report("template-syntax", span, f"This template cannot be read: {found.message}.", found.help)
            return None
        except RecursionError:
            self.report("template-syntax", node, "This template is nested too deep to be read.")
            return None
        made.scalar, made.offset = node, offset
        return made

    # steps ------------------------------------------------------------------------------------------------------

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
        self._making.append(_Made())
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


def _as_expression(node: Node) -> str:
    """How a list that is written out becomes an expression."""
    texts = [plain_data(one) for one in node.items if isinstance(one, Scalar)] if isinstance(node, Sequence) else []
    if not texts or len(texts) < len(getattr(node, "items", ())) or any('"' in str(one) for one in texts):
        return "For example `age < 18`."
    return f'As an expression the list stands in quotes: `"[{", ".join(map(repr, texts))}]"`.'
