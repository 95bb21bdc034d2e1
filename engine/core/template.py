"""Texts, values and expressions of an author: parsed when the files are loaded, compiled when first used.

- `Expression`: a bare Jinja expression, any type.
- `Text`: what people read; Markdown, in which whatever `{{ }}` puts in is escaped (true as «да»). One source a
  language.
- `Plain`: a text without Markdown (prompts, e-mails, addresses); nothing is escaped.
- `Value`: YAML data in which a string that is exactly one `{{ expression }}` keeps its type.

80 % of a one-line render is Jinja's `new_context`, so a turn shares one context (`Scope.context`), and a text without a
placeholder is not rendered at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import nodes, pass_context
from jinja2.environment import Template
from jinja2.runtime import Context, Undefined

from engine.core.failed import TemplateFailed, failed
from engine.core.filters import as_it_is, shown
from engine.core.finding import Span
from engine.core.markdown import edged, escape, hugs, settled
from engine.core.meter import counted
from engine.core.moments import CLOCK_NAMES
from engine.core.node import Node, Scalar
from engine.core.sandbox import METER, Sandbox
from engine.core.scope import Scope

RESULT = "_result"
NOTHING = frozenset[str]()
OWN_CONTEXT = (nodes.Assign, nodes.AssignBlock, nodes.Import, nodes.FromImport, nodes.Macro, nodes.Block)

__all__ = [
    "PEOPLE",
    "PLAIN",
    "Expression",
    "Plain",
    "Scope",
    "TemplateFailed",
    "Text",
    "Translated",
    "Value",
    "as_it_is",
    "shown",
]


@lru_cache(maxsize=1024)  # the same words stand in many steps, and in every version of a file that is edited
def looked_at(environment: Sandbox, text: str, bare: bool) -> tuple[Any, frozenset[str]]:
    """The tree, which nobody may change, and the names that it reads. Raises TemplateSyntaxError, RecursionError."""
    return environment.read(text, bare, shared=True)


class Trusted(str):
    """A text whose Markdown the author trusts (`{{ advice | markdown }}`): not escaped."""

    __slots__ = ()


@pass_context
def _for_people(context: Context, value: Any) -> str:
    if isinstance(value, Trusted):
        return value
    if isinstance(value, Undefined):
        return str(value)  # raises: names what is unknown
    return escape(shown(context.get("_yes" if value else "_no", value) if isinstance(value, bool) else value))


PEOPLE = Sandbox(_for_people)
HUGGED = Sandbox(pass_context(lambda context, value: edged(_for_people(context, value))))  # signs beside a value
for _environment in (PEOPLE, HUGGED):
    _environment.filters["markdown"] = lambda value: Trusted(shown(value))
PLAIN = Sandbox(as_it_is)
PLAIN.filters["markdown"] = shown


class Jinja:
    """One parsed template, or `bare` expression: what it reads, and its code once it is needed."""

    __slots__ = ("_bare", "_own_context", "_render", "_text", "environment", "reads", "span", "tree")

    def __init__(self, text: str, environment: Sandbox, span: Span | None, bare: bool = False) -> None:
        self._text, self._bare = text, bare
        self.environment = environment
        self.span = span
        self.tree: nodes.Node | None  # gone once there is code
        self.tree, self.reads = looked_at(environment, text, bare)
        self._render: Callable[[Context], Iterator[str]] | None = None
        self._own_context = False

    def parsed(self) -> nodes.Node:
        """The tree, for those who only look."""
        return self.tree or looked_at(self.environment, self._text, self._bare)[0]

    def code(self) -> Callable[[Context], Iterator[str]]:
        """Of a tree of its own, for compiling changes it."""
        if self._render is None:
            tree: Any = self.environment.read(self._text, self._bare)[0]
            if self._bare:
                tree = nodes.Template([nodes.Assign(nodes.Name(RESULT, "store"), tree)], lineno=1)
            self._own_context = not self._bare and tree.find(OWN_CONTEXT) is not None
            template: Template = self.environment.from_string(tree)
            self._render, self.tree = template.root_render_func, None
        return self._render

    def render(self, scope: Scope) -> str:
        METER.rounds = 0
        try:
            code = self.code()
            parts = list(code(scope.fresh(self.environment) if self._own_context else scope.context(self.environment)))
            text = parts[0] if len(parts) == 1 else "".join(parts)
            text = settled(text) if self.environment is HUGGED else text
            METER.size(text)
        except Exception as error:
            raise failed(error, self.span) from None
        return text

    def evaluate(self, scope: Scope) -> Any:
        context = scope.context(self.environment)
        METER.rounds = 0
        try:
            for _ in self.code()(context):
                pass
            value = context.vars.pop(RESULT)
            if isinstance(value, Undefined):
                str(value)  # raises: names what is unknown
            if isinstance(value, Iterator):
                value = list(counted(value))  # `map` and `select` are computed as they are read
        except Exception as error:
            raise failed(error, self.span) from None
        return value


class Expression:
    """A bare expression. Raises jinja2.TemplateSyntaxError when it cannot be read."""

    __slots__ = ("_name", "clock", "jinja", "offset", "reads", "scalar", "source", "span")

    def __init__(self, source: str, span: Span | None = None) -> None:
        self.source = source
        self.span = span
        self.scalar: Scalar | None = None  # where it stands, and from which character of it on
        self.offset = 0
        self.jinja = Jinja(source, PLAIN, span, bare=True)
        tree = self.jinja.tree
        self._name = tree.name if isinstance(tree, nodes.Name) else ""
        self.reads = self.jinja.reads
        self.clock = bool(self.reads & CLOCK_NAMES)

    def evaluate(self, scope: Scope) -> Any:
        if self._name and self._name in scope:
            return scope[self._name]  # most values are one name
        return self.jinja.evaluate(scope)


class Plain:
    """A template that nothing is escaped in."""

    __slots__ = ("clock", "jinja", "offset", "reads", "scalar", "source", "span")

    def __init__(self, source: str, span: Span | None = None, environment: Sandbox = PLAIN) -> None:
        self.source = source
        self.span = span
        self.scalar: Scalar | None = None
        self.offset = 0
        self.jinja = None if "{" not in source else Jinja(source, environment, span)
        self.reads: frozenset[str] = self.jinja.reads if self.jinja else NOTHING
        self.clock = bool(self.reads & CLOCK_NAMES)

    def render(self, scope: Scope) -> str:
        return self.source if self.jinja is None else self.jinja.render(scope)


class Text:
    """A text for people, in one or more languages; the first is the default."""

    __slots__ = ("_default", "clock", "languages", "reads", "scalars", "span")

    def __init__(self, sources: Mapping[str, str], scalars: Mapping[str, Scalar] | None = None) -> None:
        """`scalars` is where each language's source stands."""
        self.scalars = scalars or {}
        self.languages = {
            language: Plain(
                source,
                self.scalars[language].span if scalars else None,
                HUGGED if "{{" in source and hugs(source) else PEOPLE,
            )
            for language, source in sources.items()
        }
        self._default = next(iter(self.languages.values()))
        self.span = self._default.span
        self.reads = _reads(self.languages.values())
        self.clock = bool(self.reads & CLOCK_NAMES)

    def of(self, language: str) -> Plain:
        return self.languages.get(language) or self._default

    def render(self, scope: Scope, language: str) -> str:
        text = self.languages.get(language) or self._default
        return text.source if text.jinja is None else text.jinja.render(scope)

    @property
    def constant(self) -> bool:
        """Whether there is nothing but words in it."""
        return all(one.jinja is None for one in self.languages.values())

    def plain(self, language: str) -> str:
        """The source as it is; for titles, which hold no placeholders."""
        return self.of(language).source


