"""`dialogue translate`: files for translators: made, brought up to date, checked."""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.core.finding import Finding
    from engine.project.bot import Bot
    from engine.project.load import Loaded
    from engine.translate.update import Updated

AREA = "write"
HELP = "make, update and check files of translations (gettext PO)"
EXAMPLES = (
    ("dialogue translate update en", "make translations/en.po, or bring it up to date"),
    ("dialogue translate check", "what is missing or stale"),
)
LANGUAGE = re.compile(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]+)*")
CODES = {
    *("missing-translation", "stale-translation", "unused-translation", "translated-twice", "translation-syntax"),
    *("placeholder-differs", "formatting-differs"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="extract|update|check")
    extract = actions.add_parser("extract", help="write every text of the bot into a template (messages.pot)")
    extract.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: translations/messages.pot")
    update = actions.add_parser("update", help="make translations/LANG.po, or bring it up to date")
    update.add_argument("languages", nargs="*", metavar="LANG", help="default: all files that are there")
    update.add_argument(
        "--take-inline", action="store_true", help="move what the scenarios say in that language into it"
    )
    actions.add_parser("check", help="tell what is missing or stale; exit 1 when something is")


def run(args: argparse.Namespace) -> int:
    from engine.translate.texts import CannotRead

    if args.action == "check":
        return _check(args.root)
    try:
        return _extract(args.root, args.output) if args.action == "extract" else _update(args)
    except CannotRead as error:
        _print(error.findings, error.sources)
        print("Nothing was written: mend these first, else their texts would seem to be gone.", file=sys.stderr)
        return 1


def _extract(root: Path, output: Path | None) -> int:
    from engine.translate.texts import load_scenarios
    from engine.translate.update import template

    loaded = load_scenarios(root)
    made = template(loaded, _name(loaded))
    path = output or root / "translations" / "messages.pot"
    _write(path, made.content)
    print(f"{_shown(path)}: {made.counts['texts']} texts")
    return 0


def _update(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse
    from engine.project.translations import FOLDER, language_of
    from engine.translate.texts import load_scenarios

    loaded = load_scenarios(args.root)
    spoken = _bot(loaded).languages
    there = [language_of(file) for file in loaded.sources if file.startswith(f"{FOLDER}/")]
    chosen = args.languages or there or list(spoken[1:])
    for language in chosen:
        if not LANGUAGE.fullmatch(language):
            raise WrongUse(f"{language!r} is no language; it is written as en or pt_BR")
    if not chosen:
        raise WrongUse("this bot speaks one language; name another: dialogue translate update LANG")
    for language in chosen:
        loaded = _brought_up(args.root, loaded, language, args.take_inline)
        if language not in spoken:
            print(f"Nobody reads it yet: add {language} to `languages` in catalog/bot.yaml.")
    return 0


def _brought_up(root: Path, loaded: Loaded, language: str, take_inline: bool) -> Loaded:
    """One file of translations; the scenarios as they are then."""
    from engine.project.po import read_po
    from engine.project.translations import FOLDER
    from engine.translate.texts import CannotRead, scenarios_in
    from engine.translate.update import updated

    file, name = f"{FOLDER}/{language}.po", _name(loaded)
    before = loaded.sources.get(file)
    known = read_po(before, file) if before is not None else None
    if known is not None and known.findings:
        raise CannotRead(known.findings, loaded.sources)
    made = updated(loaded, language, known, name, take_inline)
    if known is None and not made.counts["texts"]:
        print(f"{language}: every text stands in the scenarios already; nothing was written")
        return loaded
    moved = _moved(loaded, root, language, file, made.content) if take_inline else {}
    if moved:  # their lines have moved too
        loaded = scenarios_in(root, {**loaded.sources, **moved})
        made.content = updated(loaded, language, read_po(made.content, file), name).content
    if before != made.content:
        _write(root / file, made.content)
    for scenario, content in moved.items():  # only now: at no time does a text stand in neither file
        _write(root / scenario, content)
        print(f"{_shown(root / scenario)}: its texts in {language} stand in {file} now")
    print(f"{_shown(root / file)}: {_counted(made)}{'' if before != made.content else '; unchanged'}")
    return loaded


def _moved(loaded: Loaded, root: Path, language: str, file: str, content: bytes) -> dict[str, bytes]:
    from engine.cli.main import WrongUse
    from engine.project.load import Loader
    from engine.translate.inline import without

    try:
        return without(loaded, Loader(root), language, file, content)
    except ValueError as error:
        raise WrongUse(f"{error}; nothing was written") from None


def _check(root: Path) -> int:
    from engine.lint import roots
    from engine.lint.folder import findings_of, read_sources
    from engine.project.translations import FOLDER

    bot = roots.Bot(root)
    sources = read_sources(bot)
    shown = {_shown(root / file): content for file, content in sources.items()}
    theirs = {_shown(root / file) for file in sources if file.startswith(f"{FOLDER}/")}
    found = [
        one
        for one in findings_of(bot, cache=False)
        if one.severity == "error"  # a scenario that cannot be read hides what is missing in it
        or (one.severity == "warning" and (one.code in CODES or one.span.file in theirs))
    ]
    _print(found, shown)
    return 1 if found else 0


def _bot(loaded: Loaded) -> Bot:
    from engine.project.bot import read_bot

    return read_bot(loaded.sources.get("catalog/bot.yaml"))[0]


def _name(loaded: Loaded) -> str:
    """The bot's, for the head of a file."""
    return next(iter(_bot(loaded).name.values()), "") or "dialogue"


def _counted(made: Updated) -> str:
    parts = [f"{made.counts['texts']} texts"]
    parts += [f"{count} {word}" for word, count in sorted(made.counts.items()) if count and word != "texts"]
    return ", ".join(parts)


def _write(path: Path, content: bytes) -> None:
    from engine.cli.main import WrongUse
    from engine.outputs.atomic import replace

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()  # with the rights of an ordinary file
        replace(path, [content])
    except OSError as error:
        raise WrongUse(f"{path} cannot be written: {error.strerror or error}") from None


def _shown(path: Path) -> str:
    here = Path.cwd().resolve()
    path = path.resolve()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def _print(findings: list[Finding], sources: dict[str, bytes]) -> None:
    from engine.lint.report import in_colour, render

    def source(file: str) -> str:
        return sources.get(file, b"").decode("utf-8", "replace")

    sys.stdout.write(render(findings, "text", source, in_colour(sys.stdout)))
