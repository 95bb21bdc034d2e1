"""Correct bots of several trades, in Russian and English: lint has nothing to say, and one mistake is one finding."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.lint.explain import files_of
from tests.lint.golden import found

BOTS = {path.stem: path.read_text("utf-8") for path in sorted((Path(__file__).parent / "correct").glob("*.yaml"))}
BROKEN = [  # the bot, what stands there, what is written instead, the code
    ("vet", "- {id: vaccine,", "- {id: vacine,", "never-equal"),
    ("vet", "  - if: not visits\n", "  - if: visits\n", "no-sure-choice"),
    ("gym", '| date }}."\n      - end', '| dat }}."\n      - end', "unknown-filter"),
    ("gym", "first: true", "first: yes", "wrong-type"),
    ("gym", "      middle: []\n", "      midle: []\n", "unknown-case"),
    ("gym", "if: mark < 7", "if: mark < 7 and mark > 8", "constant-condition"),
    ("gym", "min: today\n    max: +30d", "min: +30d\n    max: today", "min-above-max"),
    ("gym", "before and days_since", "days_since", "maybe-empty"),
    ("gym", "starts_on: [/review]", "starts_on: [{pattern: 'тренировку'}]", "shadowed-trigger"),
    ("gym", "price: 1800.50", "pirce: 1800.50", "unlike-row"),
    ("gym", "price: 1800.50", "price: 1800,50", "decimal-comma"),
    ("gym", "{{ labels.goals | lower }}", "{{ labels.goals | join(', ') }}", "not-a-list"),
    ("gym", 'say: "Всего {{ count', 'say: "{{ trainer.name }} {{ count', "after-loop"),
    ("shop", "fields: {items:", "fields: {itmes:", "unknown-field"),
    ("shop", "{{ one.price }}\n{% endfor %}\nThe", "{{ one.prise }}\n{% endfor %}\nThe", "unknown-attribute"),
    ("shop", "advice.kind == 'leave'", "advice.kind == 'leaves'", "never-equal"),
    ("shop", "Up to {{ budget }}", "Up to {{ budgett }}", "unknown-name"),
    ("shop", "status: new,", "status: nwe,", "value-not-declared"),
    ("shop", "if_fails: {kind: ask,", "if_fails: {kind: asks,", "if-fails-differs"),
    ("shop", "shop assistant.", "shop assistant. {{ wish }}", "user-text-in-system"),
    ("restaurant", "with: {vegan: true}", "with: {vegn: true}", "unknown-input"),
    ("restaurant", ", en: How many are you?}", "}", "missing-translation"),
    (
        "restaurant",
        "Cancel {{ table.day | date }}, {{ table.time }}?",
        "Cancel {{ table.day | date }}?",
        "placeholder-differs",
    ),
    ("restaurant", "'гостя', 'гостей', 'гостей'", "'гостя', 'гостей'", "plural-forms"),
    ("clinic", 'msgid "Сколько вам лет?"', 'msgid "Сколько тебе лет?"', "stale-translation"),
    ("clinic", "Which day? {{ doctor.name }}", "Which day? {{ doctor.nam }}", "unknown-attribute"),
    (
        "clinic",
        "Booked: {{ doctor.name }}, {{ day | date }}.",
        "Booked: {{ doctor.name }}, {{ day | date }.",
        "template-syntax",
    ),
    ("pool", "if: plan.wanted", "if: not plan.wanted", "maybe-empty"),
    ("school", "answer: [document, photo, text]", "answer: [document, document, text]", "duplicate-item"),
    ("school", "question: Which subject?", "question: Which subject?\n    say: Hi", "two-verbs"),
    ("school", "if: given == task.right", "if: given == task.rigth", "unknown-attribute"),
]


def codes(bot: str) -> list[str]:
    return [one.code for one in found({file: text.encode() for file, text in files_of(bot).items()})]


@pytest.mark.parametrize("name", sorted(BOTS))
def test_nothing_is_found_in_a_correct_bot(name: str) -> None:
    """No error, no warning, and no info."""
    assert codes(BOTS[name]) == []


@pytest.mark.parametrize(("name", "there", "instead", "code"), BROKEN)
def test_one_mistake_is_one_finding(name: str, there: str, instead: str, code: str) -> None:
    """It is told once, by its own code, without echoes elsewhere."""
    assert there in BOTS[name]
    assert codes(BOTS[name].replace(there, instead, 1)) == [code]
