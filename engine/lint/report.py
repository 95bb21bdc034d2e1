"""Findings as text for people, JSON for tools, GitHub annotations, and SARIF 2.1.0.

Law: every form shows the same findings in the same order (file, line, column, code), each of them once.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, TextIO, get_args
from urllib.parse import quote

from engine.core.finding import Finding
from engine.lint.frame import frame
from engine.project.places import lines_of

Format = Literal["text", "json", "github", "sarif"]
FORMATS: Final[tuple[str, ...]] = get_args(Format)

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}


def render(
    findings: Iterable[Finding],
    format: Format = "text",
    sources: Callable[[str], str] = lambda file: "",
    color: bool = False,
    rules: Mapping[str, str] | None = None,
) -> str:
    """The report, ready to print, with a final line break unless empty.

    `sources` gives a file's text (`""` when it cannot be read; an OSError counts as that); only `text` asks it.
    `rules` is {code: one sentence}, for SARIF.
    """
    ordered = sorted(dict.fromkeys(findings), key=lambda finding: (finding.order, finding.message))
    if format == "json":
        return _json({"findings": [as_dict(finding) for finding in ordered]})
    if format == "github":
        return "".join(_github(finding) + "\n" for finding in ordered)
    if format == "sarif":
        return _json(_sarif(ordered, rules or {}))
    return _text(ordered, sources, color)


def in_colour(stream: TextIO) -> bool:
    """Whether colours are for whoever reads it: on a terminal, unless they are not wanted (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR")


def as_dict(finding: Finding) -> dict[str, Any]:
    """One finding in the contract's JSON form."""
    span = finding.span
    return {
        "file": span.file,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
    }


def summary(findings: Iterable[Finding]) -> str:
    """`2 errors and 1 warning in 2 files.`"""
    listed = list(findings)
    if not listed:
        return "No mistakes found."
    counts = Counter(finding.severity for finding in listed)
    kinds: tuple[Literal["error", "warning", "info"], ...] = ("error", "warning", "info")
    parts = [_number(counts[kind], kind) for kind in kinds if counts[kind]]
    files = len({finding.span.file for finding in listed})
    head, last = ", ".join(parts[:-1]), parts[-1]
    return f"{head} and {last} in {_number(files, 'file')}." if head else f"{last} in {_number(files, 'file')}."


def _number(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _text(findings: list[Finding], sources: Callable[[str], str], color: bool) -> str:
    lines: dict[str, list[str]] = {}
    parts = []
    for finding in findings:
        file = finding.span.file
        if file not in lines:
            lines[file] = lines_of(_source(sources, file))
        number = finding.span.line - 1
        parts.append(frame(finding, lines[file][number] if number < len(lines[file]) else "", color) + "\n\n")
    return "".join(parts) + summary(findings) + "\n"


def _source(sources: Callable[[str], str], file: str) -> str:
    try:
        return sources(file).removeprefix("\ufeff")
    except (OSError, UnicodeError):
        return ""


def _github(finding: Finding) -> str:
    """https://docs.github.com/actions/reference/workflow-commands-for-github-actions: columns only within one line."""
    span = finding.span
    places: dict[str, str | int] = {"file": span.file, "line": span.line, "endLine": span.end_line}
    if span.line == span.end_line:
        places |= {"col": span.column, "endColumn": span.end_column}
    properties = ",".join(f"{name}={_escaped(str(value), ':,')}" for name, value in places.items())
    message = f"{finding.message} {finding.help}".strip()
    title = _escaped(finding.code, ":,")
    return f"::{_COMMANDS[finding.severity]} {properties},title={title}::{_escaped(message)}"


def _escaped(text: str, also: str = "") -> str:
    for letter in "%\r\n" + also:
        text = text.replace(letter, f"%{ord(letter):02X}")
    return text


def _sarif(findings: list[Finding], rules: Mapping[str, str]) -> dict[str, Any]:
    codes = sorted({finding.code for finding in findings} | set(rules))
    described = [{"id": code, "shortDescription": {"text": rules.get(code) or code}} for code in codes]
    driver = {"name": "dialogue lint", "rules": described}
    results = [_result(finding, codes.index(finding.code)) for finding in findings]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, rule: int) -> dict[str, Any]:
    span = finding.span
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    place = {"artifactLocation": {"uri": quote(span.file.replace("\\", "/"))}, "region": region}
    return {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message} {finding.help}".strip()},
        "locations": [{"physicalLocation": place}],
    }
