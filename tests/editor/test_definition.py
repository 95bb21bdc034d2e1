"""Go to definition, from every kind of name."""

from __future__ import annotations

import pytest

from tests.editor.client import Editor, index
from tests.editor.conftest import CHECK_IN, FILES

FILE = "scenarios/check_in.yaml"
PROMPT = "prompts/advice.md.j2"
EXTRA = CHECK_IN + "  - llm: more\n    prompt: advice\n    with: {goal: 1}\nrenamed:\n  feeling: mood\n"

CASES = {
    # the file, a text, how far in it the cursor is; where it leads: file and what begins there
    "goto": (FILE, "goto: all_right", 8, [(FILE, "all_right\n    lines")]),
    "a choice's goto": (FILE, "goto: sorry", 7, [(FILE, "sorry\n    say")]),
    "a line of confirm": (FILE, "mood: Настроение", 2, [(FILE, "mood\n    question")]),
    "a run's step": (FILE, "body.weight", 2, [(FILE, "body\n  - ask: mood")]),
    "a step inside of it": (FILE, "body.weight", 7, [("scenarios/measure.yaml", "weight\n    question")]),
    "renamed": (FILE, "feeling: mood", 11, [(FILE, "mood\n    question")]),
    "prompt": (FILE, "prompt: advice", 10, [(PROMPT, "---")]),
    "scenario": (FILE, "run: measure", 8, [("scenarios/measure.yaml", "measure\ninputs")]),
    "collection": (FILE, "in: goals", 6, [("catalog/outcomes.yaml", "goals:")]),
    "saved collection": (FILE, "save: checkins", 8, [("catalog/outcomes.yaml", "checkins:")]),
    "catalog file": (FILE, "catalog.services", 10, [("catalog/services.yaml", "- {id")]),
    "variable": (FILE, "{{ goal.title", 4, [(FILE, "goal\n    question")]),
    "variable of a run": (FILE, "as: body", 5, []),
    "label": (FILE, "labels.mood", 9, [(FILE, "mood\n    question")]),
    "input": ("scenarios/measure.yaml", "{{ unit", 4, [("scenarios/measure.yaml", "[unit]")]),
    "a field of a reply": (FILE, "advice.text", 9, [(PROMPT, "text: text")]),
    "a reply itself": (FILE, "advice.text", 3, [(FILE, "advice\n    prompt")]),
    "a field of a record": (FILE, "goal.title", 7, [("catalog/outcomes.yaml", "title: text")]),
    "a field that is saved": (FILE, "{goal: ", 2, [("catalog/outcomes.yaml", "goal: text")]),
    "a field that is looked for": (FILE, "{status: ", 2, [("catalog/outcomes.yaml", "status: text")]),
    "a field of no record": (FILE, "goal.id", 6, []),
    "a field of a record in a prompt": (PROMPT, "goal.title", 7, [("catalog/outcomes.yaml", "title: text")]),
    "extends": (PROMPT, "_persona", 3, [("prompts/_persona.md.j2", "{% block")]),
    "variable in a prompt": (PROMPT, "goal.title", 2, [(FILE, "goal\n    question")]),
    "nothing": (FILE, "format: 1", 2, []),
}


@pytest.mark.parametrize("name", CASES)
def test_definition(editor: Editor, name: str) -> None:
    """The editor jumps to where the name is given."""
    file, mark, offset, wanted = CASES[name]
    editor.open(file, EXTRA if file == FILE else None)
    found = editor.request("textDocument/definition", editor.at(file, mark, offset))
    for one, (path, text) in zip(found, wanted, strict=True):
        assert one["uri"] == editor.uri(path)
        content = EXTRA if path == FILE else FILES[path]
        assert content[index(content, one["range"]["start"]) :].startswith(text)


def test_definition_while_there_are_mistakes(editor: Editor) -> None:
    """A mistake elsewhere in the file is no reason not to know where a step is; unreadable YAML is."""
    text = CHECK_IN.replace("    skip: true", "    skp: true")
    editor.open(FILE, text)
    found = editor.request("textDocument/definition", editor.at(FILE, "goto: all_right", 8))
    assert text[index(text, found[0]["range"]["start"]) :].startswith("all_right\n    lines")
    editor.change(FILE, text.replace("in: goals", "in: [goals"))
    assert editor.request("textDocument/definition", editor.at(FILE, "goto: all_right", 8)) == []


