"""Braces that are read as they stand: a value in single ones, or one brace that is left over.

Law: braces are let be where they may be meant: JSON, sets, words that are no value. In a prompt, which may show the
model some JSON, only what is plainly a value is told.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from typing import Any

from engine.core.finding import Span
from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.core.template import Plain, Text, Translated, Value
from engine.lint.texts import source_of_prompt
from engine.lint.world import World
from engine.project.places import span_of
from engine.project.words import placeholders

_JINJA = re.compile(
    r"\{%-?\s*raw\s*-?%\}.*?\{%-?\s*endraw\s*-?%\}|\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\{\{(?=[^}]*\Z)", re.DOTALL
)
_VALUE = r"([^\W\d]\w*)(?:\.\w+|\[[^\]{}\n]*\]|\(\))*\s*(?:[|+*/-][^{}\n]*)?"
_STRAY = re.compile(rf"\{{\s*{_VALUE}\}}{{1,2}}|(\{{ *'[^{{}}:\n]*\}}\}})|(?:(?<![\w.'\"]){_VALUE})?\}}\}}")
_MARKS = re.compile(rb"\{\{(?:[^}]++|\}(?!\}))*+\}\}|\{%[^%]*%\}|\{#.*?#\}", re.DOTALL)
_SINGLE = re.compile(rb"\{[^:{}]*\}")  # no map of YAML
_WORD = re.compile(r"\{\s*([A-Za-z_]\w*)\s*\}")


def check(world: World) -> None:
    translated = any(file.startswith("translations/") for file in world.loaded.sources)
    for scenario in world.scenarios.values():
        if not (translated or _may_be_odd(world.source(scenario.file))):
            continue
        known = _Known(world, scenario.writes)
        for template in [scenario.result, *(one for step in scenario.steps for one in step.templates)]:
            for scalar in _scalars(template):
                read = "People read" if isinstance(template, Text) else "This is"
                for found in stray(scalar.text, known):
                    start, end, help = _piece(found, known)
                    message = f"{read} `{scalar.text[start:end]}` as it stands here."
                    world.report("single-braces", "warning", span_of(scalar, start, end), message, help)
    for step in world.by_verb["llm"]:
        names = {*world.scenarios[step.scenario].writes, *(step.with_ or {}), "super"}
        for template in sorted(world.templates_of(step.prompt)):
            _prompt(world, template, _Known(world, names.union(world.read_in(template))))
    for step in world.by_verb["ask"]:
        if step.if_wrong is not None:
            _placeholders(world, step.if_wrong)


def _may_be_odd(source: bytes) -> bool:
    """Of a file: most have no brace that could be, which is far quicker to know than to look at each text."""
    rest = _MARKS.sub(b"", source)
    return not source or b"}}" in rest or _SINGLE.search(rest) is not None


class _Known:
    """The names that can be a value somewhere."""

    def __init__(self, world: World, names: Container[str]) -> None:
        self.world, self.names = world, names

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.names or self.world.builtin(name) is not None)


def stray(text: str, known: Container[str], code: bool = False) -> Iterator[re.Match[str]]:
    """What is a value in the wrong braces. `code`: braces that are left over tell nothing."""
    if "}" not in text or _all_are_marks(text):
        return
    plain = _JINJA.sub(lambda found: "\0" * len(found[0]), text)
    over = plain.count("}") > plain.count("{")
    for found in _STRAY.finditer(plain):
        if found[1]:
            told = found[1] in known
        elif found[2]:  # `{ 'one' if it else 'other' }}`
            told = True
        elif code:  # on a line of its own JSON may end so
            line = plain[plain.rfind("\n", 0, found.start()) + 1 : found.end()]
            told = found[3] in known and line.count("}") > line.count("{")
        else:
            told = over or found[3] in known
        if told:
            yield found


def _all_are_marks(text: str) -> bool:
    """Whether every brace belongs to a mark of Jinja's: so of nearly all texts, and ten times quicker to know."""
    count = text.count
    doubles = count("{{")
    opening, closing = 2 * doubles + count("{%") + count("{#"), 2 * doubles + count("%}") + count("#}")
    return doubles == count("}}") and count("{") == opening and count("}") == closing


def _piece(found: re.Match[str], known: Container[str]) -> tuple[int, int, str]:
    """Where it begins and ends, and the help: of a word that is no value only the braces."""
    whole = found[0].strip()
    at = found.start() + found[0].index(whole)
    if not (found[1] or found[2] or found[3] in known or "." in whole):
        at, whole = found.end() - 2, "}}"
    value = whole.strip("{} ") or "…"
    return at, found.end(), f"A value stands in two braces: `{{{{ {value} }}}}`."


def _scalars(template: Any) -> Iterator[Scalar]:
    """The texts of a template, where they stand."""
    if isinstance(template, Text):
        yield from template.scalars.values()
    elif isinstance(template, Translated):
        yield from (one.scalar for one in template.languages.values() if one.scalar is not None)
    elif isinstance(template, Plain) and template.scalar is not None:
        yield template.scalar
    elif isinstance(template, Value) and template.node is not None:
        yield from _within(template.node)


def _within(node: Node) -> Iterator[Scalar]:
    if isinstance(node, Scalar):
        yield node
    inner = [value for _, value in node.entries.values()] if isinstance(node, Mapping) else ()
    for one in node.items if isinstance(node, Sequence) else inner:
        yield from _within(one)


def _prompt(world: World, template: str, known: Container[str]) -> None:
    body = world.prompt_files.bodies[template]
    for found in stray(body, known, code=True):
        start, end, help = _piece(found, known)
        source = source_of_prompt(world.prompt_files, template)
        span = Span(source.file, *source.at(start), *source.at(end))
        message = f"The model reads `{body[start:end]}` as it stands here."
        world.report("single-braces", "warning", span, message, help)


def _placeholders(world: World, text: Text) -> None:
    """The engine's own sentences have `{min}`; an author's has not."""
    for language, one in text.languages.items():
        scalar, found = text.scalars.get(language), _WORD.search(_JINJA.sub("", one.source))
        if scalar is None or found is None:
            continue
        if any(found[1] in placeholders(sentence) for sentence in world.project.words[language].values()):
            message = f"People read `{found[0]}` as it stands here: only sentences of catalog/words.yaml are filled so."
            help = "Write the number or the word itself."
            world.report("single-braces", "warning", scalar.span, message, help)
