"""catalog/outcomes.yaml: the collections of records, their fields, and where they are handed out.

Law: a name that becomes a file, a table or a column is checked here once, so nobody else has to.
"""

from __future__ import annotations

import re
from typing import Any

from engine.core import node as nodes
from engine.core.finding import Finding, Span
from engine.core.project import Collection, CollectionField
from engine.project import file_schema
from engine.project.suggest import did_you_mean
from engine.project.words import engine_words

OUTCOMES = "catalog/outcomes.yaml"
FIELD_TYPES = (
    *("text", "integer", "number", "boolean", "date", "time", "datetime", "phone", "email", "url"),
    *("contact", "choice", "list", "file", "any"),
)
OWN_FIELDS = ("id", "created_at", "updated_at")  # every record has them
OWN_COLUMNS = (*OWN_FIELDS, "person", "chat_id", "timestamp")
FOREVER = "forever"
_KEEP = re.compile(r"(\d{1,6})\s*(day|week|month|year)s?", re.IGNORECASE)
_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}


def read_outcomes(
    source: str | bytes | None, file: str = OUTCOMES, languages: tuple[str, ...] = ("ru", "en")
) -> tuple[dict[str, Collection], list[Finding]]:
    """`source` is the file's content, None when there is no such file."""
    node, data, findings = file_schema.load(source, file, "outcomes")
    collections = {name: _collection(name, row, node, languages, findings) for name, row in data.items()}
    return collections, findings


def _collection(
    name: str, row: dict[str, Any], node: nodes.Mapping, languages: tuple[str, ...], findings: list[Finding]
) -> Collection:
    fields = {}
    for field_name, declared in row["fields"].items():
        path: list[str | int] = [name, "fields", field_name]
        if field_name in OWN_FIELDS:
            span = file_schema.key_at(node, path).span
            message = f"`{field_name}` is taken: every record has one of its own."
            findings.append(Finding(span, "bad-name", "error", message, "Choose another name."))
            continue
        fields[field_name] = _field(field_name, declared, node, path, findings)
    columns = _columns(name, row, fields, node, findings)
    title = file_schema.in_first(row.get("title", ""), languages)
    outputs = tuple(dict.fromkeys(row.get("outputs", ("tinydb", "csv"))))
    keep = _keep(row.get("keep"), file_schema.at(node, [name, "keep"])[1], findings)
    return Collection(
        name,
        fields,
        outputs,
        columns,
        keep,
        title,
        True,
        node.key(name).span,
        "keep" in row,
        titles=_titles(row, languages),
    )


def _titles(row: dict[str, Any], languages: tuple[str, ...]) -> dict[str, str]:
    """What stands above the columns of a table for people; nothing where no field has a title."""
    found = {
        name: file_schema.in_first(declared["title"], languages)
        for name, declared in row["fields"].items()
        if isinstance(declared, dict) and declared.get("title")
    }
    words = engine_words().get(languages[0] if languages else "", {}) if found else {}
    own = {name: words[f"column_{name}"] for name in OWN_COLUMNS if f"column_{name}" in words}
    return {**own, **found}


def _field(
    name: str, declared: str | dict[str, Any], node: nodes.Mapping, path: list[str | int], findings: list[Finding]
) -> CollectionField:
    row: dict[str, Any] = {"type": declared} if isinstance(declared, str) else declared
    values = tuple(row.get("values", ()))
    kind = row.get("type", "choice" if values else "any")
    place = path if isinstance(declared, str) else [*path, "type"]
    _, span = file_schema.at(node, place)
    if kind not in FIELD_TYPES:
        help = did_you_mean(kind, FIELD_TYPES, ours=True)
        help = help or "Known here: " + ", ".join(f"`{each}`" for each in FIELD_TYPES) + "."
        findings.append(Finding(span, "unknown-type", "error", f"`{kind}` is no type of a field.", help))
        kind, values = "any", ()
    if kind == "choice" and not values:
        message = f"`{name}` is a choice without values."
        help = "Write `values: [one, another]` beside the type."
        findings.append(Finding(span, "missing-key", "error", message, help))
        kind = "any"
    if values and kind not in ("choice", "list"):
        _, span = file_schema.at(node, [*path, "values"])
        message = f"`values` mean nothing to a field of type `{kind}`."
        findings.append(Finding(span, "unknown-key", "error", message, "Write `type: choice`, or delete `values`."))
    return CollectionField(name, kind, row.get("personal", False), row.get("required", False), values)


def _columns(
    name: str, row: dict[str, Any], fields: dict[str, CollectionField], node: nodes.Mapping, findings: list[Finding]
) -> tuple[str, ...]:
    """The declared header without what cannot be in it."""
    columns: list[str] = []
    listed, _ = file_schema.at(node, [name, "csv"])
    for item in listed.items if "csv" in row and isinstance(listed, nodes.Sequence) else []:
        if not isinstance(item, nodes.Scalar) or item.is_null:
            continue  # told already
        if item.text in columns:
            message = f"The column `{item.text}` stands here twice."
            findings.append(Finding(item.span, "duplicate-column", "error", message, "Delete one of the two."))
        elif item.text not in fields and item.text not in OWN_COLUMNS and item.text not in row["fields"]:
            message = f"`{item.text}` is no field of `{name}`."
            help = did_you_mean(item.text, [*fields, *OWN_COLUMNS]) or "Declare it under `fields`."
            findings.append(Finding(item.span, "unknown-field", "error", message, help))
        else:
            columns.append(item.text)
    return tuple(columns)


def _keep(keep: str | int | None, span: Span, findings: list[Finding]) -> int | None:
    """Days."""
    if keep is None or keep == FOREVER:
        return None
    found = _KEEP.fullmatch(str(keep).strip())
    days = keep if isinstance(keep, int) else int(found.group(1)) * _DAYS[found.group(2).lower()] if found else 0
    if days > 0:
        return days
    message = f"`{keep}` is no length of time."
    findings.append(Finding(span, "bad-value", "error", message, "Write a number of days: `365 days`, or `forever`."))
    return None
