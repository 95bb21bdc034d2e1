"""Where the cursor stands, told by indentation alone: the same as the YAML parser says where that can read the text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.editor.language import expected
from engine.editor.outline import place_at
from engine.project.places import lines_of
from engine.project.yaml import read

SCENARIOS = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))


def keys(node: Node | None, path: tuple[str, ...] = ()) -> Iterator[tuple[Scalar, tuple[str, ...]]]:
    """Every key of a document with the keys that lead to it."""
    if isinstance(node, Mapping):
        for name, (key, value) in node.entries.items():
            yield key, path
            yield from keys(value, (*path, name))
    elif isinstance(node, Sequence):
        for item in node.items:
            yield from keys(item, path)


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_key_of_the_shipped_scenarios(path: Path) -> None:
    """At each key the outline knows the keys above it, and the language knows that this key may stand there."""
    text = path.read_text("utf-8")
    lines = lines_of(text)
    node, _ = read(text, path.name)
    for key, above in keys(node):
        place = place_at(lines, key.span.line, key.span.end_column)
        here = f"{path.name}:{key.span.line}: {key.text}"
        assert place.role == "key", here
        assert place.typed == lines[key.span.line - 1][key.span.column - 1 : key.span.end_column - 1], here
        assert tuple(level.at for level in place.levels[:-1] if level.kind == "map") == above, here
        allowed = expected(place)
        assert key.text in allowed.fields or allowed.languages or allowed.owner, here


CASES: dict[str, tuple[str, str, str, list[str]]] = {
    # text with | at the cursor: role, what is typed, the keys that lead there
    "empty": ("|", "key", "", []),
    "top": ("format: 1\nsce|", "key", "sce", []),
    "value": ("format: 1\nscenario: che|", "value", "che", ["scenario"]),
    "behind the colon": ("steps:\n  - goto:|", "key", "goto:", ["steps"]),
    "quoted": ('steps:\n  - say: "Hi {{ na|', "value", '"Hi {{ na', ["steps", "say"]),
    "item": ("steps:\n  - as|", "key", "as", ["steps"]),
    "item in the column of its key": ("steps:\n- ask: a\n  que|", "key", "que", ["steps"]),
    "key below a list in its column": ("a:\n  steps:\n  - end\n  els|", "key", "els", ["a"]),
    "second key": ("steps:\n  - ask: a\n    |", "key", "", ["steps"]),
    "nested": ("steps:\n  - if: a\n    then:\n      - sa|", "key", "sa", ["steps", "then"]),
    "block": ("steps:\n  - say: |-\n      Привет: {{ na|", "text", "      Привет: {{ na", ["steps", "say"]),
    "below a block": ("steps:\n  - say: >\n      text\n    ph|", "key", "ph", ["steps"]),
    "braces": ("steps:\n  - ask: a\n    choices: {from: goals, la|", "key", "la", ["steps", "choices"]),
    "value in braces": ("a: {from: goals, label: it|", "value", "it", ["a", "label"]),
    "list in braces": ("a: {b: [one, tw|", "value", "tw", ["a", "b"]),
    "brackets": ("answer: [text, ph|", "value", "ph", ["answer"]),
    "brackets over lines": ("answer: [text,\n  ph|", "value", "ph", ["answer"]),
    "below brackets over lines": ("a: [b,\n\n  c,\n  d]\ne: f|", "value", "f", ["e"]),
    "braces that were never closed": ("a: {b: c\nd: e|", "value", "e", ["d"]),
    "closed braces": ("a: {b: c}|", "value", "{b: c}", ["a"]),
    "quote in braces": ("a: {b: 'it''s', c: \"\\\"d|", "value", '\\"d', ["a", "c"]),
    "quote over lines": ('a: "one\n  two|', "value", '"one\n  two', ["a"]),
    "expression alone": ("say: {{ na|", "value", "{{ na", ["say"]),
    "quoted item": ('answer:\n  - "te|', "value", '"te', ["answer"]),
    "list in a list": ("a:\n  - - b: c|", "value", "c", ["a", "b"]),
    "comment above": ("a:\n# b:\n  c: d|", "value", "d", ["a", "c"]),
    "quoted key": ('a:\n  "b c": d|', "value", "d", ["a", "b c"]),
}


@pytest.mark.parametrize("name", CASES)
def test_places(name: str) -> None:
    """Half-written texts: what may be typed at the cursor, and where that is."""
    text, role, typed, above = CASES[name]
    before = text[: text.rindex("|")]
    lines = lines_of(before)
    place = place_at(lines, len(lines), len(lines[-1]) + 1)
    found = [
        level.at for level in place.levels if level.kind == "map" and (role != "key" or level is not place.levels[-1])
    ]
    assert (place.role, place.typed, found) == (role, typed, above)


def test_keys_below_the_cursor_count() -> None:
    """A key that stands further down in the same map is not proposed a second time."""
    lines = [
        "steps:",
        "  - ask: a",
        "    ",
        "",
        "    # note",
        "    tries: 3",
        "      deeper: 1",
        "    if_wrong: b",
        "  - end",
    ]
    assert list(place_at(lines, 3, 5).levels[-1].keys) == ["ask", "tries", "if_wrong"]


def test_keys_behind_the_cursor_count() -> None:
    """Between brackets as well: `{label: a, from: goals}` is made from a list, wherever one types."""
    line = "    choices: {label: a, value: {deep: b}, from: goals} # no: key"
    place = place_at(["steps:", "  - ask: a", line], 3, line.index("a,") + 2)
    assert list(place.levels[-1].keys) == ["label", "value", "from"]
    assert "if" in expected(place).fields


def test_a_new_item_needs_its_dash() -> None:
    """On an empty line in the column of the dashes a new item begins."""
    assert place_at(["steps:", "  - end", "  "], 3, 3).dash
    assert not place_at(["steps:", "  - end", "    "], 3, 5).dash


SIGNS = ["\n", "  ", "    ", "- ", "{", "}", "[", "]", '"', "'", ",", ": ", "#", "\t"]
PIECES = st.lists(st.sampled_from([*SIGNS, "steps:", "ask: a", "say: |", "{{ x", "}}", "ё💡"]), max_size=30)


@given(PIECES, st.integers(0, 80))
def test_no_text_is_too_broken(pieces: list[str], cursor: int) -> None:
    """Whatever is typed, wherever the cursor is: an answer, never an exception."""
    text = "".join(pieces)
    lines = lines_of(text)
    line = min(cursor % 7, len(lines) - 1) + 1
    expected(place_at(lines, line, min(cursor, len(lines[line - 1])) + 1))
