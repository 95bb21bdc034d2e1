"""`dialogue new`: a bot or a scenario to begin with; it runs, has no mistakes and a talk test, and explains itself."""

from __future__ import annotations

import argparse
import re
import shlex
from pathlib import Path

AREA = "write"
HELP = "begin a new bot, or a scenario like one of five"
EXAMPLES = (
    ("dialogue new bot my_bot", "a folder to begin with"),
    ("dialogue new bot my_bot --language ru", "its texts and comments in Russian"),
    ("dialogue new scenario booking --like lead", "one more scenario of a bot"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from engine.starters import LIKE

    actions = parser.add_subparsers(dest="action", required=True, metavar="bot|scenario")
    bot = actions.add_parser("bot", help="a folder with everything a bot needs")
    bot.add_argument("folder", type=Path, metavar="DIR", help="the new folder, such as my_bot")
    bot.add_argument("--language", choices=("en", "ru"), default="en", help="of its texts and comments (default: en)")
    scenario = actions.add_parser("scenario", help="a scenario with its prompt, its records and a talk test")
    scenario.add_argument("name", metavar="NAME", help="small Latin letters, digits and _")
    scenario.add_argument("--like", choices=LIKE, required=True, help="what it is like")
    scenario.add_argument("--language", choices=("en", "ru"), help="default: the bot's first language")


def run(args: argparse.Namespace) -> int:
    return _bot(args.folder, args.language) if args.action == "bot" else _scenario(args)


def _bot(folder: Path, language: str) -> int:
    from engine.cli.main import WrongUse
    from engine.starters import bot_files

    folder = folder.expanduser()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WrongUse(f"{folder} is there already and not empty; nothing was written")
    _write(folder, bot_files(language))
    print(f"A new bot stands in {folder}. Talk to it:\n  cd {shlex.quote(str(folder))}\n  dialogue chat")
    return 0


def _scenario(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.core.builtin import BUILTIN
    from engine.project.bot import read_bot
    from engine.project.latin import in_latin
    from engine.starters import FORMAL, collection, scenario_files

    root, name = args.root, args.name
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,31}", name):
        like = in_latin(name)[:32] or "table_booking"
        raise WrongUse(f"{name!r} is no name for a scenario: small Latin letters, digits and _, such as {like}")
    if name in BUILTIN:
        raise WrongUse(
            f"/{name} works in every bot by itself, and the scenario would take its place; choose another name"
        )
    if not (root / "scenarios").is_dir():
        raise WrongUse(f"{root} is no bot's folder (it has no scenarios/); `dialogue new bot DIR` makes one")
    settings = root / "catalog" / "bot.yaml"
    bot, _ = read_bot(settings.read_bytes() if settings.is_file() else None)
    language = args.language or bot.languages[0]
    files = scenario_files(args.like, name, language)
    there = [file for file in files if (root / file).exists()]
    if there:
        raise WrongUse(f"{', '.join(there)}: there already; nothing was written")
    _write(root, files)
    _declare(root / "catalog" / "outcomes.yaml", name, collection(args.like, name, language))
    print(f"Talk to it: dialogue chat {name}\nTest it:    dialogue test tests/dialogues/{name}.yaml")
    if language == "ru" and args.like in FORMAL and not bot.formal:
        print("It says «вы»: with `formal: true` in it, or in catalog/bot.yaml, the engine's own sentences do so too.")
    return 0


def _declare(outcomes: Path, name: str, lines: str) -> None:
    """Where collections are declared, the new one is too; a bot without the file keeps whatever is saved."""
    if not outcomes.is_file():
        return
    text = outcomes.read_text(encoding="utf-8")
    if not re.search(rf"^{name}\s*:", text, re.MULTILINE):
        outcomes.write_text(f"{text.rstrip()}\n\n{lines}", encoding="utf-8")
        print(f"wrote catalog/{outcomes.name} (`{name}`)")


def _write(root: Path, files: dict[str, str]) -> None:
    for file, text in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(f"wrote {file}")
