"""Rename a step: every place that names it, and `renamed:`."""

from __future__ import annotations

import pytest

from tests.driver import Driver, build
from tests.editor.client import Editor, Failed, applied
from tests.editor.conftest import CHECK_IN, FILES

FILE = "scenarios/check_in.yaml"
PROMPT = "prompts/advice.md.j2"
HEAD = "format: 1\nscenario: talk\nstarts_on: [/talk]\nsteps:\n"


def renamed(editor: Editor, file: str, mark: str, offset: int, new: str) -> dict[str, str]:
    """The files that a rename changes, as they are then."""
    edit = editor.request("textDocument/rename", {**editor.at(file, mark, offset), "newName": new})
    found = {}
    for uri, edits in edit["changes"].items():
        path = uri.removeprefix(editor.root.as_uri() + "/")
        text = editor.texts.get(uri) or (editor.root / path).read_text("utf-8")
        found[path] = applied(text, edits)
    return found


def test_everywhere(editor: Editor) -> None:
    """Goto, lines, conditions, texts, labels and the prompt: all say the new name, wherever one asks for it."""
    editor.open(FILE)
    wanted = CHECK_IN.replace("ask: mood", "ask: feeling").replace("if: mood", "if: feeling")
    wanted = wanted.replace("{{ mood }}", "{{ feeling }}").replace("labels.mood", "labels.feeling")
    wanted = wanted.replace("lines: {mood:", "lines: {feeling:") + "renamed:\n  mood: feeling\n"
    prompt = FILES[PROMPT].replace("{{ mood }}", "{{ feeling }}")
    for mark, offset in {"ask: mood": 6, "lines: {mood": 9, "{{ mood": 4, "labels.mood": 9, "mood == ": 1}.items():
        assert renamed(editor, FILE, mark, offset, "feeling") == {FILE: wanted, PROMPT: prompt}, mark
    editor.change(FILE, wanted)
    editor.open(PROMPT, prompt)
    assert editor.findings(FILE) == []


def test_a_step_that_only_has_a_name(editor: Editor) -> None:
    """`sorry` is no variable: its goto follows, and nothing else."""
    editor.open(FILE)
    found = renamed(editor, FILE, "goto: sorry", 8, "comfort")
    assert found == {FILE: CHECK_IN.replace("sorry", "comfort") + "renamed:\n  sorry: comfort\n"}


def test_a_step_inside_another_scenario(editor: Editor) -> None:
    """`body.weight` in the scenario that runs this one follows as well."""
    editor.open("scenarios/measure.yaml")
    found = renamed(editor, "scenarios/measure.yaml", "ask: weight", 6, "mass")
    assert found[FILE] == CHECK_IN.replace("body.weight", "body.mass")
    assert 'result: "{{ mass }}"' in found["scenarios/measure.yaml"]
    editor.open(FILE)
    found = renamed(editor, FILE, "body.weight", 2, "figure")
    assert "lines: {mood: Настроение, figure.weight: Вес}" in found[FILE]
    assert "as: figure" in found[FILE]


ENTRIES = {
    # the end of the file before, and after `a` became `b`
    "none": ("", "renamed:\n  a: b\n"),
    "block": ("renamed:\n    x: y  # why\n", "renamed:\n    x: y  # why\n    a: b\n"),
    "flow": ("renamed: {x: y}\n", "renamed: {x: y, a: b}\n"),
    "empty flow": ("renamed: {}\n", "renamed: {a: b}\n"),
    "older name": ("renamed:\n  x: a\n", "renamed:\n  x: b\n  a: b\n"),
    "back again": ("renamed:\n  b: a\n", "renamed:\n  a: b\n"),
    "no line end": ("title: T", "title: T\nrenamed:\n  a: b"),
    "blank lines": ("\n\n", "renamed:\n  a: b\n\n\n"),
}


