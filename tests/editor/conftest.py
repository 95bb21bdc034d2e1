"""One language server for all tests of a process; each test has a bot's folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.editor.client import Editor

CHECK_IN = """\
format: 1
scenario: check_in
starts_on: [/checkin]
steps:
  - {find: active_goals, in: goals, where: {status: active}}
  - if: not active_goals
    then: [{say: Целей нет.}, end]
  - ask: goal
    question: К какой цели отчёт?
    choices: {from: active_goals, label: "💡 {{ item.title }}"}
  - run: measure
    with: {unit: кг}
    as: body
  - ask: mood
    question: Как ты?
    choices: {good: Хорошо, bad: {label: Плохо, goto: sorry}}
    skip: true
  - if: mood == 'good' and goal.title
    then:
      - goto: all_right
  - name: sorry
    say: "Держись! 💡💡 {{ goal.title }}: {{ mood }}, {{ labels.mood }}"
  - confirm: all_right
    lines: {mood: Настроение, body.weight: Вес}
  - llm: advice
    prompt: advice
    with: {tone: warm}
    if_fails: {text: Записал!}
  - save: checkins
    fields: {goal: "{{ goal.id }}", mood: "{{ mood }}"}
  - say: |-
      💡 {{ advice.text }}
      {{ catalog.services[0].title }}
"""
FILES = {
    "scenarios/check_in.yaml": CHECK_IN,
    "scenarios/measure.yaml": """\
format: 1
scenario: measure
inputs: [unit]
result: "{{ weight }}"
steps:
  - ask: weight
    question: "Сколько ты весишь, {{ unit }}?"
    answer: number
""",
    "scenarios/fallback.yaml": "format: 1\nscenario: fallback\nsteps:\n  - say: Не понимаю.\n",
    "prompts/advice.md.j2": """\
---
returns: {text: text}
---
{% extends "_persona.md.j2" %}
{% block user %}{{ tone }}: {{ goal.title }}, {{ mood }}{% endblock %}
""",
    "prompts/_persona.md.j2": "{% block system %}Ты коуч.{% endblock %}\n",
    "catalog/outcomes.yaml": """\
goals:
  fields: {title: text, status: text}
checkins:
  fields: {goal: text, mood: text}
""",
    "catalog/services.yaml": "- {id: a, title: Массаж}\n",
    "media/welcome.mp4": "",
}


def write(root: Path, files: dict[str, str]) -> None:
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, "utf-8")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    editor = Editor([sys.executable, "-m", "engine.cli.main", "lsp", "--stdio"], tmp_path_factory.mktemp("nowhere"))
    yield editor
    assert editor.quit() == 0


@pytest.fixture
def editor(server: Editor, tmp_path: Path) -> Iterator[Editor]:
    """An editor with the bot's folder open."""
    write(tmp_path, FILES)
    server.root = tmp_path
    yield server
    server.close_all()
