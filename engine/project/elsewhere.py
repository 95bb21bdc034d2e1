"""What is told where no scenario is: whoever stands one folder too high or too deep hears where the bot is."""

from __future__ import annotations

from pathlib import Path

from engine.core.finding import Finding, Span

_MOST = 5  # bots that are named
_HIGH = 4  # folders above this one that are looked at


def no_scenario(root: Path) -> Finding:
    message = "There is no scenario here."
    return Finding(Span("scenarios"), "no-scenarios", "error", message, _where(root))


def within(root: Path) -> int:
    """How many folders up a bot is whose folder holds this one; 0: none near."""
    return next((up for up, one in enumerate(root.parents[:_HIGH], 1) if (one / "scenarios").is_dir()), 0)


def _where(root: Path) -> str:
    above = within(root)
    if above:
        return f"The bot is in {root.parents[above - 1]}: `cd {'/'.join(['..'] * above)}` leads there."
    try:
        below = sorted(one.name for one in root.iterdir() if (one / "scenarios").is_dir())
    except OSError:
        below = []
    if not below:
        return "`dialogue new bot my_bot` makes a start; --root names the folder."
    named = [f"`{one}`" for one in below[:_MOST]]
    there = "There is a bot in" if len(below) == 1 else "There are bots in"
    return f"{there} {', '.join(named)}: go there with `cd`, or name it with --root."
