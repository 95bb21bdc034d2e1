"""`dialogue impact`: what changed files would do to people who are in the middle of a talk. Works beside a running bot.

Nothing is saved, stored or sent: their conversations are walked on copies.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.core.session import Conversation
    from engine.memory.port import Memory
    from engine.project.load import Loaded

AREA = "write"
HELP = "say what changed files mean for people who are mid-way"
EXAMPLES = (
    ("dialogue impact", "what a save that waits would do"),
    ("dialogue impact ../my_bot_new", "what another version of the folder would do"),
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "changed",
        nargs="?",
        type=Path,
        metavar="FOLDER|FILE",
        help="a copy of the bot's folder with the changes, or one changed scenario, prompt or catalog file "
        "(default: the files as they are)",
    )


def run(args: argparse.Namespace) -> int:
    from engine.cli.outcomes import opened

    loaded = _loaded(args.root, args.changed)
    if loaded.project is None:
        from engine.runtime.held_back import frames

        sys.stderr.write(
            f"{frames(loaded, loaded.errors)}Files with mistakes do not go live: nothing would change for anyone.\n"
        )
        return 1
    with opened(args.root) as (memory, _):
        lines = asyncio.run(_lines(loaded, memory))
        if lines and args.changed is not None:
            lines += _renames(args.root, loaded)
    print("\n".join(lines or ["Nobody is in the middle of anything that has changed."]))
    return 0


def _renames(root: Path, loaded: Loaded) -> list[str]:
    """Steps that seem to be renamed between the bot's folder and what is to come into its place."""
    from engine.runtime.renames import likely_renames

    before = _loaded(root, None).project
    return list(likely_renames(before, loaded.project)) if before is not None and loaded.project is not None else []


def _loaded(root: Path, changed: Path | None) -> Loaded:
    """The root's files, or those of a folder in their place, or with one file in its place among them."""
    from engine.cli.main import WrongUse
    from engine.project.load import Loader
    from engine.settings import Settings

    settings = Settings.load(root).for_scenarios()
    if changed is None or changed.is_dir():
        return Loader(changed or root, settings).load()
    try:
        content = changed.read_bytes()
    except OSError as error:
        raise WrongUse(f"{changed}: {error.strerror}") from None
    loader = Loader(root, settings)
    sources, findings = loader.files.read()
    file = next((file for file in sources if Path(file).name == changed.name), None)
    if file is None:
        folder = {".j2": "prompts", ".po": "translations"}.get(changed.suffix, "scenarios")
        file = f"{folder}/{changed.name}"
    loaded = loader.build({**sources, file: content})
    loaded.findings[:0] = findings
    return loaded


async def _lines(loaded: Loaded, memory: Memory) -> list[str]:
    from engine.runtime.impact import impact, told

    project = loaded.project
    assert project is not None  # noqa: S101 the caller looked

    def finishes(talk: Conversation) -> bool:
        scenario = project.scenarios.get(talk.scenario)
        return scenario is not None and scenario.mid_flow_edits == "finish_old"

    found = await impact(project, memory, finishes=finishes)
    return list(told(found))
