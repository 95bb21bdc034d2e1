"""Files of a bot that stand where nobody reads them, or whose name has another ending."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from engine.core.finding import Span, Topic
from engine.lint.world import World
from engine.project.catalog import CHECKED, SPECIAL
from engine.project.elsewhere import within
from engine.project.files import look
from engine.project.latin import in_latin
from engine.project.prompts import as_prompt

_SCENARIO = re.compile(rb"^(?:scenario|starts_on):.*^steps:", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(rb"\{%-?\s*block\b")
LONGEST = 100_000  # bytes that are looked at


def check(world: World) -> None:
    if not world.leads:
        return
    root = Path(world.project.root)
    if not (root / "scenarios").is_dir() and within(root):
        return  # whoever stands in a folder of the bot hears where the bot is
    asked = {name for facts in world.facts.values() for kind in ("prompt", "scenario") for name in facts.names(kind)}
    asked -= world.project.prompts.keys() | world.facts.keys()
    for file in look(root).others:
        place = _place(root, file)
        told = PurePosixPath(place).name.split(".")[0] in asked  # where it is asked for, with this file's name
        if place and place not in world.texts and not told:
            message = "This file is not read."
            world.report(
                "misplaced-file", "warning", Span(file), message, f"Move it to {place}.", topic=Topic(instead=place)
            )


def _place(root: Path, file: str) -> str:
    """Where the file should stand; empty when it is something else."""
    path = PurePosixPath(file)
    if path.name.startswith("#"):  # what Emacs keeps beside a file that is being edited
        return ""
    folder, name = path.parent.as_posix(), path.name.split(".")[0]
    if name in {*SPECIAL, CHECKED} and folder in (".", "catalog"):
        return f"catalog/{name}.yaml"
    try:
        with (root / file).open("rb") as opened:
            content = opened.read(LONGEST)
    except OSError:
        return ""
    if folder.split("/")[0] in (".", "scenarios") and _SCENARIO.search(content):
        named = f"{in_latin(name) or name}.yaml"
        return f"scenarios/{named}" if folder == "." else path.with_name(named).as_posix()
    if folder.split("/")[0] in ("scenarios", "prompts") and _BLOCK.search(content) and name != "README":
        return f"prompts/{as_prompt(file.removeprefix('scenarios/'))}.md.j2"
    return ""
