"""The JSON Schema as yaml-language-server (npm) uses it: what most editors have without `dialogue lsp`.

Run by `make test-editor`, which installs the server; its name keeps it out of `make test`, which needs no Node.
YAML_LANGUAGE_SERVER names the server's program.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.editor.client import Editor

ROOT = Path(__file__).parents[2]
FILE = "scenarios/check_in.yaml"
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
TEXT = (ROOT / FILE).read_text("utf-8")
SETTINGS = {"validate": True, "completion": True, "hover": True, "schemaStore": {"enable": False}}


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    """A folder with the shipped scenarios, whose first lines name the schema."""
    root = tmp_path_factory.mktemp("bot")
    shutil.copytree(ROOT / "scenarios", root / "scenarios")
    (root / "engine").mkdir()
    shutil.copy(ROOT / "engine/scenario.schema.json", root / "engine")
    editor = Editor(["node", os.environ["YAML_LANGUAGE_SERVER"], "--stdio"], root)
    editor.settings["yaml"] = SETTINGS
    editor.notify("workspace/didChangeConfiguration", {"settings": {"yaml": SETTINGS}})
    yield editor
    assert editor.quit() == 0


def mistakes(editor: Editor, file: str, text: str) -> list[tuple[str, str]]:
    """What is marked, and the words for it."""
    if editor.uri(file) in editor.texts:
        editor.change(file, text)
    else:
        editor.open(file, text)
    return [(editor.shown(one["range"], file), one["message"]) for one in editor.next_findings(file)]


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_scenarios_are_clean(editor: Editor, path: Path) -> None:
    """The first line leads to the schema (a typo is marked), and nothing else is."""
    file = f"scenarios/{path.name}"
    text = path.read_text("utf-8")
    assert mistakes(editor, file, text) == []
    assert len(mistakes(editor, file, text.replace("steps:", "stepps:", 1))) == 1


TYPOS = {
    # what is typed for what; what is marked; a part of what is said
    "key": ("answer: number", "answr: number", "answr", "not allowed"),
    "required key": ("    prompt: check", "    promt: check", "promt", "not allowed"),
    "key of a list": ("    in: goals ", "    on: goals ", "on", "not allowed"),
    "block's key": ("    then:", "    than:", "than", "not allowed"),
    "top key": ("starts_on:", "start_on:", "start_on", "not allowed"),
    "verb": ("  - say: |-", "  - sya: |-", "sya", '"say"'),
    "verb with many keys": ("  - ask: weight", "  - akc: weight", "akc", '"ask"'),
    "verb inside": ("      - say:\n", "      - sey:\n", "sey", '"say"'),
    "end": ("      - end", "      - ends", "ends", "end"),
    "answer's type": ("answer: number", "answer: nunber", "nunber", '"number"'),
    "one of several types": ("[text, photo, voice]", "[text, foto, voice]", "foto", '"photo"'),
    "number": ("tries: 3", "tries: three", "three", "integer"),
    "word": ("after_tries: skip", "after_tries: skipp", "skipp", '"skip"'),
    "format": ("format: 1", "format: 2", "2", '"1"'),
    "missing key": ("format: 1\n", "", "s", "format"),
}


@pytest.mark.parametrize("name", TYPOS)
def test_one_typo_is_one_error(editor: Editor, name: str) -> None:
    """Exactly that word is marked, and what would be right is named."""
    old, new, marked, words = TYPOS[name]
    assert old in TEXT
    found = mistakes(editor, FILE, TEXT.replace(old, new, 1))
    assert [(one, words in message) for one, message in found] == [(marked, True)]


def proposals(editor: Editor, text: str, mark: str, offset: int) -> list[dict[str, Any]]:
    mistakes(editor, FILE, text)
    found = editor.request("textDocument/completion", editor.at(FILE, mark, offset))
    items: list[dict[str, Any]] = found["items"] if isinstance(found, dict) else found
    return items


def test_completion_of_verbs(editor: Editor) -> None:
    """All verbs and nothing else where a step begins, each with the keys it needs."""
    items = proposals(editor, TEXT.replace("  - ask: weight\n", "  - \n  - ask: weight\n"), "  - \n", 4)
    labels = {item["label"] for item in items}
    assert {"ask", "say", "if", "llm", "save", "end"} <= labels
    assert not labels & {"question", "answer", "prompt", "fields"}
    ask = next(item for item in items if item["label"] == "ask")
    assert ask["textEdit"]["newText"] == "ask: $1\n  question: $2"  # the editor indents it as the dash is


def test_completion_of_keys(editor: Editor) -> None:
    """Inside an `ask`: its keys, those that are there already and other kinds' left out."""
    items = proposals(editor, TEXT.replace("    min: 30\n", "    \n"), "    \n", 4)
    labels = [item["label"] for item in items]
    assert {"choices", "min", "photo", "keyboard"} <= set(labels)
    assert not set(labels) & {"question", "max", "say", "prompt", "confirm"}
    assert len(labels) == len(set(labels))
    choices = next(item for item in items if item["label"] == "choices")
    assert "choose from" in str(choices["documentation"])


def test_completion_of_words(editor: Editor) -> None:
    """The answer's types, alone and in a list."""
    for text, mark in ((TEXT, "answer: number"), (TEXT.replace("[text, photo", "[te, photo"), "answer: [te")):
        labels = {item["label"] for item in proposals(editor, text, mark, 8 if text is TEXT else len(mark))}
        assert {"text", "number", "yes_no"} <= labels


@pytest.mark.parametrize(
    ("mark", "words"),
    [("ask: goal", "Ask a question and wait"), ("question:", "What is asked"), ("starts_on", "Commands, texts")],
)
def test_hover(editor: Editor, mark: str, words: str) -> None:
    """Verbs and keys say what they mean."""
    mistakes(editor, FILE, TEXT)
    found = editor.request("textDocument/hover", editor.at(FILE, mark, 1))
    assert words in str(found["contents"])
