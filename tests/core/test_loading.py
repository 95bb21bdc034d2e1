"""From files to steps: every mistake is found, told with its place, and stops nothing else from being read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from engine.core.field import Field
from engine.core.project import Project
from engine.project.load import Loaded, Loader
from engine.project.scenario import FIELDS
from engine.steps import KINDS
from tests.driver import sources

WRONG: list[tuple[str, str, str]] = [  # steps, code, a word of the message or the help
    ("- sya: x", "unknown-verb", "say"),
    ("- name: x", "unknown-verb", "name"),
    ("- hello", "not-a-step", "verb"),
    ("- []", "not-a-step", "say"),
    ("- say: [x]", "wrong-type", "text"),
    ("- say: {}", "wrong-type", "text"),
    ("- say: {de: Hallo}", "unknown-language", "de"),
    ("- say: {ru: [x]}", "wrong-type", "text"),
    ("- say: x\n  phto: y", "unknown-key", "photo"),
    ("- say: x\n  photo: [y]", "wrong-type", "path"),
    ("- say: x\n  buttons: [x]", "wrong-type", "label"),
    ("- say: x\n  buttons: [{label: x}]", "missing-key", "url"),
    ("- say: x\n  buttons: [{label: x, url: [y]}]", "wrong-type", "text"),
    ("- say: x\n  buttons: [{label: x, url: {de: y}}]", "wrong-type", ""),
    ("- say: x\n  buttons: [{label: x, url: {ru: [y]}}]", "wrong-type", "text"),
    ('- say: "{{ x"', "template-syntax", "}}"),
    ('- say: "{% if x %}"', "template-syntax", "endif"),
    ('- say: "{{ x ! }}"', "template-syntax", ""),
    ("- say: {ru: '{{ x', en: y}", "template-syntax", ""),
    ("- say: x\n  name: a b", "bad-name", "letters"),
    ("- say: x\n  name: [a]", "bad-name", "letters"),
    ("- ask: a\n  question: a?\n  name: b", "two-names", "name"),
    ("- ask: a b\n  question: a?", "bad-name", "a_b"),
    ("- ask: a\n  question: a?\n- ask: a\n  question: a?", "duplicate-step", "taken"),
    ("- save: x\n  fields: {}\n- save: x\n  fields: {}", "duplicate-step", "save into"),
    ("- ask: a\n  question: a?\n  answer: numbr", "unknown-value", "number"),
    ("- ask: a\n  question: a?\n  answer: [[x]]", "wrong-type", "one of"),
    ("- ask: a\n  question: a?\n  tries: many", "wrong-type", "number"),
    ("- ask: a\n  question: a?\n  own: yes", "wrong-type", "true or false"),
    ("- ask: a\n  question: a?\n  after_tries: stop", "unknown-value", "stop"),
    ("- ask: a\n  question: a?\n  after_tries: {goto: nowhere}", "unknown-step", "nowhere"),
    ("- ask: a\n  question: a?\n  choices: x", "wrong-type", "map of values"),
    ("- ask: a\n  question: a?\n  choices: {}", "no-choices", "choose"),
    ("- ask: a\n  question: a?\n  choices: [[x]]", "wrong-type", "label"),
    ("- ask: a\n  question: a?\n  choices: ['{{ x']", "template-syntax", ""),
    ("- ask: a\n  question: a?\n  choices: {a: {goto: b}}", "missing-key", "label"),
    ("- ask: a\n  question: a?\n  choices: {from: '{{ x }}', label: x}", "braces-in-condition", "x"),
    ("- confirm: c\n  lines: x", "wrong-type", "map of answers"),
    ("- confirm: c\n  lines: [a]", "unknown-step", "a"),
    ("- if: '{{ x }}'\n  then: []", "braces-in-condition", "`x`"),
    ("- if:\n  then: []", "wrong-type", "expression"),
    ("- if: a b\n  then: []", "template-syntax", "after the end"),
    ("- switch: x\n  cases: [a]", "wrong-type", "lists of steps"),
    ("- set: x", "wrong-type", "name: value"),
    ("- set: {a b: 1}", "bad-name", "letters"),
    ("- set: {a: '{{ x + }}'}", "template-syntax", ""),
    ("- set: {a: {ru: [x], en: y}}", "wrong-type", "text"),
    ("- goto: nowhere", "unknown-step", "nowhere"),
    ("- goto: [x]", "wrong-type", "step"),
    ("- run: nowhere", "unknown-scenario", "nowhere"),
    ("- llm: m\n  prompt: nowhere", "unknown-prompt", "nowhere"),
    ("- find: f\n  in: things\n  order: []", "wrong-type", "field"),
    ("- find: f\n  in: things\n  limit: 0", "wrong-type", "number"),
    ("- end: now", "wrong-type", "- end"),
    ("- notify: boss\n  text: x", "unknown-value", "manager"),
    (
        "- if: x\n  then:\n"
        + "".join(f"{'  ' * n}if: x\n{'  ' * n}then:\n" for n in range(2, 36))
        + "  " * 36
        + "end: true",
        "too-deep",
        "run",
    ),
]

DEEP = "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}"
WRONG.append((f"- say: '{DEEP}'", "template-syntax", "deep"))

WHOLE: list[tuple[str, str, str]] = [  # a whole file, code, a word
    ("- say: x", "wrong-type", "format: 1"),
    ("format: 2\nscenario: talk\nsteps: []", "unknown-value", "2"),
    ("format: 1\nscenario: tolk\nsteps: []", "name-differs", "talk"),
    ("format: 1\nscenario: Talk\nsteps: []", "bad-name", "small Latin"),
    ("format: 1\nscenario: talk", "missing-key", "steps"),
    ("format: 1\nscenario: talk\nstarts_on: [/Go!]\nsteps: []", "bad-command", "small Latin"),
    ("format: 1\nscenario: talk\nstarts_on: [{pattern: '('}]\nsteps: []", "bad-pattern", "read"),
    ("format: 1\nscenario: talk\nstarts_on: [{words: x}]\nsteps: []", "wrong-type", ""),
    ("format: 1\nscenario: talk\ninputs: x\nsteps: []", "wrong-type", "names"),
    ("format: 1\nscenario: talk\nrenamed: x\nsteps: []", "wrong-type", "old names"),
]


def load(files: dict[str, bytes]) -> Loaded:
    return Loader(Path()).build(files)


@pytest.mark.parametrize(("steps", "code", "word"), WRONG)
def test_wrong_step(steps: str, code: str, word: str) -> None:
    """A mistake in a step has its code, stands in its file, and says what to type instead."""
    loaded = load(sources({"talk": "\n".join("  " + line for line in steps.split("\n")) + "\n"}))
    found = [one for one in loaded.findings if one.code == code]
    assert found, loaded.findings
    assert word in " ".join(one.message + one.help for one in found)
    assert all(one.span.file == "scenarios/talk.yaml" and one.span.line > 3 for one in found)
    assert loaded.project is None


@pytest.mark.parametrize(("text", "code", "word"), WHOLE)
def test_wrong_file(text: str, code: str, word: str) -> None:
    """A mistake in what stands around the steps."""
    loaded = load({"scenarios/talk.yaml": text.encode()})
    found = [one for one in loaded.findings if one.code == code]
    assert found, loaded.findings
    assert word in " ".join(one.message + one.help for one in found)
    assert loaded.project is None


PROMPTS: list[tuple[dict[str, str], str]] = [
    ({"p": "{% block user %}{{ x {% endblock %}"}, "template-syntax"),
    ({"p": '{% extends "base.md.j2" %}{% block user %}{% endblock %}'}, "unknown-template"),
    ({"p": '{% extends "p.md.j2" %}{% block user %}{% endblock %}'}, "unknown-template"),
    ({"p": "---\nreturns: {a: nonsense}\n---\n{% block user %}{% endblock %}"}, "bad-returns"),
    ({"p": "---\ntemperature: hot\n---\n{% block user %}{% endblock %}"}, "wrong-type"),
    ({"p": "---\nmodel: nobody\n---\n{% block user %}{% endblock %}"}, "unknown-model"),
    ({"p": "---\nimages: ['{{ x']\n---\n{% block user %}{% endblock %}"}, "template-syntax"),
    ({"p": "{% block user %}{{" + "(" * 500 + ")" * 500 + "}}{% endblock %}"}, "template-syntax"),
]


@pytest.mark.parametrize(("prompts", "code"), PROMPTS)
def test_wrong_prompt(prompts: dict[str, str], code: str) -> None:
    """A mistake in a prompt file is found before anybody asks the model."""
    files = {f"prompts/{name}.md.j2": text for name, text in prompts.items()}
    loaded = load(sources("  - say: x\n", **files))
    assert code in [one.code for one in loaded.findings], loaded.findings
    assert loaded.project is None


def test_prompts_extend_and_include() -> None:
    """A prompt is what has a `user` block, of its own or of its base; it reads all that its files read."""
    files = {
        "prompts/_persona.md.j2": "{% block system %}{{ mood }}{% include 'tail.md.j2' %}{% endblock %}"
        "{% block user %}{% endblock %}",
        "prompts/tail.md.j2": "{{ tail }}",
        "prompts/note.md.j2": "---\nmodel: big\nextra: {seed: 5}\nimages: ['{{ photo }}']\n---\n"
        "{% extends '_persona.md.j2' %}{% block user %}{{ super() }}{{ report }}{% endblock %}",
        "prompts/readme.j2": "no block",
        "catalog/models.yaml": "big: {model: x}\n",
    }
    project = load(sources("  - say: x\n", **files)).project
    assert isinstance(project, Project)
    assert list(project.prompts) == ["note"]
    note = project.prompts["note"]
    assert note.reads == {"mood", "tail", "report", "photo"}
    assert (note.model, note.options) == ("big", {"extra": {"seed": 5}})


def test_nothing_at_all() -> None:
    """An empty folder says how to begin."""
    assert [one.code for one in load({}).findings] == ["no-scenarios"]


def test_two_files_of_one_scenario() -> None:
    """A scenario has one file."""
    body = sources("  - say: x\n")["scenarios/talk.yaml"]
    found = load({"scenarios/talk.yaml": body, "scenarios/more/talk.yaml": body}).findings
    assert [one.code for one in found] == ["duplicate-scenario"]


def test_declared_settings_are_typed() -> None:
    """A setting keeps its default, or its type; a malformed one is told."""
    files = sources(
        "  - say: '{{ settings.HOURS + 1 }}'\n",
        **{"catalog/bot.yaml": "settings: {HOURS: {type: number, default: 12}}"},
    )
    project = Loader(Path(), {"OTHER": "x"}).build(files).project
    assert isinstance(project, Project)
    assert (project.settings["HOURS"], project.settings["hours"], project.settings["OTHER"]) == (12, 12, "x")
    found = Loader(Path(), {"HOURS": "many"}).build(files).findings
    assert [one.code for one in found] == ["bad-setting"]


def test_version_counts_what_can_be_run() -> None:
    """An edit of a scenario changes the version of all that run it, and of no other."""
    files = {"talk": "  - run: part\n", "part": "  - say: x\n", "other": "  - say: x\n"}
    before, after = (load(sources({**files, "part": f"  - say: {text}\n"})).project for text in ("x", "y"))
    assert isinstance(before, Project)
    assert isinstance(after, Project)
    changed = {name for name in before.scenarios if before.scenarios[name].version != after.scenarios[name].version}
    assert changed == {"talk", "part"}


def every_field() -> list[Any]:
    fields = {f"{verb}.{name}": field for verb, kind in KINDS.items() for name, field in kind.FIELDS.items()}
    fields.update({f"scenario.{name}": field for name, field in FIELDS.items()})
    return [pytest.param(field, id=name) for name, field in fields.items()]


@pytest.mark.parametrize("field", every_field())
def test_every_field_is_described(field: Field) -> None:
    """A field says in words and in JSON Schema what it takes."""
    assert field.type.word
    assert isinstance(field.type.schema(), dict)
