"""Starts for new bots and scenarios: files with the texts of both languages in them, as ⟦…¦…⟧ (Russian, English).

`⟦name⟧` is the scenario's name. Law: what comes out is lint-clean, has a talk test that passes, and explains itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent
LIKE = tuple(sorted(path.name for path in HERE.iterdir() if (path / "scenario.yaml").is_file()))
FORMAL = frozenset({"booking", "lead", "survey"})  # their Russian says «вы»
_NAME = "⟦name⟧"
_CHOICE = re.compile(r"⟦([^¦⟧]*)¦([^⟧]*)⟧")
_KINDS = {
    "scenario.yaml": "scenarios/{}.yaml",
    "catalog.yaml": "catalog/{}.yaml",
    "talks.yaml": "tests/dialogues/{}.yaml",
}


def filled(text: str, language: str, name: str = "") -> str:
    """A template in one language; any language but Russian gets English."""
    return _CHOICE.sub(lambda found: found[1 if language == "ru" else 2], text.replace(_NAME, name))


def bot_files(language: str) -> dict[str, str]:
    """A whole bot: file -> text."""
    root = HERE / "bot"
    return {
        _target(path.relative_to(root)): filled(path.read_text(encoding="utf-8"), language)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def scenario_files(like: str, name: str, language: str) -> dict[str, str]:
    """A scenario with its prompt, catalog and talk test: file -> text. What it keeps is told by `collection`."""
    return {target: filled(path.read_text(encoding="utf-8"), language, name) for path, target in _files(like, name)}


def collection(like: str, name: str, language: str) -> str:
    """The lines for catalog/outcomes.yaml."""
    return filled((HERE / like / "outcomes.yaml").read_text(encoding="utf-8"), language, name)


def _files(like: str, name: str) -> Iterator[tuple[Path, str]]:
    for path in sorted((HERE / like).iterdir()):
        if path.name in _KINDS:
            yield path, _KINDS[path.name].format(name)
        elif path.name.startswith("prompt_"):
            yield path, f"prompts/{name}_{path.name.removeprefix('prompt_')}"


def _target(path: Path) -> str:
    return path.with_name(path.name.removeprefix("dot")).as_posix() if path.name.startswith("dot.") else path.as_posix()
