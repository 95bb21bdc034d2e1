"""Translations of scenarios from gettext files, translations/<language>.po, laid into the texts they belong to.

An entry belongs to the text whose name it bears (`msgctxt`: scenario/step.field) and which reads as its `msgid`; else
to the one that reads so elsewhere in the scenario (it has moved); else to the one of that name, whose words have
changed since: it is stale. A name that is only counted (`say#2`) may have passed to another text; there the words must
be alike too. Law: better the scenario's own language than another text's words; what stands inline wins.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any, Protocol

from msgspec import Struct, field

from engine.core import node as nodes
from engine.core.languages import lay_in, renew
from engine.core.node import Node, Scalar
from engine.core.step import Step
from engine.core.template import PEOPLE, PLAIN, Plain, Text, Translated, Value
from engine.project.po import Entry, PoFile

FOLDER = "translations"
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]{2,}")
_FORMS = re.compile(r"\|\s*plural\b")
ALIKE = 0.5  # of two texts, as difflib measures it
COMPARED = 500  # characters of each; the time grows with their square
Given = tuple[tuple[str, tuple[Entry, ...]], ...]  # (language, the entries of one scenario), ...


class Place(Struct, frozen=True):
    """What can be translated. `at` is where its source stands; an alias makes several `texts` of one."""

    name: str
    texts: tuple[Text | Translated, ...]
    source: str
    at: Scalar


class Match(Struct, frozen=True):
    """An entry and the text that it belongs to. `stale`: it was made from other words. `used`: people read it."""

    language: str
    place: Place
    entry: Entry
    stale: bool
    used: bool = False


class Laid(Struct):
    """What was done with the entries of a scenario. `unused` belong to no text of it."""

    matches: list[Match] = field(default_factory=list)
    unused: list[tuple[str, Entry]] = field(default_factory=list)

    @property
    def signature(self) -> str:
        """Another one when people read another text."""
        used = [(one.language, one.place.name, one.entry.text.text) for one in self.matches if one.used]
        return blake2b(repr(used).encode(), digest_size=8).hexdigest()


def language_of(file: str) -> str:
    """translations/en.po is in `en`."""
    return PurePosixPath(file).stem


def given_to(translations: Mapping[str, PoFile], languages: Sequence[str], file: str) -> Given:
    """The translations of a scenario into the bot's languages."""
    scenario = PurePosixPath(file).stem if translations else ""
    return tuple(
        (language_of(one), po.of_scenario[scenario])
        for one, po in translations.items()
        if scenario in po.of_scenario and language_of(one) in languages
    )


def bare(source: str) -> str:
    """Without the last line break of a `|` text, which nobody sees and gettext's tools want in a translation too."""
    return source.rstrip("\n")


def has_words(source: str) -> bool:
    """Whether there is anything to translate: `{{ advice }} 💡` is the same in every language."""
    return _WORD.search(_JINJA.sub(" ", source)) is not None or _FORMS.search(source) is not None


# which text is which --------------------------------------------------------------------------------------------


def places(scenario: str, root: nodes.Mapping, steps: Sequence[Step], texts: list[tuple[Any, Node]]) -> list[Place]:
    """Every text of a scenario, in the order of the file."""
    labels = dict(_labels(steps))
    made: dict[int, list[Text | Translated]] = {}
    for text, node in texts:
        made.setdefault(id(node), []).append(text)
    found: dict[int, Place] = {}
    for node, path in _walk(root, (), labels):
        here = made.get(id(node))
        if here and id(node) not in found:
            language, first = next(iter(here[0].languages.items()))
            at = here[0].scalars[language] if isinstance(here[0], Text) else first.scalar
            assert at is not None  # noqa: S101 the builder says where each text stands
            found[id(node)] = Place(f"{scenario}/{'.'.join(path)}", tuple(here), bare(first.source), at)
    return list(found.values())


def _labels(steps: Sequence[Step]) -> Iterator[tuple[int, str]]:
    """A step's own name; one without is counted among those of its verb."""
    counts: dict[str, int] = {}
    for step in steps:
        label = step.name
        if not step.named:
            counts[step.verb] = counts.get(step.verb, 0) + 1
            label = f"{step.verb}#{counts[step.verb]}"
        yield id(step.node), label


