"""Rename a scenario or a prompt: its file goes along, and so do people who are in the middle of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.driver import Driver, build
from tests.editor.client import CAPABILITIES, Editor, Failed, applied
from tests.editor.conftest import CHECK_IN, FILES, write

FILE, MEASURE, PROMPT = "scenarios/check_in.yaml", "scenarios/measure.yaml", "prompts/advice.md.j2"
TALK = """\
models: {advice: {text: Hm}}
talks:
  one:
    - user: /checkin
    - model: advice
      replies: {text: Good}
"""


def files_after(editor: Editor, edit: dict[str, Any]) -> dict[str, str | None]:
    """The files that are changed, as they are then; None for one that is gone."""
    found: dict[str, str | None] = {}
    for change in edit["documentChanges"]:
        if change.get("kind") == "rename":
            old, new = _path(editor, change["oldUri"]), _path(editor, change["newUri"])
            found[new] = found.get(old) or (editor.root / old).read_text("utf-8")
            found[old] = None
        else:
            path = _path(editor, change["textDocument"]["uri"])
            text = editor.texts.get(change["textDocument"]["uri"]) or (editor.root / path).read_text("utf-8")
            found[path] = applied(text, change["edits"])
    return found


def _path(editor: Editor, uri: str) -> str:
    return uri.removeprefix(editor.root.as_uri() + "/")


def renamed(editor: Editor, file: str, mark: str, offset: int, new: str) -> dict[str, str | None]:
    edit = editor.request("textDocument/rename", {**editor.at(file, mark, offset), "newName": new})
    return files_after(editor, edit)


@pytest.mark.parametrize(("file", "mark", "offset"), [(FILE, "run: measure", 6), (MEASURE, "scenario: measure", 12)])
def test_a_scenario(editor: Editor, file: str, mark: str, offset: int) -> None:
    """From its head or from a `run`: the file, the name in it, every `run`; and what it was called is noted."""
    editor.open(file)
    wanted = FILES[MEASURE].replace("scenario: measure", "scenario: weigh_in\nwas: measure")
    assert renamed(editor, file, mark, offset, "weigh_in") == {
        FILE: CHECK_IN.replace("run: measure", "run: weigh_in"),
        MEASURE: None,
        "scenarios/weigh_in.yaml": wanted,
    }


def test_people_go_on_after_the_rename(editor: Editor) -> None:
    """Somebody stands in the sub-scenario, whose step has no name of its own: the rename asks nothing twice."""
    order = "format: 1\nscenario: order\nstarts_on: [/order]\nsteps:\n  - run: measure\n    with: {unit: kg}\n"
    order += "  - ask: b\n    question: b?\n  - say: '{{ b }}'\nrenamed: {mass: measure.weight}\n"
    more = FILES[MEASURE] + "  - ask: height\n    question: h?\n"
    write(editor.root, {"scenarios/order.yaml": order, MEASURE: more})
    scenarios = {"order": order, "measure": more}
    driver = Driver(build(scenarios))
    driver.say("/order")
    assert driver.say("80") == ["h?"]
    editor.open(MEASURE)
    after = renamed(editor, MEASURE, "scenario: measure", 12, "weigh_in")
    assert "{mass: weigh_in.weight}" in str(after["scenarios/order.yaml"])
    made = {path[10:-5]: text for path, text in after.items() if text is not None and path != FILE}
    driver.project = build(made)
    assert driver.say("180") == ["b?"]
    assert driver.say("x") == ["x"]


def test_there_and_back(editor: Editor) -> None:
    """Former names add up; the one that it bears again is none."""
    was = FILES[MEASURE].replace("inputs:", "was: size\ninputs:")
    editor.open(MEASURE, was)
    more = renamed(editor, MEASURE, "scenario: measure", 12, "weight")["scenarios/weight.yaml"]
    assert more == was.replace("scenario: measure", "scenario: weight").replace("was: size", "was: [size, measure]")
    back = renamed(editor, MEASURE, "scenario: measure", 12, "size")["scenarios/size.yaml"]
    assert back == was.replace("scenario: measure", "scenario: size").replace("was: size", "was: measure")


@pytest.mark.parametrize("by_tree", [False, True])
def test_a_prompt(editor: Editor, by_tree: bool) -> None:
    """Its file, the steps and the talk tests that name it."""
    write(editor.root, {"tests/dialogues/one.yaml": TALK})
    editor.open(FILE)
    if by_tree:
        files = [{"oldUri": editor.uri(PROMPT), "newUri": editor.uri("prompts/coach/hint.md.j2")}]
        edit = editor.request("workspace/willRenameFiles", {"files": files})
        edit["documentChanges"].append({"kind": "rename", **files[0]})
        after = files_after(editor, edit)
    else:
        after = renamed(editor, FILE, "prompt: advice", 10, "coach/hint")
    assert after == {
        FILE: CHECK_IN.replace("prompt: advice", "prompt: coach/hint"),
        "tests/dialogues/one.yaml": TALK.replace("advice", "coach/hint"),
        PROMPT: None,
        "prompts/coach/hint.md.j2": FILES[PROMPT],
    }


def test_a_shared_prompt(editor: Editor) -> None:
    """What is extended is renamed where it is extended."""
    editor.open(PROMPT, language="jinja")
    after = renamed(editor, PROMPT, "_persona", 3, "_coach")
    assert after[PROMPT] == FILES[PROMPT].replace("_persona", "_coach")
    assert after["prompts/_coach.md.j2"] == FILES["prompts/_persona.md.j2"]


def test_a_file_moved_in_the_tree(editor: Editor) -> None:
    """A scenario's name follows its file; into another folder it keeps it. Our own rename is not followed twice."""

    def moved(old: str, new: str) -> Any:
        files = [{"oldUri": editor.uri(old), "newUri": editor.uri(new)}]
        return editor.request("workspace/willRenameFiles", {"files": files})

    editor.open(FILE)
    edit = moved(MEASURE, "scenarios/weigh_in.yaml")
    assert files_after(editor, edit)[FILE] == CHECK_IN.replace("run: measure", "run: weigh_in")
    assert moved(MEASURE, "scenarios/parts/measure.yaml") is None
    assert moved("catalog/services.yaml", "catalog/others.yaml") is None
    renamed(editor, FILE, "run: measure", 6, "weight")
    assert moved(MEASURE, "scenarios/weight.yaml") is None


REFUSED = {
    "taken": (FILE, "run: measure", "check_in", "There is a scenario called `check_in`."),
    "no name": (FILE, "run: measure", "Weigh in", "small Latin letters"),
    "by its name": (FILE, "run: measure", "help", "`help` means something by its name"),
    "a prompt taken": (FILE, "prompt: advice", "_persona", "There is a prompt called `_persona`."),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(editor: Editor, name: str) -> None:
    """With a sentence; nothing is changed."""
    file, mark, new, words = REFUSED[name]
    editor.open(file)
    with pytest.raises(Failed, match=words.replace("`", ".")):
        renamed(editor, file, mark, 10, new)


def test_an_editor_that_renames_no_files(tmp_path: Path) -> None:
    """It is told what to do, and not left with a name that fits no file."""
    write(tmp_path, FILES)
    command = [sys.executable, "-m", "engine.cli.main", "lsp", "--stdio"]
    old = Editor(command, tmp_path, {**CAPABILITIES, "workspace": {}})
    old.open(FILE)
    with pytest.raises(Failed, match=r"Rename scenarios/measure\.yaml yourself"):
        renamed(old, FILE, "run: measure", 6, "weight")
    assert old.quit() == 0
