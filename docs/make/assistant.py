"""docs/assistant.md: written by hand; a verb or an answer type that it does not name yet gets the row that its own
declarations give, and one that is no more loses it."""

from __future__ import annotations

import re
from pathlib import Path

from docs.make.reference import kinds
from docs.make.table import cell, kind_of
from engine.answers.registry import TYPES
from engine.core.step import Step

PAGE = Path(__file__).parents[2] / "docs/assistant.md"
_ROWS = re.compile(r"(?<=\| verb \| keys \|\n\| --- \| --- \|\n)(?:\|.*\n)+")
_TYPES = re.compile(r"(?<=## Answer types\n\n).*?(?=\n\n)", re.DOTALL)


def assistant_page() -> str:
    text = PAGE.read_text(encoding="utf-8")
    return _TYPES.sub(lambda found: _with_new_types(found[0]), _ROWS.sub(lambda found: _rows(found[0]), text))


def _rows(written: str) -> str:
    own = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", written, re.MULTILINE))
    return "".join(f"| `{verb}` | {own.get(verb) or cell(_keys(kind))} |\n" for verb, kind in kinds().items())


def _keys(kind: type[Step]) -> str:
    told = [
        f"`{name}`{'!' if field.required else ''} {re.sub(r'[][]|[(]#.*?[)]', '', kind_of(field))}"
        for name, field in kind.FIELDS.items()
    ]
    return "; ".join(told)


def _with_new_types(written: str) -> str:
    new = [
        f"`{name}` ({', '.join(sorted(kind.limits)) or kind.value})"
        for name, kind in sorted(TYPES.items())
        if f"`{name}`" not in written
    ]
    return f"{written.removesuffix('.')},\n{', '.join(new)}." if new else written
