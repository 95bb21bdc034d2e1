"""A prompt that shows the model a reply, with other fields than its `returns` names.

Law: only what is surely an example of the reply is looked at: keys in quotes with a colon, of which one is a field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.core.finding import Span
from engine.lint.world import World
from engine.project.prompts import name_of
from engine.project.suggest import did_you_mean, is_typo

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_KEY = re.compile(r"\"([A-Za-z_]\w*)\"\s*:")


def check(world: World) -> None:
    files = world.prompt_files
    for template, file in files.files.items() if world.leads else ():
        prompt = world.project.prompts.get(name_of(template) or "")
        body = files.bodies[template]
        if prompt is None or prompt.returns is None or '":' not in body.replace('" :', '":'):
            continue
        text = _JINJA.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), body)
        known = set(_fields(prompt.returns))
        keys = list(_KEY.finditer(text))
        if not any(key[1] in known or any(is_typo(key[1], one) for one in known) for key in keys):
            continue
        for key in keys:
            if key[1] not in known:
                line = files.fronts[template].body_line + text.count("\n", 0, key.start(1))
                column = key.start(1) - text.rfind("\n", 0, key.start(1))
                at = Span(file, line, column, line, column + len(key[1]))
                message = f"The prompt asks for `{key[1]}`, and its `returns` has no such field."
                world.report("asks-for-other-field", "warning", at, message, did_you_mean(key[1], sorted(known)))


def _fields(schema: Mapping[str, Any]) -> Iterator[str]:
    """The names of all fields, nested ones too."""
    for name, inner in schema.get("properties", {}).items():
        yield name
        yield from _fields(inner)
    if "items" in schema:
        yield from _fields(schema["items"])
    for option in schema.get("anyOf", ()):
        yield from _fields(option)
