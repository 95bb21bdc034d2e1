"""Mends what is surely meant otherwise: a mistyped word with one near candidate, a text that needs quotes.

Law: a mend types just what the finding's help says, and only where nothing else can be meant: no letter that people
read is lost or made up. One that makes another mistake on its line is not done.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Set
from pathlib import Path

from msgspec import Struct, field

from engine.core.finding import Finding, Mend
from engine.lint.roots import Bot
from engine.project.places import lines_of
from engine.project.suggest import is_surely, proposed

ROUNDS = 1000  # of a file that cannot be read, each shows the next mistake only
_KEYS = {  # what may be a key in a text that is to be put in quotes
    "second-colon": re.compile(r"\s([a-z_]+):(?=\s)"),
    "comma-in-text": re.compile(r",\s*([a-z_]+)\s*(?=,|\Z)"),
}
_WORDS = frozenset(
    [
        "unknown-key",
        "unknown-verb",
        "unknown-value",
        "unknown-step",
        "unknown-scenario",
        "unknown-prompt",
        "unknown-collection",
        "unknown-model",
        "unknown-field",
        "unknown-type",
        "unknown-name",
        "misspelt-name",
        "unknown-attribute",
        "unknown-filter",
        "unknown-test",
        "unknown-language",
        "unknown-input",
        "unknown-comparison",
        "unknown-catalog",
        "unknown-setting",
        "unknown-timezone",
        "unknown-template",
        "never-equal",
        "unknown-case",
        "value-not-declared",
        "not-a-step",
    ]
)
_Place = tuple[str, int, str, str]  # file, line, code, message: a finding, wherever on its line it has moved


class Change(Struct, frozen=True):
    """One file that can be mended."""

    path: Path
    before: bytes
    after: bytes
    count: int

    def diff(self) -> str:
        before, after = (one.decode("utf-8", "replace").splitlines(keepends=True) for one in (self.before, self.after))
        return "".join(difflib.unified_diff(before, after, str(self.path), str(self.path)))


def fixed(bot: Bot, select: Set[str] = frozenset(), ignore: Set[str] = frozenset()) -> Iterator[Change]:
    """The files of the bot that can be mended; nothing is written. Only these codes, or all but these."""
    from engine.lint.folder import read_sources
    from engine.lint.run import lint
    from engine.project.load import Loader

    first = read_sources(bot)
    loader = Loader(bot.root)

    def wanted(finding: Finding) -> bool:
        shown = bot.alone is not None or bot.shows(finding.span.file)
        return shown and (not select or finding.code in select) and finding.code not in ignore

    draft = _Draft(dict(first))
    draft.mend(lambda sources: loader.build(sources).findings, wanted)  # until all can be read: cheaper than all checks
    draft.mend(lambda sources: lint(loader.build(sources)), wanted)
    for file, content in draft.sources.items():
        if content != first[file]:
            yield Change(bot.alone or bot.root / file, first[file], content, draft.counts[file])


class _Draft(Struct):
    """The files as they are mended so far, and how often each was."""

    sources: dict[str, bytes]
    counts: Counter[str] = field(default_factory=Counter)
    refused: set[_Place] = field(default_factory=set)

    def mend(self, judge: Callable[[dict[str, bytes]], list[Finding]], wanted: Callable[[Finding], bool]) -> None:
        """Until nothing is left that can be mended."""
        findings = judge(self.sources)
        for _ in range(ROUNDS):
            tried, done = dict(self.sources), list[Finding]()
            for file, content in self.sources.items():
                here = [one for one in findings if one.span.file == file and _place(one) not in self.refused]
                tried[file], mended = _mended(content, [one for one in here if wanted(one)])
                done += mended
            if not done:
                return
            after = judge(tried)
            known = {_place(one) for one in findings}
            new = [one for one in after if one.severity == "error" and _place(one) not in known]
            worse = {(one.span.file, one.span.line) for one in new if not _can_be(one)}
            refused = {_place(one) for one in done if (one.span.file, one.span.line) in worse}
            if refused:
                self.refused |= refused
                continue
            self.sources, findings = tried, after
            self.counts.update(one.span.file for one in done)


def _place(finding: Finding) -> _Place:
    return finding.span.file, finding.span.line, finding.code, finding.message


def _can_be(finding: Finding) -> bool:
    """A further mistake that could not be seen before, and can be mended as well."""
    return finding.mend is not None or (finding.code in _WORDS and bool(proposed(finding.help)))


def _mended(content: bytes, findings: list[Finding]) -> tuple[bytes, list[Finding]]:
    """The content with every sure mend, from the last to the first so that places stay right; what was mended."""
    if not findings:
        return content, []
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content, []
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    breaks = re.findall(r"\r\n|\r|\n", text)
    lines = lines_of(text.removeprefix("\ufeff"))
    done: list[Finding] = []
    until: tuple[int, int] = (len(lines) + 1, 0)
    for finding, mend in sorted(sure(findings, lines), key=lambda one: one[1].span[1:3], reverse=True):
        span = mend.span
        if (span.line, span.end_column) > until:
            continue  # a part of what is mended already
        done.append(finding)
        until = span.line, span.column
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + mend.text + line[span.end_column - 1 :]
    joined = "".join(line + end for line, end in zip(lines, [*breaks, ""], strict=True))
    return (mark + joined).encode(), done


def sure(findings: list[Finding], lines: list[str]) -> Iterator[tuple[Finding, Mend]]:
    """The findings of a file that can be mended, each with what to type."""
    for finding in findings:
        span = finding.span if finding.mend is None else finding.mend.span
        if span.line != span.end_line or span.line > len(lines):
            continue
        marked = lines[span.line - 1][span.column - 1 : span.end_column - 1]
        if finding.mend is not None:
            if finding.code not in _KEYS or not _holds_a_key(marked, _KEYS[finding.code]):
                yield finding, finding.mend
        elif finding.code in _WORDS and re.fullmatch(r"[\w./-]+", marked):  # and no text that the word stands in
            meant = proposed(finding.help)
            if meant and is_surely(marked, meant):
                yield finding, Mend(span, meant)


def _holds_a_key(text: str, key: re.Pattern[str]) -> bool:
    """`ask: name question: Who?`, `question: Who?, skip`: a line break was forgotten, or a value, and no quotes."""
    from engine.steps import KINDS

    keys = {key for kind in KINDS.values() for key in kind.FIELDS}
    return any(found[1] in keys for found in key.finditer(text))
