"""Reads an expression or a template as the engine would: what each name in it is, what the whole gives.

Law: a mistake is reported where the word stands, once a text; about a value of unknown kind nothing is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import Any, ClassVar, Protocol

from jinja2 import nodes

from engine.core.finding import NO_TOPIC, Span, Topic
from engine.core.sandbox import Sandbox
from engine.core.step import Step
from engine.core.tree import children, every
from engine.lint.guards import MISSING_FITS, NULL_FITS, UNGUARDED
from engine.lint.missing import Missing, unlike
from engine.lint.narrow import NO, NOTHING, facts, kinds_told, of_kind, of_nothing, path
from engine.lint.shapes import ANY, BOOLEAN, FREE, Shape
from engine.lint.spot import Source
from engine.project.suggest import is_typo, proposal


class Names(Protocol):
    """What a text can see, and who hears of its mistakes. `full` are the paths that are not null wherever it stands;
    `shown`: people read it; `subject`: the text that is an e-mail's subject."""

    shown: bool
    subject: str

    @property
    def full(self) -> frozenset[str]: ...

    @property
    def languages(self) -> Collection[str]: ...

    def knows(self, name: str) -> bool:
        """Whether there is such a name, set or not."""
        ...

    def read(self, name: str, at: Callable[[], Span], guarded: int) -> Shape:
        """The shape of a name; an unknown one is reported."""
        ...

    def rows(self, path: str) -> Any:
        """The catalog's data at this path; None when that is no place of the catalog."""
        ...

    def steps(self, file: str) -> Iterable[Step]:
        """Of the scenario that stands in this file; none of another file."""
        ...

    def table(self, name: str) -> str:
        """The file of the catalog that is called so and cannot be read; else empty."""
        ...

    def asks(self, words: str, besides_if: bool = False) -> bool:
        """Whether these words of an expression stand anywhere in the bot; or in what is no plain `if`."""
        ...

    def file(self, template: str) -> tuple[nodes.Template, Callable[[], Source]] | None:
        """Another file of the prompts, by its name."""
        ...

    def implied(self, condition: nodes.Node, positive: bool) -> frozenset[str]:
        """The variables that are not null when the condition is true, or when it is not, by what the way here told."""
        ...

    def report(
        self,
        code: str,
        severity: str,
        at: Span,
        message: str,
        help: str,
        missing: Missing | None = None,
        topic: Topic = NO_TOPIC,
    ) -> None:
        """`missing` is the name that it is about, where it is given nowhere."""
        ...


Expressions = Mapping[type, Callable[[Any, Any, int], Shape]]
Statements = Mapping[type, Callable[[Any, Any], None]]