@pytest.mark.parametrize("name", ENTRIES)
def test_the_entry_in_renamed(editor: Editor, name: str) -> None:
    """The old name leads to the new one, and so does any older name; what stands there keeps its form."""
    before, after = ENTRIES[name]
    body = HEAD + "  - ask: {}\n    question: Q\n  - say: '{{{{ {} }}}}'\n"
    editor.open("scenarios/talk.yaml", body.format("a", "a") + before)
    found = renamed(editor, "scenarios/talk.yaml", "ask: a", 5, "b")
    assert found == {"scenarios/talk.yaml": body.format("b", "b") + after}


def test_other_setters_follow(editor: Editor) -> None:
    """A step that sets the same variable sets it by the new name; quotes stay; attributes and keys of that name too."""
    steps = """\
  - ask: 'a'
    question: "Q {{ labels['a'] }}"
    choices: [x, y]
  - set: {a: 1, c: "{{ a }}"}
  - save: goals
    fields: {title: "{{ c.a | default(a) }}"}
    as: d
  - say: "{% for a in [a] %}{{ a }}{% endfor %}"
"""
    editor.open("scenarios/talk.yaml", HEAD + steps)
    wanted = """\
  - ask: 'b'
    question: "Q {{ labels['b'] }}"
    choices: [x, y]
  - set: {b: 1, c: "{{ b }}"}
  - save: goals
    fields: {title: "{{ c.a | default(b) }}"}
    as: d
  - say: "{% for b in [b] %}{{ b }}{% endfor %}"
renamed:
  a: b
"""
    assert renamed(editor, "scenarios/talk.yaml", "ask: 'a", 6, "b") == {"scenarios/talk.yaml": HEAD + wanted}


def test_variables(editor: Editor) -> None:
    """What `set` counts and what `as:` names: the keys, every use, and the prompt that reads it."""
    steps = """\
  - set: {rounds: 0, 'last': none}
  - ask: a
    question: "Q {{ rounds }}"
  - set:
      rounds: "{{ rounds + 1 }}"
  - save: goals
    fields: {title: "{{ a }}"}
    as: kept
  - llm: word
    prompt: advice
    with: {tone: a, mood: b, goal: "{{ kept }}"}
    if_fails: {text: "{{ kept.title }} {{ last }}"}
  - if: rounds < 3
    then:
      - goto: a
  - say: "{{ word.text }}{{ kept.title }}"
"""
    editor.open("scenarios/talk.yaml", HEAD + steps)
    wanted = HEAD + steps.replace("rounds", "count") + "renamed:\n  rounds: count\n"
    for mark, offset in {"rounds: 0": 1, "      rounds:": 7, "Q {{ rounds": 6, "if: rounds": 5}.items():
        assert renamed(editor, "scenarios/talk.yaml", mark, offset, "count") == {"scenarios/talk.yaml": wanted}, mark
    wanted = HEAD + steps.replace("kept", "goal_made") + "renamed:\n  kept: goal_made\n"
    assert renamed(editor, "scenarios/talk.yaml", "as: kept", 5, "goal_made") == {"scenarios/talk.yaml": wanted}
    found = renamed(editor, "scenarios/talk.yaml", "'last'", 2, "latest")["scenarios/talk.yaml"]
    assert "'latest': none" in found
    assert "{{ latest }}" in found
    editor.open(PROMPT, FILES[PROMPT].replace("{{ mood }}", "{{ rounds }}"))
    editor.change("scenarios/talk.yaml", HEAD + steps.replace("mood: b, ", ""))
    with pytest.raises(Failed, match="`check_in` uses it too"):
        renamed(editor, "scenarios/talk.yaml", "rounds: 0", 1, "count")
    editor.open(
        FILE,
        CHECK_IN.replace(
            "  - llm: advice\n    prompt: advice\n    with: {tone: warm}\n    if_fails: {text: Записал!}\n", ""
        ),
    )
    found = renamed(editor, "scenarios/talk.yaml", "rounds: 0", 1, "count")
    assert "{{ count }}" in found[PROMPT]
    with pytest.raises(Failed, match="is taken"):
        renamed(editor, "scenarios/talk.yaml", "rounds: 0", 1, "kept")


