"""`dialogue lint --watch`: what is wrong, at once after each save. Only files whose content is new are read again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from engine.core.finding import Finding, Span
from engine.lint.cache import media
from engine.lint.folder import findings_of, fingerprint, shown
from engine.lint.roots import Bot
from engine.lint.run import lint
from engine.project.load import Loader

PAUSE = 0.3  # s between two looks at the files
REST = 0.1  # s in which nothing changes: an editor may be in the middle of a save
RESTLESS = 2.0  # s, after which files that do not come to rest are read all the same


def rounds(bots: list[Bot]) -> Iterator[list[Finding]]:
    """The findings now, and again whenever a file has changed, without an end."""
    loaders = [Loader(bot.root) for bot in bots]
    seen = None
    while True:
        now = _looks(bots)
        if now != seen:
            seen = _rested(bots, now) if seen is not None else now
            yield [finding for bot, loader in zip(bots, loaders, strict=True) for finding in _findings(bot, loader)]
        time.sleep(PAUSE)


def _looks(bots: list[Bot]) -> list[object]:
    return [(fingerprint(bot), media(bot.root)) for bot in bots]


def _rested(bots: list[Bot], now: list[object]) -> list[object]:
    begun = time.monotonic()
    while time.monotonic() - begun < RESTLESS:
        time.sleep(REST)
        before, now = now, _looks(bots)
        if now == before:
            break
    return now


def _gone(path: Path) -> Finding:
    message = "This file or folder was watched, and is not there any more."
    return shown(Finding(Span(path.name), "unreadable", "error", message, "Ctrl-C, or bring it back."), path.parent)


def _findings(bot: Bot, loader: Loader) -> list[Finding]:
    watched = [bot.alone] if bot.alone is not None else [bot.root / one for one in bot.only]
    gone = [_gone(path) for path in watched if not path.exists()]
    if bot.alone is not None:
        return gone or findings_of(bot)
    sources, findings = loader.files.read()
    loaded = loader.build(sources)
    loaded.findings[:0] = findings
    return gone + [
        shown(finding, bot.root)
        for finding in lint(loaded, bot.shows if bot.only_scenarios else None)
        if bot.shows(finding.span.file)
    ]
