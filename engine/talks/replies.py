"""What is wrong with a reply that a talk test gives in the model's place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.core.project import Prompt
from engine.project.borrowed import TRUTH


def checker(prompt: Prompt | None) -> Callable[[Any], str]:
    """What is wrong with a reply to this prompt, in words; empty when it fits."""
    if prompt is None or prompt.returns is None:
        return lambda reply: "" if isinstance(reply, str) else "this prompt is answered with a text"
    from jsonschema import Draft202012Validator

    validator = Draft202012Validator(prompt.returns)

    def problem(reply: Any) -> str:
        found = next(iter(validator.iter_errors(reply)), None)
        if found is None:
            return ""
        written = found.instance.lower() if isinstance(found.instance, str) else ""
        wants = "boolean" in str(found.schema.get("type", "")) and written in TRUTH
        return f"{'.'.join(map(str, found.absolute_path)) or 'the reply'}: " + (
            f"write `{TRUTH[written]}`, without quotes" if wants else found.message
        )

    return problem
