"""Quick fixes: one mistake mended where the cursor is, as `dialogue lint --fix` would."""

from __future__ import annotations

from typing import Any

import pytest

from tests.editor.client import Editor, applied
from tests.editor.conftest import CHECK_IN

FILE = "scenarios/check_in.yaml"


def offered(editor: Editor, mark: str) -> list[dict[str, Any]]:
    at = editor.at(FILE, mark)["position"]
    params = {
        "textDocument": {"uri": editor.uri(FILE)},
        "range": {"start": at, "end": at},
        "context": {"diagnostics": []},
    }
    found: list[dict[str, Any]] = editor.request("textDocument/codeAction", params)
    return found


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("    skip: true", "    skp: true"),
        ("- ask: mood", "- aks: mood"),
        ("{{ mood }}", "{{ moood }}"),
    ],
)
def test_a_mistyped_word(editor: Editor, right: str, wrong: str) -> None:
    """Offered in its line alone; what it types is what the finding says, and then nothing is wrong."""
    editor.open(FILE, CHECK_IN.replace(right, wrong, 1))
    told = [one for one in editor.findings(FILE) if one["severity"] < 3]
    assert len(told) == 1
    assert offered(editor, "format:") == []
    [action] = offered(editor, wrong)
    assert action["kind"] == "quickfix"
    assert action["diagnostics"] == told
    assert f"`{action['title'].removeprefix('Write ')}`" in told[0]["message"]
    assert applied(editor.texts[editor.uri(FILE)], action["edit"]["changes"][editor.uri(FILE)]) == CHECK_IN


def test_what_is_unsure_is_not_offered(editor: Editor) -> None:
    """Nor for a file that is no file of a bot."""
    editor.open(FILE, CHECK_IN.replace("    skip: true", "    colour: red", 1))
    assert editor.findings(FILE)
    assert offered(editor, "    colour") == []
