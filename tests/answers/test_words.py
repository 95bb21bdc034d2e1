"""The sentences for rejected answers: engine/words/answers.<language>.yaml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from engine.answers.registry import TYPES
from engine.core.answer import Rejected
from tests.answers.cases import rows

ENGINE = Path(__file__).parents[2] / "engine"
WORDS = {
    language: yaml.safe_load((ENGINE / f"words/answers.{language}.yaml").read_text(encoding="utf-8"))
    for language in ("ru", "en")
}


def test_every_word_has_a_sentence_and_every_sentence_a_word() -> None:
    """The words that the types use are those of the Russian and of the English file."""
    sources = "".join(path.read_text(encoding="utf-8") for path in (ENGINE / "answers").glob("*.py"))
    used = set(re.findall(r'"(wrong_\w+)"', sources)) | {"wrong_voice", "wrong_document"}
    assert set(WORDS["ru"]) == used
    assert set(WORDS["en"]) == used


@pytest.mark.parametrize("language", ["ru", "en"])
def test_sentences_are_filled(language: str) -> None:
    """Every rejection of the tables fills its sentence, which is short."""
    met = set()
    for name, question, row in rows("rejects"):
        result = TYPES[name].parse(row[0], question)
        assert isinstance(result, Rejected)
        sentence = WORDS[language][result.word].format_map(result.values)
        assert "{" not in sentence
        assert len(sentence) < 200
        met.add(result.word)
    assert set(WORDS[language]) - met <= {"wrong_kind", "wrong_too_many"}