def _walk(node: Node, path: tuple[str, ...], labels: Mapping[int, str]) -> Iterator[tuple[Node, tuple[str, ...]]]:
    if id(node) in labels:
        path = (labels[id(node)],)
    yield node, path
    if isinstance(node, nodes.Mapping):
        for key, (_, value) in node.entries.items():
            yield from _walk(value, (*path, key), labels)
    elif isinstance(node, nodes.Sequence):
        for number, item in enumerate(node.items, 1):
            yield from _walk(item, (*path[:-1], f"{path[-1]}#{number}"), labels)


def matched(here: Sequence[Place], entries: Sequence[Entry], language: str) -> tuple[list[Match], list[Entry]]:
    """Which entry belongs to which text; and the entries that belong to none. Of two that fit, the first."""
    found: dict[int, tuple[Entry, bool]] = {}
    left = list(entries)

    def take(key: Any, of: Any, fits: Callable[[Entry, Place], bool], stale: bool = False) -> None:
        free: dict[Any, list[Entry]] = {}
        for entry in left:
            free.setdefault(key(entry), []).append(entry)
        for number, place in enumerate(here):
            same = free.get(of(place)) if number not in found else None
            if same and fits(same[0], place):
                found[number] = (same.pop(0), stale)
        taken = {id(entry) for entry, _ in found.values()}
        left[:] = [entry for entry in left if id(entry) not in taken]

    take(lambda entry: (entry.name, bare(entry.source.text)), lambda place: (place.name, place.source), _always)
    take(lambda entry: bare(entry.source.text), lambda place: place.source, _always)
    left, gone = [entry for entry in left if not entry.obsolete], [entry for entry in left if entry.obsolete]
    take(lambda entry: entry.name, lambda place: place.name, _same_text, stale=True)
    matches = [
        Match(language, here[number], entry, stale or entry.fuzzy) for number, (entry, stale) in sorted(found.items())
    ]
    return matches, [*left, *gone]


def _always(_entry: Entry, _place: Place) -> bool:
    return True


def _same_text(entry: Entry, place: Place) -> bool:
    """Whether the text of this name is the one that was translated, in other words."""
    if "#" not in place.name:
        return True
    from difflib import SequenceMatcher  # 2 ms, and only for what is stale

    two = SequenceMatcher(None, entry.source.text[:COMPARED], place.source[:COMPARED])
    return two.quick_ratio() >= ALIKE and two.ratio() >= ALIKE


# laying in ------------------------------------------------------------------------------------------------------


class Builder(Protocol):
    """What is asked of engine.project.builder."""

    def checked(self, kind: Any, node: Scalar, source: str | None = None, offset: int = 0) -> Any: ...


def lay(here: Sequence[Place], given: Given, builder: Builder) -> Laid:
    """Give the texts their translations; a mistake in one is reported through the builder."""
    laid = Laid()
    for language, entries in given:
        matches, unused = matched(here, entries, language)
        laid.unused += [(language, entry) for entry in unused]
        for match in matches:
            used = _usable(match) and _lay(match, builder)
            laid.matches.append(Match(language, match.place, match.entry, match.stale, used))
    return laid


def _usable(match: Match) -> bool:
    entry = match.entry
    return bool(entry.text.text) and not entry.guessed and not inline(match)


def _lay(match: Match, builder: Builder) -> bool:
    first, scalar = match.place.texts[0], match.entry.text
    kind = partial(Plain, environment=PEOPLE if isinstance(first, Text) else PLAIN)
    plain: Plain | None = builder.checked(kind, scalar)
    if plain is None or (match.stale and not plain.reads <= first.reads):
        return False  # a name that the text does not use any more may be gone
    for text in match.place.texts:
        lay_in(text, match.language, plain, scalar)
    return True


def inline(match: Match) -> bool:
    """Whether the scenario itself has the text in this language."""
    at = match.place.texts[0].languages.get(match.language)
    return at is not None and at.scalar is not match.entry.text


def renewed(templates: Sequence[Any]) -> None:
    """Values know anew what they read."""
    for template in templates:
        if isinstance(template, Value):
            renew(template)
