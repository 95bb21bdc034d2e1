"""The JSON Schema of a scenario file, made from the step kinds, for editors: completion, hover texts, snippets, errors.

Law: a step is judged by its verb's own schema only (`if` / `then`), so that one typo is one error. What depends on other
files or on values is lint's work. Draft 7, which yaml-language-server and Visual Studio Code read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.core.fields import Field
from engine.core.step import Step
from engine.project.scenario import FIELDS
from engine.steps import KINDS

NAMED_BY_VERB = frozenset({"ask", "confirm", "llm", "find", "each"})
NAME = "The step's name: what a `goto` leads to, and what its record or branch is remembered by."
_PLAIN = {"type": ["string", "number", "boolean", "null"]}  # to an editor `5` is a number; here every scalar is a text


def scenario_schema() -> dict[str, Any]:
    """The whole schema."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A conversation, format 1",
        "type": "object",
        "additionalProperties": False,
        **_object(FIELDS),
        "$defs": {
            "text": {"anyOf": [_PLAIN, {"type": "object", "additionalProperties": _PLAIN, "minProperties": 1}]},
            "steps": {
                "if": {"type": "array"},
                "then": {"items": {"$ref": "#/$defs/step"}},
                "else": {"$ref": "#/$defs/step"},
                "defaultSnippets": [_snippet(verb, kind, listed=True) for verb, kind in sorted(KINDS.items())],
            },
            "step": _step(),
            **{f"step_{verb}": _kind(verb, kind) for verb, kind in sorted(KINDS.items())},
        },
    }


def text() -> str:
    """As the file holds it."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def _object(fields: Mapping[str, Field]) -> dict[str, Any]:
    properties = {name: _field(field) for name, field in fields.items()}
    return {"properties": properties, "required": [name for name, field in fields.items() if field.required]}


def _field(field: Field) -> dict[str, Any]:
    made = {"description": f"{field.doc} ({field.type.word})" if field.type.word else field.doc, **field.type.schema()}
    if "enum" in made:
        made["enum"] = [*made["enum"], *(int(word) for word in made["enum"] if word.isdigit())]  # `format: 1`
    if field.default not in (None, (), ""):
        made["default"] = field.default
    return made


def _step() -> dict[str, Any]:
    """What holds for every step; then, by the verb that is there, what holds for that kind."""
    kinds = sorted(KINDS)
    by_verb = [{"if": {"type": "object", "required": [verb]}, "then": {"$ref": f"#/$defs/step_{verb}"}} for verb in kinds]
    return {
        "if": {"type": "string"},
        "then": {"const": "end"},
        "else": {
            "type": "object",
            "properties": {verb: {"description": _first_sentence(KINDS[verb])} for verb in kinds},
            "if": {"anyOf": [{"required": [verb]} for verb in kinds]},
            "then": {"allOf": by_verb},
            "else": {"propertyNames": {"enum": ["name", *kinds]}},
        },
        "defaultSnippets": [_snippet(verb, KINDS[verb]) for verb in kinds],
    }


def _kind(verb: str, kind: type[Step]) -> dict[str, Any]:
    made = _object(kind.FIELDS)
    made["properties"][verb]["description"] = f"{kind.doc}\n\n{made['properties'][verb]['description']}"
    if verb not in NAMED_BY_VERB:
        made["properties"]["name"] = {"type": "string", "description": NAME}
    return {"type": "object", "additionalProperties": False, **made}


def _first_sentence(kind: type[Step]) -> str:
    return kind.doc.split(". ")[0].rstrip(".") + "."


def _snippet(verb: str, kind: type[Step], listed: bool = False) -> dict[str, Any]:
    """The verb and the keys that must be there, with a place to type at each."""
    wanted = [verb, *(name for name, field in kind.FIELDS.items() if field.required and name != verb)]
    body = {name: f"${number}" for number, name in enumerate(wanted, 1)}
    return {"label": verb, "description": _first_sentence(kind), "body": [body] if listed else body}
