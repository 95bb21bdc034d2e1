"""Quick fixes: what `dialogue lint --fix` would type, one finding at a time."""

from __future__ import annotations

from engine.core.finding import Finding, Mend
from engine.editor.bots import Bot
from engine.lint.fix import sure
from engine.project.places import lines_of


def mends(bot: Bot, file: str, first: int, last: int) -> list[tuple[Finding, Mend]]:
    """Of what the editor shows now in these lines of a file (from 1, both included)."""
    here = [one for one in bot.shown.get(file, []) if one.span.line <= last and one.span.end_line >= first]
    return list(sure(here, lines_of(bot.text(file))))
