"""A small bot in a temporary folder, and a way to play talks with it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from engine.talks.coverage import Coverage
from engine.talks.file import read_talks
from engine.talks.player import Bot, Played, play

COFFEE = """
format: 1
scenario: coffee
title: Кофе
starts_on: [/coffee]
steps:
  - ask: drink
    question: Что налить?
    choices: {latte: Латте, tea: Чай}
  - ask: cups
    question: Сколько чашек?
    answer: integer
    max: 5
    if_wrong: Число до 5.
    tries: 2
    after_tries: end
  - if: drink == 'tea'
    then:
      - say: Чай тоже хорош.
  - llm: wish
    prompt: wish
    if_fails: Приятного!
  - save: orders
    fields: {drink: "{{ drink }}", cups: "{{ cups }}"}
  - notify: manager
    subject: Заказ
    text: "{{ person.name }}: {{ labels.drink }} x {{ cups }}"
  - say: "{{ wish }} *С вас 5*3 рублей.*"
    photo: media/cup.jpg
"""
WISH = "{% block system %}Будь добр.{% endblock %}{% block user %}Пожелание к {{ drink }}{% endblock %}"
HELLO = """
format: 1
scenario: hello
starts_on: [/hello]
steps:
  - ask: photo
    question: Фото, голос, место или контакт?
    answer: [photo, voice, document, location, contact, text]
    gather: 2s
  - say: "Спасибо, {{ person.name }} {{ settings.MARK | default('') }}"
  - ask: many
    question: Что взять?
    answer: choices
    choices: [нож, вилка, ложка]
    page: 2
  - find: orders
    in: orders
    everyone: true
  - say: "{{ many | join(' и ') }}, заказов {{ orders | length }}: {{ now | date_time }}"
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name, text in {
        "scenarios/coffee.yaml": COFFEE,
        "scenarios/hello.yaml": HELLO,
        "prompts/wish.md.j2": WISH,
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.lstrip(), encoding="utf-8")
    return tmp_path


@pytest.fixture
def perform(root: Path) -> Callable[..., Played]:
    """Plays the one talk of a file whose text is given."""

    def perform(text: str, coverage: Coverage | None = None, to_the_end: bool = False) -> Played:
        path = root / "talk.yaml"
        path.write_text(dedent(text).lstrip(), encoding="utf-8")
        file = read_talks(path, "talk.yaml")
        assert file.findings == []
        bot, findings = Bot.load(root)
        assert bot is not None, findings
        if coverage is not None:
            coverage.watch(bot.project)
        return play(bot, file.talks[0], coverage, to_the_end)

    return perform
