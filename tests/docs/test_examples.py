"""Every example in README and docs/ is built without a mistake, and every talk comes out as it is written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.core.project import Project
from engine.lint.run import lint
from engine.project.load import Loader
from tests.docs.pages import ROOT, Block, Section, blocks, pages, sections
from tests.docs.talks import hold

TALKED = ("README.md", "docs/tutorial.md")  # there a file may need the next one; each talk's section is whole
TOURS = ("tutorial.md", "README.md")  # their sections build on each other
SECTIONS = [one for page in pages() for one in sections(page, tour=page.name in TOURS)]
PROMPT = """---
returns: {praise: text, advice: text}
---
{% block user %}{{ report }}{% endblock %}"""
# What a piece cannot help: it is not the whole bot.
PARTIAL = {
    "never-read",
    "unused-input",
    "never-started",
    "unused-prompt",
    "missing-translation",
    "missing-media",
    "no-fallback",
}
MEASURE = """format: 1
scenario: measure
inputs: {unit: кг}
result: "{{ n }}"
steps:
- ask: n
  question: Сколько, {{ unit }}?
  answer: number
"""
STUBS = {"prompts/check_in_feedback.md.j2": PROMPT, "scenarios/measure.yaml": MEASURE}
NEEDED = "format: 1\nscenario: nothing\nstarts_on: [/nothing]\nsteps: [{say: Hello}]\n"


def built(files: dict[str, str], where: str, piece: bool = False) -> Project:
    """The project of these files; any error or warning of lint fails, less what a piece cannot help."""
    loaded = Loader(ROOT, {}).build({name: text.encode() for name, text in files.items()})
    wrong = [one for one in lint(loaded) if one.severity != "info" and not (piece and one.code in PARTIAL)]
    assert not wrong, where + "\n" + "\n".join(f"{one.span} {one.code} {one.message} {one.help}" for one in wrong)
    assert loaded.project is not None
    return loaded.project


def wrapped(piece: str, name: str = "example") -> str:
    """A list of steps as a scenario of its own."""
    inner = "\n".join(f"  {line}" for line in piece.strip("\n").split("\n"))
    return f"format: 1\nscenario: {name}\nstarts_on: [/{name}]\nsteps:\n{inner}\n"


def shipped() -> dict[str, str]:
    """The files of the bot that stands in this repository."""
    folders = {"scenarios": "*.yaml", "prompts": "*.j2", "catalog": "*.yaml"}
    found = [path for folder, ending in folders.items() for path in sorted((ROOT / folder).rglob(ending))]
    return {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in found}


def versions(section: Section) -> list[Project]:
    """The bot of a section, and again after each edit of its files."""
    base = {name: texts[0] for name, texts in section.files.items()}
    if section.page == "README.md":  # its tour goes through the shipped bot
        base = shipped() | base
    made = [built(_able(base), section.name)]
    for number in range(1, max((len(texts) for texts in section.files.values()), default=1)):
        base |= {name: texts[number] for name, texts in section.files.items() if len(texts) > number}
        made.append(built(_able(base), section.name))
    return made


def _able(files: dict[str, str]) -> dict[str, str]:
    scenarios = any(name.startswith("scenarios/") for name in files)
    files = {name: text for name, text in files.items() if not name.startswith(("tests/", "media/"))}
    return files if scenarios else {**files, "scenarios/nothing.yaml": NEEDED}


@pytest.mark.parametrize(
    "section",
    [one for one in SECTIONS if one.files and (one.talks or one.page not in TALKED)],
    ids=lambda one: one.name,
)
def test_files_build(section: Section) -> None:
    """The files of each section make a bot, without an error or a warning."""
    if section.page == "docs/reference.md":  # there each file is an example by itself
        for name, texts in section.files.items():
            for text in texts:
                built(_able({name: text}), f"{section.name} {name}", piece=True)
    else:
        assert versions(section)


@pytest.mark.parametrize("block", [one for section in SECTIONS for one in section.pieces], ids=lambda one: one.place)
def test_pieces_build(block: Block) -> None:
    """Each list of steps makes a scenario, with stubs for the prompt and the scenario that it names."""
    used = {
        name: text for name, text in STUBS.items() if re.search(rf"\b{Path(name).name.split('.')[0]}\b", block.text)
    }
    built({"scenarios/example.yaml": wrapped(block.text), **used}, block.place, piece=True)


@pytest.mark.parametrize(
    ("section", "block"),
    [pytest.param(one, block, id=block.place) for one in SECTIONS for block in one.talks],
)
def test_talks(section: Section, block: Block) -> None:
    """Each talk goes as it is written, by the pure turn, with the law's checks on the way."""
    hold(block, versions(section), "en" if section.page == "README.md" else "")


def test_every_yaml_block_is_known() -> None:
    """No YAML stands in the docs that no test looks at."""
    strays = [
        block.place
        for page in pages()
        for block in blocks(page)
        if block.language in ("yaml", "jinja") and not block.file and not block.text.lstrip().startswith("- ")
    ]
    assert strays == []
