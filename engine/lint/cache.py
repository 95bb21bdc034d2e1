"""Remembers what lint found in files that have not changed since.

Law: the answer is the same as without it: the key holds every file's size and time, and those of the engine's own code.
A cache that cannot be read or written is no cache.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import astuple
from hashlib import blake2b
from pathlib import Path

from engine.core.finding import Finding, Span
from engine.lint.roots import Bot

KEPT = 5  # fields of a finding: `--fix` reads everything anew, and what follows from others is left out already


def get_or_make(bot: Bot, fingerprint: object, make: Callable[[], list[Finding]]) -> list[Finding]:
    part = bot.only if bot.only_scenarios else []
    name = blake2b(str(bot.root).encode(), digest_size=8).hexdigest()
    place = folder() / f"{name}{'.part' if part else ''}.json"
    key = blake2b(repr((fingerprint, _engine(), media(bot.root), part)).encode(), digest_size=16).hexdigest()
    kept = _read(place, key)
    if kept is not None:
        return kept
    findings = make()
    _write(place, key, findings)
    return findings


def folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "dialogue" / "lint"


def _engine() -> list[int]:
    """The engine's own files: another version may find other mistakes."""
    root = Path(__file__).parents[1]
    found = []
    for directory, inner, files in os.walk(root):
        inner[:] = [one for one in inner if one != "__pycache__"]
        found += [(Path(directory) / name).stat().st_mtime_ns for name in files]
    return sorted(found)


def media(root: Path) -> list[str]:
    """Files that scenarios send: whether they are there is a finding too."""
    found = []
    for directory, inner, files in os.walk(root / "media"):
        inner.sort()
        found += [f"{directory}/{name}" for name in sorted(files)]
    return found


def _read(place: Path, key: str) -> list[Finding] | None:
    try:
        kept = json.loads(place.read_bytes())
        if kept["key"] != key:
            return None
        return [Finding(Span(*span), *rest) for span, *rest in kept["findings"]]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _write(place: Path, key: str, findings: list[Finding]) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_suffix(f".{os.getpid()}")
        draft.write_text(
            json.dumps({"key": key, "findings": [astuple(finding)[:KEPT] for finding in findings]}), "utf-8"
        )
        draft.replace(place)
    except OSError:
        pass
