"""Lints the bot in a folder: the files from the disk, findings with paths as the person who runs it would type them."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from engine.core.finding import Finding
from engine.lint.roots import Bot


def findings_of(bot: Bot, content: bytes | None = None, cache: bool = True) -> list[Finding]:
    """What is wrong in the files that `bot` shows. `content` stands in for the (single) file that it shows."""
    if bot.alone is not None:
        return _alone(bot.alone, content)
    if cache and content is None:
        from engine.lint import cache as kept

        findings = kept.get_or_make(bot, fingerprint(bot), lambda: _all(bot))
    else:
        findings = _all(bot, content)
    return [shown(finding, bot.root) for finding in findings if bot.shows(finding.span.file)]


def _all(bot: Bot, content: bytes | None = None) -> list[Finding]:
    from engine.lint.parallel import lint_sources
    from engine.project.load import Loader

    loader = Loader(bot.root)
    sources, findings = loader.files.read()
    if content is not None:
        sources[bot.only[0]] = content
    return lint_sources(loader, sources, findings, bot.shows if bot.only_scenarios else None)


def read_sources(bot: Bot) -> dict[str, bytes]:
    """The contents of the bot's files, by their path from the root."""
    from engine.project.load import Loader

    if bot.alone is not None:
        return {f"scenarios/{bot.alone.name}": bot.alone.read_bytes()}
    sources, _ = Loader(bot.root).files.read()
    return dict(sources)


def _alone(path: Path, content: bytes | None) -> list[Finding]:
    """One scenario file without a bot: what it names elsewhere cannot be known, so only the file itself is judged."""
    from engine.lint.run import lint
    from engine.project.load import Loader

    file = f"scenarios/{path.name}"
    loaded = Loader(path.parent).build({file: path.read_bytes() if content is None else content})
    elsewhere = {
        "unknown-scenario",
        "unknown-prompt",
        "unknown-collection",
        "unknown-catalog",
        "unknown-setting",
        "missing-media",
        "never-started",
        "no-fallback",
    }
    found = [one for one in lint(loaded) if one.span.file == file and one.code not in elsewhere]
    return [replace(one, span=one.span._replace(file=_as_typed(path))) for one in found]


def shown(finding: Finding, root: Path) -> Finding:
    """The finding with a path that opens from here."""
    return replace(finding, span=finding.span._replace(file=_as_typed(root / finding.span.file)))


def _as_typed(path: Path) -> str:
    here = Path.cwd().resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def source_of(content: bytes | None) -> Callable[[str], str]:
    """The text of a file that findings name, for its frame."""
    return lambda file: (Path(file).read_bytes() if content is None else content).decode("utf-8", "replace")


def fingerprint(bot: Bot) -> object:
    """Changes when a file does: the stamp of every file that is read, `.env` too."""
    from engine.project.files import look

    if bot.alone is not None:
        return os.stat(bot.alone).st_mtime_ns if bot.alone.exists() else None  # noqa: PTH116 one call
    seen = look(bot.root)
    settings = [one.stat().st_mtime_ns for one in (bot.root / ".env",) if one.is_file()]
    return seen.files, seen.refused, seen.others, settings
