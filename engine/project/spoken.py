"""Texts of a catalog file in several languages: a language that is misspelt, missing, empty or of another form.

Law: a map is a text when it has a language of the bot and nothing that could be a field; one that has no language is
told only where the file's other texts have all of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.core import node as nodes
from engine.core.finding import NO_TOPIC, Finding, Span, Topic
from engine.project.suggest import closest, did_you_mean
from engine.project.translations import has_words

_STRANGE = "`{}` is none of the bot's languages, so this is no text but a map, and people read all of it."


def is_spoken(node: nodes.Node | None, languages: tuple[str, ...]) -> bool:
    """Whether it is one value in several languages."""
    return isinstance(node, nodes.Mapping) and bool(node.entries) and set(node) <= set(languages)


def every(node: nodes.Node) -> Iterator[nodes.Node]:
    """It and all that stands in it, from the first line to the last."""
    left = [node]
    while left:
        one = left.pop()
        yield one
        if isinstance(one, nodes.Mapping):
            left += [value for _, value in reversed(one.entries.values())]
        elif isinstance(one, nodes.Sequence):
            left += reversed(one.items)


def check(node: nodes.Node, languages: tuple[str, ...]) -> Iterator[Finding]:
    """Of a whole file."""
    whole, lacking = 0, []
    for one in every(node) if len(languages) > 1 else ():
        if not isinstance(one, nodes.Mapping) or one.entries.keys().isdisjoint(languages):
            continue
        if not is_spoken(one, languages):
            yield from _misspelt(one, languages)
            continue
        yield from _within(one)
        whole += len(one.entries) == len(languages)
        lacking += [(one, language) for language in languages if language not in one]
    for text, language in lacking if whole > len({id(text) for text, _ in lacking}) else ():
        if any(isinstance(value, nodes.Scalar) and has_words(value.text) for _, value in text.entries.values()):
            message = f"This text is not there in `{language}`; those of the other rows are."
            yield _finding("missing-translation", text.span, message, f"Write `{language}: …` beside it.", language)


def beside(rows: list[nodes.Mapping], name: str, languages: tuple[str, ...]) -> Iterator[Finding]:
    """A field that is a text in several languages in most rows, and in one has nothing behind it, or a strange key."""
    there = [row for row in rows if name in row]
    if 2 * sum(is_spoken(row.get(name), languages) for row in there) < len(there):
        return
    for row in there:
        key, value = row.entries[name]
        if _is_empty(value):
            yield _nothing(key)
        elif isinstance(value, nodes.Mapping) and not value.entries.keys().isdisjoint(languages):
            for word, (inner, _) in value.entries.items():
                if word not in languages and not _meant(word, value, languages):
                    help = (
                        f"It speaks {', '.join(languages)}. Correct it, or add it to `languages` in catalog/bot.yaml."
                    )
                    yield _finding("unknown-language", inner.span, _STRANGE.format(word), help, word)


def _misspelt(node: nodes.Mapping, languages: tuple[str, ...]) -> Iterator[Finding]:
    for name, (key, _) in node.entries.items():
        meant = name not in languages and _meant(name, node, languages)
        if meant:
            help = did_you_mean(name.replace(" ", ""), [meant])
            yield _finding("unknown-language", key.span, _STRANGE.format(name), help, name)


def _meant(name: str, node: nodes.Mapping, languages: tuple[str, ...]) -> str | None:
    """The language that a key of a text is near to."""
    return closest(name.replace(" ", ""), [language for language in languages if language not in node])


def _within(node: nodes.Mapping) -> Iterator[Finding]:
    """A language with nothing behind it, or with a list where another has a text."""
    values = [value for _, value in node.entries.values()]
    empty = [key for key, value in node.entries.values() if _is_empty(value)]
    for key in empty if len(empty) < len(values) else ():
        yield _nothing(key)
    if any(isinstance(one, nodes.Scalar) for one in values):
        for key, value in node.entries.values():
            if not isinstance(value, nodes.Scalar):
                what = "a list" if isinstance(value, nodes.Sequence) else "a map"
                message = f"This is {what}, and in the other language it is a text."
                help = "A text that begins with a bracket stands in quotes."
                yield _finding("unlike-row", key.span, message, help)


def _is_empty(node: nodes.Node | None) -> bool:
    return isinstance(node, nodes.Scalar) and not node.text.strip()


def _nothing(key: nodes.Scalar) -> Finding:
    return _finding("empty-value", key.span, f"There is nothing behind `{key.text}`.", "Write what is meant.")


def _finding(code: str, span: Span, message: str, help: str, language: str = "") -> Finding:
    return Finding(span, code, "warning", message, help, topic=Topic((language,)) if language else NO_TOPIC)