class Reader:
    """Reads one text. `full` are the paths that are known not to be null where the reading stands. How each kind of
    Jinja's nodes is read stands in the tables (engine/lint/infer.py fills them)."""

    EXPRESSIONS: ClassVar[Expressions] = {}
    STATEMENTS: ClassVar[Statements] = {}

    def __init__(self, names: Names, source: Callable[[], Source], environment: Sandbox) -> None:
        self.names, self.environment = names, environment
        self._made_source = source  # most texts have no mistake, and nobody asks where their words stand
        self.locals: list[dict[str, Shape]] = []
        self.full: set[str] = set(names.full)
        self.kinds = kinds_told(self.full) if self.full else NOTHING  # of these, what tells of kinds
        self.told: set[tuple[str, str]] = set()
        self.fails_on_texts = ""  # the sign that the product which is read next is an operand of
        self.rounds = 1  # of the loops around, where their number is written out
        self.loops: list[tuple[int, nodes.For]] = []  # the loops around, and how many scopes are outside of each
        self.macros: dict[str, nodes.Macro] = {}
        self.inside: tuple[str, ...] = ()  # the files that include each other down to here
        self.loose: dict[str, int] = {}  # set on some ways only: how many conditions were open there
        self.open = 0  # conditions around, counted once something is loose

    @cached_property
    def source(self) -> Source:
        return self._made_source()

    def report(
        self,
        code: str,
        severity: str,
        word: str,
        at: Span,
        message: str,
        help: str = "",
        missing: Missing | None = None,
        topic: Topic = NO_TOPIC,
    ) -> None:
        """Once for the same word in one text."""
        if (code, word) not in self.told:
            self.told.add((code, word))
            self.names.report(code, severity, at, message, help, missing, topic)

    def of(self, node: nodes.Node, guarded: int = UNGUARDED) -> Shape:
        """The shape of an expression."""
        reader = self.EXPRESSIONS.get(type(node))
        if reader is None:
            self._children(node)
            return BOOLEAN if isinstance(node, nodes.Not) else ANY
        return reader(self, node, guarded)

    def walk(self, node: nodes.Node) -> None:
        """Read a statement, or a whole template."""
        statement = self.STATEMENTS.get(type(node))
        if statement is not None:
            statement(self, node)
        elif isinstance(node, nodes.Expr):
            self.of(node)
        else:
            self._children(node)

    def _children(self, node: nodes.Node) -> None:
        for child in children(node):
            self.walk(child)

    def when(self, condition: nodes.Node, positive: bool) -> AbstractContextManager[None]:
        """Reading what only counts when the condition is true, or when it is not."""
        known = facts(condition, positive) | self.names.implied(condition, positive)
        if not (known - self.full or self.loose):
            return _NO_MORE
        return _Knowing(self, known - self.full)

    @contextmanager
    def scope(self, /, **names: Shape) -> Iterator[None]:
        self.locals.append(dict(names))
        for name in self.loose.keys() & names.keys():
            del self.loose[name]
        yield
        self.locals.pop()

    def name(self, node: nodes.Name, guarded: int) -> Shape:
        for scope in reversed(self.locals):
            if node.name in scope:
                if node.name in self.loose:
                    self._maybe_not_set(node, guarded)
                return self.known(node, scope[node.name])
        if self.locals and not self.names.knows(node.name) and self._misspelt_above(node):
            return ANY
        guarded = guarded or int(node.name in self.full)
        return self.known(node, self.names.read(node.name, lambda: self.source.word(node), guarded))

    def _misspelt_above(self, node: nodes.Name) -> bool:
        """A loop or a `set` of this text gives what nothing reads, and this is read in several places: there the name
        is misspelt, and it is told there."""
        found = [one for one in every(self.source.tree) if isinstance(one, nodes.Name)] if self.source.tree else []
        read = Counter(one.name for one in found if one.ctx == "load")
        given = [one for one in found if one.ctx != "load" and not read[one.name] and is_typo(one.name, node.name)]
        if len(given) != 1 or read[node.name] < 2:
            return False
        name = given[0].name
        message = unlike(name, node.name, read[node.name])
        self.report("misspelt-name", "error", name, self.source.word(given[0]), message, proposal(node.name))
        return True

    def _maybe_not_set(self, node: nodes.Name, guarded: int) -> None:
        """Jinja knows no null for what is not set. Where another condition is open, it may be that of the `set`."""
        if guarded == MISSING_FITS or node.name in self.full or self.open > self.loose[node.name]:
            return
        message = f"`{node.name}` is set within an `if` only, and the text fails when that is not true."
        help = f"Set it before the `if` too: `{{% set {node.name} = … %}}`."
        self.report("unknown-name", "error", node.name, self.source.word(node), message, help)

    def is_known(self, name: str) -> bool:
        return any(name in scope for scope in self.locals) or self.names.knows(name)

    def known(self, node: nodes.Node, shape: Shape) -> Shape:
        if not (self.kinds or (shape.empty and self.full)):
            return shape
        name = path(node)
        if shape.empty and name in self.full:
            shape = shape.full()
        if not self.kinds:
            return shape
        shape = of_kind(shape, name, self.kinds)
        return of_nothing(shape) if name + NO in self.kinds and not self._is_own(name) else shape

    def _is_own(self, name: str) -> bool:
        """Whether this text sets it: what a condition has said of that may be over."""
        return any(name.partition(".")[0] in scope for scope in self.locals)

    def _always(self, node: nodes.Node, shape: Shape) -> None:
        """`if going`, where `going` is `yes` or `no`: both are texts, and a text that is not empty counts as true."""
        if isinstance(node, (nodes.Not, nodes.And, nodes.Or)):
            for inner in [node.node] if isinstance(node, nodes.Not) else [node.left, node.right]:
                if isinstance(inner, (nodes.Name, nodes.Not, nodes.And, nodes.Or)):
                    self._always(inner, self.of(inner, NULL_FITS))
            return
        parts = shape.parts()
        typed = isinstance(node, nodes.Name) and bool(parts) and not shape.empty and all(map(_is_typed, parts))
        if typed and self.source.bare:  # a prompt serves several scenarios, and may be careful
            message = f"`{path(node)}` was typed by the person and is never empty, so this is always true."
            help = "For yes or no ask with `answer: yes_no`; where it may be left out write `skip: true` there."
            self.report("constant-condition", "warning", path(node), self.source.word(node), message, help)
        known = sorted((value for part in parts for value in part.values or ()), key=str)
        if not isinstance(node, nodes.Name) or shape.empty or any(part.values is None for part in parts):
            return
        denied = bool(known) and all(str(value).lower() in OF_NO for value in known)
        if (len(known) < 2 and not denied) or not all(known) or any(isinstance(value, bool) for value in known):
            return
        words = [str(value) for value in known]
        shown = ", ".join(f"`{word}`" for word in words[:5])
        message = f"`{node.name}` is one of {shown}{', …' if words[5:] else ''}, and each of them counts as true."
        help = f"Compare it: `{node.name} == {known[0]!r}`."
        if set(words) <= _OF_YES_NO:
            yes = next((word for word in words if word in ("yes", "да")), words[0])
            help = f"Compare it: `{node.name} == '{yes}'`; or ask with `answer: yes_no` in place of `choices`."
        if denied:
            message = f"`{node.name}` is the text `{words[0]}`, which counts as true."
            help = f"Write `{'null' if words[0].lower() in ('none', 'nil') else 'false'}` where it is set."
        at = self.source.name(node.name, node.lineno)
        self.report("constant-condition", "warning", node.name, at, message, help)

    def condition(self, node: nodes.Node) -> None:
        """A condition that names nothing is always true, or never; and so is one of values that all count as true."""
        self._always(node, self.of(node, NULL_FITS))
        if not any(type(one) in _NAMING for one in every(node)):
            at = self.source.whole if self.source.bare else self.source.line(node.lineno)
            self.report(
                "constant-condition",
                "warning",
                "",
                at,
                "This condition names nothing, so it is always the same.",
                "Compare a variable with it, or take the condition out.",
            )


class _Knowing:
    """A class of its own: as a generator it takes three times as long, and there is one a branch."""

    __slots__ = ("fresh", "kinds", "reader")

    def __init__(self, reader: Reader, fresh: frozenset[str]) -> None:
        self.reader, self.fresh, self.kinds = reader, fresh, reader.kinds

    def __enter__(self) -> None:
        told = kinds_told(self.fresh)
        if told:
            self.reader.kinds = self.kinds | told
        self.reader.full |= self.fresh
        self.reader.open += 1

    def __exit__(self, *error: object) -> None:
        self.reader.open -= 1
        self.reader.full -= self.fresh
        self.reader.kinds = self.kinds


def _is_typed(part: Shape) -> bool:
    """The answer to a question for any text, which has a letter at least."""
    return part.kind == "text" and FREE in part.marks and part.values is None and (part.bounds[0] or 0) >= 1


_NAMING = {nodes.Name, nodes.Call}
OF_NO = frozenset(("no", "off", "false", "none", "nil", "нет", "ложь"))  # texts, and so true
_OF_YES_NO = frozenset(("yes", "no", "да", "нет"))
_NO_MORE = nullcontext()
