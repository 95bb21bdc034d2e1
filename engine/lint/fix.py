"""Mends what is surely meant otherwise: a word with one near candidate, a text that needs quotes.

Law: a mend replaces just what the finding marks, by just what its help says; nothing is changed when
that makes another mistake on its line.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from pathlib import Path

from engine.core.finding import Finding
from engine.lint.roots import Bot
from engine.project.places import lines_of

ROUNDS = 5  # a mend can show the next mistake: a key that could not be read before
_MEANT = re.compile(r"Did you mean `'?([^`']+)'?`\?")
_QUOTED = re.compile(r"(?:Write it as|Put the whole text in quotes:|put it in quotes:) (.+)\.\Z")
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
_TEXTS = frozenset(("unquoted-braces", "unquoted-sign", "second-colon", "unknown-alias", "text-after-quote"))


@dataclass(frozen=True, slots=True)
class Change:
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

    sources = read_sources(bot)
    first = dict(sources)
    counts = dict.fromkeys(sources, 0)
    loader = Loader(bot.root)
    findings = lint(loader.build(sources))
    for _ in range(ROUNDS):
        wanted = [one for one in findings if (not select or one.code in select) and one.code not in ignore]
        tried, lines = dict(sources), dict[str, set[int]]()
        for file in sources:
            if bot.shows(file) or bot.alone is not None:
                tried[file], lines[file] = _mended(sources[file], [one for one in wanted if one.span.file == file])
        if not any(lines.values()):
            break
        after = lint(loader.build(tried))
        before = {(one.span.file, one.span.line, one.code, one.message) for one in findings}
        new = [one for one in after if (one.span.file, one.span.line, one.code, one.message) not in before]
        if any(one.span.line in lines.get(one.span.file, ()) for one in new):
            break
        sources, findings = tried, after
        counts = {file: counts[file] + len(lines.get(file, ())) for file in counts}
    for file, content in sources.items():
        if content != first[file]:
            yield Change(bot.alone or bot.root / file, first[file], content, counts[file])


def _mended(content: bytes, findings: list[Finding]) -> tuple[bytes, set[int]]:
    """The content with every sure mend, from the last to the first so that places stay right; the lines changed."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content, set()
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    breaks = re.findall(r"\r\n|\r|\n", text)
    lines = lines_of(text.removeprefix("\ufeff"))
    done: set[tuple[int, int]] = set()
    for finding in sorted(findings, key=lambda one: (one.span.line, one.span.column), reverse=True):
        span, word = finding.span, _instead(finding)
        if word is None or span.line != span.end_line or (span.line, span.column) in done or span.line > len(lines):
            continue
        line = lines[span.line - 1]
        if not _is_marked_alone(line, finding):
            continue
        done.add((span.line, span.column))
        lines[span.line - 1] = line[: span.column - 1] + word + line[span.end_column - 1 :]
    joined = "".join(line + end for line, end in zip(lines, [*breaks, ""], strict=True))
    return (mark + joined).encode(), {line for line, _ in done}


def _instead(finding: Finding) -> str | None:
    """What the finding's help says to type, when there is just one thing."""
    if finding.code in _WORDS:
        found = _MEANT.match(finding.help)
        return found[1] if found else None
    if finding.code in _TEXTS:
        found = _QUOTED.search(finding.help)
        return found[1] if found and "…" not in found[1] else None
    return None


def _is_marked_alone(line: str, finding: Finding) -> bool:
    """What is marked is the one wrong word, not a whole text that a word stands in."""
    marked = line[finding.span.column - 1 : finding.span.end_column - 1]
    return finding.code in _TEXTS or bool(re.fullmatch(r"[\w./-]+", marked))
