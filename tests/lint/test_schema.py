"""The JSON Schema for editors: current, right about the shipped scenarios, and one error for one typo."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from engine.cli.main import main
from engine.project.schema_file import scenario_schema, text
from engine.project.values import plain
from engine.project.yaml import read
from engine.steps import KINDS

ROOT = Path(__file__).parents[2]
VALIDATOR = Draft7Validator(scenario_schema())
HEAD = "format: 1\nscenario: example\nsteps:\n"


def data(source: str) -> Any:
    node, findings = read(source, "example.yaml")
    assert node is not None
    assert findings == []
    return plain(node)


def errors(steps: str) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(data(HEAD + steps))]


def test_the_file_is_current() -> None:
    """engine/scenario.schema.json is what `dialogue schema` prints, and is a schema itself."""
    assert (ROOT / "engine/scenario.schema.json").read_text("utf-8") == text()
    Draft7Validator.check_schema(scenario_schema())


@pytest.mark.parametrize("path", sorted((ROOT / "scenarios").glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_scenarios_fit(path: Path) -> None:
    """An editor marks nothing in what ships."""
    assert [error.message for error in VALIDATOR.iter_errors(data(path.read_text("utf-8")))] == []


@pytest.mark.parametrize("verb", sorted(KINDS))
def test_each_kinds_example_fits(verb: str) -> None:
    """The example in the reference is right by the schema too."""
    assert errors(KINDS[verb].example.lstrip("\n")) == []


def test_a_typo_is_one_error() -> None:
    """The error names the wrong key, and no other kind of step is spoken of."""
    wrong = errors("- ask: age\n  question: How old?\n  anwser: integer\n")
    assert len(wrong) == 1
    assert "anwser" in wrong[0]
    wrong = errors("- sya: Hello\n")
    assert len(wrong) == 1
    assert "sya" in wrong[0]
    wrong = errors("- akc: age\n  question: How old?\n  answer: integer\n")
    assert len(wrong) == 1
    assert "akc" in wrong[0]
    assert len(errors("- ask: age\n")) == 1
    assert len(errors("- question: How old?\n")) == 1
    assert errors("- stop\n") == ["'end' was expected"]


def test_every_key_is_explained() -> None:
    """Each key of each kind has a hover text, and each verb a snippet with what it needs."""
    for verb in KINDS:
        kind = scenario_schema()["$defs"][f"step_{verb}"]
        assert all(one["description"] for one in kind["properties"].values())
    begun = scenario_schema()["$defs"]["step"]["else"]["else"]  # a map without a verb yet
    snippets = {one["label"]: one["body"] for one in begun["defaultSnippets"]}
    assert snippets["ask"] == {"ask": "$1", "question": "$2"}


def test_the_command_prints_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`dialogue schema` prints JSON; --output writes the same to a file."""
    assert main(["schema"]) == 0
    assert json.loads(capsys.readouterr().out) == scenario_schema()
    assert main(["schema", "--output", str(tmp_path / "s.json")]) == 0
    assert (tmp_path / "s.json").read_text("utf-8") == text()
