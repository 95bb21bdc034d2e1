"""Every code: its entry, its examples, its golden pair; and that no code is reported without an entry."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import get_args

import pytest

from engine.core.finding import Severity
from engine.lint.explain import rules
from engine.lint.explain.page import page
from tests.lint.golden import FOLDER, UNWRITABLE, files, found, outcome

ROOT = Path(__file__).parents[2]
CODE = re.compile(r"[a-z]+(-[a-z]+)*")
REPORTING = {"report", "Finding", "add", "unknown", "stop", "_finding", "_report", "fails"}


def cases() -> list[Path]:
    return sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("case", cases(), ids=lambda path: path.stem)
def test_a_mistake_is_told_as_before(case: Path) -> None:
    """What lint prints of a case is its `.out`, word for word."""
    assert outcome(case) == case.with_suffix(".out").read_text("utf-8")


@pytest.mark.parametrize("code", sorted(rules()))
def test_every_code_is_explained_and_shown(code: str) -> None:
    """A code has a sentence, a reason, a wrong example that has it with its severity, and a right one."""
    rule = rules()[code]
    assert CODE.fullmatch(code)
    assert rule.severity in get_args(Severity)
    assert rule.what.endswith(".")
    assert rule.why.endswith(".")
    if code in UNWRITABLE:
        return
    case = FOLDER / f"{code}.yaml"
    assert case.read_text("utf-8") == rule.wrong, "run python -m tests.lint.golden"
    wrong = [finding for finding in found(files(case)) if finding.code == code]
    assert rule.severity in {finding.severity for finding in wrong}
    right = found(rule.files(wrong=False))
    assert [finding for finding in right if finding.severity != "info" or finding.code == code] == []


IN_WORDS = re.compile(
    r"\.(?:message|help)\.(?:\w*find|index|count|\w*partition|split|startswith|endswith)\b"
    r"|\b(?:search|match|fullmatch|findall|finditer|split)\([^()]*\.(?:message|help)\b"
    r"|\bin \w+(?:\[\w+\])?\.(?:message|help)\b"
)


def test_no_finding_is_known_by_its_words() -> None:
    """Those that look for causes go by code, place and `topic`, so that any message and any help may be reworded."""
    modules = (ROOT / "engine" / "lint").rglob("*.py")
    assert [path.name for path in modules if IN_WORDS.search(path.read_text("utf-8"))] == []


def test_no_code_is_reported_without_an_entry() -> None:
    """Every code that stands in the engine's source has an entry, and every entry is reported somewhere."""
    written = set[str]()
    for folder in ("lint", "project", "core", "steps"):
        for path in (ROOT / "engine" / folder).rglob("*.py"):
            written |= _codes(path)
    assert written - rules().keys() == set()
    source = "".join(path.read_text("utf-8") for path in (ROOT / "engine").rglob("*.py"))
    made = {f"unknown-{kind}" for kind in ("scenario", "prompt", "collection", "model")}  # of the kind that is named
    assert {code for code in rules() if f'"{code}"' not in source} - made == set()


def _codes(path: Path) -> set[str]:
    """The codes that a module's calls name: a word with hyphens among the first two arguments."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in REPORTING:
            found |= {
                one.value for one in node.args[:2] if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
        elif isinstance(node, ast.Return | ast.Assign) and isinstance(node.value, ast.Tuple):
            found |= {
                one.value for one in node.value.elts[:1] if isinstance(one, ast.Constant) and isinstance(one.value, str)
            }
    return {code for code in found if CODE.fullmatch(code) and "-" in code and not code.startswith("utf")} | (
        found & {"tag", "encoding"}
    )


def test_the_page_is_current() -> None:
    """docs/rules.md is what `dialogue rules --markdown` prints."""
    assert (ROOT / "docs/rules.md").read_text("utf-8") == page()
