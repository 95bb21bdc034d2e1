"""The gate says of a change what a look at everything would say, and lets through what was wrong before."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.core.finding import Finding
from engine.lint.gate import Gate
from engine.lint.run import lint
from engine.project.load import Loaded, Loader
from tests.driver import sources

SUB = 'inputs: [unit]\nresult: "{{ size }}"\nsteps:\n- ask: size\n  question: "Сколько, {{ unit }}?"\n'
FILES = {
    "prompts/advice.md.j2": "{% block user %}{{ name }}{% endblock %}",
    "catalog/rooms.yaml": "- {id: a, title: Зал}\n",
}
TALKS = {
    "talk": "- ask: name\n  question: Имя?\n- run: sub\n  with: {unit: кг}\n  as: size\n"
    "- llm: advice\n  prompt: advice\n  if_fails: Нет.\n"
    "- say: '{{ advice }} {{ catalog.rooms[0].title }} {{ size }}'\n",
    "sub": SUB,
    "other": "- ask: name\n  question: Имя?\n- say: '{{ name }}'\n",
}
EDITS = {
    "a text": ({"other": TALKS["other"].replace("Имя?", "Как?")}, {}),
    "an unknown name": ({"other": TALKS["other"].replace("{{ name }}", "{{ nome }}")}, {}),
    "an input more": ({"sub": SUB.replace("[unit]", "[unit, more]")}, {}),
    "no result": ({"sub": SUB.replace('result: "{{ size }}"\n', "")}, {}),
    "a trigger twice": ({"other": "starts_on: [/talk]\nsteps:\n" + TALKS["other"]}, {}),
    "a prompt that reads another name": ({}, {"prompts/advice.md.j2": "{% block user %}{{ nome }}{% endblock %}"}),
    "a catalog without the row's title": ({}, {"catalog/rooms.yaml": "- {id: a, name: Зал}\n"}),
    "a new scenario": ({"new": "- say: '{{ nome }}'"}, {}),
    "not even YAML": ({"other": "steps: ["}, {}),
}


def errors(loaded: Loaded) -> list[Finding]:
    return [finding for finding in lint(loaded) if finding.severity == "error"]


def load(loader: Loader, talks: dict[str, str], files: dict[str, str]) -> Loaded:
    return loader.build(sources(talks, **files))


@pytest.mark.parametrize("edit", EDITS)
def test_it_says_what_a_look_at_everything_says(edit: str) -> None:
    """Whichever file is edited, and again when the edit is taken back."""
    talks, files = EDITS[edit]
    loader = Loader(Path())
    live = load(loader, TALKS, FILES)
    gate = Gate(live)
    assert gate.begin() == []
    assert gate.begin() == []
    edited = load(loader, {**TALKS, **talks}, {**FILES, **files})
    assert gate.errors(edited) == errors(edited)
    back = load(loader, TALKS, FILES)
    assert gate.errors(back) == []
    again = load(loader, {**TALKS, **talks}, {**FILES, **files})
    assert [one.message for one in gate.errors(again)] == [one.message for one in errors(again)]


def test_what_was_wrong_before_holds_nothing_back() -> None:
    """A mistake that is live is known, wherever it moves to in its file; a second one is new."""
    loader = Loader(Path())
    bad = {**TALKS, "bad": "- say: '{{ nobody }}'"}
    gate = Gate(load(loader, bad, FILES))
    assert len(gate.begin()) == 1
    assert gate.errors(load(loader, {**bad, "bad": "- say: Да.\n- say: '{{ nobody }}'"}, FILES)) == []
    worse = load(loader, {**bad, "bad": "- say: '{{ nobody }} {{ noone }}'"}, FILES)
    assert len(gate.errors(worse)) == 1


ROOT = Path(__file__).parents[2]


def test_no_rule_fails_on_what_has_not_changed(caplog: pytest.LogCaptureFixture) -> None:
    """A part of the shipped bot is looked at, whichever of its files is saved; a mistake in it is found each time."""
    loader = Loader(ROOT)
    whole, _ = loader.files.read()
    gate = Gate(loader.build(dict(whole)))
    for file in whole:
        assert gate.errors(loader.build({**whole, file: whole[file] + b"\n"})) == []
    for file in (one for one in whole if one.startswith("scenarios/")):
        spoilt = whole[file].replace(b"steps:\n", b"steps:\n  - say: '{{ nobody }}'\n")
        assert [one.code for one in gate.errors(loader.build({**whole, file: spoilt}))] == ["unknown-name"]
    assert caplog.messages == []
