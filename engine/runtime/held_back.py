"""What is told of files that may not go live."""

from __future__ import annotations

import sys

from engine.core.finding import Finding
from engine.project.load import Loaded

LISTED = 8  # names in one line


def held_back(live: Loaded, loaded: Loaded, wrong: list[Finding]) -> str:
    """For the console: each mistake with its frame, and what is held back by them."""
    unread = {one.span.file for one in wrong if one.code == "unreadable"} & live.sources.keys()  # there all the same
    changes = difference(live.sources, {file: live.sources[file] for file in unread} | loaded.sources)
    if unread:
        changes = "; ".join(filter(None, (changes, f"unreadable {', '.join(sorted(unread)[:LISTED])}")))
    rest = f"Nothing changes for anyone: the version before goes on. Held back: {changes or 'nothing'}.\n"
    return frames(loaded, wrong) + rest


def difference(before: dict[str, bytes], after: dict[str, bytes]) -> str:
    """Which files changed, in words."""
    parts = []
    for word, files in (
        ("changed", [file for file in after if file in before and before[file] != after[file]]),
        ("new", [file for file in after if file not in before]),
        ("deleted", [file for file in before if file not in after]),
    ):
        if files:
            more = f" and {len(files) - LISTED} more" if len(files) > LISTED else ""
            parts.append(f"{word} {', '.join(sorted(files)[:LISTED])}{more}")
    return "; ".join(parts)


def frames(loaded: Loaded, wrong: list[Finding]) -> str:
    from engine.lint.report import in_colour, render

    def source(file: str) -> str:
        return loaded.sources.get(file, b"").decode("utf-8", "replace")

    return render(wrong, "text", source, in_colour(sys.stderr))


def briefly(wrong: list[Finding]) -> str:
    """For the admin chat: the first mistakes with their mends, and how many there are."""
    places = [f"{one.span.file}:{one.span.line}:{one.span.column}" for one in wrong[:3]]
    lines = [f"{place} {one.message} {one.help}".rstrip() for place, one in zip(places, wrong, strict=False)]
    if len(wrong) > 3:
        lines.append(f"… and {len(wrong) - 3} more: `dialogue lint` shows them all.")
    return "\n".join(["The saved files have mistakes; the version before goes on.", *lines])
