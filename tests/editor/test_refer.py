"""Find references: from where a thing is defined, and from where it is named."""

from __future__ import annotations

import pytest

from tests.editor.client import Editor, index
from tests.editor.conftest import FILES

FILE, MEASURE, PROMPT, OUTCOMES = (
    "scenarios/check_in.yaml",
    "scenarios/measure.yaml",
    "prompts/advice.md.j2",
    "catalog/outcomes.yaml",
)
CASES = {
    "a step from its name": (FILE, "ask: mood", 6),
    "a step from a line": (FILE, "lines: {mood", 9),
    "a scenario from its head": (MEASURE, "scenario: measure", 12),
    "a scenario from a run": (FILE, "run: measure", 6),
    "a prompt": (FILE, "prompt: advice", 10),
    "a prompt from its file": (PROMPT, "---", 0),
    "a collection": (OUTCOMES, "goals:", 2),
    "a field from its declaration": (OUTCOMES, "title: text", 2),
    "a field from a text": (FILE, "goal.title }}", 7),
    "a field of a reply": (FILE, "advice.text", 8),
    "nothing": (FILE, "format: 1", 2),
}
# By what stands there, from the first letter on; in the order of files and lines.
FOUND = {
    "a step from its name": [
        "mood }}{% endblock %}",
        "mood == 'good' and goal.title",
        'mood }}, {{ labels.mood }}"',
        'mood }}"',
        "mood: Настроение, body.weight: Вес}",
        'mood }}"}',
    ],
    "a scenario from its head": ["measure"],
    "a prompt": ["advice"],
    "a collection": ["goals, where: {status: active}}"],
    "a field from its declaration": [
        "title }}, {{ mood }}{% endblock %}",
        "title",
        'title }}: {{ mood }}, {{ labels.mood }}"',
    ],
    "a field of a reply": ["text }}"],
    "nothing": [],
}
ALIKE = {
    "a step from a line": "a step from its name",
    "a scenario from a run": "a scenario from its head",
    "a prompt from its file": "a prompt",
    "a field from a text": "a field from its declaration",
}


@pytest.mark.parametrize("name", CASES)
def test_references(editor: Editor, name: str) -> None:
    """Every place in every file, whichever of them one asks from."""
    file, mark, offset = CASES[name]
    editor.open(file)
    found = editor.request(
        "textDocument/references", {**editor.at(file, mark, offset), "context": {"includeDeclaration": False}}
    )
    texts = {editor.uri(one): text for one, text in FILES.items()}
    shown = [texts[one["uri"]][index(texts[one["uri"]], one["range"]["start"]) :].split("\n")[0] for one in found]
    assert shown == FOUND[ALIKE.get(name, name)]
