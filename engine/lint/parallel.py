"""Lints the contents of a bot's files, with all processors when there are many of them."""

from __future__ import annotations

from engine.core.finding import Finding
from engine.lint.run import checked, finished
from engine.project.load import Loader


def lint_sources(loader: Loader, sources: dict[str, bytes], findings: list[Finding]) -> list[Finding]:
    """All findings, `findings` of reading the files included."""
    loaded = loader.build(sources)
    return finished([*findings, *loaded.findings, *checked(loaded)], sources)
