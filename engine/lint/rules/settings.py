"""Languages of catalog/bot.yaml by another code than texts have, and values of .env that do not fit what it declares:
with them the bot does not start."""

from __future__ import annotations

import io
from pathlib import Path

from engine.core.finding import Span, Topic
from engine.core.node import Mapping, Scalar, Sequence
from engine.lint.world import World
from engine.project.bot import BOT, read_bot
from engine.project.suggest import proposal
from engine.project.yaml import read

_CODES = (
    "rus ru, eng en, ger de, deu de, fra fr, fre fr, spa es, ita it, ukr uk, ua uk, kaz kk, kz kk, cz cs, gr el, "
    "jp ja, cn zh, by be, pol pl, por pt, tur tr, ge ka, am hy, gb en, us en"
)
CODES = dict(pair.split() for pair in _CODES.split(","))


def check(world: World) -> None:
    if world.leads and not CODES.keys().isdisjoint(world.project.languages):
        _languages(world)
    if not world.leads or b"settings" not in world.source(BOT):
        return
    _of_env(world)


def _languages(world: World) -> None:
    node = read(world.texts.get(BOT, b"").decode("utf-8", "replace"), BOT)[0]
    listed = node.get("languages") if isinstance(node, Mapping) else None
    for item in listed.items if isinstance(listed, Sequence) else ():
        meant = CODES.get(item.text) if isinstance(item, Scalar) else None
        if meant and isinstance(item, Scalar):
            message = f"`{item.text}` is no code of a language, so the engine has no sentences in it."
            world.report("unknown-language", "error", item.span, message, proposal(meant), topic=Topic((item.text,)))


def _of_env(world: World) -> None:
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
