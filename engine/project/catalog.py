"""catalog/*.yaml: the data a bot works with, already in each of its languages.

Law: the file decides the shape. A list of rows stays a list, a map of rows stays a map (each row gets its key as `id`),
anything else is taken as it is. An id is always text, however it is written. A map whose keys are all languages of the
bot is one localized value; a language that is missing takes the first one that is there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from engine.core import node as nodes
from engine.core.finding import NO_TOPIC, Finding, Severity, Span, Topic
from engine.project import rows
from engine.project.values import plain
from engine.project.yaml import read

SPECIAL = frozenset({"outcomes", "bot", "words"})  # files with a meaning of their own
CHECKED = "models"  # a special one as well, checked by `models.py`, and data too: people may choose a model
_NAME = re.compile(r"[^\W\d]\w*")


def read_catalog(
    sources: Mapping[str, str | bytes], languages: tuple[str, ...]
) -> tuple[dict[str, dict[str, Any]], list[Finding]]:
    """`sources` is {file: content}; other kinds of file and the special ones are left alone.

    Returns ({language: {name: rows or map}}, findings); `name` is the file's name without its ending.
    """
    catalog: dict[str, dict[str, Any]] = {language: {} for language in languages}
    findings: list[Finding] = []
    names: dict[str, str] = {}
    for file in sorted(sources):
        path = PurePosixPath(file)
        name = path.stem
        if path.suffix not in (".yaml", ".yml") or name in SPECIAL:
            continue
        if name in names:
            message = f"`{names[name]}` has the same name."
            findings.append(Finding(Span(file), "duplicate-name", "error", message, "Rename one of the two files."))
            continue
        names[name] = file
        if not _NAME.fullmatch(name):
            message = f"`{name}` cannot be used as `catalog.{name}` in an expression."
            help = "Name the file with letters, digits and _."
            findings.append(Finding(Span(file), "bad-name", "error", message, help))
        node, wrong = read(sources[file], file)
        if node is None:
            findings += wrong if name != CHECKED else []
            continue
        findings += (
            wrong + _check(node, languages) + (rows.check(node, languages) if not wrong else [])
            if name != CHECKED
            else []
        )
        for language in languages:
            catalog[language][name] = _rows(node, language, languages)
    return catalog, findings


def localized(node: nodes.Node, language: str, languages: tuple[str, ...]) -> Any:
    """A node as plain data, in one language."""
    if isinstance(node, nodes.Mapping):
        spoken = _in(node, language, languages)
        if spoken is not None:
            return localized(spoken, language, languages)
        return {key: localized(value, language, languages) for key, (_, value) in node.entries.items()}
    if isinstance(node, nodes.Sequence):
        return [localized(item, language, languages) for item in node.items]
    return plain(node)


def _in(node: nodes.Node, language: str, languages: tuple[str, ...]) -> nodes.Node | None:
    """What a localized map says in this language; None when it is an ordinary node."""
    if not isinstance(node, nodes.Mapping) or not node.entries or any(key not in languages for key in node):
        return None
    return node.get(language) or next(node.get(other) for other in languages if other in node)


def _rows(node: nodes.Node, language: str, languages: tuple[str, ...]) -> Any:
    node = _in(node, language, languages) or node
    data = localized(node, language, languages)
    if isinstance(node, nodes.Sequence):
        for item, row in zip(node.items, data, strict=True):
            identity = _id(item)
            if identity is not None:
                row["id"] = identity.text
    elif _is_map_of_rows(node, languages):
        return {key: {**row, "id": key} for key, row in data.items()}
    return data


def _is_map_of_rows(node: nodes.Node, languages: tuple[str, ...]) -> bool:
    """Every value is a map that is no localized text."""
    if not isinstance(node, nodes.Mapping) or not node.entries:
        return False
    return all(isinstance(row, nodes.Mapping) and _in(row, "", languages) is None for _, row in node.entries.values())


def _id(row: nodes.Node) -> nodes.Scalar | None:
    found = row.get("id") if isinstance(row, nodes.Mapping) else None
    return found if isinstance(found, nodes.Scalar) and not found.is_null else None


_OF_A_SPREADSHEET = re.compile(r"[^;,\t]+(?:;[^;]*){2,}|[^;,\t]+(?:\t[^\t]*){2,}|[^;,\t]+(?:,[^,]*){2,}")


def _check(node: nodes.Node, languages: tuple[str, ...]) -> list[Finding]:
    if isinstance(node, nodes.Scalar) and node.plain and _OF_A_SPREADSHEET.fullmatch(node.text):
        message = "This is a table of a spreadsheet, and rows are written otherwise here."
        column = re.split("[;,\t]", node.text)[0].strip()
        help = f"Each row begins with a dash, `- {column}: …`, and its other columns stand below it."
        return [_finding(Span(node.span.file), "wrong-type", message, help)]
    if isinstance(node, nodes.Mapping) and _in(node, "", languages) is not None:
        return [finding for _, value in node.entries.values() for finding in _check(value, languages)]
    if isinstance(node, nodes.Sequence):
        return _check_list(node)
    return _check_map(node) if _is_map_of_rows(node, languages) and isinstance(node, nodes.Mapping) else []


def _check_list(node: nodes.Sequence) -> list[Finding]:
    """Ids are unique; either all rows have one or none has."""
    findings: list[Finding] = []
    first: dict[str, int] = {}
    for row in node.items:
        identity = _id(row)
        if identity is None:
            continue
        if identity.text in first:
            line = first[identity.text]
            message = f"The id `{identity.text}` stands here a second time; the first is on line {line}."
            findings.append(_finding(identity.span, "duplicate-id", message, "Give each row an id of its own."))
        first.setdefault(identity.text, identity.span.line)
    for row in node.items if first else []:
        if _id(row) is None:
            message = "This row has no `id`, and other rows of this file have one."
            start = row.span
            span = Span(start.file, start.line, start.column, start.line, start.column + 1)
            topic = NO_TOPIC if isinstance(row, nodes.Mapping) else Topic(kind="row")
            findings.append(_finding(span, "row-without-id", message, "Write `id:` with a short name.", topic=topic))
    return findings


def _check_map(node: nodes.Mapping) -> list[Finding]:
    """A row of a map needs no `id`; one that it has must be its key."""
    findings = []
    for key, (_, row) in node.entries.items():
        identity = _id(row)
        if identity is not None and identity.text != key:
            message = f"This row's key is `{key}`, and its `id` is another; the key counts."
            findings.append(_finding(identity.span, "id-differs", message, "Delete `id`.", "warning"))
    return findings


def _finding(
    span: Span, code: str, message: str, help: str, severity: Severity = "error", topic: Topic = NO_TOPIC
) -> Finding:
    return Finding(span, code, severity, message, help, topic=topic)