class Translated:
    """A plain text in several languages; the person's own is taken. For values, prompts and e-mails: nothing is
    escaped."""

    __slots__ = ("clock", "languages", "reads")

    def __init__(self, languages: Mapping[str, Plain]) -> None:
        self.languages = languages
        self.reads = _reads(languages.values())
        self.clock = bool(self.reads & CLOCK_NAMES)

    def render(self, scope: Scope) -> str:
        found = self.languages.get(scope["_language"]) or next(iter(self.languages.values()))
        return found.render(scope)


class Value:
    """Data with templates in it, as plain Python: evaluated anew each time it is asked for."""

    __slots__ = ("clock", "data", "node", "reads", "span")

    def __init__(self, data: Any, span: Span | None = None) -> None:
        self.data = data  # as written: JSON, Expression, Plain, Translated; lists and dicts of these
        self.span = span
        self.node: Node | None = None
        self.reads = _reads(_templates(data))
        self.clock = bool(self.reads & CLOCK_NAMES)

    def evaluate(self, scope: Scope) -> Any:
        return _evaluated(self.data, scope)

    def parts(self) -> Iterator[Expression | Plain | Translated]:
        """Every template in it."""
        return _templates(self.data)

    @property
    def constant(self) -> bool:
        return next(self.parts(), None) is None


def _reads(parts: Iterable[Expression | Plain | Translated]) -> frozenset[str]:
    """What any of them reads."""
    found = [part.reads for part in parts if part.reads]
    return frozenset().union(*found) if found else NOTHING


def _templates(data: Any) -> Iterator[Expression | Plain | Translated]:
    if isinstance(data, (Expression, Plain, Translated)):  # `A | B` would be made anew for every value
        yield data
    elif isinstance(data, dict):
        for item in data.values():
            yield from _templates(item)
    elif isinstance(data, list):
        for item in data:
            yield from _templates(item)


def _evaluated(data: Any, scope: Scope) -> Any:
    if isinstance(data, Expression):
        return data.evaluate(scope)
    if isinstance(data, (Plain, Translated)):
        return data.render(scope)
    if isinstance(data, dict):
        return {name: _evaluated(item, scope) for name, item in data.items()}
    if isinstance(data, list):
        return [_evaluated(item, scope) for item in data]
    return data
