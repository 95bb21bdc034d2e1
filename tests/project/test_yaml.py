"""Reading YAML: hints, places, limits, and that nothing at all can break it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.node import Mapping, Node, Scalar, Sequence
from engine.lint.explain import rules
from engine.project import syntax
from engine.project import yaml as reader
from engine.project.values import plain
from engine.project.yaml import position, read
from tests.project.golden import FOLDER, outcome

CASES = sorted(FOLDER.glob("*.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_golden(case: Path) -> None:
    """Each mistake is told at its place, in the words of its .out file (see golden.py)."""
    assert outcome(case) == case.with_suffix(".out").read_text("utf-8")


def test_every_code_is_explained() -> None:
    """A code that reading gives is known to `dialogue rules`."""
    codes = {finding.code for case in CASES for finding in read(case.read_bytes(), "f")[1]}
    assert codes <= rules().keys()
    assert len(codes) > 25


@pytest.mark.parametrize(
    "text",
    [
        "no",
        "yes",
        "12:30",
        "+79161234567",
        "1.10",
        "010",
        "2024-05-01",
        "0x1F",
        "1_000",
        "null",
        "~",
        "1e3",
        ".inf",
        "=",
    ],
)
def test_plain_scalars_stay_text(text: str) -> None:
    """A plain scalar is what it looks like, as a value and as a key."""
    node, findings = read(f"{text}: {text}", "f")
    assert findings == []
    assert isinstance(node, Mapping)
    assert list(node) == [text]
    value = node.get(text)
    assert isinstance(value, Scalar)
    assert (value.text, value.plain) == (text, True)


def spans(node: Node) -> tuple[int, int, int, int]:
    return node.span.line, node.span.column, node.span.end_line, node.span.end_column


def test_spans_count_code_points_from_one() -> None:
    """Emoji and Cyrillic count as one each; a block ends with its last child, brackets with their closing one."""
    node, findings = read("😀: &я1 x\nбб:\n  - один\n  - [a, b]\nв: {a: b}\nг:\n\n# end\n".replace("я1", "b"), "f")
    assert [finding.code for finding in findings] == ["unused-anchor"]
    assert isinstance(node, Mapping)
    assert spans(node) == (1, 1, 6, 3)
    assert spans(node.key("😀")) == (1, 1, 1, 2)
    assert spans(node.entries["😀"][1]) == (1, 7, 1, 8)
    assert spans(node.entries["бб"][1]) == (3, 3, 4, 11)
    assert spans(node.entries["в"][1]) == (5, 4, 5, 10)
    assert spans(node.entries["г"][1]) == (6, 3, 6, 3)


PLACES = {
    "plain": "a: привет X",
    "anchored": "a: &b привет X\nc: *b",
    "anchored on the line above": "a: &b\n  привет X\nc: *b",
    "double quoted": 'a: "привет X"',
    "single quoted": "a: 'привет X'",
    "escaped": 'a: "\\u044f \\"q\\" \\\\ \\x41 X"',
    "doubled quote": "a: 'don''t X'",
    "continued": 'a: "one\\\n   two X"',
    "plain over lines": "a: one\n  two\n\n  three X",
    "double quoted over lines": 'a: "one\n  two\n\n  three X"',
    "single quoted over lines": "a: 'one\n\n\n  it''s X'",
    "literal": "a: |\n  one\n\n  two X\n",
    "literal with an indented first line": "a: |2\n    one\n  two X\n",
    "literal that begins empty": "a: |-\n\n\n  two X",
    "folded": "a: >\n  one\n  two\n\n  three X\n",
    "folded with deeper lines": "a: >-\n  one\n    deep\n  two X\n",
    "windows lines": "a: |\r\n  one\r\n  two X\r\n",
    "line separator": "a: one\u2028two\x85X",
    "byte order mark": "\ufeffa: one X",
    "in a list": "- - b: |\n      one\n      X\n",
}


def scalars(node: Node) -> list[Scalar]:
    if isinstance(node, Scalar):
        return [node]
    inner = node.items if isinstance(node, Sequence) else [value for _, value in node.entries.values()]
    return [scalar for each in inner for scalar in scalars(each)]


@pytest.mark.parametrize("text", PLACES.values(), ids=PLACES)
def test_position(text: str) -> None:
    """A letter deep inside a text is found where it stands in the file."""
    node, _ = read(text, "f")
    assert node is not None
    scalar = scalars(node)[0]
    line, column = position(scalar, scalar.text.index("X"))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    assert lines[line - 1][column - 1] == "X"


def test_offsets_of_a_block_are_its_lines() -> None:
    """`offsets` gives where each line of a text begins, also of a folded one."""
    node, _ = read("a: |\n  x\n\n   y\nb: >\n  x\n  z\n\n  y\n", "f")
    assert node is not None
    literal, folded = scalars(node)
    assert literal.offsets[:3] == ((2, 3), (3, 3), (4, 3))
    assert folded.text == "x z\ny\n"
    assert folded.offsets[:2] == ((6, 3), (9, 3))


def test_hidden_line_ends_are_text() -> None:
    """U+2028 and U+0085 are letters, as in YAML 1.2 and in every editor, and do not shift the lines."""
    node, findings = read("a: x\u2028y\x85z\nb: c", "f")
    assert node is not None
    assert findings == []
    assert plain(node) == {"a": "x\u2028y\x85z", "b": "c"}
    assert [scalar.span.line for scalar in scalars(node)] == [1, 2]


def test_too_big() -> None:
    """A file of more than a megabyte is refused without being read."""
    node, findings = read("a" * (reader.LIMIT_BYTES + 1), "f")
    assert node is None
    assert [finding.code for finding in findings] == ["file-too-big"]


def test_a_broken_large_file_is_told_quickly() -> None:
    """Beyond 100,000 letters libyaml's own words must do; the slow loader would take seconds."""
    node, findings = read("a: b\n" * 30_000 + "c: [", "f")
    assert node is None
    assert findings[-1].span.line >= 30_000


