"""`dialogue lsp`: starting, agreeing with the editor, and the end."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from engine.cli.main import main
from tests.editor.client import Editor
from tests.editor.conftest import CHECK_IN, FILES, write

COMMAND = [sys.executable, "-m", "engine.cli.main", "lsp"]
FILE = "scenarios/check_in.yaml"


def test_what_the_server_can_do(editor: Editor) -> None:
    """The editor is told what to ask for; it is asked to tell of changed files."""
    can = editor.capabilities
    assert can["textDocumentSync"]["change"] == 1  # whole texts
    assert can["renameProvider"] == {"prepareProvider": True}
    assert can["definitionProvider"]
    assert can["hoverProvider"]
    assert "." in can["completionProvider"]["triggerCharacters"]
    editor.open(FILE)
    editor.findings(FILE)
    assert "client/registerCapability" in editor.asked


def test_a_plain_editor(tmp_path: Path) -> None:
    """One without snippets that counts bytes gets plain words and bytes; gone without a word it leaves exit code 1."""
    write(tmp_path, FILES)
    editor = Editor(COMMAND, tmp_path, {"general": {"positionEncodings": ["utf-8"]}})
    assert editor.capabilities["positionEncoding"] == "utf-8"
    text = CHECK_IN.replace("{{ mood }}, {{", "{{ moood }}, {{", 1).replace("    skip: true", "    ")
    editor.open(FILE, text)
    found = next(one for one in editor.findings(FILE) if one["code"] == "unknown-name")
    line = text.split("\n")[found["range"]["start"]["line"]]
    assert found["range"]["start"]["character"] == len(line[: line.index("moood")].encode())
    row = text[: text.index("    \n")].count("\n")
    here = {"textDocument": {"uri": editor.uri(FILE)}, "position": {"line": row, "character": 4}}
    items = editor.request("textDocument/completion", here)
    assert next(one for one in items if one["label"] == "skip")["textEdit"]["newText"] == "skip: "
    assert editor.asked == []
    with editor.process as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait() == 1


def test_without_its_packages(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has not installed the editor part is told how to."""
    monkeypatch.delitem(sys.modules, "engine.editor.features", raising=False)
    monkeypatch.setitem(sys.modules, "pygls.exceptions", None)
    assert main(["lsp"]) == 2
    assert "pip install 'dialogue-engine[editor]'" in capsys.readouterr().err


def test_a_mistake_of_ours_is_no_missing_package(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another import that fails is a crash that says what failed."""
    monkeypatch.delitem(sys.modules, "engine.editor.features", raising=False)
    monkeypatch.setitem(sys.modules, "engine.editor.hover", None)
    assert main(["lsp"]) == 3
    assert "engine.editor.hover" in capsys.readouterr().err
