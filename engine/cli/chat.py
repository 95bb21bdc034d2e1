"""`dialogue chat`: the same engine in the terminal, for a person or for a script that pipes lines in."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.channels.terminal import Screen, TerminalChannel
    from engine.settings import Settings

AREA = "write"
HELP = "talk to the bot here; reads one message a line when input is piped"
EXAMPLES = (
    ("dialogue chat", "as a person would meet the bot"),
    ("dialogue chat start --user anna", "one scenario, as somebody of that name"),
    ('printf "/start\\nда\\n" | dialogue chat --json', "from a script"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", nargs="?", default="", metavar="SCENARIO", help="begin this one at once")
    parser.add_argument("--user", type=_user, metavar="NAME", help="who talks (default: your name on this machine)")
    parser.add_argument(
        "--language", metavar="LANG", default="", help="the bot speaks it from now on, as /language does"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a message")


def run(args: argparse.Namespace) -> int:
    from engine import logs
    from engine.channels.terminal import person_here
    from engine.cli.main import WrongUse
    from engine.project.bot import wrong_settings
    from engine.settings import Settings

    settings = Settings.load(args.root, declared=wrong_settings)  # before all that takes longer to load
    logs.configure(settings, quiet=person_here() and not args.json)
    # Telegram takes no part in a chat here.
    sys.stderr.write("".join(f"{line}\n" for line in settings.parts() if not line.startswith("Telegram:")))
    from engine.runtime.app import serve

    channel = terminal(settings, args.user or "", args.scenario, args.json, args.language)
    code = asyncio.run(serve(args.named_root, settings, channel, watch=True))
    if channel.failure:
        raise WrongUse(channel.failure)
    return code


def terminal(
    settings: Settings, user: str = "", scenario: str = "", as_json: bool = False, language: str = ""
) -> TerminalChannel:
    """The terminal channel, with the screen that fits who is there."""
    from engine.channels.terminal import TerminalChannel, person_here

    screen: Screen
    if person_here() and not as_json:
        from engine.channels.terminal_person import PersonScreen

        screen = PersonScreen(language or settings.language or "ru")
    else:
        from engine.channels.terminal_script import ScriptScreen

        screen = ScriptScreen(as_json)
    return TerminalChannel(screen, user or _me(), settings.root, scenario, settings.language, language)


def _user(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise argparse.ArgumentTypeError("a name of printable characters is needed")
    return name.strip()


def _me() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):  # a container whose user has no name
        return "me"
