"""What a real server refuses with 400. Wordings follow api.openai.com's, and llama-cpp-python's where it differs.

Law: returns a sentence, or nothing when all is well; never guesses what was meant.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Set
from typing import Any

KNOWN = {
    "model", "messages", "temperature", "top_p", "n", "stop", "max_tokens", "max_completion_tokens", "seed", "user",
    "presence_penalty", "frequency_penalty", "response_format", "stream", "metadata", "store", "reasoning_effort",
}  # fmt: skip
ROLES = {"system", "developer", "user", "assistant"}
NOT_STRICT = {"allOf", "not", "if", "then", "else", "dependentRequired", "dependentSchemas", "oneOf"}
EVERYTHING = frozenset(
    {"json_schema", "json_object", "json_object_schema", "vision", "system", "temperature", "max_tokens", "audio"}
)


def complaint(body: dict[str, Any], supports: Set[str]) -> str:
    """Why this body is refused; an empty text when it is fine."""
    strangers = sorted(set(body) - KNOWN)
    if strangers:
        return f"Unrecognized request argument supplied: {strangers[0]}"
    if not isinstance(body.get("model"), str) or not body["model"]:
        return "you must provide a model parameter"
    if body.get("stream"):
        return "stream is not supported by this stand-in"
    temperature = body.get("temperature", 1)
    if not isinstance(temperature, int | float) or not 0 <= temperature <= 2:
        return f"Invalid 'temperature': {temperature!r}"
    if "temperature" not in supports and temperature != 1:
        return "Unsupported value: 'temperature' does not support 0.7 with this model. Only 1 is supported."
    if "max_tokens" not in supports and "max_tokens" in body:
        return "Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead."
    for name in ("max_tokens", "max_completion_tokens"):
        if name in body and (not isinstance(body[name], int) or body[name] < 1):
            return f"Invalid '{name}': integer below minimum value"
    return _messages(body.get("messages"), supports) or _format(body, supports)


def _messages(messages: Any, supports: Set[str]) -> str:
    if not isinstance(messages, list) or not messages:
        return "Invalid 'messages': empty array"
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            return f"Invalid value: 'messages[{number}].role'"
        if message["role"] == "system" and "system" not in supports:
            return "System role not supported"
        content = message.get("content")
        if isinstance(content, list) and message["role"] == "user":
            for part in content:
                if wrong := _part(part, supports):
                    return wrong
        elif not isinstance(content, str):
            return f"Invalid type for 'messages[{number}].content'"
    return ""


def _part(part: Any, supports: Set[str]) -> str:
    if part.get("type") == "text" and isinstance(part.get("text"), str):
        return ""
    if part.get("type") != "image_url":
        return f"Invalid value: {part.get('type')!r}"
    if "vision" not in supports:
        return "Invalid content type. image_url is only supported by certain models."
    url = part["image_url"]["url"]
    match = re.fullmatch(r"data:image/(jpeg|png|webp|gif);base64,(.+)", url)
    if not match:
        return "Invalid 'image_url': expected a base64-encoded data URL"
    try:
        base64.b64decode(match[2], validate=True)
    except binascii.Error:
        return "Invalid base64 image_url."
    return ""


def _format(body: dict[str, Any], supports: Set[str]) -> str:
    wanted = body.get("response_format")
    if wanted is None:
        return ""
    kind = wanted.get("type")
    if kind == "json_schema":
        if "json_schema" not in supports:
            return "[{'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text' or 'json_object'\"}]"
        named = wanted.get("json_schema", {})
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", str(named.get("name", ""))):
            return "Invalid 'response_format.json_schema.name': string does not match pattern."
        wrong = _not_strict(named.get("schema"), 0) if named.get("strict") else ""
        return f"Invalid schema for response_format '{named['name']}': {wrong}" if wrong else ""
    if kind == "json_object":
        if "schema" in wanted and "json_object_schema" not in supports:
            return "Unknown parameter: 'response_format.schema'."
        if "json_object" not in supports and "schema" not in wanted:
            return "response_format 'json_object' is not supported"
        if "schema" not in wanted and "json" not in str(body["messages"]).lower():
            return "'messages' must contain the word 'json' in some form, to use 'response_format' 'json_object'."
        return ""
    return f"Invalid value: {kind!r}. Supported values are: 'json_object', 'json_schema', and 'text'."


def _not_strict(schema: Any, level: int) -> str:
    """The strict subset of Structured Outputs: what is wrong with a schema, from its root down."""
    if not isinstance(schema, dict):
        return "schema must be an object"
    if level == 0 and schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'"
    if level > 20:
        return "nesting too deep"
    if bad := sorted(set(schema) & NOT_STRICT):
        return f"'{bad[0]}' is not permitted."
    if "type" not in schema and "anyOf" not in schema:
        return "schema must have a 'type' key."
    below = [*schema.get("anyOf", []), *schema.get("properties", {}).values()]
    if "object" in (schema.get("type"), *_listed(schema.get("type"))):
        if schema.get("additionalProperties") is not False:
            return "'additionalProperties' is required to be supplied and to be false."
        if sorted(schema.get("required", [])) != sorted(schema.get("properties", {})):
            return "'required' is required to be supplied and to be an array including every key in properties."
    if "array" in (schema.get("type"), *_listed(schema.get("type"))):
        below.append(schema.get("items"))
    return next((wrong for inner in below if (wrong := _not_strict(inner, level + 1))), "")


def _listed(kind: Any) -> list[Any]:
    return kind if isinstance(kind, list) else []
