"""What only repeats another finding: in other words, in another place, or because of it.

Law: told is what has to be mended; of findings whose files nobody reads together, each names what it hangs on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from engine.core.finding import Finding, Span
from engine.project.suggest import proposed

_UNUSED = frozenset(("unused-collection", "unused-catalog", "unused-prompt", "unused-media", "unknown-command"))


def of_causes(found: list[Finding]) -> list[Finding]:
    """Less what follows from a mistake in another file, or in the head of this one."""
    gone: set[tuple[str, str, str]] = set()  # code, file, the first name of the message
    for one in found:
        stem = PurePosixPath(one.span.file).stem
        meant = proposed(one.help, alone=False)
        if one.code == "no-result":  # what it asks for would be its result
            gone.add(("never-read", f"scenarios/{one.topic.names[0]}.yaml", ""))
        elif one.code == "misspelt-name" and meant:
            gone.add(("unknown-input", "", f"{stem}.{meant}"))
        elif one.code == "unknown-attribute" and meant:
            gone.add(("unused-field", "", meant))
        elif one.code == "unknown-key" and meant == "only_admin":
            gone.add(("data-of-others", one.span.file, ""))
        elif one.code == "never-started":
            gone.add(("unknown-command", "", stem))
        elif one.code == "unknown-language":
            gone |= {("if-fails-differs", "", "a map"), ("foreign-words", "", "".join(one.topic.names[:1]))}
    if not gone:
        return found
    once = {(one.span, one.code): one for one in reversed(found) if one.code == "unknown-language"}
    return [one for one in found if not _is_gone(one, gone) and once.get((one.span, one.code), one) is one]


def _is_gone(one: Finding, gone: set[tuple[str, str, str]]) -> bool:
    if one.code == "never-read" or one.code == "data-of-others":
        return (one.code, one.span.file, "") in gone
    if one.code == "unknown-input":
        return (one.code, "", f"{one.topic.names[0]}.{one.topic.field}") in gone
    if one.code == "if-fails-differs":
        return one.topic.kind == "map" and (one.code, "", "a map") in gone
    named = one.topic.field or "".join(one.topic.names[:1])
    return bool(named) and one.severity == "info" and (one.code, "", named) in gone


def of_copies(found: list[Finding]) -> list[Finding]:
    """Less the triggers of a scenario and of its copy, which is told as one: its name is not the file's."""
    copies = [PurePosixPath(one.span.file) for one in found if one.code == "name-differs"]
    files, names = {str(one) for one in copies}, {one.stem for one in copies}
    return [
        one
        for one in found
        if one.code != "duplicate-trigger" or not (one.span.file in files or not names.isdisjoint(one.topic.names))
    ]


def of_unread(found: list[Finding]) -> list[Finding]:
    """Less what nothing uses, where a scenario stands that is not read."""
    if not any(one.code == "misplaced-file" and one.topic.instead.startswith("scenarios/") for one in found):
        return found
    return [one for one in found if one.code not in _UNUSED]


def of_sound_texts(found: list[Finding]) -> list[Finding]:
    """Less what only says that a text has no translation as it stands, where something else is wrong in that text."""
    if not any(one.about for one in found):
        return found
    wrong: dict[str, list[tuple[int, int]]] = {}
    for one in found:
        if one.about is None and one.severity != "info":
            wrong.setdefault(one.span.file, []).append(one.span[1:3])
    return [
        one
        for one in found
        if one.about is None
        or not any(one.about[1:3] <= place < one.about[3:] for place in wrong.get(one.about.file, ()))
    ]


def of_scenarios(found: list[Finding]) -> list[Finding]:
    """Less what is told of a translation in the words in which it is told of the scenario's own text: both read the
    same values. A word that is misspelt is to be mended in both."""
    own = {(one.code, one.message) for one in found if one.code in _OF_VALUES and not _is_translated(one)}
    return [one for one in found if not _is_translated(one) or (one.code, one.message) not in own]


def _is_translated(one: Finding) -> bool:
    return one.span.file.startswith("translations/")


_OF_VALUES = frozenset(("maybe-empty", "unlike-types", "not-a-list", "after-loop", "read-before-set", "data-of-others"))


def of_one_weight(found: list[Finding]) -> list[Finding]:
    """Less what is told of one place as a warning too: it was read there for two reasons."""
    errors = {(one.span, one.code, one.message) for one in found if one.severity == "error"}
    return [one for one in found if one.severity == "error" or (one.span, one.code, one.message) not in errors]


def of_one_meaning(findings: list[Finding]) -> list[Finding]:
    """Less what says of one definition that it is two other names: then neither is sure, and each use is told."""
    said: dict[Span, set[str]] = {}
    for one in findings:
        if one.code == "misspelt-name":
            said.setdefault(one.span, set()).add(one.message)
    return [one for one in findings if one.code != "misspelt-name" or len(said[one.span]) == 1]


def once(found: list[Finding], bare: Mapping[Span, Finding]) -> list[Finding]:
    """A name without its braces is told once: by what weighs more, for its word may fit the field as little."""
    words = {one.span: one for one in found if one.span in bare and one.code in _OF_WORDS}
    kept = {span for span, one in words.items() if one.severity == "error" or bare[span].severity == "info"}
    left = [one for one in found if one.span not in words or (one.code in _OF_WORDS) == (one.span in kept)]
    return [replace(one, help=bare[one.span].help) if one.span in kept else one for one in left]


_OF_WORDS = ("wrong-field-type", "value-not-declared", "bad-default")
