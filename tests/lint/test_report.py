"""Frames and the four report formats."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.cells import cell_len

from engine.core.finding import Finding, Severity, Span
from engine.lint.explain import rules
from engine.lint.frame import WIDTH, frame
from engine.lint.report import FORMATS, render, summary
from tests.lint.golden import FOLDER, files, found

FILE = "scenarios/чек.yaml"


def finding(
    line: int = 2, column: int = 3, end: int = 7, code: str = "unknown-key", severity: Severity = "error", **more: Any
) -> Finding:
    span = Span(more.pop("file", FILE), line, column, more.pop("end_line", line), end)
    return Finding(span, code, severity, more.pop("message", "`sayy` is not known here."), more.pop("help", ""))


def test_frame() -> None:
    """Where, what, the line, carets beneath the span, what to do."""
    found = frame(finding(12, help="Did you mean `say`?"), "- sayy: Привет  ")
    assert found == (
        "scenarios/чек.yaml:12:3: error[unknown-key] `sayy` is not known here.\n"
        "   |\n"
        "12 | - sayy: Привет\n"
        "   |   ^^^^\n"
        "   = help: Did you mean `say`?"
    )


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("a: привет X!", "X!"),
        ("a: 日本語 X!", "X!"),
        ("a: 😀👨‍👩‍👧🇷🇺 X!", "X!"),
        ("a: 日本", "日本"),
        ("\ta:\tX", "X"),
        ("a: e\u0301 X", "X"),
    ],
)
def test_carets_stand_beneath(line: str, marked: str) -> None:
    """Wide letters, emoji, tabs and combining marks move the carets as the terminal moves the text."""
    column = line.index(marked) + 1
    rows = frame(finding(1, column, column + len(marked)), line).split("\n")
    shown, carets = rows[2], rows[3]
    assert cell_len(shown[: shown.index(marked)]) == carets.index("^")
    assert carets.count("^") == cell_len(marked)


@pytest.mark.parametrize(
    ("column", "end", "end_line", "carets"),
    [(3, 3, 1, "  ^"), (1, 3, 2, "^^^^^^"), (50, 60, 1, "      ^"), (6, 99, 1, "     ^")],
)
def test_odd_spans(column: int, end: int, end_line: int, carets: str) -> None:
    """An empty span has one caret; one over lines goes to the line's end; one behind the line stands at its end."""
    rows = frame(finding(1, column, end, end_line=end_line), "say: x").split("\n")
    assert rows[3] == "  | " + carets


def test_no_line_no_frame() -> None:
    """Without a source only the sentence is left."""
    assert frame(finding(), "   ") == f"{FILE}:2:3: error[unknown-key] `sayy` is not known here."


@pytest.mark.parametrize("wide", ["я", "語"])
@pytest.mark.parametrize(("before", "marked", "after"), [(300, 4, 300), (0, 300, 10), (5, 4, 600), (100, 100, 0)])
def test_long_lines_are_cut(wide: str, before: int, marked: int, after: int) -> None:
    """Of a line too long for a terminal, the part around the carets is shown."""
    line = wide * before + "X" * marked + wide * after
    rows = frame(finding(1, before + 1, before + marked + 1), line).split("\n")
    assert "…" in rows[2]
    assert cell_len(rows[2]) <= WIDTH + len("1 | ") + 1
    assert cell_len(rows[2][: rows[2].index("X")]) == rows[3].index("^")


def test_nothing_commands_the_terminal() -> None:
    """Escape sequences and right-to-left overrides of a file are shown as a sign, in the message too."""
    found = frame(finding(1, message="\x1b[2J bad\nline"), "a: \x1b[31m \u202e x\u00a0y")
    assert "\x1b" not in found
    assert "\u202e" not in found
    assert found.count("\n") == 3


def test_color() -> None:
    """Color adds styles and nothing else."""
    one = finding(help="Do it.", severity="warning")
    colored = frame(one, "- sayy: x", color=True)
    assert "\x1b[1;33mwarning[unknown-key]\x1b[0m" in colored
    for style in ("1;33", "1", "34", "0"):
        colored = colored.replace(f"\x1b[{style}m", "")
    assert colored == frame(one, "- sayy: x")


MANY = [
    finding(3, code="b"),
    finding(3, code="a", severity="warning", message="100% sure:\nyes, really", help="Do it, now."),
    finding(1, 1, 5, severity="info", end_line=4),
    finding(1, file="a,b:c.yaml"),
    finding(3, code="b"),
]


