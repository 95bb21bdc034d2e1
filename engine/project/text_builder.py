"""From the nodes of a file to texts, expressions and values: what the types of fields ask for (`engine.core.field`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2.exceptions import TemplateSyntaxError
from msgspec import Struct, field

from engine.core.fields import ONE_EXPRESSION
from engine.core.finding import NO_TOPIC, Finding, Mend, Span, Topic
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.step import Reference
from engine.core.template import PLAIN, Expression, Plain, Text, Translated, Value
from engine.project.broken import broken
from engine.project.hints import NO_TEXT, SEVERAL_TEXTS, invisible
from engine.project.places import span_of
from engine.project.quoting import as_scalar
from engine.project.suggest import advice, closest, did_you_mean, is_typo, proposed
from engine.project.values import plain as plain_data


class Made(Struct):
    """What the step now being built has used."""

    templates: list[Any] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)


class TextBuilder:
    """What is written in the steps of one file. `findings` is what was wrong."""

    def __init__(self, file: str, languages: tuple[str, ...]) -> None:
        self.file = file
        self.languages = languages
        self.findings: list[Finding] = []
        self.references: list[Reference] = []
        self.texts: list[tuple[Text | Translated, Node]] = []  # what can be translated, and where it stands
        self._making: list[Made] = [Made()]

    # reporting and remembering ----------------------------------------------------------------------------------

    def report(
        self,
        code: str,
        at: Node | Span,
        message: str,
        help: str = "",
        severity: str = "error",
        topic: Topic = NO_TOPIC,
    ) -> None:
        span = at if isinstance(at, Span) else at.span
        self.findings.append(Finding(span, code, severity, message, help, topic=topic))  # type: ignore[arg-type] # one of Severity

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
            help = did_you_mean(word, known, ours=True) or listed
            if code == "unknown-language" and not proposed(help, alone=False):
                help = f"{help} Another is added to `languages` in catalog/bot.yaml."
            self.report(code, at, f"Unknown {what}: `{word}`.", help.strip(), topic=Topic((word,)))
        return near

    def refer(self, kind: str, name: str, at: Node) -> None:
        reference = Reference(kind, name, at.span)
        self._making[-1].references.append(reference)
        self.references.append(reference)

    def remember(self, template: Any) -> None:
        self._making[-1].templates.append(template)

    # templates --------------------------------------------------------------------------------------------------

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


def _as_expression(node: Node) -> str:
    """How a list that is written out becomes an expression."""
    texts = [plain_data(one) for one in node.items if isinstance(one, Scalar)] if isinstance(node, Sequence) else []
    if not texts or len(texts) < len(getattr(node, "items", ())) or any('"' in str(one) for one in texts):
        return "For example `age < 18`."
    return f'As an expression the list stands in quotes: `"[{", ".join(map(repr, texts))}]"`.'
