"""The JSON Schema of a scenario file, made from the step kinds, for editors: completion, hover, snippets, errors.

Law: a step is judged by its verb's own schema only (`if` / `then`), so that one typo is one error. What depends on
other files or on values is lint's work. Draft 7, which yaml-language-server and Visual Studio Code read; what that
server makes of it is tried out by `make test-editor`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from engine.core.field import Field
from engine.core.fields import NAMED
from engine.core.step import Step
from engine.project.scenario import FIELDS
from engine.steps import KINDS

NAME = "The step's name: what a `goto` leads to, and what its record or branch is remembered by."
_PLAIN = {"type": ["string", "number", "boolean", "null"]}  # to an editor `5` is a number; here every scalar is a text


def scenario_schema() -> dict[str, Any]:
    """The whole schema."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "A conversation, format 1",
        **_object(FIELDS),
        "$defs": {
            "text": {"anyOf": [_PLAIN, {"type": "object", "additionalProperties": _PLAIN, "minProperties": 1}]},
            "steps": {
                "if": {"type": "array"},
                "then": {"items": {"$ref": "#/$defs/step"}},
                "else": {"$ref": "#/$defs/step"},
            },
            "step": _step(),
            **{f"step_{verb}": _kind(verb, kind) for verb, kind in sorted(KINDS.items())},
        },
    }


def text() -> str:
    """As the file holds it."""
    return json.dumps(scenario_schema(), ensure_ascii=False, indent=1) + "\n"


def _object(fields: Mapping[str, Field]) -> dict[str, Any]:
    """What is missing is only told once every key is a known one: the missing key is then mostly the misspelled one."""
    properties = {name: _field(field) for name, field in fields.items()}
    needed = [name for name, field in fields.items() if field.required]
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "if": {"propertyNames": {"enum": list(properties)}},
        "then": {"required": needed},
    }


def _field(field: Field) -> dict[str, Any]:
    words = f"{field.doc} ({field.type.word})" if field.type.word else field.doc
    made = {"description": words, **_by_form(field.type.schema())}
    if "enum" in made:
        made["enum"] = [*made["enum"], *(int(word) for word in made["enum"] if word.isdigit())]  # `format: 1`
    if field.default not in (None, (), ""):
        made["default"] = field.default
    return made


def _by_form(schema: dict[str, Any]) -> dict[str, Any]:
    """A list comes last: of several forms that do not fit, the editor tells what is wrong with the first."""
    forms = sorted(schema.get("anyOf", ()), key=lambda one: one.get("type") == "array")
    return {**schema, "anyOf": forms} if forms else schema


def _step() -> dict[str, Any]:
    """Judged by its verb, the only thing that says what a step may hold."""
    kinds = sorted(KINDS)
    by_verb = [
        {"if": {"type": "object", "required": [verb]}, "then": {"$ref": f"#/$defs/step_{verb}"}} for verb in kinds
    ]
    return {
        "if": {"type": "string"},
        "then": {"const": "end"},
        "else": {
            "type": "object",
            "if": {"type": "object", "anyOf": [{"required": [verb]} for verb in kinds]},
            "then": {"allOf": by_verb},
            "else": _without_verb(kinds),
        },
    }


def _without_verb(kinds: list[str]) -> dict[str, Any]:
    """The verb is misspelled: that key is marked, and those of its step are not. Or it is not there at all."""
    known = sorted({"name", *(key for kind in KINDS.values() for key in kind.FIELDS)} - set(kinds))
    return {
        "if": {"propertyNames": {"enum": known}},
        "then": {"required": ["say"], "errorMessage": f"A step begins with its verb: {', '.join(kinds)}."},
        "else": {"propertyNames": {"if": {"not": {"enum": known}}, "then": {"enum": kinds}}},
        "defaultSnippets": [_snippet(verb, KINDS[verb]) for verb in kinds],
    }


def _kind(verb: str, kind: type[Step]) -> dict[str, Any]:
    fields = dict(kind.FIELDS)
    if not kind.named_by_verb():
        fields["name"] = Field(NAMED, NAME)
    made = _object(fields)
    made["properties"][verb]["description"] = f"{kind.doc}\n\n{made['properties'][verb]['description']}"
    return made


def _first_sentence(kind: type[Step]) -> str:
    return kind.doc.split(". ")[0].rstrip(".") + "."


def _snippet(verb: str, kind: type[Step]) -> dict[str, Any]:
    """The verb and the keys that must be there, with a place to type at each."""
    wanted = [verb, *(name for name, field in kind.FIELDS.items() if field.required and name != verb)]
    body = {name: f"${number}" for number, name in enumerate(wanted, 1)}
    return {"label": verb, "description": _first_sentence(kind), "body": "end" if verb == "end" else body}
