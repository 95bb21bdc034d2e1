"""The docs tell of everything there is: a verb, field, type, filter, command, setting or word that they lack fails."""

from __future__ import annotations

import re

import pytest

from docs.make.expressions import FILTERS, NAMES, builtin_names, our_filters, person_fields
from docs.make.files import settings
from docs.make.pages import PAGES
from engine.answers.registry import TYPES
from engine.cli.main import commands
from engine.core.builtin import BUILTIN
from engine.project.outcomes import FIELD_TYPES
from engine.project.prompts import FRONT
from engine.project.scenario import FIELDS
from engine.project.words import engine_words
from engine.steps import KINDS
from engine.variables import READERS
from tests.docs.pages import ROOT, pages

REFERENCE = "docs/reference.md"


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    """`python -m docs.make` would change nothing."""
    assert read(name) == PAGES[name](), f"{name} is out of date: run python -m docs.make"


def test_reference_has_all() -> None:
    """Every verb, field, answer type, limit, built-in command, setting and prompt key stands in the reference."""
    text = read(REFERENCE)
    wanted = {f"\n### {verb}\n" for verb in KINDS} | {f"\n### {name}\n" for name in TYPES}
    wanted |= {f"| `{field}` |" for kind in KINDS.values() for field in kind.FIELDS}
    wanted |= {f"| `{field}` |" for field in (*FIELDS, *FRONT, *READERS)} | {f"`/{name}`" for name in BUILTIN}
    assert sorted(one for one in wanted if one not in text) == []


def test_every_step_says_what_it_is() -> None:
    """Each verb and answer type has its sentence, each verb an example, each field its meaning."""
    assert [verb for verb, kind in KINDS.items() if not kind.doc or not kind.example] == []
    assert [name for name, kind in TYPES.items() if not kind.doc] == []
    assert [f"{verb}.{name}" for verb, kind in KINDS.items() for name, one in kind.FIELDS.items() if not one.doc] == []


def test_names_and_filters() -> None:
    """The tables of names and filters are those of the engine, no more and no fewer."""
    assert sorted(NAMES) == sorted(name for name in builtin_names() if not name.startswith("_"))
    assert sorted(FILTERS) == sorted(our_filters())
    assert set(person_fields()) >= {"id", "name", "username", "language", "timezone", "known"}


def test_commands_and_words() -> None:
    """Every command and every sentence of the engine's own has its place."""
    text = read("docs/commands.md")
    assert [name for name in commands() if f"\n## dialogue {name}\n" not in text] == []
    words = read("docs/words.md")
    assert [key for table in engine_words().values() for key in table if f"| `{key}` |" not in words] == []


def test_env_example_explains_every_setting() -> None:
    """.env.example, which the reference is made from, knows every variable and has a word for each."""
    known = settings()
    assert [name for name in READERS if name not in known] == []


def test_links_lead_somewhere() -> None:
    """Every link to a file or a heading of ours exists."""
    broken = []
    for page in pages():
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            file, _, anchor = target.partition("#")
            if "://" in target or target.startswith("mailto:"):
                continue
            path = (page.parent / file).resolve() if file else page
            if not path.exists() or (
                anchor and path.suffix == ".md" and anchor not in anchors(path.read_text(encoding="utf-8"))
            ):
                broken.append(f"{page.name}: {target}")
    assert broken == []


def anchors(text: str) -> set[str]:
    """The anchors that GitHub makes of headings."""
    heads = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_readme_leads_to_every_page() -> None:
    """Nobody finds a page that the README does not name."""
    readme = read("README.md")
    assert [page.name for page in (ROOT / "docs").glob("*.md") if f"(docs/{page.name}" not in readme] == []


def test_assistant_page_has_all() -> None:
    """The page for AI assistants names every verb, key, answer type, limit, name, filter, prompt key and field type."""
    text = read("docs/assistant.md")
    rows = {row[1]: row[0] for row in re.findall(r"^(\| `(\w+)` \|.*)$", text, re.MULTILINE)}
    assert sorted(rows.keys() & KINDS.keys()) == sorted(KINDS)
    lacking = [f"{verb}.{key}" for verb, kind in KINDS.items() for key in kind.FIELDS if f"`{key}`" not in rows[verb]]
    media = {f"ask.{kind}" for kind in ("photo", "video", "video_note", "document", "voice")}  # "as in say"
    assert [one for one in lacking if one not in media | {"end.end"}] == []
    needed = [(verb, key) for verb, kind in KINDS.items() for key, one in kind.FIELDS.items() if one.required]
    assert [one for one in needed if f"`{one[1]}`!" not in rows[one[0]]] == []
    for words in (FIELDS, FRONT, TYPES, FIELD_TYPES, person_fields()):
        assert [word for word in words if f"`{word}`" not in text] == []
    names = [*(name for name in builtin_names() if not name.startswith("_")), *our_filters()]
    assert [name for name in names if not re.search(rf"`{name}[`(.]", text)] == []
    limits = {limit for kind in TYPES.values() for limit in kind.limits}
    assert [limit for limit in limits if limit not in text] == []
    assert [f"/{name}" for name in BUILTIN if f"/{name}" not in text] == []
