"""Mistakes as one types: what `dialogue lint` would say of the texts that stand in the editor."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine.editor.bots import MANY
from tests.editor.client import Editor, place, units
from tests.editor.conftest import CHECK_IN, FILES, write

FILE = "scenarios/check_in.yaml"

TYPED = {
    # what is typed over what; the code of the finding; what it marks; a part of what it says
    "unknown key": ("    skip: true", "    skp: true", "unknown-key", "skp", "Did you mean `skip`?"),
    "unknown verb": ("  - save: checkins", "  - sve: checkins", "unknown-verb", "sve", "Did you mean `save`?"),
    "behind emojis": ("{{ mood }}, {{", "{{ moood }}, {{", "unknown-name", "moood", "Did you mean `mood`?"),
    "in a block": ("{{ advice.text }}", "{{ advice.txt }}", "unknown-attribute", "txt", "Did you mean `text`?"),
    "another file": ("prompt: advice", "prompt: advise", "unknown-prompt", "advise", "Did you mean `advice`?"),
    "a step": ("goto: all_right", "goto: al_right", "unknown-step", "al_right", "Did you mean `all_right`?"),
}


@pytest.mark.parametrize("name", TYPED)
def test_unsaved_texts_are_checked(editor: Editor, name: str) -> None:
    """The mistake is told while the file on the disk is right, exactly where it stands, and goes when it is mended."""
    old, new, code, marked, words = TYPED[name]
    editor.open(FILE)
    assert editor.findings(FILE) == []
    editor.change(FILE, CHECK_IN.replace(old, new, 1))
    found = next(one for one in editor.findings(FILE) if one["code"] == code)
    assert editor.shown(found["range"], FILE) == marked
    assert words in found["message"]
    assert (found["severity"], found["source"]) == (1, "dialogue")
    editor.change(FILE, CHECK_IN)
    assert editor.findings(FILE) == []


def test_columns_are_utf16(editor: Editor) -> None:
    """An emoji before the mistake counts as two, as editors count it."""
    text = CHECK_IN.replace("{{ mood }}, {{", "{{ moood }}, {{", 1)
    editor.open(FILE, text)
    found = editor.findings(FILE)[0]
    line = text.split("\n")[found["range"]["start"]["line"]]
    assert found["range"]["start"]["character"] == units(line[: line.index("moood")]) == line.index("moood") + 2


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_and_odd_letters(editor: Editor, end: str) -> None:
    """Windows' line ends, and U+2028 (a letter to editors, a line's end to Python), move nothing."""
    text = CHECK_IN.replace("Как ты?", "Как\u2028ты? \x85").replace("    skip: true", "    skp: true")
    editor.open(FILE, text.replace("\n", end))
    found = next(one for one in editor.findings(FILE) if one["code"] == "unknown-key")
    assert found["range"]["start"] == place(text, text.index("skp"))


def test_other_open_files_count_unsaved(editor: Editor) -> None:
    """A step renamed in one file is missed in another one, though neither is saved."""
    editor.open(FILE)
    editor.findings(FILE)
    measure = (editor.root / "scenarios/measure.yaml").read_text("utf-8")
    editor.open("scenarios/measure.yaml", measure.replace("scenario: measure", "scenario: measured"))
    assert [one["code"] for one in editor.findings("scenarios/measure.yaml")] == ["name-differs"]
    editor.open("prompts/advice.md.j2", "{% block user %}{{ goal.titel }}{% endblock %}")
    found = editor.findings("prompts/advice.md.j2")
    assert [editor.shown(one["range"], "prompts/advice.md.j2") for one in found] == ["titel"]


def test_files_that_are_not_open(editor: Editor) -> None:
    """What an edit breaks elsewhere is told there, and taken back."""
    prompt = "prompts/advice.md.j2"
    editor.open(FILE, CHECK_IN.replace("with: {tone: warm}", "with: {tones: warm}"))
    found = editor.next_findings(prompt)
    assert [one["code"] for one in found] == ["unknown-name"]
    editor.change(FILE, CHECK_IN)
    assert editor.next_findings(prompt) == []


def test_a_file_that_is_new(editor: Editor) -> None:
    """A file that was never saved belongs to the bot, by its place."""
    editor.open("scenarios/extra.yaml", "format: 1\nscenario: extra\nstarts_on: [/extra]\nsteps:\n  - run: mesure\n")
    found = editor.findings("scenarios/extra.yaml")
    assert [(one["code"], editor.shown(one["range"], "scenarios/extra.yaml")) for one in found] == [
        ("unknown-scenario", "mesure")
    ]


def test_closing_goes_back_to_the_disk(editor: Editor) -> None:
    """A closed file counts as saved; when none is open the bot's findings are taken away."""
    editor.open("scenarios/measure.yaml")
    editor.open(FILE, CHECK_IN.replace("    skip: true", "    skp: true"))
    assert editor.findings(FILE) != []
    editor.close(FILE)
    assert editor.next_findings(FILE) == []
    (editor.root / FILE).write_text("format: 1\n", "utf-8")
    editor.notify(
        "workspace/didChangeWatchedFiles", {"changes": [{"uri": editor.uri("scenarios/measure.yaml"), "type": 2}]}
    )
    assert [one["code"] for one in editor.next_findings(FILE)] == ["missing-key", "missing-key"]
    editor.close("scenarios/measure.yaml")
    assert editor.next_findings(FILE) == []


