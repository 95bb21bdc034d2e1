"""Splits a prompt file into its front matter (YAML between two lines of `---`) and its body (Jinja).

Law: places stay those of the file. The node's spans are right as they are; line 1 of the body is `body_line`.
"""

from __future__ import annotations

import re
from collections.abc import Container

from msgspec import Struct

from engine.core.finding import Finding, Span
from engine.core.node import Mapping
from engine.project.encoding import decode
from engine.project.yaml import read

_FENCE = re.compile(r"^---[ \t]*$")
_KEY = re.compile(r"(\w+):(?:\s|$)")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")


class FrontMatter(Struct, frozen=True):
    """`node` is None when there is no front matter or it cannot be read. `body_line` counts from 1."""

    node: Mapping | None
    body: str
    body_line: int


def split(text: str | bytes, file: str, keys: Container[str] = ()) -> tuple[FrontMatter, list[Finding]]:
    """A file without a first line of `---` is all body; one of these keys in its place is told. Line ends of the body
    become `\\n`."""
    decoded, findings = decode(text, file)
    lines = [line for line in _LINE.findall(decoded or "") if line]
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if not lines or not _FENCE.match(lines[first].rstrip("\r\n")):
        findings += _bare(lines, first, file, keys) if lines else []
        return FrontMatter(None, _joined(lines), 1), findings
    for number in range(first + 1, len(lines)):
        if _FENCE.match(lines[number].rstrip("\r\n")):
            break
    else:
        findings.append(_open(lines, first, file))
        return FrontMatter(None, "", len(lines) + 1), findings
    blank = "\n" * (first + 1)  # keeps the lines of the YAML where they are in the file
    node, wrong = read(blank + _joined(lines[first + 1 : number]), file)
    findings += [finding for finding in wrong if finding.code != "empty-file"]
    if node is not None and not isinstance(node, Mapping):
        message = "The front matter is not a list of `key: value` lines."
        findings.append(Finding(node.span, "front-matter", "error", message, "Write, for example, `model: default`."))
        node = None
    return FrontMatter(node, _joined(lines[number + 1 :]), number + 2), findings


def _joined(lines: list[str]) -> str:
    return "".join(lines).replace("\r\n", "\n").replace("\r", "\n")


def _open(lines: list[str], first: int, file: str) -> Finding:
    """The closing line is missing, or is written with the wrong number of dashes."""
    span = Span(file, first + 1, 1, first + 1, 4)
    for number in range(first + 1, len(lines)):
        if _is_meant(lines[number]):
            return _dashes(lines, number, file, "close")
    message = "The front matter that opens here is never closed."
    help = "Write a line of `---` between the settings and the prompt."
    return Finding(span, "front-matter", "error", message, help)


def _bare(lines: list[str], first: int, file: str, keys: Container[str]) -> list[Finding]:
    """Settings without the line that opens them, or with one of the wrong number of dashes."""
    meant = _is_meant(lines[first]) and first + 1 < len(lines)
    key = _KEY.match(lines[first + 1 if meant else first])
    if key is None or key[1] not in keys:
        return []
    if meant:
        return [_dashes(lines, first, file, "open")]
    message = "The settings of a prompt stand between two lines of `---`."
    span = Span(file, first + 1, 1, first + 1, len(lines[first].rstrip()) + 1)
    return [Finding(span, "front-matter", "error", message, "Write `---` above them and below them.")]


def _is_meant(line: str) -> bool:
    bare = line.strip()
    return bool(bare) and not bare.strip("-—–") and len(bare) <= 10


def _dashes(lines: list[str], number: int, file: str, what: str) -> Finding:
    span = Span(file, number + 1, 1, number + 1, len(lines[number].rstrip()) + 1)
    message = f"This line should {what} the front matter, and it is not exactly `---`."
    return Finding(span, "front-matter", "error", message, "Write three hyphens at the beginning of the line.")