def test_media_and_models(editor: Editor) -> None:
    """A picture opens; a model leads to its row."""
    editor.open(FILE, CHECK_IN + "    photo: media/welcome.mp4\n")
    found = editor.request("textDocument/definition", editor.at(FILE, "media/welcome", 3))
    assert [one["uri"] for one in found] == [editor.uri("media/welcome.mp4")]
    (editor.root / "catalog/models.yaml").write_text("small: {model: x}\n", "utf-8")
    editor.open(PROMPT, FILES[PROMPT].replace("---\n", "---\nmodel: small\n", 1))
    found = editor.request("textDocument/definition", editor.at(PROMPT, "small", 2))
    assert [(one["uri"], one["range"]["start"]["line"]) for one in found] == [(editor.uri("catalog/models.yaml"), 0)]


def test_fields_of_a_reply(editor: Editor) -> None:
    """Fields that may be missing, fields in fields, and a reply that another prompt reads; none where there is none."""
    head = "---\nreturns: {text?: text, tone: {kind: [warm, cold]}}\n---\n"
    editor.open(PROMPT, head + "{% block user %}Hello{% endblock %}")
    scenario = "format: 1\nscenario: t\nsteps:\n  - llm: x\n    prompt: advice\n  - llm: y\n    prompt: next\n"
    editor.open("scenarios/t.yaml", scenario + "  - say: '{{ x.text }} {{ x.tone.kind }} {{ y.text }} {{ x.no }}'\n")
    editor.open("prompts/next.md.j2", "{% block user %}{{ x.tone.kind }}{% endblock %}")
    for file, mark, offset, column in (
        ("scenarios/t.yaml", "x.text", 3, 10),
        ("scenarios/t.yaml", "x.tone.kind", 8, 30),
        ("scenarios/t.yaml", "x.tone.kind", 3, 23),
        ("prompts/next.md.j2", "x.tone.kind", 8, 30),
        ("scenarios/t.yaml", "y.text", 3, None),
        ("scenarios/t.yaml", "x.no", 3, None),
    ):
        found = editor.request("textDocument/definition", editor.at(file, mark, offset))
        places = [(one["uri"], one["range"]["start"]["line"], one["range"]["start"]["character"]) for one in found]
        assert places == ([] if column is None else [(editor.uri(PROMPT), 1, column)]), mark


def test_set_variables(editor: Editor) -> None:
    """A variable that several steps set leads to all of them."""
    text = "format: 1\nscenario: counting\nsteps:\n  - set: {a: 1}\n  - set: {b: 2, a: 3}\n  - say: '{{ a }}'\n"
    editor.open("scenarios/counting.yaml", text)
    found = editor.request("textDocument/definition", editor.at("scenarios/counting.yaml", "{{ a", 3))
    assert [one["range"]["start"] for one in found] == [{"line": 3, "character": 10}, {"line": 4, "character": 16}]


def test_names_that_lead_nowhere(editor: Editor) -> None:
    """A step, a prompt file or a collection that is not there: the editor stays where it is."""
    text = CHECK_IN.replace("goto: all_right", "goto: nowhere").replace("in: goals", "in: gaols")
    editor.open(FILE, text.replace("body.weight", "body.wait"))
    for mark, offset in (("goto: nowhere", 8), ("in: gaols", 5), ("body.wait", 7)):
        assert editor.request("textDocument/definition", editor.at(FILE, mark, offset)) == []
    editor.open(PROMPT, FILES[PROMPT].replace("_persona", "_nobody"))
    assert editor.request("textDocument/definition", editor.at(PROMPT, "_nobody", 3)) == []
    editor.change(PROMPT, FILES[PROMPT].replace("{{ tone }}", "{{ tone"))
    assert editor.request("textDocument/definition", editor.at(PROMPT, "goal.title", 2)) == []


def test_pictures_of_a_prompt(editor: Editor) -> None:
    """What stands at the head of a prompt file leads to the scenario as well."""
    editor.open(PROMPT, FILES[PROMPT].replace("---\n", '---\nimages: ["{{ mood }}"]\n', 1))
    found = editor.request("textDocument/definition", editor.at(PROMPT, "mood", 1))
    assert [one["uri"] for one in found] == [editor.uri(FILE)]
