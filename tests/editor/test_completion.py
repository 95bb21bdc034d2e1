"""Completion: what is proposed, and what is put in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.editor.client import Editor, applied
from tests.editor.conftest import CHECK_IN, FILES

FILE = "scenarios/check_in.yaml"
PROMPT = "prompts/advice.md.j2"

CASES: dict[str, tuple[str, str, set[str], set[str]]] = {
    # what stands in the file, what is typed there instead (| is the cursor); proposed; not proposed
    "verbs": ("  - save: checkins", "  - s|\n  - save: checkins", {"say", "save", "set", "switch"}, {"question"}),
    "verbs without a dash": ("  - save: checkins", "  |\n  - save: checkins", {"ask", "end"}, {"question"}),
    "keys of ask": ("    skip: true", "    |", {"skip", "min", "answer", "tries"}, {"question", "ask", "lines", "say"}),
    "half a key": ("    skip: true", "    ski|", {"skip"}, {"question", "say"}),
    "a key once more": ("    skip: true", "    sk|ip: true", {"skip"}, {"question"}),
    "keys of save": (
        "    fields: {goal",
        "    on|\n    fields: {goal",
        {"once_per", "as", "name"},
        {"fields", "question"},
    ),
    "top": ("starts_on:", "re|\nstarts_on:", {"renamed", "result", "title"}, {"steps", "ask"}),
    "answer types": ("    skip: true", "    answer: |", {"text", "number", "photo", "yes_no"}, {"skip", "true"}),
    "answer types in a list": ("    skip: true", "    answer: [text, ph|]", {"phone", "photo"}, set()),
    "answer types below": ("    skip: true", "    answer:\n      - ph|", {"phone", "photo"}, {"say"}),
    "words": ("    skip: true", "    keyboard: |", {"inline", "reply"}, set()),
    "true and false": ("    skip: true", "    skip: |", {"true", "false"}, set()),
    "what follows the tries": ("    skip: true", "    after_tries: |", {"skip", "end"}, set()),
    "a step after the tries": (
        "    skip: true",
        "    after_tries: {goto: |}",
        {"mood", "sorry", "all_right"},
        {"skip"},
    ),
    "steps": ("goto: all_right", "goto: |", {"mood", "sorry", "all_right", "body", "advice"}, {"weight"}),
    "a choice's step": ("goto: sorry", "goto: so|", {"sorry"}, set()),
    "a choice's keys": ("goto: sorry", "|", {"goto", "if"}, {"label", "ru"}),
    "keys of choices": (
        "{from: active_goals, label",
        "{from: active_goals, |, label",
        {"value", "if"},
        {"from", "label"},
    ),
    "prompts": ("prompt: advice", "prompt: |", {"advice"}, {"_persona"}),
    "scenarios": ("run: measure", "run: |", {"measure", "fallback", "check_in"}, set()),
    "inputs": ("with: {unit: кг}", "with: {|}", {"unit"}, set()),
    "collections": ("in: goals", "in: |", {"goals", "checkins"}, set()),
    "fields": ('mood: "{{ mood }}"}', "|}", {"mood"}, {"title", "goal"}),
    "fields to look for": ("where: {status: active}", "where: {|}", {"title", "status"}, {"mood"}),
    "lines": ("lines: {mood", "lines: {|, mood", {"goal", "sorry"}, {"mood"}),
    "names for the prompt": ("with: {tone: warm}", "with: {|}", {"tone", "goal"}, set()),
    "languages": ('    say: "Держись', '    say: {|}\n    photo: "Держись', {"ru", "en"}, {"say"}),
    "variables": ("{{ mood }}", "{{ | }}", {"mood", "goal", "person", "today", "catalog"}, {"advice", "weight"}),
    "half a variable": ("{{ mood }}, ", "{{ mo|", {"mood"}, {"advice"}),
    "attributes": ("{{ goal.title }}", "{{ goal.| }}", {"title", "status", "id"}, {"mood"}),
    "attributes of a row": ("services[0].title", "services[0].|", {"title", "id"}, {"mood"}),
    "what a prompt returns": ("{{ advice.text }}", "{{ advice.te|", {"text"}, {"mood"}),
    "catalog": ("catalog.services[0]", "catalog.|", {"services"}, {"mood"}),
    "of an item": ("{{ item.title }}", "{{ item.| }}", {"title", "status"}, {"mood"}),
    "the item": ("{{ item.title }}", "{{ | }}", {"item", "active_goals"}, {"mood"}),
    "filters": ("{{ mood }}", "{{ mood | | }}", {"default", "date", "plural"}, {"mood", "_counted"}),
    "conditions": ("if: mood == 'good'", "if: |", {"mood", "goal"}, {"advice"}),
    "conditions in braces": ("from: active_goals", "from: |", {"active_goals"}, {"mood"}),
    "cases": (
        "  - if: mood",
        "  - switch: mood\n    cases: {|}\n  - if: mood",
        {"good"},
        {"ru", "bad"},
    ),  # bad has a goto
    "what it is compared with": ("mood == 'good'", "mood == 'go|'", {"good"}, {"mood", "goal"}),
    "what it is compared with in a text": ("{{ mood }}, ", "{{ 'x' if mood == '|' }}, ", {"good"}, {"mood", "goal"}),
    "what it is compared with, not closed": ("mood == 'good' and goal.title", "mood != '|", {"good"}, {"mood"}),
    "in a quote": ("mood == 'good'", "goal.title == 'go|'", set(), {"mood", "goal", "good"}),
    "the scenario's name": ("scenario: check_in", "scenario: |", {"check_in"}, {"say"}),
    "what stands in for a reply": ("if_fails: {text: Записал!}", "if_fails: {|}", {"text"}, {"say", "mood"}),
    "in a text": ("Как ты?", "Как |", set(), {"mood", "say"}),
    "in a comment": ("    skip: true", "    tries: 3 # |", set(), {"skip", "mood"}),
    "behind a comment's sign": ("    skip: true", "    # |", set(), {"skip", "mood"}),
    "a number alone": ("{{ mood }}", "{{ 1|", set(), {"mood"}),
    "behind a call": ("{{ mood }}", "{{ random().|", set(), {"mood"}),
    "half an expression": ("{{ mood }}", "{{ ((.|", set(), {"mood"}),
    "a pattern": ("[/checkin]", "\n  - pa|", {"pattern"}, set()),
    "a list of lines": ("lines: {mood: Настроение, body.weight: Вес}", "lines: [mo|]", {"mood", "goal"}, set()),
    "steps when the model fails": ("if_fails: {text: Записал!}", "if_fails:\n      - |", {"say", "goto"}, {"text"}),
    "an index that is none": ("services[0].title", "services[&].|", set(), {"title"}),
    "in a block's text": ("💡 {{ advice", "💡 | {{ advice", set(), {"mood", "say"}),
    "choices from a list": ('{from: active_goals, label: "💡 {{ item.title }}"}', "{|}", {"from"}, {"label"}),
    "media": ("    skip: true", "    photo: |", {"media/welcome.mp4"}, set()),
    "steps that were renamed": ("starts_on:", "renamed: {old: |}\nstarts_on:", {"mood"}, {"old"}),
}


def propose(editor: Editor, file: str, text: str, typed: str) -> tuple[str, list[dict[str, Any]]]:
    """The text without the cursor, and the proposals."""
    at = text.index(typed) + typed.rindex("|")
    whole = text[:at] + text[at + 1 :]
    editor.change(file, whole)
    here = editor.at(file, whole[:at], at) if at else editor.at(file, whole, 0)
    return whole, editor.request("textDocument/completion", here)


@pytest.mark.parametrize("name", CASES)
def test_proposals(editor: Editor, name: str) -> None:
    """What fits is proposed, what does not is not; each once."""
    old, typed, wanted, unwanted = CASES[name]
    editor.open(FILE)
    _, items = propose(editor, FILE, CHECK_IN.replace(old, typed, 1), typed)
    labels = [item["label"] for item in items]
    assert wanted - set(labels) == set()
    assert unwanted & set(labels) == set()
    assert len(labels) == len(set(labels))


def taken(editor: Editor, old: str, typed: str, label: str) -> str:
    """The text after a proposal is taken, from the line that was typed."""
    editor.open(FILE)
    whole, items = propose(editor, FILE, CHECK_IN.replace(old, typed, 1), typed)
    item = next(one for one in items if one["label"] == label)
    after = applied(whole, [item["textEdit"]])
    start = len(CHECK_IN[: CHECK_IN.index(old)])
    return after[start : start + len(typed) + len(after) - len(whole) - 1]


INSERTED = {
    "verb": ("  - save: checkins", "  - as|", "ask", "  - ask: $1\n  question: $2"),
    "verb and dash": ("  - save: checkins", "  |", "ask", "  - ask: $1\n  question: $2"),
    "with steps": ("  - save: checkins", "  - i|", "if", "  - if: $1\n  then:\n    - $2"),
    "with lines": ("  - save: checkins", "  - c|", "confirm", "  - confirm: $1\n  lines:\n    $2"),
    "end": ("  - save: checkins", "  - e|", "end", "  - end"),
    "key": ("    skip: true", "    an|", "answer", "    answer: $1"),
    "key in braces": ("goto: sorry", "g|", "goto", "goto: $1"),
    "key once more": ("    skip: true", "    sk|ip: true", "skip", "    skip: true"),
    "word": ("    skip: true", "    answer: yes|", "yes_no", "    answer: yes_no"),
    "variable": ("{{ mood }}, ", "{{ mo|", "mood", "{{ mood"),
    "attribute": ("{{ goal.title }}", "{{ goal.ti| }}", "title", "{{ goal.title }}"),
    "item of a list": ("    skip: true", "    answer:\n      |", "photo", "    answer:\n      - photo"),
}


@pytest.mark.parametrize("name", INSERTED)
def test_what_is_put_in(editor: Editor, name: str) -> None:
    """A verb comes with its required keys; a started word is finished. (Further lines are indented by the editor.)"""
    old, typed, label, wanted = INSERTED[name]
    assert taken(editor, old, typed, label) == wanted


def test_what_is_told_of_them(editor: Editor) -> None:
    """A key has its meaning, a variable says what it is and when it is null, a required key comes first."""
    editor.open(FILE)
    _, items = propose(editor, FILE, CHECK_IN.replace("    skip: true", "    |", 1), "    |")
    skip = next(item for item in items if item["label"] == "skip")
    assert "may be skipped" in skip["documentation"]["value"]
    _, items = propose(editor, FILE, CHECK_IN.replace("{{ mood }}", "{{ | }}", 1), "{{ | }}")
    mood = next(item for item in items if item["label"] == "mood")
    assert mood["detail"] == "a text: `bad`, `good`; may be null: the question may be skipped"
    assert items.index(mood) < [item["label"] for item in items].index("person")


def test_in_prompts(editor: Editor) -> None:
    """A prompt sees what the scenario has set and what `with` gives; its head has its own keys."""
    text = FILES[PROMPT]
    editor.open(PROMPT)
    for typed, wanted in {"{{ | }}": {"tone", "goal", "mood"}, "{{ goal.|": {"title", "status"}}.items():
        _, items = propose(editor, PROMPT, text.replace("{{ mood }}", typed), typed)
        assert wanted <= {item["label"] for item in items}
    (editor.root / "catalog/models.yaml").write_text("small: {model: x}\n", "utf-8")
    head = {
        "returns": ("te|", {"temperature", "tries"}),
        "{text: text}": ("{te|", set[str]()),
        "returns:": ("model: |", {"small"}),
    }
    for old, (typed, wanted) in head.items():
        _, items = propose(editor, PROMPT, text.replace(old, typed, 1), typed)
        assert wanted <= {item["label"] for item in items}
    _, items = propose(editor, PROMPT, "{% block user %}{{ | }}", "{{ | }}")
    assert "person" in {item["label"] for item in items}


def test_in_a_file_that_was_always_broken(editor: Editor) -> None:
    """Verbs, keys and names of other files are known all the same."""
    editor.open(FILE, "steps: [\n")
    for typed, wanted in {
        "steps:\n  - |": "ask",
        "x: [\nsteps:\n  - run: |": "measure",
        "- ]\nsteps:\n  - ask: a\n    |": "skip",
    }.items():
        _, items = propose(editor, FILE, typed, typed)
        assert wanted in {item["label"] for item in items}


def test_last_good_state(editor: Editor) -> None:
    """While something else is broken, variables and steps are those of when the file could be read."""
    editor.open(FILE)
    editor.findings(FILE)
    broken = CHECK_IN.replace("in: goals", "in: [goals")
    _, items = propose(editor, FILE, broken.replace("{{ goal.title }}", "{{ goal.| }}"), "{{ goal.| }}")
    assert {"title", "status"} <= {item["label"] for item in items}
    cases = "  - switch: mood\n    cases: {|}\n  - if: mood"
    wrong = CHECK_IN.replace("    skip: true", "    skp: true")
    _, items = propose(editor, FILE, wrong.replace("  - if: mood", cases, 1), cases)
    assert {item["label"] for item in items} == {"good"}
    _, items = propose(editor, FILE, broken.replace("goto: all_right", "goto: |"), "goto: |")
    assert {"mood", "all_right"} <= {item["label"] for item in items}


def test_beside_a_mistake(editor: Editor) -> None:
    """A scenario that was never without a mistake: what its other steps set is known, with its attributes."""
    text = "format: 1\nscenario: fresh\nstarts_on: [/fresh]\nsteps:\n  - ask: goal\n    question: Цель?\n"
    text += "    choices: {slim: Похудеть, back: Спина}\n  - aks: x\n  - if: goal == 'sl|\n"
    editor.open("scenarios/fresh.yaml", text.replace("|", ""))
    for typed, wanted in {"goal == 'sl|": {"slim", "back"}, "if: |": {"goal"}}.items():
        _, items = propose(
            editor, "scenarios/fresh.yaml", text.replace("goal == 'sl|", typed.removeprefix("if: ")), typed
        )
        assert wanted <= {item["label"] for item in items}


def test_catalog_files_have_none(editor: Editor) -> None:
    """Data is the author's own."""
    editor.open("catalog/services.yaml")
    assert editor.request("textDocument/completion", editor.at("catalog/services.yaml", "- {", 3)) == []


def test_prompts_that_are_all_head(editor: Editor) -> None:
    """The head of a prompt that is only begun has its keys too."""
    editor.open(PROMPT, "")
    _, items = propose(editor, PROMPT, "---\n|", "---\n|")
    assert {"model", "returns"} <= {item["label"] for item in items}