REFUSED = {
    "taken": ("ask: mood", "goal", "is taken"),
    "taken by a variable": ("ask: mood", "active_goals", "is taken"),
    "no name": ("ask: mood", "two words", "letters, digits"),
    "the engine's": ("ask: mood", "person", "the engine's"),
    "no step": ("format: 1", "x", "Only steps"),
    "a variable that is no step": ("{{ item", "x", "Only steps"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(editor: Editor, name: str) -> None:
    """A rename that would break something is not done, and says why."""
    mark, new, why = REFUSED[name]
    editor.open(FILE)
    with pytest.raises(Failed, match=why):
        renamed(editor, FILE, mark, len(mark) - 1, new)


def test_refused_while_the_file_has_mistakes(editor: Editor) -> None:
    """What cannot be read could hide a use of the name."""
    editor.open(FILE, CHECK_IN.replace("    skip: true", "    skp: true"))
    with pytest.raises(Failed, match="mistakes"):
        renamed(editor, FILE, "ask: mood", 6, "feeling")


def test_refused_for_a_shared_prompt(editor: Editor) -> None:
    """A prompt that another scenario uses too keeps its names: it would break there."""
    other = (
        HEAD + "  - ask: mood\n    question: Q\n  - llm: x\n    prompt: advice\n    with: {tone: a, goal: {title: b}}\n"
    )
    editor.open("scenarios/talk.yaml", other)
    editor.open(FILE)
    with pytest.raises(Failed, match="`talk` uses it too"):
        renamed(editor, FILE, "ask: mood", 6, "feeling")
    given = CHECK_IN.replace("with: {tone: warm}", 'with: {tone: warm, mood: "{{ mood }}"}')
    editor.change(FILE, given)
    found = renamed(editor, FILE, "ask: mood", 6, "feeling")
    assert list(found) == [FILE]
    assert 'with: {tone: warm, mood: "{{ feeling }}"}' in found[FILE]


def test_refused_for_an_input(editor: Editor) -> None:
    """The callers give an input by its name."""
    text = FILES["scenarios/measure.yaml"].replace("inputs: [unit]", "inputs: [unit, weight]")
    editor.open("scenarios/measure.yaml", text)
    with pytest.raises(Failed, match="input"):
        renamed(editor, "scenarios/measure.yaml", "ask: weight", 6, "mass")


def test_what_can_be_renamed(editor: Editor) -> None:
    """The editor asks first: it gets the name and its place, or nothing."""
    editor.open(FILE)
    found = editor.request("textDocument/prepareRename", editor.at(FILE, "body.weight", 1))
    assert (editor.shown(found["range"], FILE), found["placeholder"]) == ("body", "body")
    assert editor.request("textDocument/prepareRename", editor.at(FILE, "body.weight", 8)) is None
    found = editor.request("textDocument/prepareRename", editor.at(FILE, "prompt: advice", 10))
    assert (editor.shown(found["range"], FILE), found["placeholder"]) == ("advice", "advice")
    editor.open(PROMPT)
    assert editor.request("textDocument/prepareRename", editor.at(PROMPT, "mood", 1)) is None


def test_people_who_are_midway(editor: Editor) -> None:
    """Who has answered the renamed question is not asked again, and the answer is there by its new name."""
    body = HEAD + "  - ask: a\n    question: Q1\n  - ask: c\n    question: Q2\n  - say: 'a is {{ a }}'\n"
    editor.open("scenarios/talk.yaml", body)
    after = renamed(editor, "scenarios/talk.yaml", "ask: a", 5, "b")["scenarios/talk.yaml"]
    person = Driver(build({"talk": body}))
    assert person.say("/talk") == ["Q1"]
    assert person.say("one") == ["Q2"]
    person.project = build({"talk": after})
    assert person.say("two") == ["a is one"]
