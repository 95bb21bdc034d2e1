"""`dialogue graph`: a scenario as a picture that a manager understands, or the whole bot as one page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.core.project import Project
    from engine.picture.draft import Draft

AREA = "write"
HELP = "draw a scenario as Mermaid or SVG, or the whole bot as one HTML page"
EXAMPLES = (
    ("dialogue graph -o bot.html", "the whole bot as a page"),
    ("dialogue graph start -o start.svg", "one scenario as a picture"),
    ("dialogue graph start --live -o start.svg", "with how many went which way"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("scenario", nargs="?", metavar="SCENARIO", help="which one (default: all, with --format html)")
    parser.add_argument(
        "--format",
        choices=("mermaid", "svg", "html"),
        help="default: as FILE ends; else mermaid for a scenario, html for all",
    )
    parser.add_argument("--language", default="", help="two letters (default: the bot's first language)")
    parser.add_argument(
        "--output",
        "-o",
        type=Path,
        metavar="FILE",
        help="write there, such as bot.html or start.svg (default: standard output)",
    )
    parser.add_argument(
        "--live",
        action="store_true",
        help="with real figures: how many went which way, who stands where, where people leave, how long they think",
    )


def run(args: argparse.Namespace) -> int:
    from engine.cli.main import WrongUse

    project = project_with(args.root, args.scenario)
    if project is None:
        return 1
    if args.language and args.language not in project.languages:
        raise WrongUse(f"the bot does not speak {args.language!r}, but " + ", ".join(project.languages))
    kind = args.format or _kind_of(args.output) or ("mermaid" if args.scenario else "html")
    if args.output is None and kind != "mermaid" and sys.stdout.isatty():
        example = f"dialogue graph {args.scenario or ''}".strip()
        raise WrongUse(
            f"{kind.upper()} is for a browser: write it into a file, `{example} -o {args.scenario or 'bot'}.{kind}`"
        )
    name = _name(args.root, args.language or project.languages[0])
    picture = _drawn(project, args.scenario, kind, args.language, args.root if args.live else None, name)
    if args.output is None:
        sys.stdout.write(picture)
    else:
        args.output.write_text(picture, encoding="utf-8")
        sys.stderr.write(f"wrote {args.output}\n")
    return 0


def project_with(root: Path, scenario: str | None) -> Project | None:
    """Today's files; None when they hold errors, which are told. Raises WrongUse when they have no such scenario."""
    from engine.cli.main import WrongUse
    from engine.project.load import Loader
    from engine.runtime.held_back import frames

    loaded = Loader(root, {}).load()
    if loaded.project is None:
        sys.stderr.write(frames(loaded, loaded.errors))
    elif scenario and scenario not in loaded.project.scenarios:
        known = ", ".join(sorted(loaded.project.scenarios))
        raise WrongUse(f"there is no scenario {scenario!r}; there are {known}")
    return loaded.project


def _name(root: Path, language: str) -> str:
    """What the bot is called, in that language; else what its folder is."""
    from engine.project.bot import BOT, read_bot

    file = root / BOT
    return read_bot(file.read_bytes() if file.is_file() else None)[0].name.get(language, "") or root.name


def _kind_of(output: Path | None) -> str:
    """What a file's name asks for. Raises WrongUse for another kind of picture."""
    from engine.cli.main import WrongUse

    ending = output.suffix.lower() if output is not None else ""
    if ending in (".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"):
        raise WrongUse(
            f"{ending[1:].upper()} cannot be drawn: name a file that ends in .svg or .html, and open it in a browser"
        )
    return {".svg": "svg", ".html": "html", ".htm": "html", ".mmd": "mermaid", ".md": "mermaid"}.get(ending, "")


def _drawn(project: Project, scenario: str | None, kind: str, language: str, live: Path | None, name: str) -> str:
    from engine.picture.draft import drafted, overview
    from engine.picture.mermaid import mermaid
    from engine.picture.page import page
    from engine.picture.svg import svg

    whole = overview(project, language) if scenario is None else None
    drafts = [drafted(project, one, language) for one in project.scenarios.values()]
    if live is not None:
        _lay(live, drafts, whole)
    if kind == "html":
        return page([one for one in drafts if scenario in (None, one.scenario)], whole, name)
    draft = whole or next(one for one in drafts if one.scenario == scenario)
    return mermaid(draft) if kind == "mermaid" else svg(draft)


def _lay(root: Path, drafts: Sequence[Draft], whole: Draft | None) -> None:
    """Figures out of the bot's memory; works beside a running bot."""
    from engine.cli.outcomes import opened
    from engine.picture.live import lay, lay_over

    with opened(root) as (memory, _):
        counts = memory.count()
        lay(drafts, memory.trail(), counts)
        if whole is not None:
            lay_over(whole, counts)
