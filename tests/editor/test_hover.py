"""What the word under the mouse means."""

from __future__ import annotations

import pytest

from tests.editor.client import Editor
from tests.editor.conftest import CHECK_IN

FILE = "scenarios/check_in.yaml"

CASES = {
    "a verb": ("ask: mood", 1, ["Ask a question and wait", "```yaml"]),
    "a key": ("question: Как", 3, ["What is asked.", "Required."]),
    "a key of a choice": ("label: Плохо", 2, ["What stands on the button."]),
    "a key of choices": ("from: active", 2, ["A list: records that were found"]),
    "a top key": ("starts_on", 2, ["Commands, texts and patterns"]),
    "end": ("end\n", 1, ["End the scenario here"]),
    "an answer's type": ("number]", 2, ["A number, whole or with a fraction"]),
    "a step": ("goto: all_right", 8, ["step **all_right**", FILE]),
    "a prompt": ("prompt: advice", 10, ["prompt **advice**", "returns `text`"]),
    "a collection": ("in: goals", 5, ["collection **goals**", "`title`, `status`"]),
    "a variable": ("{{ mood", 4, ["a text: `bad`, `good`; may be null: the question may be skipped"]),
    "a field of a reply": ("advice.text", 8, ["`advice.text`: a text"]),
    "a field of a record": ("{{ goal.title", 10, ["`goal.title`: a text"]),
    "a label": ("labels.mood", 9, ["`labels.mood`: a text"]),
    "a file of the catalog": ("catalog.services", 10, ["`catalog.services`: a list"]),
    "a name of the engine's": ("{{ today", 4, ["`today`: a text"]),
}
SOME = "  - if: today\n    then:\n      - set: {sum: 1, next: '{{ sum + 1 }}'}\n  - say: '{{ next }}'\n"
TEXT = CHECK_IN + "      {{ today }}\n  - ask: age\n    question: Q\n    answer: [text, number]\n  - end\n"


@pytest.mark.parametrize("name", CASES)
def test_hover(editor: Editor, name: str) -> None:
    """It is told in a sentence."""
    mark, offset, wanted = CASES[name]
    editor.open(FILE, TEXT)
    found = editor.request("textDocument/hover", editor.at(FILE, mark, offset))
    assert [words for words in wanted if words not in found["contents"]["value"]] == []


@pytest.mark.parametrize(
    ("mark", "offset"), [("Как ты", 1), ("Настроение", 2), ("  - run", 1), ("good: Хор", 1), ("item.title", 6)]
)
def test_nothing_to_say(editor: Editor, mark: str, offset: int) -> None:
    """Texts and the author's own words have no meaning of ours."""
    editor.open(FILE)
    assert editor.request("textDocument/hover", editor.at(FILE, mark, offset)) is None


def test_in_a_prompt(editor: Editor) -> None:
    """The keys at its head, and the variables below as the scenario has them."""
    prompt = "prompts/advice.md.j2"
    editor.open(prompt)
    for mark, offset, words in (("returns", 2, "What the reply must hold"), ("goal.title", 2, "a record of `goals`")):
        found = editor.request("textDocument/hover", editor.at(prompt, mark, offset))
        assert words in found["contents"]["value"]
    assert editor.request("textDocument/hover", editor.at(prompt, ": {{ goal", 0)) is None


def test_what_is_not_there(editor: Editor) -> None:
    """A name that leads nowhere says so; a variable that nobody sets has nothing to say."""
    editor.open(FILE, CHECK_IN.replace("in: goals", "in: gaols").replace("{{ mood }}", "{{ moood }}"))
    found = editor.request("textDocument/hover", editor.at(FILE, "in: gaols", 5))
    assert "not there" in found["contents"]["value"]
    assert editor.request("textDocument/hover", editor.at(FILE, "{{ moood", 4)) is None


def test_variables_of_some_ways(editor: Editor) -> None:
    """A value of `set` sees those above it; what only some ways set is told to be so."""
    editor.open(FILE, CHECK_IN + SOME)
    for mark, words in (("{{ sum", "a number"), ("{{ next", "not set on every way that leads here")):
        found = editor.request("textDocument/hover", editor.at(FILE, mark, 4))
        assert words in found["contents"]["value"]
    editor.change(FILE, (CHECK_IN + SOME).replace("    skip: true", "    skp: true"))
    assert editor.request("textDocument/hover", editor.at(FILE, "{{ mood", 4)) is None
