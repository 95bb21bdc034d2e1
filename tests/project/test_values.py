"""Plain data from nodes, suggestions, front matter."""

from __future__ import annotations

from typing import Any

import pytest

from engine.project.front_matter import split
from engine.project.suggest import closest, did_you_mean
from engine.project.values import plain
from engine.project.yaml import position, read
from tests.project.golden import told


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("''", ""),
        ("0", 0),
        ("-7", -7),
        ("82.5", 82.5),
        ("-0.5", -0.5),
        ("1.0", 1.0),
        ("'12'", "12"),
        ("|\n  true", "true"),
        ("[1, {a: b}]", [1, {"a": "b"}]),
        ("[&a {x: 1}, *a]", [{"x": 1}, {"x": 1}]),
        *[(text, text) for text in ("010", "1_000", "0x1F", "0o7", "12:30", "no", "yes", "on", "+79161234567", "-0")],
        *[(text, text) for text in ("2024-05-01", "1.10", "1e3", ".5", "5.", ".inf", ".nan", "1234567890123456789")],
        *[(text, text) for text in ("0.1000000000000000055", "tRue", "١٢")],
    ],
)
def test_plain(text: str, value: Any) -> None:
    """A number is one only when writing it gives the same text again; everything else is what it looks like."""
    node, findings = read(text, "f")
    assert findings == []
    assert node is not None
    found = plain(node)
    assert found == value
    assert type(found) is type(value)


def test_aliases_share_no_data() -> None:
    """A change of one copy does not show in another."""
    node, _ = read("[&a [1], *a]", "f")
    assert node is not None
    data = plain(node)
    data[0].append(2)
    assert data == [[1, 2], [1]]


KNOWN = ["say", "ask", "question", "answer", "if_wrong", "after_tries", "Europe/Moscow"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("qestion", "question"),
        ("QUESTION", "question"),
        ("if-wrong", "if_wrong"),
        ("after tries", "after_tries"),
        ("ыфн", "say"),
        ("йгуыешщт", "question"),
        ("йгуышщт", "question"),
        ("sаy", "say"),  # with a Cyrillic «а»
        ("europe/moskow", "Europe/Moscow"),
        ("banana", None),
        ("", None),
    ],
)
def test_closest(word: str, meant: str | None) -> None:
    """Typing slips, the other keyboard layout, look-alike letters; nothing when nothing is near."""
    assert closest(word, KNOWN) == meant


def test_a_russian_name_typed_in_latin() -> None:
    """The layout slip is understood in both directions."""
    assert closest("ghbdtn", ["привет", "пока"]) == "привет"


def test_did_you_mean() -> None:
    """The nearest word; else all when they are few; else nothing. Look-alike letters are told."""
    assert did_you_mean("sya", KNOWN) == "Did you mean `say`?"
    assert did_you_mean("sаy", KNOWN) == "Did you mean `say`? Yours has letters of another alphabet that look the same."
    assert did_you_mean("banana", ["x", "y"]) == "Known here: `x`, `y`."
    assert did_you_mean("banana", [str(number) for number in range(13)]) == ""
    assert did_you_mean("banana", []) == ""


def test_front_matter() -> None:
    """The node's places are those of the file, and the body knows on which line it begins."""
    parts, findings = split("---\nmodel: default\nimages: ['{{ photo }}']\n---\n{% block user %}\nHi\n", "p.md.j2")
    assert findings == []
    assert parts.node is not None
    assert plain(parts.node) == {"model": "default", "images": ["{{ photo }}"]}
    assert parts.node.key("images").span.line == 3
    assert (parts.body, parts.body_line) == ("{% block user %}\nHi\n", 5)


@pytest.mark.parametrize(
    ("text", "body", "line"),
    [
        ("Hello\n---\n", "Hello\n---\n", 1),
        ("", "", 1),
        ("---\n---\nHi", "Hi", 3),
        ("---\n# only a comment\n---\nHi", "Hi", 4),
        ("\n\n---\n---  \nHi", "Hi", 5),
        ("\ufeff---\r\n---\r\nHi\r\nyou\r", "Hi\nyou\n", 3),
    ],
)
def test_front_matter_may_be_absent_or_empty(text: str, body: str, line: int) -> None:
    """Without a first line of `---` all is body; an empty front matter is none."""
    parts, findings = split(text, "p")
    assert findings == []
    assert (parts.node, parts.body, parts.body_line) == (None, body, line)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("---\nmodel: x\n\nHi\n", "1:1-1:4 error[front-matter]\n  The front matter that opens here is never closed."),
        ("---\nmodel: x\n----\nHi\n", "3:1-3:5 error[front-matter]\n  This line should close"),
        ("---\nmodel: x\n —\nHi\n", "3:1-3:3 error[front-matter]\n  This line should close"),
        ("---\n- a\n---\nHi\n", "2:1-2:4 error[front-matter]\n  The front matter is not"),
        ("\n---\nimages:\n  - {{ photo }}\n---\n", "4:5-4:16 error[unquoted-braces]"),
        ("---\na: b: c\n---\n", "2:5-2:6 error[second-colon]"),
    ],
)
def test_broken_front_matter(text: str, where: str) -> None:
    """What is wrong is told at its place in the file."""
    _, findings = split(text, "p")
    assert told(findings).startswith(where)


def test_front_matter_of_no_utf8() -> None:
    """Bytes are decoded here as well."""
    parts, findings = split(b"---\nmodel: \xff\n---\n", "p")
    assert parts.body == ""
    assert told(findings).startswith("2:8-2:9 error[encoding]")


def test_position_in_front_matter() -> None:
    """A place inside a text of the front matter is a place of the file."""
    parts, _ = split('---\nimages: ["{{ photo }}"]\n---\n', "p")
    assert parts.node is not None
    images = parts.node.get("images")
    assert images is not None
    scalar = images.items[0]  # type: ignore[union-attr]  # it is a list, just above
    assert position(scalar, 3) == (2, 14)  # type: ignore[arg-type]  # of texts
