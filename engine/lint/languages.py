"""Many texts that all lack the same language, or have the same strange one: not they are wrong, but `languages` in
catalog/bot.yaml. Told once, there.

Law: a few texts may be wrong each for itself; from `MANY` on they have one cause.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from engine.core.finding import Finding, Severity, Span, Topic
from engine.core.node import Mapping as Map
from engine.core.node import Node, Sequence
from engine.project.bot import BOT
from engine.project.suggest import closest, proposal
from engine.project.yaml import read

MANY = 4  # texts
_CODE = re.compile(r"[a-z]{2,3}")


def at_their_cause(findings: list[Finding], sources: Mapping[str, bytes]) -> list[Finding]:
    """The findings, less those that a wrong entry of `languages` makes, and with that entry."""
    strange, missing, twice = (_by_language(findings, code) for code in CODES)
    missing = {word: some for word, some in missing.items() if not _is_written(word, sources)}
    if not strange and not missing and not twice:
        return findings
    node = read(sources.get(BOT, b"").decode("utf-8", "replace"), BOT)[0]
    listed = node.get("languages") if isinstance(node, Map) else None
    known = _words(listed)
    unused = [word for word in known if len(known) > 1 and not _is_written(word, sources)]
    near = unused[0] if len(unused) == len(strange) == 1 else None
    meant = {word: closest(word, known) or near for word in strange}
    told = [_strange(word, meant[word], some, listed) for word, some in strange.items()]
    told += [_missing(word, some, listed) for word, some in missing.items()]
    told += [_twice(word, some, listed) for word, some in twice.items()]
    echoes = {id(one) for each in (strange, twice) for some in each.values() for one in some}
    echoes |= {id(one) for one in findings if strange and _follows(one, {*strange, *known}, {*meant.values()})}
    echoes |= {
        id(one) for one in findings if one.code == "missing-translation" and missing.keys() >= {*one.topic.names}
    }
    return [*(one for one in findings if id(one) not in echoes), *told]


CODES = ("unknown-language", "missing-translation", "translated-twice")


def _by_language(findings: list[Finding], code: str) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for one in findings:
        if one.code == code:
            for word in filter(_CODE.fullmatch, one.topic.names):
                found.setdefault(word, []).append(one)
    return {word: some for word, some in sorted(found.items()) if len(some) >= MANY}


def _is_written(word: str, sources: Mapping[str, bytes]) -> bool:
    """Whether any text of the bot is in that language, or a file of translations into it is there."""
    key = re.compile(rb"(?m)(?:^|[{,\s\"'])%b[\"']?\s*:" % word.encode())
    return any(file.startswith(f"translations/{word}") or key.search(text) for file, text in sources.items())


def _words(listed: Node | None) -> list[str]:
    return [getattr(one, "text", "") for one in listed.items] if isinstance(listed, Sequence) else []


def _strange(word: str, near: str | None, some: list[Finding], listed: Node | None) -> Finding:
    """`near` is what stands in its place."""
    words = _words(listed)
    at = listed.items[words.index(near)].span if isinstance(listed, Sequence) and near else None
    at = at or (listed.span if listed is not None else some[0].span)
    message = f"`{word}` is none of the bot's languages, and {_count(some)} are in it."
    help = proposal(word) if near else f"Write `languages: [{', '.join([*words, word])}]`, or take them out."
    return Finding(at, "unknown-language", _worst(some), message, help, topic=Topic((word,)))


def _missing(word: str, some: list[Finding], listed: Node | None) -> Finding:
    words = _words(listed)
    at: Span = listed.items[words.index(word)].span if isinstance(listed, Sequence) and word in words else some[0].span
    message = f"No text is in `{word}` yet, and {_count(some)} are in other languages."
    help = "Take it out of `languages` for as long as the texts are not translated."
    return Finding(at, "missing-translation", _worst(some), message, help)


def _twice(word: str, some: list[Finding], listed: Node | None) -> Finding:
    first = listed.items[0].span if isinstance(listed, Sequence) and listed.items else None
    at: Span = first or (listed.span if listed is not None else some[0].span)
    message = f"The scenarios' own texts count as `{word}`, and {_count(some)} are translated into it as well."
    help = "Let `languages` begin with the language that the scenarios are written in."
    return Finding(at, "translated-twice", _worst(some), message, help)


def _follows(one: Finding, languages: set[str], wrong: set[str | None]) -> bool:
    """A text of the catalog is a map for as long as one of its languages is none; a wrong code has no sentences."""
    if one.code == "whole-map":
        return one.topic.field in languages
    return one.code == "foreign-words" and not wrong.isdisjoint(one.topic.names)


def _count(some: list[Finding]) -> str:
    return f"{len({one.span for one in some})} texts"


def _worst(some: list[Finding]) -> Severity:
    worst: tuple[Severity, ...] = ("error", "warning", "info")
    return next(one for one in worst if any(each.severity == one for each in some))
