"""Values of .env that do not fit what catalog/bot.yaml declares: with them the bot does not start."""

from __future__ import annotations

import io
from pathlib import Path

from engine.core.finding import Span
from engine.lint.world import World
from engine.project.bot import BOT, read_bot


def check(world: World) -> None:
    if not world.leads or b"settings" not in world.source(BOT):
        return
    declared = read_bot(world.source(BOT))[0].settings
    try:
        text = (Path(world.project.root) / ".env").read_text("utf-8-sig")
    except (OSError, ValueError):
        return  # what cannot be read is told at the start
    from dotenv.parser import parse_stream  # late: most bots declare no settings

    for one in parse_stream(io.StringIO(text)):
        setting = declared.get(one.key or "")
        try:
            if setting is not None and one.value:
                setting.read(one.value)
        except ValueError as error:
            written = one.original.string
            line = one.original.line + written[: len(written) - len(written.lstrip())].count("\n")
            span = Span(".env", line, 1, line, len(written.strip().split("\n")[0]) + 1)
            help = "Mend it, or change its type in catalog/bot.yaml."
            world.report("bad-setting", "error", span, f"{error}.", help)