def test_a_folder_that_is_gone_for_a_while(editor: Editor) -> None:
    """What was closed meanwhile counts as it is on the disk once the folder is back."""
    editor.open(FILE, CHECK_IN.replace("    skip: true", "    skp: true"))
    assert editor.findings(FILE) != []
    (editor.root / "scenarios").rename(editor.root / "elsewhere")
    editor.close(FILE)
    assert editor.next_findings(FILE) == []
    (editor.root / "elsewhere").rename(editor.root / "scenarios")
    measure = (editor.root / "scenarios/measure.yaml").read_text("utf-8")
    editor.open("scenarios/measure.yaml", measure.replace("inputs: [unit]\n", ""))
    assert [one["code"] for one in editor.next_findings(FILE)] == ["unknown-input"]


def test_a_picture_that_comes(editor: Editor) -> None:
    """A media file that is missed is missed no more when it is there, though no text has changed."""
    editor.open(FILE, CHECK_IN.replace("say: Целей нет.", "say: Целей нет., photo: media/sad.jpg"))
    assert [one["code"] for one in editor.findings(FILE)] == ["missing-media"]
    (editor.root / "media/sad.jpg").write_bytes(b"x")
    changed = {"uri": editor.uri("media/sad.jpg"), "type": 1}
    editor.notify("workspace/didChangeWatchedFiles", {"changes": [changed]})
    assert editor.next_findings(FILE) == []


def test_saving_looks_at_the_disk_again(editor: Editor) -> None:
    """What another program has written meanwhile counts when one saves."""
    editor.open(FILE)
    assert editor.findings(FILE) == []
    (editor.root / "scenarios/measure.yaml").unlink()
    editor.notify("textDocument/didSave", {"textDocument": {"uri": editor.uri(FILE)}})
    assert [one["code"] for one in editor.next_findings(FILE)] == ["unknown-scenario"]


def test_many_keystrokes_are_one_check(editor: Editor) -> None:
    """While one types nothing is checked; then the last text is, once."""
    editor.open(FILE)
    editor.findings(FILE)
    told = []
    for number in range(1, 30):
        editor.change(FILE, CHECK_IN.replace("    skip: true", "    skp: true"[: number % 12]))
    editor.change(FILE, CHECK_IN)
    told = editor.versions_told(FILE)
    assert told[-1] == 31
    assert len(told) < 10


def test_the_same_as_lint(editor: Editor) -> None:
    """Code, place and words are those that `dialogue lint` prints once it is saved."""
    text = CHECK_IN.replace("choices: {good", "choises: {good").replace("{{ goal.title }}", "{{ goal.tite }}")
    editor.open(FILE, text)
    told = editor.findings(FILE)
    (editor.root / FILE).write_text(text, "utf-8")
    lint = [sys.executable, "-m", "engine.cli.main", "lint", FILE, "--format", "json", "--no-cache"]
    printed = subprocess.run(
        lint, cwd=editor.root, capture_output=True, check=False, env={**os.environ, "NO_COLOR": "1"}
    )
    findings = json.loads(printed.stdout)["findings"]
    assert [one["code"] for one in told] == [one["code"] for one in findings] != []
    assert [one["range"]["start"]["line"] + 1 for one in told] == [one["line"] for one in findings]
    assert all(one["message"].startswith(other["message"]) for one, other in zip(told, findings, strict=True))


def test_files_of_no_bot(editor: Editor, tmp_path: Path) -> None:
    """YAML that is none of a bot's is left alone, whatever is asked of it."""
    (tmp_path / "other.yaml").write_text("a: [", "utf-8")
    editor.open("other.yaml")
    editor.open(FILE)
    editor.findings(FILE)
    assert editor.uri("other.yaml") not in editor.diagnostics
    here = editor.at("other.yaml", "a")
    assert editor.request("textDocument/definition", here) == []
    assert editor.request("textDocument/completion", here) == []
    assert editor.request("textDocument/hover", here) is None
    assert editor.request("textDocument/prepareRename", here) is None
    assert editor.request("textDocument/rename", {**here, "newName": "b"}) is None


def test_a_large_bot(editor: Editor) -> None:
    """The open file comes at once, the others when all have been looked at; both are what lint says."""
    for number in range(MANY):
        name = f"more_{number}"
        text = f"format: 1\nscenario: {name}\nstarts_on: [/{name}]\nsteps:\n  - run: measure\n    with: {{unit: кг}}\n"
        write(editor.root, {f"scenarios/{name}.yaml": text})
    editor.open(FILE)
    assert editor.findings(FILE) == []
    measure = FILES["scenarios/measure.yaml"]
    editor.open("scenarios/measure.yaml", measure.replace("[unit]", "[units]").replace("{{ unit }}", "{{ units }}"))
    assert editor.findings("scenarios/measure.yaml") == []
    last = f"scenarios/more_{MANY - 1}.yaml"
    assert {one["code"] for one in editor.next_findings(last)} == {"unknown-input"}
    assert editor.diagnostics[editor.uri(FILE)]["diagnostics"] != []
    editor.open("prompts/advice.md.j2", FILES["prompts/advice.md.j2"].replace("goal.title", "goal.titel"))
    assert [one["code"] for one in editor.findings("prompts/advice.md.j2")] == ["unknown-attribute"]
