"""The hooks for pre-commit, and the pages that show how to use them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.editor.conftest import CHECK_IN, FILES, write

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
PAGE = (ROOT / "docs/ci.md").read_text("utf-8")
TALK = "people: {anna: {name: Анна}}\ntalks:\n  Непонятное:\n    - anna: хм\n    - bot: Не понимаю.\n"
FENCES = re.findall(r"^```yml (\S+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_run(hook: dict[str, Any], tmp_path: Path) -> None:
    """The hook's command passes a bot that is right and stops one that is not."""
    env = {
        **os.environ,
        "PATH": f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}",
        "XDG_CACHE_HOME": str(tmp_path),
    }
    write(tmp_path, {**FILES, "tests/dialogues/fallback.yaml": TALK})
    run = subprocess.run(hook["entry"].split(), cwd=tmp_path, env=env, capture_output=True, check=False)
    assert run.returncode == 0, run.stdout.decode() + run.stderr.decode()
    write(tmp_path, {"scenarios/check_in.yaml": CHECK_IN.replace("    skip: true", "    skp: true")})
    run = subprocess.run(hook["entry"].split(), cwd=tmp_path, env=env, capture_output=True, check=False)
    assert run.returncode in (1, 2)
    assert b"skp" in run.stdout + run.stderr


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_hooks_look_at_a_bots_files_only(hook: dict[str, Any]) -> None:
    """A commit that touches no file of a bot is not kept waiting."""
    assert not hook["pass_filenames"]
    assert re.search(hook["files"], "scenarios/check_in.yaml")
    assert re.search(hook["files"], "bots/coach/prompts/advice.md.j2")
    assert re.search(hook["files"], "translations/fr.po")
    assert re.search(hook["files"], "media/hello.jpg")
    assert not re.search(hook["files"], "src/my_scenarios.py")


def test_the_page_names_hooks_that_there_are() -> None:
    """Every file that docs/ci.md shows can be read, and its hooks exist."""
    assert len(FENCES) == 6
    ids = {hook["id"] for hook in HOOKS}
    for name, text in FENCES:
        shown = yaml.safe_load(text)
        if name == ".pre-commit-config.yaml":
            assert {hook["id"] for repo in shown["repos"] for hook in repo["hooks"]} <= ids
