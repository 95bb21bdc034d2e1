"""catalog/models.yaml: the language models, by the names that prompts use.

Law: there is always a model named `default`, and no secret ever stands in the file, only the name of its variable.
"""

from __future__ import annotations

import re

from engine.core import node as nodes
from engine.core.finding import Finding
from engine.core.project import Model
from engine.project import file_schema
from engine.project.suggest import did_you_mean

_SECRET_KEYS = ("key", "api_key", "apikey", "token", "secret", "password")
_SECRET = re.compile(r"(?:sk|pk|gsk|xai|hf)[-_]\S{8,}|[A-Za-z0-9_-]{32,}")


def read_models(
    source: str | bytes | None, file: str = "catalog/models.yaml", languages: tuple[str, ...] = ("ru", "en")
) -> tuple[dict[str, Model], list[Finding]]:
    """`source` is the file's content, None when there is no such file. People read of models in `catalog.models`."""
    node, data, findings = file_schema.load(source, file, "models")
    findings = [_secret(node, finding) for finding in findings]
    models = {"default": Model("default")}
    for name, row in data.items():
        row = {key: value for key, value in (row or {}).items() if key != "about"}
        row["title"] = file_schema.in_first(row.get("title", ""), languages)
        models[name] = Model(name, **row, span=node.key(name).span)
    for name, model in models.items():
        if model.fallback and (finding := _fallback(node, name, models)):
            findings.append(finding)
    return models, findings


def _fallback(node: nodes.Mapping, name: str, models: dict[str, Model]) -> Finding | None:
    """A fallback must exist, and following fallbacks must come to an end."""
    wanted = models[name].fallback
    _, span = file_schema.at(node, [name, "fallback"])
    if wanted not in models:
        help = did_you_mean(wanted, [other for other in models if other != name])
        return Finding(span, "unknown-model", "error", f"There is no model `{wanted}` in this file.", help)
    seen = {name}
    while wanted and wanted in models:
        if wanted == name:
            message = f"`{name}` falls back to itself, directly or in a circle."
            return Finding(span, "fallback-circle", "error", message, "Name another model, or delete `fallback`.")
        if wanted in seen:
            return None  # a circle that this one only leads to; told where it is
        seen.add(wanted)
        wanted = models[wanted].fallback
    return None


def _secret(node: nodes.Mapping, finding: Finding) -> Finding:
    """A key written into the file is worth a clearer word than `unknown-key`; its value is never repeated."""
    for name in node:
        row = node.get(name)
        for key, (key_node, value) in (row.entries if isinstance(row, nodes.Mapping) else {}).items():
            at_key = key.lower() in _SECRET_KEYS and finding.span == key_node.span
            at_value = key == "key_variable" and finding.span == value.span
            if at_key or (at_value and isinstance(value, nodes.Scalar) and _SECRET.fullmatch(value.text)):
                message = "A secret does not belong into this file."
                help = (
                    "Put it into .env, make a new one, and write the variable's name here: `key_variable: LLM_API_KEY`."
                )
                return Finding(finding.span, "secret-in-file", "error", message, help)
    return finding
