"""What Telegram can show: the length of texts and captions, and addresses behind buttons.

Limits: core.telegram.org/bots/api (a message 4096, a caption 1024 characters, in UTF-16 units).
"""

from __future__ import annotations

from typing import Any

from engine.core.step import Step
from engine.core.template import Text
from engine.lint.world import World

LONGEST_TEXT, LONGEST_CAPTION = 4096, 1024
MEDIA = ("photo", "video", "document", "voice")
SCHEMES = ("https://", "http://", "tg://")


def check(world: World) -> None:
    for scenario in world.scenarios.values():
        for step in scenario.steps:
            _texts(world, step)
            if step.verb == "say":
                _addresses(world, step)


def _texts(world: World, step: Step) -> None:
    field = {"say": "say", "ask": "question", "confirm": "text"}.get(step.verb)
    text = getattr(step, field, None) if field else None
    if not isinstance(text, Text):
        return
    most = LONGEST_CAPTION if any(getattr(step, name, None) is not None for name in MEDIA) else LONGEST_TEXT
    for language, plain in text.languages.items():
        length = len(plain.source.encode("utf-16-le")) // 2
        scalar = text.scalars.get(language)
        if length > most and scalar is not None and not plain.reads:
            what = "a caption" if most == LONGEST_CAPTION else "a message"
            world.report(
                "long-text",
                "info",
                scalar.span,
                f"{length} characters are more than {what} holds ({most}); the engine sends it in parts.",
                "Say it in several steps, where you want it parted.",
            )


def _addresses(world: World, step: Any) -> None:
    """A button whose address is none is left out without a word."""
    for _, url in step.buttons or ():
        source = getattr(url, "source", "").strip()
        if source and not source.startswith(("{{", "{%", *SCHEMES)) and url.scalar is not None:
            world.report(
                "bad-address",
                "error",
                url.scalar.span,
                f"`{source}` is no address that a button can open.",
                "An address begins with https://.",
            )
