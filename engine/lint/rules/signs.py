"""Signs of other tools that people would read as they stand: `%name%`, `[name]`, headings, tables, entities of HTML.

Law: a word in such signs is told only where a variable is called so; each kind once a text.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from functools import lru_cache

from engine.core.finding import Span
from engine.core.node import Scalar
from engine.lint.texts import source_of_prompt
from engine.lint.world import World
from engine.project.places import span_of

_ROW = re.compile(r"\n[ \t]*\|")
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|```.*?```|`[^`\n]+`", re.DOTALL)
_WORD = r"[^\W\d]\w*"
_SIGNS = re.compile(
    rf"(?=[%$<(\[#!&])(?:%(?P<percent>{_WORD})%|\$(?P<dollar>{_WORD})|<(?P<angle>{_WORD})>"
    rf"|\(\(\s*(?P<round>{_WORD})\s*\)\)"
    r"|(?P<link>\[[^\]\n]+\] +\(https?://[^)\s]*\)|\([^()\n]+\)\[https?://[^\]\s]*\])"
    rf"|(?<![\]!\w])\[(?P<square>{_WORD})\](?!\()"
    r"|(?P<heading>^\#{1,6} +)\S|(?P<picture>!\[[^\]\n]*\]\([^)\s]*\))"
    r"|(?P<entity>&(?:nbsp|amp|lt|gt|quot|mdash|ndash|laquo|raquo|hellip|\#\d{2,5});))",
    re.MULTILINE,
)
_TABLE = re.compile(
    r"(?P<table>^[ \t]*\|?[ \t:]*-{3,}[ \t:]*\|[-|: \t]*$"
    r"|^[ \t]*\|(?!\|)[^\n|]*\|[^\n]*\|[ \t]*(?=\n[ \t]*\|(?!\|)[^\n]*\|[ \t]*$))",
    re.MULTILINE,
)
_LONE = re.compile(r"(?<![^\s(«\"'>])(?<!\\)([*_])(?=[^\W_])")
_BEHIND = re.compile(r"(?<=[^\W\d_])\*(?=[\s.,!?:;)»]|\Z)")  # may be a mark of what must be filled in
_LOOSE = re.compile(r"_(?<!\w_)")  # the sign first: so it is looked for quickly
_TOLD = {
    "heading": ("broken-markdown", "This makes no heading, so people see the sign.", "Write it in bold: `**…**`."),
    "picture": ("broken-markdown", "A picture is no part of a text.", "It stands beside the text: `photo: https://…`."),
    "link": ("broken-markdown", "This is no link, so people read the brackets.", "`[label](https://…)` is a link."),
    "table": (
        "broken-markdown",
        "Messages have no tables, so people see the signs.",
        "Write a line for each row, such as `Tea — 3 €`.",
    ),
    "entity": ("html-tag", "This is shown letter for letter: texts are no HTML.", "Write the sign itself."),
}
_AT_ONE_END = "This sign stands alone, so people see it."
_BOTH = "Write the sign at both ends, or a backslash before it."


def check(world: World) -> None:
    for scenario, text in world.said:
        for language, plain in text.languages.items():
            source = plain.source
            scalar = text.scalars.get(language)
            if scalar is not None and scalar.text == source:
                rows = "|" in source and "\n" in source and ("---" in source or _ROW.search(source))
                if rows or _may_have_signs(source):
                    _text(world, scalar, _Known(world, scenario.writes))
                if (source.count("*") % 2 or ("_" in source and _LOOSE.search(source))) and "{%" not in source:
                    _alone(world, scalar)
    for step in world.by_verb["llm"]:
        names = {*world.scenarios[step.scenario].writes, *(step.with_ or {})}
        for template in sorted(world.templates_of(step.prompt)):
            if "%" in world.prompt_files.bodies[template]:
                _prompt(world, template, _Known(world, names))


def _may_have_signs(source: str) -> bool:
    """Any of `_SIGNS` has one of these, and most texts have none: quicker than a pattern."""
    here = "%" in source or "$" in source or "<" in source or "[" in source
    return here or "#" in source or "&" in source or "((" in source


class _Known:
    """Names that may be a value here: of variables, and of what is known of the person."""

    def __init__(self, world: World, names: Container[str]) -> None:
        self.world, self.names = world, names

    def value(self, name: str) -> str:
        person = self.world.builtins["person"].fields
        return (
            name if name in self.names else f"person.{name}" if name in person and name not in ("id", "known") else ""
        )


@lru_cache(maxsize=256)  # a prompt is looked at with the names of each scenario that uses it
def _signs(source: str) -> list[tuple[re.Match[str], str]]:
    """What stands there, and its kind."""
    plain = _covered(source)
    tables = _TABLE.finditer(plain) if "|" in plain else ()
    return [(one, one.lastgroup or "") for one in (*_SIGNS.finditer(plain), *tables)]


def _covered(source: str) -> str:
    """With what is no text of its own as letters."""
    return _JINJA.sub(lambda inner: "x" * len(inner[0]), source)


def _found(source: str, known: _Known) -> Iterator[tuple[re.Match[str], str, str]]:
    """What stands there, its kind, and the value that is meant."""
    met = set[str]()
    for one, kind in _signs(source):
        value = "" if kind in _TOLD else known.value(one[kind])
        if kind not in met and (value or kind in _TOLD):
            met.add(kind)
            yield one, kind, value


def _text(world: World, scalar: Scalar, known: _Known) -> None:
    for one, kind, value in _found(scalar.text, known):
        code, message, help = _TOLD.get(kind) or _as_value(one[0], value, "People read")
        start, end = one.span(kind) if kind in _TOLD else one.span()
        severity = "info" if kind == "heading" else "warning"  # which is read well enough with its sign
        world.report(code, severity, span_of(scalar, start, end), message, help)


def _alone(world: World, scalar: Scalar) -> None:
    """`*Hello`."""
    plain = _covered(scalar.text)
    lone = _LONE.search(plain)
    if lone is not None and plain.replace("**", "").count(lone[1]) == 1:
        world.report("broken-markdown", "warning", span_of(scalar, *lone.span(1)), _AT_ONE_END, _BOTH)
    elif plain.count("*") == 1 and (behind := _BEHIND.search(plain)) is not None:
        world.report("broken-markdown", "info", span_of(scalar, *behind.span()), _AT_ONE_END, _BOTH)


def _prompt(world: World, template: str, known: _Known) -> None:
    """A model reads Markdown and HTML well enough; what is no value it does not know."""
    for one, kind, value in _found(world.prompt_files.bodies[template], known):
        if kind == "percent":
            code, message, help = _as_value(one[0], value, "The model reads")
            source = source_of_prompt(world.prompt_files, template)
            span = Span(source.file, *source.at(one.start()), *source.at(one.end()))
            world.report(code, "warning", span, message, help)


def _as_value(written: str, value: str, read: str) -> tuple[str, str, str]:
    return (
        "single-braces",
        f"{read} `{written}` as it stands here.",
        f"A value stands in two braces: `{{{{ {value} }}}}`.",
    )
