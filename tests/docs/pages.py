"""What stands in the docs that can be run: files and talks, section by section.

In a page, a fence whose info names a file (```` ```yaml scenarios/menu.yaml ````) is that file; one that is only `yaml`
and begins with a dash is a piece of a scenario; `talk` is a talk that must come out as written, like `dialogue chat`:

    > what a person types            the lines after it are all that the bot says; none: more of a burst follows
    # 13 hours later                 time passes
    # the model: {"praise": "Well"}  what the model answers next; `# the model fails`
    # the model was told: be brief   stood in the prompt that it was asked last
    # in leads: 1                    so many records are there; or `# in leads: {"status": "new"}` for the newest
    # to the manager: Contact: …     a piece of what the manager was told
    # the new file                   from here on the section's second version of its file counts
    # Boris                          another person talks from here on
    # the label is pressed: Yes      a button, not a typed text

In a fence ```` ```yaml catalog/outcomes.yaml (add) ```` stands what is written at the end of a file.

A section (`## …`) is a bot of its own; files above the first section belong to all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(`{3,})([^\n`]*)\n(.*?)^\1[ \t]*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,3} +(.+)$", re.MULTILINE)
FILE = re.compile(r"(?:scenarios|prompts|catalog|translations|tests|media)/[\w./-]+\Z")


@dataclass(frozen=True, slots=True)
class Block:
    page: str
    line: int
    language: str
    file: str
    text: str
    added: bool = False  # to the end of the file that is there

    @property
    def place(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(slots=True)
class Section:
    """`files` are the versions of each file, in order."""

    page: str
    title: str
    files: dict[str, list[str]] = field(default_factory=dict)
    pieces: list[Block] = field(default_factory=list)
    talks: list[Block] = field(default_factory=list)
    shell: list[Block] = field(default_factory=list)
    added: list[Block] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.page}: {self.title}"


def pages() -> list[Path]:
    """README and everything in docs/ but the page that lint makes (its examples are mistakes on purpose)."""
    found = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if page.name != "rules.md"]


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    for found in FENCE.finditer(text):
        language, _, rest = found[2].strip().partition(" ")
        file, _, flag = rest.partition(" ")
        line = text.count("\n", 0, found.start()) + 1
        yield Block(name, line, language, file if FILE.match(file) else "", found[3], flag == "(add)")


def sections(page: Path, tour: bool = False) -> list[Section]:
    """`tour`: the sections build on each other, one bot in all."""
    text = page.read_text(encoding="utf-8")
    name = page.relative_to(ROOT).as_posix()
    heads = [
        (0, ""),
        *((text.count("\n", 0, one.start()) + 1, one[1].strip()) for one in HEADING.finditer(_unfenced(text))),
    ]
    made = [Section(name, title) for _, title in heads]
    for block in blocks(page):
        section = made[max(at for at, (line, _) in enumerate(heads) if line <= block.line)]
        _put(section, block)
    for before, section in pairwise(made):
        shared = {file: versions[-1:] for file, versions in (before if tour else made[0]).files.items()}
        for block in section.added:
            section.files.setdefault(block.file, []).append(
                "\n".join([*shared.get(block.file, _ours(block.file)), block.text])
            )
        section.files = {**shared, **section.files}
    return made


def _ours(file: str) -> list[str]:
    """The shipped bot's file, which the README adds to."""
    path = ROOT / file
    return [path.read_text(encoding="utf-8")] if path.is_file() else []


def _put(section: Section, block: Block) -> None:
    if block.added:
        section.added.append(block)
    elif block.file:
        section.files.setdefault(block.file, []).append(block.text)
    elif block.language == "talk":
        section.talks.append(block)
    elif block.language == "yaml" and block.text.lstrip().startswith("- "):
        section.pieces.append(block)
    elif block.language in ("sh", "bash"):
        section.shell.append(block)


def _unfenced(text: str) -> str:
    """The same text, fences blanked out, so that a comment in one is no heading."""
    return FENCE.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