def test_explaining_without_a_place() -> None:
    """A complaint without a place, or one that the slow loader does not share, is told in its own words."""
    finding = syntax.explain(pyyaml.YAMLError("odd"), "a: b", ["a: b"], "f")
    assert (finding.code, finding.span.line, finding.span.column) == ("yaml-syntax", 1, 1)
    assert "odd" in finding.message


@pytest.mark.parametrize("text", ["- {id: b, ans-", "{a: b, c", "a: {b: c, d\n", "{a: b,\n c", "{a: 1,5"])
def test_a_map_that_the_file_ends_in(text: str) -> None:
    """Only that it is not closed: what stands in it cannot be judged."""
    assert [one.code for one in read(text, "x.yaml")[1]] == ["unclosed-bracket"]


def test_a_thousand_braces() -> None:
    """Braces without end stop at the depth that is read."""
    node, findings = read("{{" * 20_000, "f")
    assert node is None
    assert {finding.code for finding in findings} <= rules().keys()


def test_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    """A PyYAML without libyaml reads the same."""
    text = 'a: &x {b: [1, "two", *y]}\nc: |\n  d\n'.replace(", *y", "")
    with_c, _ = read(text, "f")
    monkeypatch.setattr(reader, "_Parser", pyyaml.SafeLoader)
    assert read(text, "f")[0] == with_c


PIECES = ["{{ a }}", "{%", "- ", ": ", "\n", "  ", "\t", '"', "'", "#1", " #", "&a", "*a", "!", "|", ">", "[", "]", "{"]
PIECES += ["}", ",", "а", "---\n", "...", "\\", "? ", "<<", "%", "@", "`", "\r", "\x00", "\u2028", "\ufeff", "😀"]


@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
@settings(max_examples=400)
def test_any_text_is_answered(text: str) -> None:
    """Whatever is typed, the answer is a node or an error, with places inside the file."""
    node, findings = read(text, "f")
    assert node is not None or any(finding.severity == "error" for finding in findings)
    lines = len(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    for finding in findings:
        span = finding.span
        assert finding.code in rules()
        assert finding.message
        assert 1 <= span.line <= lines
        assert span.column >= 1
        assert (span.end_line, span.end_column) >= (span.line, span.column)


@given(st.binary(max_size=60))
@settings(max_examples=200)
def test_any_bytes_are_answered(content: bytes) -> None:
    """Bytes of no encoding at all never raise."""
    node, findings = read(content, "f")
    assert node is not None or findings


TEXTS = st.text(st.sampled_from("ab я😀'\"\\\n#:{}-\t"), max_size=30)


@given(TEXTS, st.sampled_from(["'", '"', "|", ">", None]), st.sampled_from([12, 80]))
@settings(max_examples=400)
def test_written_texts_come_back_with_their_places(text: str, style: str | None, width: int) -> None:
    """A text that PyYAML wrote is read as it was, and each of its letters stands where `position` says."""
    written = pyyaml.dump({"k": text}, default_style=style, allow_unicode=True, width=width)
    node, _ = read(written, "f")
    assert node is not None
    scalar = scalars(node)[0]
    # Compared with what it reads, for its writer has mistakes of its own.
    text = pyyaml.load(written, Loader=pyyaml.BaseLoader)["k"]  # noqa: S506 - BaseLoader makes texts only
    assert scalar.text == text
    lines = written.split("\n")
    for offset, letter in enumerate(text):
        line, column = position(scalar, offset)
        assert 1 <= line <= len(lines)
        if letter.isalpha() and not (style == '"' and letter not in "ab"):
            assert lines[line - 1][column - 1] == letter
