"""Which pages of docs/ are generated, and by what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from docs.make.assistant import assistant_page
from docs.make.commands import commands_page
from docs.make.picture import picture
from docs.make.readme import readme_page
from docs.make.reference import reference_page
from docs.make.words import words_page
from engine.lint.explain.page import page
from engine.project.schema_file import text

ROOT = Path(__file__).parents[2]
PAGES: Mapping[str, Callable[[], str]] = {
    "docs/reference.md": reference_page,
    "docs/commands.md": commands_page,
    "docs/words.md": words_page,
    "docs/rules.md": page,
    "docs/img/talk.svg": picture,
    "engine/scenario.schema.json": text,
    "docs/assistant.md": assistant_page,
    "README.md": readme_page,
}