def test_text() -> None:
    """Sorted, each once, with the lines of their files and a summary."""
    report = render(MANY, "text", {FILE: "\ufeffone\r\ntwo\r\nthree", "a,b:c.yaml": ""}.__getitem__)
    heads = [line.split(": ")[0] for line in report.split("\n") if ".yaml:" in line]
    assert heads == ["a,b:c.yaml:1:3", f"{FILE}:1:1", f"{FILE}:3:3", f"{FILE}:3:3"]
    assert "1 | one\n" in report
    assert report.endswith("2 errors, 1 warning and 1 info in 2 files.\n")


def test_text_of_unreadable_sources() -> None:
    """A source that cannot be read costs its frame, not the report."""

    def gone(file: str) -> str:
        raise FileNotFoundError(file)

    assert "sayy" in render([finding()], "text", gone)
    assert "sayy" in render([finding(99)], "text", lambda _: "one line")


@pytest.mark.parametrize(
    ("findings", "sentence"),
    [
        ([], "No mistakes found."),
        ([finding()], "1 error in 1 file."),
        ([finding(), finding(severity="info"), finding(file="b", severity="info")], "1 error and 2 infos in 2 files."),
    ],
)
def test_summary(findings: list[Finding], sentence: str) -> None:
    """One sentence at the end."""
    assert summary(findings) == sentence
    assert render(findings).endswith(sentence + "\n")


def test_json_is_the_contract() -> None:
    """Exactly the keys that the contract names."""
    report = json.loads(render(MANY, "json"))
    assert list(report) == ["findings"]
    assert report["findings"][0] == {
        "file": "a,b:c.yaml",
        "line": 1,
        "column": 3,
        "end_line": 1,
        "end_column": 7,
        "code": "unknown-key",
        "severity": "error",
        "message": "`sayy` is not known here.",
    }
    assert len(report["findings"]) == 4
    assert json.loads(render([], "json")) == {"findings": []}


def test_github() -> None:
    """Annotations, escaped as GitHub wants; columns only within one line."""
    assert render(MANY, "github").split("\n") == [
        "::error file=a%2Cb%3Ac.yaml,line=1,endLine=1,col=3,endColumn=7,title=unknown-key::`sayy` is not known here.",
        f"::notice file={FILE},line=1,endLine=4,title=unknown-key::`sayy` is not known here.",
        f"::warning file={FILE},line=3,endLine=3,col=3,endColumn=7,title=a::100%25 sure:%0Ayes, really Do it, now.",
        f"::error file={FILE},line=3,endLine=3,col=3,endColumn=7,title=b::`sayy` is not known here.",
        "",
    ]
    assert render([], "github") == ""


SCHEMA = json.loads((Path(__file__).parent / "sarif/sarif-2.1.0-rtm.5.json").read_text("utf-8"))
SARIF = jsonschema.Draft4Validator(SCHEMA, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("findings", [MANY, []])
def test_sarif(findings: list[Finding]) -> None:
    """SARIF 2.1.0 by its official schema; every result points at its rule, and the rules are explained."""
    report = json.loads(render(findings, "sarif", rules={"unknown-key": "A key is not known.", "z": ""}))
    SARIF.validate(report)
    run = report["runs"][0]
    rules = run["tool"]["driver"]["rules"]
    assert rules[-2:] == [
        {"id": "unknown-key", "shortDescription": {"text": "A key is not known."}},
        {"id": "z", "shortDescription": {"text": "z"}},
    ]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert [result["level"] for result in run["results"]] == (["error", "note", "warning", "error"] if findings else [])


def test_sarif_of_everything() -> None:
    """All that the golden cases find, in one report."""
    findings = [one for case in sorted(FOLDER.glob("*.yaml")) for one in found(files(case))]
    SARIF.validate(json.loads(render(findings, "sarif", rules={code: rule.what for code, rule in rules().items()})))


@pytest.mark.parametrize("format", FORMATS)
def test_any_order_gives_one_report(format: Any) -> None:
    """The order in which mistakes were found does not show."""
    assert render(MANY, format) == render(MANY[::-1], format)


def test_a_real_file() -> None:
    """From a file with a mistake to what its author sees."""
    from engine.project.yaml import read

    text = "steps:\n  - say: Привет: выбери\n"
    _, findings = read(text, "a.yaml")
    assert render(findings, sources=lambda _: text) == (
        "a.yaml:2:16: error[second-colon] This text holds a colon and a space, which YAML takes for one more key.\n"
        "  |\n"
        "2 |   - say: Привет: выбери\n"
        "  |                ^\n"
        '  = help: Put the text in quotes: "Привет: выбери".\n'
        "\n"
        "1 error in 1 file.\n"
    )
