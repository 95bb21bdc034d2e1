"""`dialogue run`: the bot, in Telegram when there is a token, else here in the terminal."""

from __future__ import annotations

import argparse
import asyncio
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from engine.channels.port import Channel
    from engine.settings import Settings

AREA = "run"
HELP = "run the bot: in Telegram when TELEGRAM_BOT_TOKEN is set, else here"
EXAMPLES = (
    ("dialogue run", "until Ctrl-C"),
    ("dialogue run --root my_bot", "a bot in another folder"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-watch", action="store_true", help="do not take up changed files while running")


def run(args: argparse.Namespace) -> int:
    from engine import logs
    from engine.channels.terminal import person_here
    from engine.project.bot import wrong_settings
    from engine.settings import Settings

    settings = Settings.load(args.root, declared=wrong_settings)  # before all that takes longer to load
    logs.configure(settings, quiet=not settings.telegram_on and person_here())
    sys.stderr.write("".join(f"{line}\n" for line in settings.parts()))
    from engine.runtime.app import serve

    channel = _channel(args.named_root, settings)
    return asyncio.run(serve(args.named_root, settings, channel, watch=not args.no_watch))


def _channel(root: Path, settings: Settings) -> Channel:
    if settings.telegram_on:
        from engine.channels.telegram.channel import TelegramChannel
        from engine.channels.telegram.limits import Limits

        return TelegramChannel(
            settings.telegram_bot_token,
            settings.telegram_api_url,
            root=root,
            data_dir=settings.data_dir,
            limits=Limits(per_second=settings.sending_per_second, chat_per_second=settings.sending_per_chat),
        )
    from engine.cli.chat import terminal

    return terminal(settings)
